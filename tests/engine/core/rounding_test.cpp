#include "engine/core/rounding.hpp"

#include <doctest/doctest.h>

using foretwin::nearest_integer;

TEST_CASE("the nearest integer, halves away from zero") {
    CHECK(nearest_integer(0.0) == 0);
    CHECK(nearest_integer(2.4) == 2);
    CHECK(nearest_integer(2.5) == 3);
    CHECK(nearest_integer(-2.4) == -2);
    CHECK(nearest_integer(-2.5) == -3);
    CHECK(nearest_integer(-0.5) == -1);
}

TEST_CASE("integers up to 2^51 stay themselves") {
    constexpr double large = 2251799813685248.0;
    CHECK(nearest_integer(large) == 2251799813685248);
    CHECK(nearest_integer(-large) == -2251799813685248);
    CHECK(nearest_integer(large - 1) == 2251799813685247);
}
