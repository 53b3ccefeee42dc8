#pragma once

#include <cstdint>
#include <string>

namespace foretwin::reference {

/// A letter and a number below 10^4, as long as all others, so that the order of names is the order
/// of numbers.
inline std::string padded_name(char letter, std::uint32_t number) {
    constexpr std::size_t digits = 4;
    const std::string text = std::to_string(number);
    return letter + std::string(digits - text.size(), '0') + text;
}

}  // namespace foretwin::reference
