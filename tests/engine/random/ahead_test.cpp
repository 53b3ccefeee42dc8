#include "engine/random/ahead.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <limits>
#include <vector>

#include "engine/core/name_hash.hpp"
#include "engine/random/philox_lanes.hpp"

using namespace foretwin;
using namespace foretwin::random;

namespace {

constexpr Key key{0xfffffff0U, 7};
constexpr std::uint64_t stream = name_hash("Filler/Depalletizer/processing");

const std::vector<Distribution>& laws() {
    static const std::vector<Distribution> all{
        deterministic(2.5),  exponential(3.0),
        weibull(1.4, 9.0),   shifted(uniform(1, 2), 0.5),
        lognormal(4.0, 1.0), gamma(2.5, 4.0),
        erlang(3, 2.0),      empirical(std::vector<double>{1, 2, 4})};
    return all;
}

double drawn(const Distribution& law, std::uint32_t number) {
    Draws plain = draws(key, stream, number);
    return sample(law, plain);
}

}  // namespace

TEST_CASE("four draws at once are the same draws, also where numbers and keys wrap") {
    for (const std::uint32_t first : {0U, 8U, 123456U, 0xfffffffcU, 0xfffffffeU}) {
        const FourBlocks blocks = blocks_of_four(key, stream, first);
        const auto bits = blocks.first;
        for (std::uint32_t i = 0; i < 4; ++i) {
            Draws draw = draws(key, stream, first + i);
            const std::uint64_t plain = draw.bits();
            CHECK(blocks.second[i / 2][i % 2] == draw.bits());
            CHECK(bits[i / 2][i % 2] == plain);
            CHECK(uniforms_of(bits[i / 2])[i % 2] == Draws::uniform_of(plain));
        }
    }
}

TEST_CASE("pairs computed ahead are those of the draw, wherever one begins or jumps") {
    for (const Distribution& law : laws()) {
        if (!takes_one_uniform(law.family)) continue;
        PairsAhead ahead;
        for (const std::uint32_t first : {0U, 5U, 1000U, 3U, 0xfffffff0U}) {
            for (std::uint32_t draw = first; draw < first + 15; ++draw) {
                const Pair plain = sample_pair(law, draws(key, stream, draw));
                const Pair early = ahead.sample(law, key, stream, draw);
                CHECK(early.value == plain.value);
                CHECK(early.uniform == plain.uniform);
            }
        }
    }
}

TEST_CASE("two uniforms at once cover both ends of their interval") {
    const math::TwoBits ends{0, ~std::uint64_t{0}};
    CHECK(uniforms_of(ends)[0] == 0x1p-53);
    CHECK(uniforms_of(ends)[1] == 1 - 0x1p-53);
}

TEST_CASE("two logarithms at once have the bits of one") {
    std::uint64_t differences = 0;
    const auto compare = [&](double a, double b) {
        const math::Two both = math::log_of_normal(math::Two{a, b});
        differences +=
            std::bit_cast<std::uint64_t>(both[0]) != std::bit_cast<std::uint64_t>(math::log(a));
        differences +=
            std::bit_cast<std::uint64_t>(both[1]) != std::bit_cast<std::uint64_t>(math::log(b));
    };
    Draws cursor = draws(key, stream, 0);
    for (int i = 0; i < 100'000; ++i) compare(cursor.uniform(), 1 / cursor.uniform());
    compare(1.0, 0x1p-53);
    compare(1 - 0x1p-53, 1 + 0x1p-52);
    compare(0x1.6p-1, 0x1.5fffffffffffp-1);
    compare(std::numeric_limits<double>::min(), std::numeric_limits<double>::max());
    CHECK(differences == 0);
}

TEST_CASE("values computed ahead are the values, whatever the law") {
    for (const Distribution& law : laws()) {
        Ahead ahead;
        int differences = 0;
        for (std::uint32_t number = 0; number < 10'000; ++number) {
            differences += ahead.sample(law, key, stream, number) != drawn(law, number);
        }
        CHECK_MESSAGE(differences == 0, describe(law));
    }
}

TEST_CASE("they may be asked for in any order, again, and with gaps") {
    const Distribution law = exponential(1.0);
    Ahead ahead;
    for (const std::uint32_t number : {3U, 2U, 9U, 7U, 8U, 8U, 16U, 15U, 500U, 501U, 0U, 1U, 510U,
                                       511U, 512U, 0xffffffffU, 0U, 0xfffffff0U, 0xfffffff9U}) {
        CHECK(ahead.sample(law, key, stream, number) == drawn(law, number));
    }
}
