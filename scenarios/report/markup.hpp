#pragma once

#include <string>
#include <string_view>

namespace foretwin::report {

/// Text as it may stand in HTML and in attributes: & < > " ' are escaped, control characters and
/// bytes that are no UTF-8 are replaced.
std::string escaped(std::string_view text);

/// `<name class="css">inside</name>`; `inside` is markup already.
std::string element(const std::string& name, const std::string& css, const std::string& inside);
/// The same around plain text, which is escaped.
std::string text_element(const std::string& name, const std::string& css, std::string_view text);

/// With a true minus sign (U+2212) instead of a hyphen before a number, and no line break before %.
std::string typeset(std::string_view text);

}  // namespace foretwin::report
