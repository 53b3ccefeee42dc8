#pragma once

#include <string>

namespace foretwin::report {

/// What stands around the sections of every page.
struct PageFrame {
    std::string title;       ///< plain text, of the browser's window
    std::string footer;      ///< plain text
    int reload_after_s = 0;  ///< the page loads itself anew; 0: never
    bool hatched = true;     ///< has what is marked as worse
};

/// A self-contained page: `body` is markup, and nothing is fetched from elsewhere.
std::string whole_page(const PageFrame& frame, const std::string& body);

}  // namespace foretwin::report
