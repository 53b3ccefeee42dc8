#include "engine/kernel/slab.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <new>

#include "engine/core/rule.hpp"

namespace foretwin::kernel {

Slab Slab::zeros(std::size_t size) {
    constexpr std::size_t few = 1U << 20;
    if (size <= few) return Slab(std::vector<std::byte>(size));
    void* at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) throw std::bad_alloc();
    const std::shared_ptr<void> owner(at, [size](void* mapping) { ::munmap(mapping, size); });
    return Slab(static_cast<std::byte*>(at), size, size, owner);
}

void Slab::grow(std::size_t size) {
    FORETWIN_RULE(size >= size_, "a slab only grows");
    if (owner_ != nullptr && size > capacity_) {
        std::vector<std::byte> own;
        own.reserve(std::max(size, 2 * size_));
        own.assign(data_, data_ + size_);
        heap_ = std::move(own);
        owner_.reset();
    }
    if (owner_ == nullptr) {
        heap_.resize(size);
        data_ = heap_.data();
    }
    size_ = size;
}

bool operator==(const Slab& a, const Slab& b) {
    return std::equal(a.data_, a.data_ + a.size_, b.data_, b.data_ + b.size_);
}

}  // namespace foretwin::kernel
