#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/core/rule.hpp"

namespace foretwin::kernel {

/// A growing first-in-first-out ring, as plain values: its elements live in `Memory::pool`.
struct Ring {
    std::uint32_t block = 0;  ///< offset in the pool, in units of `Memory::grain`
    std::uint32_t head = 0;
    std::uint32_t count = 0;
    std::uint32_t capacity = 0;  ///< 0 or a power of two
};

/// All state of a running twin, as bytes: `fixed` is laid out when the model is built, `pool` holds
/// rings that grow by doubling. A snapshot copies both; nothing in them is a pointer. References
/// into `fixed` stay valid for the life of the memory, references into the pool until a push.
class Memory {
  public:
    static constexpr std::size_t grain = 16;

    /// Lays out `count` values of T, zeroed, and returns their offset. Only while building.
    template <class T>
    std::uint32_t reserve(std::size_t count = 1) {
        static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= grain);
        const std::size_t offset = fixed_.size();
        const std::size_t bytes = (count * sizeof(T) + grain - 1) / grain * grain;
        FORETWIN_RULE(offset + bytes < 0xffffffffULL, "the state of one plant fits in 4 GiB");
        fixed_.resize(offset + bytes);
        for (std::size_t i = 0; i < count; ++i) new (fixed_.data() + offset + i * sizeof(T)) T{};
        return static_cast<std::uint32_t>(offset);
    }

    template <class T>
    T* at(std::uint32_t offset) {
        return std::launder(reinterpret_cast<T*>(fixed_.data() + offset));
    }
    template <class T>
    const T* at(std::uint32_t offset) const {
        return std::launder(reinterpret_cast<const T*>(fixed_.data() + offset));
    }

    template <class T>
    void push(Ring& ring, const T& value) {
        if (ring.count == ring.capacity) grow(ring, sizeof(T));
        std::memcpy(slot(ring, ring.count, sizeof(T)), &value, sizeof(T));
        ++ring.count;
    }
    template <class T>
    T pop(Ring& ring) {
        T value = get<T>(ring, 0);
        ring.head = (ring.head + 1) & (ring.capacity - 1);
        --ring.count;
        return value;
    }
    /// The element `position` places behind the front.
    template <class T>
    T get(const Ring& ring, std::uint32_t position) const {
        T value;
        std::memcpy(&value, const_cast<Memory*>(this)->slot(ring, position, sizeof(T)), sizeof(T));
        return value;
    }
    template <class T>
    void set(Ring& ring, std::uint32_t position, const T& value) {
        std::memcpy(slot(ring, position, sizeof(T)), &value, sizeof(T));
    }
    /// Removes the element `position` places behind the front; the others keep their order.
    template <class T>
    void erase(Ring& ring, std::uint32_t position) {
        for (std::uint32_t i = position; i + 1 < ring.count; ++i) {
            set(ring, i, get<T>(ring, i + 1));
        }
        --ring.count;
    }

    const std::vector<std::byte>& fixed() const { return fixed_; }
    const std::vector<std::byte>& pool() const { return pool_; }
    /// Freed blocks by size class. Part of the state: they decide where the next ring grows.
    using FreeBlocks = std::vector<std::vector<std::uint32_t>>;
    const FreeBlocks& free_blocks() const { return free_blocks_; }
    /// Memory as it was captured: a restored twin grows its rings exactly alike.
    static Memory restored(std::vector<std::byte> fixed, std::vector<std::byte> pool,
                           FreeBlocks free_blocks) {
        Memory memory;
        memory.fixed_ = std::move(fixed);
        memory.pool_ = std::move(pool);
        memory.free_blocks_ = std::move(free_blocks);
        return memory;
    }
    std::size_t bytes() const { return fixed_.size() + pool_.size(); }

  private:
    std::byte* slot(const Ring& ring, std::uint32_t position, std::size_t size) {
        const std::uint32_t index = (ring.head + position) & (ring.capacity - 1);
        return pool_.data() + std::size_t{ring.block} * grain + std::size_t{index} * size;
    }
    void grow(Ring& ring, std::size_t size);
    std::uint32_t take_block(std::size_t bytes);

    std::vector<std::byte> fixed_;
    std::vector<std::byte> pool_;
    /// Freed blocks by size class (log2 of the number of grains), for reuse.
    FreeBlocks free_blocks_;
};

}  // namespace foretwin::kernel
