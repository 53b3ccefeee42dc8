#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace foretwin::kernel {

/// Bytes in one piece that are somebody's own: on the heap, or part of a mapping whose pages the
/// system copies when they are first written, so that many slabs share what none of them changed
/// (engine/snapshot/frozen.hpp). A copy always lies on the heap.
class Slab {
  public:
    Slab() = default;
    explicit Slab(std::vector<std::byte> bytes)
        : heap_(std::move(bytes)), data_(heap_.data()), size_(heap_.size()) {}
    /// The first `size` of `capacity` bytes at `data`; what lies behind them is zero. `owner` keeps
    /// the place; nobody else writes to it.
    Slab(std::byte* data, std::size_t size, std::size_t capacity, std::shared_ptr<void> owner)
        : data_(data), size_(size), capacity_(capacity), owner_(std::move(owner)) {}
    /// So many zeros; of many, the system gives pages as they are written.
    static Slab zeros(std::size_t size);
    Slab(const Slab& other)
        : Slab(std::vector<std::byte>(other.data_, other.data_ + other.size_)) {}
    Slab(Slab&& other) noexcept { swap(other); }
    Slab& operator=(Slab other) noexcept {
        swap(other);
        return *this;
    }
    ~Slab() = default;

    std::byte* data() { return data_; }
    const std::byte* data() const { return data_; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    bool is_mapped() const { return owner_ != nullptr; }
    /// Longer by zeros; invalidates pointers.
    void grow(std::size_t size);
    friend bool operator==(const Slab& a, const Slab& b);

  private:
    void swap(Slab& other) noexcept {
        heap_.swap(other.heap_);
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
        owner_.swap(other.owner_);
    }

    std::vector<std::byte> heap_;
    std::byte* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;  ///< of the mapped place; the heap knows its own
    std::shared_ptr<void> owner_;
};

}  // namespace foretwin::kernel
