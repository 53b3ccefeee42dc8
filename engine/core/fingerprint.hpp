#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/core/wide.hpp"

namespace foretwin {

/// A 64-bit hash of a sequence of values, dependent on their order; equal fingerprints mean equal
/// results. Part of the promise "same answer everywhere": the algorithm must never change.
/// It guards against accidents, not against forgery.
class Fingerprint {
  public:
    void add(std::uint64_t value) {
        // One multiplication by an odd number and one fold per value: invertible, so a difference
        // once seen is never lost.
        state_ = (state_ ^ value) * 0x9fb21c651e98df25ULL;
        state_ ^= state_ >> 35;
        state_ += 0x9e3779b97f4a7c15ULL;
    }
    /// Any other integer, by its value: add(int{-1}) equals add(std::int64_t{-1}).
    template <std::integral Integer>
    void add(Integer value) {
        add(static_cast<std::uint64_t>(value));
    }
    /// Low 64 bits, then high 64 bits.
    void add(Wide value) {
        add(static_cast<std::uint64_t>(value));
        add(static_cast<std::uint64_t>(value >> 64));
    }
    /// The bits of the number: 0.0 and -0.0 differ; all NaN are one.
    void add(double value) {
        add(value == value ? std::bit_cast<std::uint64_t>(value) : 0x7ff8000000000000ULL);
    }
    /// Length, then the bytes.
    void add(std::string_view text);
    void add(const char* text) { add(std::string_view(text)); }

    std::uint64_t value() const {
        std::uint64_t hash = state_;
        hash ^= hash >> 33;
        hash *= 0xff51afd7ed558ccdULL;
        hash ^= hash >> 33;
        hash *= 0xc4ceb9fe1a85ec53ULL;
        hash ^= hash >> 33;
        return hash;
    }

    /// value() as 16 lower-case hexadecimal digits.
    std::string text() const;

    friend bool operator==(const Fingerprint&, const Fingerprint&) = default;

  private:
    std::uint64_t state_ = 0x243f6a8885a308d3ULL;  // first digits of pi
};

}  // namespace foretwin
