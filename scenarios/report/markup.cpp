#include "scenarios/report/markup.hpp"

#include <algorithm>

namespace foretwin::report {

namespace {

/// Length of the well-formed UTF-8 character at the front; 0 when there is none (RFC 3629).
std::size_t character_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    std::size_t length = 0;
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first < 0xE0) length = 2;
    if (first >= 0xE0 && first < 0xF0) length = 3;
    if (first >= 0xF0 && first < 0xF5) length = 4;
    if (length == 0 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xC0U) != 0x80U) return 0;
    const unsigned char second = byte(1);
    const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool beyond = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
    return overlong || beyond ? 0 : length;
}

std::string_view escape_of(char c) {
    switch (c) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '"':
            return "&quot;";
        case '\'':
            return "&#39;";
        default:
            return {};
    }
}

}  // namespace

std::string escaped(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const std::size_t length = character_length(text);
        const char first = text.front();
        const bool control = length == 1 &&
                             (static_cast<unsigned char>(first) < 0x20 || first == 0x7F) &&
                             first != '\n' && first != '\t';
        if (length == 0 || control)
            result += "\xEF\xBF\xBD";  // U+FFFD, the replacement character
        else if (const std::string_view escape = escape_of(first); !escape.empty())
            result += escape;
        else
            result += text.substr(0, length);
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return result;
}

std::string element(const std::string& name, const std::string& css, const std::string& inside) {
    const std::string attribute = css.empty() ? "" : " class=\"" + css + "\"";
    return "<" + name + attribute + ">" + inside + "</" + name + ">";
}

std::string text_element(const std::string& name, const std::string& css, std::string_view text) {
    return element(name, css, escaped(text));
}

std::string typeset(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool digit_follows = i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '9';
        const bool begins = i == 0 || text[i - 1] == ' ' || text[i - 1] == '(';
        const bool before_unit = text[i] == ' ' && i + 1 < text.size() && text[i + 1] == '%';
        if (text[i] == '-' && digit_follows && begins)
            result += "\xE2\x88\x92";  // U+2212
        else if (before_unit)
            result += "\xC2\xA0";  // never a line break between 95 and %
        else
            result += text[i];
    }
    return result;
}

}  // namespace foretwin::report
