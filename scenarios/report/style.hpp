#pragma once

namespace foretwin::report {

/// The style sheet of the page. Colours are safe for colour-blind readers (Okabe and Ito 2008);
/// what is worse is hatched as well.
extern const char* const style_sheet;
/// The hatchings that the style sheet refers to, as an invisible SVG.
extern const char* const hatchings;

}  // namespace foretwin::report
