#include "engine/telemetry/time_profile.hpp"

#include <doctest/doctest.h>

#include "engine/core/rule.hpp"

using namespace foretwin;
using namespace foretwin::telemetry;

using Fate = TimeProfile::Fate;
using Stretch = TimeProfile::Stretch;

TEST_CASE("a profile begins with minutes and counts each fate by itself") {
    TimeProfile profile;
    CHECK(profile.stretches().empty());
    profile.add(90 * second, Fate::good);
    profile.add(119 * second, Fate::bad);
    profile.add(180 * second, Fate::doubtful);
    CHECK(profile.width() == minute);
    CHECK(profile.begin() == minute);
    CHECK(profile.stretches() == std::vector<Stretch>{{1, 0, 1}, {}, {0, 1, 0}});
}

TEST_CASE("what comes before the beginning moves it, also before 1970") {
    TimeProfile profile;
    profile.add(0, Fate::good);
    profile.add(-1, Fate::bad);
    CHECK(profile.begin() == -minute);
    CHECK(profile.stretches() == std::vector<Stretch>{{0, 0, 1}, {1, 0, 0}});
}

TEST_CASE("a longer time makes longer stretches, and nothing is lost") {
    TimeProfile profile;
    const auto most = static_cast<std::int64_t>(TimeProfile::most);
    for (std::int64_t i = 0; i < most; ++i) profile.add((i + 1) * minute, Fate::good);
    CHECK(profile.width() == minute);
    CHECK(profile.stretches().size() == TimeProfile::most);
    // Minutes 1 to 129: as pairs 0..64, where the first and the last one hold half a pair each.
    profile.add((most + 1) * minute, Fate::bad);
    CHECK(profile.width() == 2 * minute);
    CHECK(profile.begin() == 0);
    REQUIRE(profile.stretches().size() == 65);
    CHECK(profile.stretches()[0] == Stretch{1, 0, 0});
    CHECK(profile.stretches()[1] == Stretch{2, 0, 0});
    CHECK(profile.stretches()[64] == Stretch{1, 0, 1});
    // The whole reach of the clock: 584 years in at most 128 stretches.
    profile.add(std::numeric_limits<Instant>::min() + day, Fate::good);
    profile.add(std::numeric_limits<Instant>::max() - 400 * day, Fate::good);
    std::int64_t all = 0;
    for (const Stretch& one : profile.stretches()) all += one.all();
    CHECK(all == most + 3);
    CHECK(profile.stretches().size() <= TimeProfile::most);
    CHECK(profile.begin() == std::numeric_limits<Instant>::min());
    CHECK(profile.begin_of(profile.first() + 128) == std::numeric_limits<Instant>::max());
}

TEST_CASE("profiles of one width lie on one another") {
    TimeProfile profile;
    profile.add(5 * minute, Fate::good);
    profile.add(6 * minute, Fate::doubtful);
    profile.widen(4 * minute);
    CHECK(profile.begin() == 4 * minute);
    CHECK(profile.stretches() == std::vector<Stretch>{{1, 1, 0}});
    CHECK_THROWS_AS(profile.widen(minute), RuleBroken);
}
