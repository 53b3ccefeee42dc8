#include "scenarios/loader/calendar.hpp"

#include <doctest/doctest.h>

using namespace foretwin;
using namespace foretwin::loader;

namespace {

struct Desk {
    Value nothing = Value::map();
    std::vector<Value> files;
    CentralResolver resolver{nothing, files};
    Reader reader{resolver};

    Value yaml(const std::string& text) const {
        Problems problems;
        Value value = read_yaml(text, "p", problems);
        for (const Problem& problem : problems) FAIL(to_text(problem));
        return value;
    }
    Clock clock(const std::string& text) const { return Clock(yaml(text), reader); }
    std::vector<Interval> open(const std::string& calendar, const std::string& time) const {
        return open_intervals(yaml(calendar), clock(time), reader).on;
    }
    std::string complaint(const std::string& calendar) const {
        const Problems problems = calendar_problems(yaml(calendar), reader);
        return problems.empty() ? "" : problems[0].what;
    }
};

bool is(const Interval& interval, Time from, Time to) {
    return interval.from == from && interval.to == to;
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE_FIXTURE(Desk, "time 0 is the start of the warm-up, in the scenario's zone") {
    const Clock clock = this->clock(
        "{start: 2026-01-05T06:00, zone: Europe/Berlin, warm_up: 2 days, horizon: 8 h}");
    CHECK(clock.warm_up() == 2 * day);
    CHECK(clock.start() == 2 * day);
    CHECK(clock.end() == 2 * day + 8 * hour);
    CHECK(clock.to_text(0) == "2026-01-03T06:00:00");
    CHECK(clock.to_text(clock.start()) == "2026-01-05T06:00:00");
    // 05:00 UTC: 1767589200 s after 1970 (20458 days and 5 hours).
    CHECK(clock.to_unix(clock.start()) == (20'458LL * 24 + 5) * hour);
    CHECK(clock.from_unix(clock.to_unix(123)) == 123);
    CHECK(clock.local(clock.start()).weekday == 1);
    CHECK(clock.time_of("2026-01-05T07:30", {}) == 2 * day + 90 * minute);
    CHECK(clock.time_of("2026-01-05T05:00Z", {}) == 2 * day);
    CHECK(clock.time_of("2026-01-05 07:00:00+02:00", {}) == 2 * day);
}

TEST_CASE_FIXTURE(Desk, "two shifts on weekdays: five stretches of 16 hours a week") {
    const auto open =
        this->open("{weekdays: \"06:00-22:00\"}", "{start: 2026-01-05T00:00, horizon: 1 week}");
    REQUIRE(open.size() == 5);
    for (int i = 0; i < 5; ++i)
        CHECK(is(open[static_cast<std::size_t>(i)], i * day + 6 * hour, i * day + 22 * hour));
}

TEST_CASE_FIXTURE(Desk, "a shift in progress at the start is cut, nights run over midnight") {
    const auto open =
        this->open("{every_day: \"22:00-06:00\"}", "{start: 2026-01-05T00:00, horizon: 2 days}");
    REQUIRE(open.size() == 3);
    CHECK(is(open[0], 0, 6 * hour));
    CHECK(is(open[1], 22 * hour, 30 * hour));
    CHECK(is(open[2], 46 * hour, 48 * hour));
}

TEST_CASE_FIXTURE(Desk, "lists, touching ranges, narrower keys and closed dates") {
    const char* time = "{start: 2026-01-05T00:00, horizon: 1 week}";
    const auto breaks = open("{monday: \"06:00-14:00, 14:30-22:00\"}", time);
    REQUIRE(breaks.size() == 2);
    CHECK(is(breaks[1], 14 * hour + 30 * minute, 22 * hour));

    const auto touching = open("{monday: [\"06:00-14:00\", \"14:00-22:00\"]}", time);
    REQUIRE(touching.size() == 1);
    CHECK(is(touching[0], 6 * hour, 22 * hour));

    const auto all = open("{every_day: \"00:00-24:00\"}", time);
    REQUIRE(all.size() == 1);
    CHECK(is(all[0], 0, week));

    const auto narrower = open("{weekdays: \"06:00-22:00\", friday: \"06:00-14:00\"}", time);
    REQUIRE(narrower.size() == 5);
    CHECK(is(narrower[4], 4 * day + 6 * hour, 4 * day + 14 * hour));

    const auto closed = open("{weekdays: \"06:00-22:00\", except: [2026-01-06, 2026-01-07]}", time);
    REQUIRE(closed.size() == 3);
    CHECK(closed[1].from == 3 * day + 6 * hour);

    CHECK(open("{weekend: \"06:00-22:00\"}", "{start: 2026-01-05T00:00, horizon: 3 days}").empty());
}

TEST_CASE_FIXTURE(Desk, "daylight saving: the night of March has 7 hours, that of October 9") {
    const char* night = "{every_day: \"22:00-06:00\"}";
    const auto spring =
        open(night, "{start: 2026-03-28T12:00, zone: Europe/Berlin, horizon: 1 days}");
    REQUIRE(spring.size() == 1);
    CHECK(spring[0].to - spring[0].from == 7 * hour);
    const auto autumn =
        open(night, "{start: 2026-10-24T12:00, zone: Europe/Berlin, horizon: 1 days}");
    REQUIRE(autumn.size() == 1);
    CHECK(autumn[0].to - autumn[0].from == 9 * hour);
    // Without a zone every night has 8 hours.
    const auto plain = open(night, "{start: 2026-03-28T12:00, horizon: 1 days}");
    CHECK(plain.at(0).to - plain.at(0).from == 8 * hour);
}

TEST_CASE_FIXTURE(Desk, "a skipped hour is the instant of the skip, a repeated one the first") {
    const Clock clock =
        this->clock("{start: 2026-03-29T00:00, zone: Europe/Berlin, horizon: 1 days}");
    CHECK(clock.time_of("2026-03-29T02:30", {}) == 2 * hour);
    CHECK(clock.time_of("2026-03-29T03:00", {}) == 2 * hour);
    const Clock autumn =
        this->clock("{start: 2026-10-25T00:00, zone: Europe/Berlin, horizon: 1 days}");
    CHECK(autumn.time_of("2026-10-25T02:30", {}) == 2 * hour + 30 * minute);
    CHECK(autumn.time_of("2026-10-25T03:00", {}) == 4 * hour);
}

TEST_CASE_FIXTURE(Desk, "periodic calendars are aligned with the start of the warm-up") {
    const auto open =
        this->open("{period: 1440 min, open: [[360 min, 840 min], [870 min, 1320 min]]}",
                   "{start: 2026-01-05T03:17, warm_up: 1 days, horizon: 1 days}");
    REQUIRE(open.size() == 4);
    CHECK(is(open[0], 360 * minute, 840 * minute));
    CHECK(is(open[1], 870 * minute, 1320 * minute));
    CHECK(is(open[2], day + 360 * minute, day + 840 * minute));
    CHECK(is(open[3], day + 870 * minute, day + 1320 * minute));
}

TEST_CASE_FIXTURE(Desk, "bad calendars and bad times are told") {
    CHECK(contains(complaint("{weekday: \"06:00-22:00\"}"), "no key 'weekday'"));
    CHECK(contains(complaint("{monday: \"6-22\"}"), "not a range"));
    CHECK(contains(complaint("{monday: \"06:00-25:00\"}"), "not a range"));
    CHECK(contains(complaint("{monday: \"06:60-22:00\"}"), "not a range"));
    CHECK(contains(complaint("{monday: \"06:00-22:00\", except: [2026-02-30]}"), "not a date"));
    CHECK(contains(complaint("{period: 1 days}"), "needs `period` and `open`"));
    CHECK(contains(complaint("{period: 1 days, open: [[2 h, 1 h]]}"), "ascend"));
    CHECK(contains(complaint("{period: 1 days, open: [[2 h, 25 h]]}"), "within the period"));
    CHECK(contains(complaint("{period: 0 s, open: [[0 s, 1 h]]}"), "above 0"));
    CHECK(contains(complaint("[1]"), "a map"));
    CHECK(moment_problem("2026-01-05T06:00").empty());
    CHECK(moment_problem("2026-01-05").empty());
    for (const char* bad : {"2026-13-05", "2026-02-29T06:00", "05.01.2026", "2026-01-05T25:00",
                            "2026-01-05T06:00+1", "2026-01-05T06:00:61", "", "9999-01-01"})
        CHECK_MESSAGE(!moment_problem(bad).empty(), bad);
    CHECK_THROWS_AS(clock("{zone: Europe/Berlim, horizon: 1 h}"), InputError);
    try {
        clock("{zone: Europe/Berlim, horizon: 1 h}");
    } catch (const InputError& error) {
        CHECK(to_text(error.problems()[0]) ==
              "p:1:8: unknown time zone 'Europe/Berlim' (did you mean 'Europe/Berlin'?)");
    }
    CHECK_THROWS_AS(open("{period: 1 us, open: [[0 s, 0.5 us]]}", "{horizon: 1 year}"), InputError);
}
