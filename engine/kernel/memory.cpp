#include "engine/kernel/memory.hpp"

#include <bit>

namespace foretwin::kernel {
namespace {

unsigned size_class(std::size_t bytes) {
    const std::size_t grains = (bytes + Pool::grain - 1) / Pool::grain;
    return static_cast<unsigned>(std::bit_width(grains - 1));
}

}  // namespace

void Pool::grow(Ring& ring, std::size_t size) {
    constexpr std::uint32_t first_capacity = 4;
    FORETWIN_RULE(ring.capacity < 1U << 30, "a queue inside the plant holds at most 2^30 entries");
    Ring grown = ring;
    grown.capacity = ring.capacity == 0 ? first_capacity : ring.capacity * 2;
    grown.block = take_block(grown.capacity * size);
    grown.head = 0;
    for (std::uint32_t i = 0; i < ring.count; ++i) {
        std::memcpy(slot(grown, i, size), slot(ring, i, size), size);
    }
    if (ring.capacity > 0) free_block(ring.block, ring.capacity * size);
    ring = grown;
}

void Pool::free_block(std::uint32_t block, std::size_t bytes) {
    const unsigned freed = size_class(bytes);
    if (free_blocks_.size() <= freed) free_blocks_.resize(freed + 1);
    free_blocks_[freed].push_back(block);
}

std::uint32_t Pool::take_block(std::size_t bytes) {
    const unsigned wanted = size_class(bytes);
    if (wanted < free_blocks_.size() && !free_blocks_[wanted].empty()) {
        const std::uint32_t block = free_blocks_[wanted].back();
        free_blocks_[wanted].pop_back();
        return block;
    }
    const std::size_t offset = bytes_.size();
    bytes_.grow(offset + (grain << wanted));
    FORETWIN_RULE(bytes_.size() / grain < 0xffffffffULL, "the queues of one plant fit in 64 GiB");
    return static_cast<std::uint32_t>(offset / grain);
}

}  // namespace foretwin::kernel
