#pragma once

#include <array>
#include <cstdint>

#include "engine/random/distribution.hpp"

namespace foretwin::random {

/// A named stream whose draw numbers mostly ascend (part after part), so that computing the next
/// ones along pays.
struct Series {
    std::uint64_t name = 0;    ///< hash of the stream's name
    std::uint32_t number = 0;  ///< of the series among those of a model
};

/// The values with the draw numbers 8 k to 8 k + 7 of one stream, computed together: the ten rounds
/// of Philox wait for one another, those of eight draws do not. Every value is a pure function of
/// its number: this is a memory of what was computed, never state.
class Ahead {
  public:
    static constexpr std::uint32_t size = 8;

    /// sample(law, draws(key, name, draw)), bit for bit. Always the same law, key and name.
    double sample(const Distribution& law, Key key, std::uint64_t name, std::uint32_t draw) {
        if (law.family == Family::deterministic) return law.shift + law.a;
        if (draw / size != block_) return miss(law, key, name, draw);
        return values_[draw % size];
    }

  private:
    static constexpr std::uint32_t no_block = 0xffffffffU;  // beyond every draw number / size

    double miss(const Distribution& law, Key key, std::uint64_t name, std::uint32_t draw);
    void fill(const Distribution& law, Key key, std::uint64_t name, std::uint32_t first);

    std::uint32_t block_ = no_block;  ///< whose values are here
    std::uint32_t missed_ = 0;        ///< block of the last draw that was not here
    std::array<double, size> values_{};
};

/// What one draw gives to those who take a duration and a decision from it.
struct Pair {
    double value = 0;    ///< of a law, from the draw's first uniform
    double uniform = 0;  ///< the second one
};
/// The law must take one uniform (takes_one_uniform).
inline Pair sample_pair(const Distribution& law, Draws draws) {
    const double value = sample_at(law, draws.uniform());
    return {value, draws.uniform()};
}

/// Ahead, for pairs; draw numbers strictly ascend.
class PairsAhead {
  public:
    static constexpr std::uint32_t size = 8;

    /// sample_pair(law, draws(key, name, draw)), bit for bit. Always the same law, key and name.
    const Pair& sample(const Distribution& law, Key key, std::uint64_t name, std::uint32_t draw) {
        if (draw / size != block_) {
            block_ = draw / size;
            fill(law, key, name, block_ * size);
        }
        return pairs_[draw % size];
    }

  private:
    static constexpr std::uint32_t no_block = 0xffffffffU;

    void fill(const Distribution& law, Key key, std::uint64_t name, std::uint32_t first);

    std::uint32_t block_ = no_block;  ///< whose pairs are here
    std::array<Pair, size> pairs_{};
};

}  // namespace foretwin::random
