#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace foretwin {

/// Copies a small plain value word by word. What was just written in narrow pieces and is read in
/// wide ones keeps the processor waiting until it is in the cache; words are passed on at once.
template <class T>
[[gnu::always_inline]] inline void copy_in_words(void* to, const void* from) {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) % 8 == 0 && sizeof(T) <= 64);
    for (std::size_t i = 0; i < sizeof(T); i += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, static_cast<const std::byte*>(from) + i, 8);
        asm("" : "+r"(word));  // or the compiler makes pairs of them again
        std::memcpy(static_cast<std::byte*>(to) + i, &word, 8);
    }
}

}  // namespace foretwin
