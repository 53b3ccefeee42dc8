#pragma once

#include <span>
#include <string>
#include <string_view>

namespace foretwin {

/// Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`, ignoring the case
/// of ASCII letters (Damerau 1964, optimal string alignment).
int edit_distance(std::string_view a, std::string_view b);

/// "did you mean 'station'?" with the nearest candidate, or an empty text when none is near: at
/// most a third of the letters may differ. Ties go to the earlier candidate.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

/// A way out in any case: the nearest candidate, else what there is ("known here: 'a', 'b'", at
/// most eight of them), else that there is none.
std::string suggestion(std::string_view word, std::span<const std::string> candidates);

}  // namespace foretwin
