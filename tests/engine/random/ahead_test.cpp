#include "engine/random/ahead.hpp"

#include <doctest/doctest.h>

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

Time drawn(const Distribution& law, std::uint32_t number) {
    Draws plain = draws(key, stream, number);
    return sample_time(law, plain);
}

}  // namespace

TEST_CASE("eight draws at once are the same draws, also where numbers and keys wrap") {
    for (const std::uint32_t first : {0U, 8U, 123456U, 0xfffffff8U, 0xfffffffcU}) {
        const auto bits = first_bits_of_eight(key, stream, first);
        for (std::uint32_t i = 0; i < 8; ++i) {
            CHECK(bits[i] == draws(key, stream, first + i).bits());
        }
    }
}

TEST_CASE("durations computed ahead are the durations, whatever the law") {
    for (const Distribution& law : laws()) {
        Ahead ahead;
        for (std::uint32_t number = 0; number < 100; ++number) {
            CHECK(ahead.sample_time(law, key, stream, number) == drawn(law, number));
        }
    }
}

TEST_CASE("they may be asked for in any order, again, and with gaps") {
    const Distribution law = exponential(1.0);
    Ahead ahead;
    for (const std::uint32_t number : {3U, 2U, 9U, 7U, 8U, 8U, 16U, 15U, 500U, 501U, 0U, 1U, 510U,
                                       511U, 512U, 0xffffffffU, 0U, 0xfffffff0U, 0xfffffff9U}) {
        CHECK(ahead.sample_time(law, key, stream, number) == drawn(law, number));
    }
}
