#include "engine/telemetry/instant.hpp"

#include <doctest/doctest.h>

#include "engine/core/error.hpp"

using namespace foretwin;
using namespace foretwin::telemetry;

namespace {

std::string read(ClockReader& clock, std::string_view text,
                 Instant reached = std::numeric_limits<Instant>::min()) {
    const ClockReader::Reading reading = clock.read(text, reached);
    if (reading.outcome == ClockReader::Outcome::skipped) return "skipped";
    if (reading.outcome == ClockReader::Outcome::impossible) return "impossible";
    return instant_text(reading.at);
}

}  // namespace

TEST_CASE("times with and without a zone of their own become instants") {
    ClockReader utc("UTC");
    CHECK(utc.read("1970-01-01T00:00:01.5Z").at == 1'500'000'000);
    CHECK(read(utc, "2015-01-01 06:00:00") == "2015-01-01T06:00:00Z");
    CHECK(read(utc, "2015-01-01T06:00") == "2015-01-01T06:00:00Z");
    CHECK(read(utc, "2015-01-01") == "2015-01-01T00:00:00Z");
    CHECK(read(utc, " 2015-01-01T06:00:00.000000001 ") == "2015-01-01T06:00:00.000000001Z");
    CHECK(read(utc, "2015-01-01T06:00:00+02:00") == "2015-01-01T04:00:00Z");
    CHECK(read(utc, "2015-01-01T06:00:00.25-0530") == "2015-01-01T11:30:00.25Z");
    CHECK(read(utc, "1969-12-31T23:59:59.75Z") == "1969-12-31T23:59:59.75Z");
    // Berlin is an hour ahead of UTC in winter, two in summer.
    ClockReader berlin("Europe/Berlin");
    CHECK(read(berlin, "2015-01-01 06:00:00") == "2015-01-01T05:00:00Z");
    CHECK(read(berlin, "2015-07-01 06:00:00") == "2015-07-01T04:00:00Z");
}

TEST_CASE("what is no date and time is refused") {
    ClockReader utc("UTC");
    for (const char* text :
         {"", "x", "2015-02-30 06:00:00", "2015-13-01", "2015-01-01 24:00:00", "2015-01-01T06",
          "2015-01-01T06:00:00.", "2015-01-01T06:00:00.1234567890", "2015-01-01T06:00.5",
          "2015-01-01T06:00:00+2", "2015-01-01T06:00:00+19:00", "0015-01-01", "9999-01-01",
          "2015-01-01T06:00:00.1x", "datetime"})
        CHECK_MESSAGE(read(utc, text) == "impossible", text);
    CHECK_THROWS_AS(ClockReader("Europe/Atlantis"), InputError);
}

TEST_CASE("what was read before does not change what is read next") {
    // The clock keeps the date that it read last: no other one, and nothing wrong, may pass for it.
    ClockReader utc("UTC");
    CHECK(read(utc, "1970-01-01 00:00:01") == "1970-01-01T00:00:01Z");
    for (int repeat = 0; repeat < 2; ++repeat) {
        CHECK(read(utc, "2015-03-01 06:00:59") == "2015-03-01T06:00:59Z");
        CHECK(read(utc, "2015-03-01T23:59:00") == "2015-03-01T23:59:00Z");
        for (const char* text :
             {"2015-03-01 24:00:00", "2015-03-01 06:60:00", "2015-03-01 06:00:60",
              "2015-03-01 06:00:5x", "2015-03-01 06-00:00", "2015-03-01_06:00:00",
              "2015-03-0x 06:00:00", "2015-03-32 06:00:00", "9999-03-01 06:00:00"})
            CHECK_MESSAGE(read(utc, text) == "impossible", text);
        CHECK(read(utc, std::string(10, '\0') + " 06:00:00") == "impossible");
        CHECK(read(utc, "2015-02-28 06:00:00") == "2015-02-28T06:00:00Z");
    }
}

TEST_CASE("the hour that daylight saving skips is none, the one it repeats is read in order") {
    // 2015-03-29 02:00 to 03:00 did not exist in Berlin; 2015-10-25 02:00 to 03:00 came twice.
    ClockReader berlin("Europe/Berlin");
    CHECK(read(berlin, "2015-03-29 01:59:59") == "2015-03-29T00:59:59Z");
    CHECK(read(berlin, "2015-03-29 02:30:00") == "skipped");
    CHECK(read(berlin, "2015-03-29 03:00:00") == "2015-03-29T01:00:00Z");
    Instant reached = berlin.read("2015-10-25 01:30:00").at;
    const std::vector<std::string> texts{"02:00", "02:30", "02:00", "02:30", "03:00"};
    const std::vector<std::string> hours{"00:00", "00:30", "01:00", "01:30", "02:00"};
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const std::string text = "2015-10-25 " + texts[i];
        CHECK(read(berlin, text, reached) == "2015-10-25T" + hours[i] + ":00Z");
        reached = berlin.read(text, reached).at;
    }
}
