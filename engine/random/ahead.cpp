#include "engine/random/ahead.hpp"

#include "engine/random/philox_lanes.hpp"

namespace foretwin::random {

/// Fills a block only where the numbers ascend: a station that gets every hundredth part would
/// throw most of it away.
Time Ahead::miss(const Distribution& law, Key key, std::uint64_t name, std::uint32_t draw) {
    const std::uint32_t block = draw / size;
    const bool ascends = block - missed_ <= 1;
    missed_ = block;
    if (ascends) {
        fill(law, key, name, block * size);
        block_ = block;
        return times_[draw % size];
    }
    Draws draws(key, name, draw, 0);
    return random::sample_time(law, draws);
}

void Ahead::fill(const Distribution& law, Key key, std::uint64_t name, std::uint32_t first) {
    if (!takes_one_uniform(law.family)) {
        for (std::uint32_t i = 0; i < size; ++i) {
            Draws draws(key, name, first + i, 0);
            times_[i] = random::sample_time(law, draws);
        }
        return;
    }
    const std::array<std::uint64_t, size> bits = first_bits_of_eight(key, name, first);
    for (std::uint32_t i = 0; i < size; ++i) {
        times_[i] = from_seconds(sample_at(law, Draws::uniform_of(bits[i])));
    }
}

}  // namespace foretwin::random
