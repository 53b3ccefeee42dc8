#include "engine/random/ahead.hpp"

#include "engine/random/philox_lanes.hpp"

namespace foretwin::random {
namespace {

/// sample_at, twice.
math::Two samples_at(const Distribution& law, math::Two uniforms) {
    if (law.family == Family::exponential) {
        return law.shift - law.a * math::log_of_normal(1.0 - uniforms);
    }
    return math::Two{sample_at(law, uniforms[0]), sample_at(law, uniforms[1])};
}

}  // namespace

/// Fills a block only where the numbers ascend: a station that gets every hundredth part would
/// throw most of it away.
double Ahead::miss(const Distribution& law, Key key, std::uint64_t name, std::uint32_t draw) {
    const std::uint32_t block = draw / size;
    const bool ascends = block - missed_ <= 1;
    missed_ = block;
    if (ascends) {
        fill(law, key, name, block * size);
        block_ = block;
        return values_[draw % size];
    }
    Draws draws(key, name, draw, 0);
    return random::sample(law, draws);
}

void Ahead::fill(const Distribution& law, Key key, std::uint64_t name, std::uint32_t first) {
    if (!takes_one_uniform(law.family)) {
        for (std::uint32_t i = 0; i < size; ++i) {
            Draws draws(key, name, first + i, 0);
            values_[i] = random::sample(law, draws);
        }
        return;
    }
    for (std::uint32_t four = 0; four < size; four += 4) {
        const std::array<math::TwoBits, 2> bits = blocks_of_four(key, name, first + four).first;
        for (std::uint32_t i = 0; i < 2; ++i) {
            const math::Two values = samples_at(law, uniforms_of(bits[i]));
            values_[four + 2 * i] = values[0];
            values_[four + 2 * i + 1] = values[1];
        }
    }
}

void PairsAhead::fill(const Distribution& law, Key key, std::uint64_t name, std::uint32_t first) {
    for (std::uint32_t four = 0; four < size; four += 4) {
        const FourBlocks blocks = blocks_of_four(key, name, first + four);
        for (std::uint32_t i = 0; i < 4; i += 2) {
            const math::Two values = samples_at(law, uniforms_of(blocks.first[i / 2]));
            const math::Two uniforms = uniforms_of(blocks.second[i / 2]);
            pairs_[four + i] = {values[0], uniforms[0]};
            pairs_[four + i + 1] = {values[1], uniforms[1]};
        }
    }
}

}  // namespace foretwin::random
