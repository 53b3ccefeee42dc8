#pragma once

#include <cstdint>

#include "engine/kernel/event.hpp"

namespace foretwin::kernel {

/// Chains one handled event onto the trace hash of its device. Ranks and timers stay out: adding a
/// device must not change the trace of another.
inline std::uint64_t chain(std::uint64_t trace, const Event& event) {
    const auto mix = [](std::uint64_t hash, std::uint64_t word) {
        hash ^= word;
        hash *= 0x9e3779b97f4a7c15ULL;
        return hash ^ hash >> 32;
    };
    trace = mix(trace, static_cast<std::uint64_t>(event.at));
    trace = mix(trace, event.step());
    return mix(trace, std::uint64_t{event.kind} | std::uint64_t{event.index} << 8 |
                          std::uint64_t{event.unit} << 16);
}

}  // namespace foretwin::kernel
