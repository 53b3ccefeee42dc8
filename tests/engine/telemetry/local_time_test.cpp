#include "engine/telemetry/local_time.hpp"

#include <doctest/doctest.h>

#include <initializer_list>

using namespace foretwin::telemetry;

TEST_CASE("a local time counts seconds since 1970 on the same clock") {
    CHECK(parse_local_time("1970-01-01") == 0);
    CHECK(parse_local_time("1970-01-02 00:00:01") == 86401);
    // 2015-01-01 is day 16436: 45 years of 365 days and 11 leap days.
    CHECK(parse_local_time("2015-01-01 06:00:00") == 16436LL * 86400 + 6 * 3600);
    CHECK(parse_local_time("2015-01-01T06:00") == parse_local_time("2015-01-01 06:00:00"));
    CHECK(parse_local_time("2016-02-29") == *parse_local_time("2016-03-01") - 86400);
}

TEST_CASE("what is no date is refused, not guessed") {
    for (const char* text :
         {"", "2015", "2015-02-29", "2015-13-01", "2015-00-10", "2015-1-2", "2015/01/02",
          "2015-01-02 24:00:00", "2015-01-02 12:60", "2015-01-02 12:00:60", "2015-01-02 12",
          "2015-01-02 12:00:00Z", "2015-01-02x12:00", "02.01.2015", "20150102", "2015-01-02 ",
          "2015-01-02 1a:00", "-015-01-02"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_local_time(text).has_value());
    }
}

TEST_CASE("a local time is written so that it reads back") {
    CHECK(to_text(*parse_local_time("2015-01-02 03:00:00")) == "2015-01-02T03:00");
    CHECK(to_text(*parse_local_time("1969-12-31 23:59:58")) == "1969-12-31T23:59:58");
}
