#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/core/rule.hpp"
#include "engine/core/words.hpp"
#include "engine/kernel/slab.hpp"

namespace foretwin::kernel {

/// A growing first-in-first-out ring, as plain values: its elements live in `Memory::pool`.
struct Ring {
    std::uint32_t block = 0;  ///< offset in the pool, in units of `Memory::grain`
    std::uint32_t head = 0;
    std::uint32_t count = 0;
    std::uint32_t capacity = 0;  ///< 0 or a power of two
};

/// Where the rings of one cell live: grows by doubling, freed blocks are used again. References
/// into a pool are valid until a push. Each cell of a model has a pool of its own, so that threads
/// which run different cells share nothing.
class Pool {
  public:
    static constexpr std::size_t grain = 16;

    template <class T>
    void push(Ring& ring, const T& value) {
        if (ring.count == ring.capacity) grow(ring, sizeof(T));
        std::memcpy(slot(ring, ring.count, sizeof(T)), &value, sizeof(T));
        ++ring.count;
    }
    /// Makes a place at the end, for the caller to write at once.
    template <class T>
    T& extend(Ring& ring) {
        static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= grain);
        if (ring.count == ring.capacity) grow(ring, sizeof(T));
        return *std::launder(reinterpret_cast<T*>(slot(ring, ring.count++, sizeof(T))));
    }
    template <class T>
    T pop(Ring& ring) {
        T value = get<T>(ring, 0);
        ring.head = (ring.head + 1) & (ring.capacity - 1);
        --ring.count;
        return value;
    }
    template <class T>
    void pop(Ring& ring, T& value) {
        const std::byte* const first = slot(ring, 0, sizeof(T));
        ring.head = (ring.head + 1) & (ring.capacity - 1);
        --ring.count;
        copy_in_words<T>(&value, first);
    }
    /// The element `position` places behind the front.
    template <class T>
    T get(const Ring& ring, std::uint32_t position) const {
        T value;
        std::memcpy(&value, const_cast<Pool*>(this)->slot(ring, position, sizeof(T)), sizeof(T));
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

    /// Keeps a value until it is taken; returns where.
    template <class T>
    std::uint32_t keep(const T& value) {
        static_assert(std::is_trivially_copyable_v<T>);
        const std::uint32_t block = take_block(sizeof(T));
        std::memcpy(bytes_.data() + std::size_t{block} * grain, &value, sizeof(T));
        return block;
    }
    template <class T>
    T take(std::uint32_t block) {
        T value;
        std::memcpy(&value, bytes_.data() + std::size_t{block} * grain, sizeof(T));
        free_block(block, sizeof(T));
        return value;
    }

    const Slab& bytes() const { return bytes_; }
    /// Freed blocks by size class. Part of the state: they decide where the next ring grows.
    using FreeBlocks = std::vector<std::vector<std::uint32_t>>;
    const FreeBlocks& free_blocks() const { return free_blocks_; }
    /// A pool as it was captured: a restored twin grows its rings exactly alike.
    static Pool restored(Slab bytes, FreeBlocks free_blocks) {
        Pool pool;
        pool.bytes_ = std::move(bytes);
        pool.free_blocks_ = std::move(free_blocks);
        return pool;
    }
    bool operator==(const Pool&) const = default;

  private:
    std::byte* slot(const Ring& ring, std::uint32_t position, std::size_t size) {
        const std::uint32_t index = (ring.head + position) & (ring.capacity - 1);
        return bytes_.data() + std::size_t{ring.block} * grain + std::size_t{index} * size;
    }
    void grow(Ring& ring, std::size_t size);
    std::uint32_t take_block(std::size_t bytes);
    void free_block(std::uint32_t block, std::size_t bytes);

    Slab bytes_;
    FreeBlocks free_blocks_;  ///< by log2 of the number of grains, for reuse
};

/// All state of a running twin, as bytes: `fixed` is laid out when the model is built, the pools
/// hold rings that grow. A snapshot copies both; nothing in them is a pointer. References into
/// `fixed` stay valid for the life of the memory.
class Memory {
  public:
    static constexpr std::size_t grain = Pool::grain;

    /// Lays out `count` values of T, zeroed, and returns their offset. Only while building.
    template <class T>
    std::uint32_t reserve(std::size_t count = 1) {
        static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= grain);
        const std::size_t offset = fixed_.size();
        const std::size_t bytes = (count * sizeof(T) + grain - 1) / grain * grain;
        FORETWIN_RULE(offset + bytes < 0xffffffffULL, "the state of one plant fits in 4 GiB");
        fixed_.grow(offset + bytes);
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

    /// One pool per cell of the model.
    void set_cells(std::size_t cells) { pools_.resize(cells); }
    Pool& pool(std::uint32_t cell) { return pools_[cell]; }
    const std::vector<Pool>& pools() const { return pools_; }

    const Slab& fixed() const { return fixed_; }
    static Memory restored(Slab fixed, std::vector<Pool> pools) {
        Memory memory;
        memory.fixed_ = std::move(fixed);
        memory.pools_ = std::move(pools);
        return memory;
    }
    std::size_t bytes() const {
        std::size_t total = fixed_.size();
        for (const Pool& pool : pools_) total += pool.bytes().size();
        return total;
    }

  private:
    Slab fixed_;
    std::vector<Pool> pools_;
};

}  // namespace foretwin::kernel
