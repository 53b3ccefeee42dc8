#pragma once

#include <cstdint>
#include <type_traits>

#include "engine/random/philox.hpp"

namespace foretwin::random {

/// What a replication's randomness is keyed by. Alternatives use equal keys, and so share futures.
struct Key {
    std::uint32_t seed = 0;
    std::uint32_t replication = 0;
    friend bool operator==(const Key&, const Key&) = default;
};

/// A cursor over the random numbers of one draw of one named stream (DESIGN, section 4). Philox
/// counter, from the lowest word: position, draw, low and high half of the name's hash. `position`
/// counts blocks; each block gives two 64-bit values. By part and visit, start at visit * 2^16.
/// A plain value: copying it copies the place in the stream; it costs nothing until the first use.
class Draws {
  public:
    constexpr Draws(Key key, std::uint64_t name_hash, std::uint32_t draw, std::uint32_t position)
        : name_hash_(name_hash), key_(key), draw_(draw), position_(position) {}

    /// The next 64 random bits.
    constexpr std::uint64_t bits() {
        if (half_used_) {
            half_used_ = false;
            return second_half_;
        }
        const auto block =
            philox4x32_10({position_++, draw_, static_cast<std::uint32_t>(name_hash_),
                           static_cast<std::uint32_t>(name_hash_ >> 32)},
                          {key_.seed, key_.replication});
        half_used_ = true;
        second_half_ = block[2] | std::uint64_t{block[3]} << 32;
        return block[0] | std::uint64_t{block[1]} << 32;
    }

    /// Uniform on the open interval (0, 1): an odd multiple of 2^-53, so that 0 and 1 never occur
    /// and 1 - u is exact.
    constexpr double uniform() { return uniform_of(bits()); }
    static constexpr double uniform_of(std::uint64_t bits) {
        return static_cast<double>(static_cast<std::int64_t>(bits >> 11 | 1)) * 0x1p-53;
    }

    /// Uniform on 0, 1, ..., count - 1 (count >= 1) by multiplication (Lemire 2019); the bias is
    /// below count / 2^64.
    constexpr std::uint64_t below(std::uint64_t count) {
        __extension__ using Product = unsigned __int128;
        return static_cast<std::uint64_t>(static_cast<Product>(bits()) * count >> 64);
    }

  private:
    std::uint64_t name_hash_;
    Key key_;
    std::uint32_t draw_;
    std::uint32_t position_;
    std::uint64_t second_half_ = 0;
    bool half_used_ = false;
};

static_assert(std::is_trivially_copyable_v<Draws>);

/// The random numbers of draw number `draw` of the stream with this name (name_hash of
/// "device/machine/purpose", or of "device/source/purpose" with draw = part number).
constexpr Draws draws(Key key, std::uint64_t name_hash, std::uint32_t draw,
                      std::uint32_t position = 0) {
    return Draws(key, name_hash, draw, position);
}

/// Where the draws of a part's visit begin (DESIGN, section 4).
constexpr std::uint32_t visit_position(std::uint32_t visit) {
    return visit << 16;
}

}  // namespace foretwin::random
