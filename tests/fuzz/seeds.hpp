#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>

namespace foretwin::fuzz {

inline std::uint64_t number_in(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// Tries seed after seed: from FORETWIN_FUZZ_SEED (1) on, for FORETWIN_FUZZ_SECONDS, or so many as
/// FORETWIN_FUZZ_CASES says, or `bounded`. Before each one its number goes into the file that
/// FORETWIN_FUZZ_NOTE names, so that it is known whatever the seed does to the process.
template <class Try>
std::uint64_t try_seeds(std::uint64_t bounded, Try attempt) {
    using Clock = std::chrono::steady_clock;
    const std::uint64_t first = number_in("FORETWIN_FUZZ_SEED", 1);
    const std::uint64_t seconds = number_in("FORETWIN_FUZZ_SECONDS", 0);
    const std::uint64_t last = first + number_in("FORETWIN_FUZZ_CASES", bounded);
    const Clock::time_point end = Clock::now() + std::chrono::seconds(seconds);
    const char* note = std::getenv("FORETWIN_FUZZ_NOTE");
    std::uint64_t seed = first;
    for (; seconds > 0 ? Clock::now() < end : seed < last; ++seed) {
        if (note != nullptr) std::ofstream(note) << seed << '\n';
        attempt(seed);
    }
    return seed - first;
}

}  // namespace foretwin::fuzz
