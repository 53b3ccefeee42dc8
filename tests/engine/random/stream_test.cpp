#include "engine/random/stream.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>

#include "engine/core/name_hash.hpp"

using namespace foretwin;
using namespace foretwin::random;

namespace {
constexpr Key key{11, 3};
constexpr std::uint64_t name = name_hash("Filler/valve jam/life");
}  // namespace

TEST_CASE("the counter is position, draw and name; the key is seed and replication") {
    Draws cursor = draws(key, name, 5, 9);
    const auto name_low = static_cast<std::uint32_t>(name);
    const auto name_high = static_cast<std::uint32_t>(name >> 32);
    const auto first = philox4x32_10({9, 5, name_low, name_high}, {11, 3});
    const auto second = philox4x32_10({10, 5, name_low, name_high}, {11, 3});
    CHECK(cursor.bits() == (first[0] | std::uint64_t{first[1]} << 32));
    CHECK(cursor.bits() == (first[2] | std::uint64_t{first[3]} << 32));
    CHECK(cursor.bits() == (second[0] | std::uint64_t{second[1]} << 32));
}

TEST_CASE("seed, replication, name, draw and position each give other numbers") {
    std::set<std::uint64_t> seen;
    for (std::uint32_t i = 0; i < 100; ++i) {
        seen.insert(draws({i, 1000}, name, 0).bits());
        seen.insert(draws({1000, i}, name, 0).bits());
        seen.insert(draws(key, name_hash(std::string(i, 'x')), 0).bits());
        seen.insert(draws(key, name, i).bits());
        seen.insert(draws(key, name, 1000, i).bits());
    }
    CHECK(seen.size() == 500);
}

TEST_CASE("a copied cursor continues like the original, from any place") {
    Draws cursor = draws(key, name, 0);
    for (int i = 0; i < 7; ++i) {
        Draws copy = cursor;
        CHECK(copy.bits() == cursor.bits());
        CHECK(copy.uniform() == cursor.uniform());
        cursor.bits();
    }
}

TEST_CASE("each visit of a part has 2^16 blocks of its own") {
    CHECK(visit_position(0) == 0);
    CHECK(visit_position(1) == 65536);
    Draws first = draws(key, name, 7, visit_position(0));
    for (int i = 0; i < 2 * 65536; ++i) first.bits();
    CHECK(first.bits() == draws(key, name, 7, visit_position(1)).bits());
}

TEST_CASE("uniforms lie strictly between 0 and 1, and 1 - u is exact") {
    double sum = 0;
    double squares = 0;
    double lowest = 1;
    double highest = 0;
    int wrong = 0;
    constexpr int count = 1'000'000;
    Draws cursor = draws(key, name, 0);
    for (int i = 0; i < count; ++i) {
        const double u = cursor.uniform();
        wrong += !(u > 0.0 && u < 1.0 && 1.0 - (1.0 - u) == u);
        sum += u;
        squares += (u - 0.5) * (u - 0.5);
        lowest = std::min(lowest, u);
        highest = std::max(highest, u);
    }
    CHECK(wrong == 0);
    // Standard errors: 0.00029 of the mean, 0.000075 of the variance; five of them.
    CHECK(std::abs(sum / count - 0.5) < 0.0015);
    CHECK(std::abs(squares / count - 1.0 / 12) < 0.0004);
    CHECK(lowest < 1e-5);
    CHECK(highest > 1 - 1e-5);
}

TEST_CASE("below() gives each of the first integers equally often") {
    std::array<int, 7> counts{};
    Draws cursor = draws(key, name, 1);
    for (int i = 0; i < 70'000; ++i) ++counts.at(cursor.below(7));
    double chi_square = 0;
    for (const int count : counts) chi_square += (count - 10'000.0) * (count - 10'000.0) / 10'000;
    CHECK(chi_square < 22.5);  // 0.1 % point with 6 degrees of freedom
    CHECK(cursor.below(1) == 0);
}
