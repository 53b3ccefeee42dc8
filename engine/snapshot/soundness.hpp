#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/kernel/simulation.hpp"

/// What can be known to be wrong with a captured state without knowing any device type.
namespace foretwin::snapshot {

/// From and to, in bytes.
struct Stretch {
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// Offsets of blocks are 32 bits of grains.
inline constexpr std::uint64_t largest_pool = kernel::Pool::grain * 0xffffffffULL;

/// What of a pool of `size` bytes is in use, in order.
std::vector<Stretch> used_stretches(const kernel::Pool::FreeBlocks& free_blocks, std::size_t size);
std::size_t total_of(const std::vector<Stretch>& stretches);

/// Empty, or what is wrong: every free block lies in the pool, and no two overlap.
std::string fault_of(const kernel::Pool::FreeBlocks& free_blocks, std::size_t size);

/// Empty, or what is wrong. Clock: not before the start. Events: of devices, timers and senders
/// that exist, not in the past, of a known class, with a counter that their sender has given out,
/// at the instant that their timer says; cargo in the receiver's pool, in use, and each its own.
std::string fault_of(const kernel::Model& model, const kernel::Simulation::State& state);

}  // namespace foretwin::snapshot
