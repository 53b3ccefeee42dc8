// What would change the answer: swings, break-even, and whose variance it is.
#include "scenarios/roi/sensitivity.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>

#include "engine/random/stream.hpp"

using namespace foretwin;
using namespace foretwin::roi;
using doctest::Approx;

namespace {

constexpr std::size_t draw_count = 32;

/// Values of an input, evenly random on [low, high].
DrawnInput input(const char* name, bool assumed, double low, double high, std::uint64_t stream) {
    DrawnInput result{name, "h", assumed, low, high, {}};
    random::Draws draws = random::draws({1, 0}, stream, 0);
    for (std::size_t d = 0; d < draw_count; ++d)
        result.values.push_back(low + (high - low) * draws.uniform());
    return result;
}

}  // namespace

TEST_CASE("exact lines are recovered, the widest swing first") {
    const std::vector<DrawnInput> inputs{input("wage", true, 30, 50, 1),
                                         input("repair", true, 2, 6, 2)};
    std::vector<double> npv;
    for (std::size_t d = 0; d < draw_count; ++d)
        npv.push_back(1000 - 20 * inputs[0].values[d] + 300 * inputs[1].values[d]);
    const Tornado result = tornado(inputs, npv);
    REQUIRE(result.swings.size() == 2);
    CHECK_FALSE(result.one_at_a_time);
    CHECK(result.explained == Approx(1));
    CHECK(result.swings[0].name == "repair");
    CHECK(result.swings[0].slope == Approx(300));
    CHECK(result.swings[0].size() == Approx(1200));
    CHECK(result.swings[1].slope == Approx(-20));
    CHECK(result.swings[1].npv_at_low - result.swings[1].npv_at_high == Approx(400));
    CHECK(result.swings[1].slope_error == Approx(0));
}

TEST_CASE("an input within its noise stands below every clear one, however wide its bar") {
    // `clear` moves 1 by 100; `loud`, one at a time, would have the wider bar by chance alone.
    Swing clear{"clear", "1", true, 0, 1, 0, 100, 100, 10, {}, false};
    CHECK_FALSE(clear.within_noise());
    clear.slope_error = 50;  // exactly two standard errors
    CHECK_FALSE(clear.within_noise());
    clear.slope_error = 50.1;
    CHECK(clear.within_noise());
    clear.slope = 0;  // a flat line has no effect, which is something else
    CHECK_FALSE(clear.within_noise());

    // Narrow range, exact effect of 1 in 2000; wide range, no effect but what chance leaves.
    const std::vector<DrawnInput> inputs{input("exact", true, 0, 1, 5),
                                         input("noise", true, 0, 1, 6)};
    const DrawnInput chance = input("chance", true, -1, 1, 7);
    std::vector<double> npv;
    for (std::size_t d = 0; d < draw_count; ++d)
        npv.push_back(40 * inputs[0].values[d] + chance.values[d]);
    std::vector<DrawnInput> told = inputs;
    told[1].high = 1000;  // told over a range that stretches the bar of the noise
    const Tornado result = tornado(told, npv);
    REQUIRE(result.swings.size() == 2);
    CHECK(result.swings[0].name == "exact");
    REQUIRE(result.swings[1].within_noise());
    CHECK(result.swings[1].size() > result.swings[0].size());
}

TEST_CASE("break-even: where the line crosses zero, and whether that is in range") {
    std::vector<DrawnInput> inputs{input("repair", true, 0, 10, 3)};
    std::vector<double> inside, outside;
    for (const double value : inputs[0].values) {
        inside.push_back(-400 + 100 * value);  // zero at 4
        outside.push_back(500 + 100 * value);  // zero at -5
    }
    CHECK(*tornado(inputs, inside).swings[0].break_even == Approx(4));
    CHECK(tornado(inputs, inside).swings[0].break_even_in_range);
    CHECK(*tornado(inputs, outside).swings[0].break_even == Approx(-5));
    CHECK_FALSE(tornado(inputs, outside).swings[0].break_even_in_range);
    CHECK_FALSE(tornado(inputs, std::vector<double>(draw_count, 7)).swings[0].break_even);
}

TEST_CASE("more inputs than draws can bear: assumptions together, the rest alone") {
    std::vector<DrawnInput> inputs;
    for (std::uint64_t i = 0; i < 4; ++i) inputs.push_back(input("a", true, 0, 1, 10 + i));
    for (std::uint64_t i = 0; i < 40; ++i) inputs.push_back(input("f", false, 0, 1, 100 + i));
    std::vector<double> npv;
    for (std::size_t d = 0; d < draw_count; ++d) npv.push_back(500 * inputs[2].values[d]);
    const Tornado result = tornado(inputs, npv);
    CHECK(result.swings.size() == 44);
    CHECK(result.one_at_a_time);
    CHECK(result.swings[0].slope == Approx(500));
    CHECK(result.swings[0].assumed);
    CHECK(result.swings[4].size() < 1e-9);
}

TEST_CASE("an input that never varied is left out; too few draws give a note") {
    const DrawnInput fixed{"fixed", "1", true, 1, 1, std::vector<double>(draw_count, 1.0)};
    const DrawnInput free = input("free", true, 0, 1, 5);
    const Tornado result = tornado({fixed, free}, free.values);
    REQUIRE(result.swings.size() == 1);
    CHECK(result.swings[0].name == "free");
    const DrawnInput few{"few", "1", true, 0, 1, {0.1, 0.5, 0.9}};
    CHECK(tornado({few}, {1, 2, 3}).swings.empty());
    CHECK_FALSE(tornado({few}, {1, 2, 3}).note.empty());
}

TEST_CASE("two inputs that always move together are told apart by nobody: each alone") {
    DrawnInput one = input("one", true, 0, 1, 6);
    DrawnInput two = one;
    two.name = "two";
    const Tornado result = tornado({one, two}, one.values);
    CHECK(result.one_at_a_time);
    CHECK(result.swings[0].slope == Approx(1));
    CHECK(result.swings[1].slope == Approx(1));
}

TEST_CASE("variance between draws: assumptions and fitted parameters apart") {
    // Variances 1/12 x (30^2 + 10^2): nine tenths from the assumption.
    const std::vector<DrawnInput> inputs{input("assumed", true, 0, 30, 21),
                                         input("fitted", false, 0, 10, 22)};
    std::vector<double> npv;
    for (std::size_t d = 0; d < draw_count; ++d)
        npv.push_back(inputs[0].values[d] + inputs[1].values[d]);
    const DrawSplit split = split_draw_variance(inputs, npv, 80);
    CHECK(split.assumed + split.fitted == Approx(80));
    CHECK(split.assumed > 60);
    CHECK(split_draw_variance({inputs[0]}, npv, 80).assumed == 80);
    CHECK(split_draw_variance({inputs[1]}, npv, 80).fitted == 80);
}
