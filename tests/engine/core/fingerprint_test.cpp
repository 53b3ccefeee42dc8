#include "engine/core/fingerprint.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <set>

#include "engine/core/math.hpp"

using foretwin::Fingerprint;
using foretwin::Wide;

namespace {

template <class... Values>
std::string text_of(Values... values) {
    Fingerprint fingerprint;
    (fingerprint.add(values), ...);
    return fingerprint.text();
}

}  // namespace

TEST_CASE("a fingerprint depends on the values and on their order") {
    CHECK(text_of(1, 2) != text_of(2, 1));
    CHECK(text_of(1, 2) == text_of(1, 2));
    CHECK(text_of() != text_of(0));
    CHECK(text_of(0) != text_of(0, 0));
    CHECK(text_of("ab", "c") != text_of("a", "bc"));
    CHECK(text_of("ab") != text_of(std::string_view("ab\0", 3)));
    CHECK(text_of(Wide{1} << 64) != text_of(Wide{1}));
}

TEST_CASE("integers count by their value, doubles by their bits, all NaN are one") {
    CHECK(text_of(-1) == text_of(std::int64_t{-1}));
    CHECK(text_of(7U) == text_of(std::uint64_t{7}));
    CHECK(text_of(1.0) == text_of(std::bit_cast<std::uint64_t>(1.0)));
    CHECK(text_of(0.0) != text_of(-0.0));
    CHECK(text_of(foretwin::math::not_a_number) == text_of(-foretwin::math::not_a_number));
}

TEST_CASE("the algorithm never changes") {
    CHECK(text_of() == "7acdbb98b1344213");
    CHECK(text_of(1, -2, 3.5, Wide{-4}, "Filler/valve jam") == "3a8efb3eb6132ef8");
}

TEST_CASE("a single different bit anywhere gives another fingerprint") {
    std::set<std::uint64_t> seen;
    for (int place = 0; place < 20; ++place) {
        for (int bit = 0; bit < 64; ++bit) {
            Fingerprint fingerprint;
            for (int i = 0; i < 20; ++i) {
                fingerprint.add(i == place ? std::uint64_t{1} << bit : std::uint64_t{0});
            }
            seen.insert(fingerprint.value());
        }
    }
    CHECK(seen.size() == 20 * 64);
}
