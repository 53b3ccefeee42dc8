#include "engine/kernel/slab.hpp"

#include <algorithm>

#include "engine/core/rule.hpp"

namespace foretwin::kernel {

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
