#include "engine/core/fingerprint.hpp"

#include <cstring>

namespace foretwin {

void Fingerprint::add(std::string_view text) {
    add(static_cast<std::uint64_t>(text.size()));
    // Eight bytes at a time, the last ones filled up with zeros; x86-64 is little-endian.
    while (!text.empty()) {
        std::uint64_t word = 0;
        const std::size_t taken = text.size() < 8 ? text.size() : 8;
        std::memcpy(&word, text.data(), taken);
        add(word);
        text.remove_prefix(taken);
    }
}

std::string Fingerprint::text() const {
    constexpr char digits[] = "0123456789abcdef";
    std::string text(16, '0');
    std::uint64_t rest = value();
    for (std::size_t i = 16; i-- > 0; rest >>= 4) text[i] = digits[rest & 15];
    return text;
}

}  // namespace foretwin
