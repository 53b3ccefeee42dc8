#include "engine/telemetry/interval_series.hpp"

#include <doctest/doctest.h>

using namespace foretwin;
using namespace foretwin::telemetry;

namespace {

IntervalColumns hours() {
    IntervalColumns columns{"at", "kWh"};
    columns.step = 3600;
    return columns;
}

IntervalSeries read(const std::string& rows, const IntervalColumns& columns = hours()) {
    Problems problems;
    const auto series =
        read_intervals(parse_csv("at,kWh\n" + rows, "meter.csv", problems), columns, problems);
    REQUIRE(problems.empty());
    return series;
}

std::string complaints(const std::string& rows, const IntervalColumns& columns = hours()) {
    Problems problems;
    read_intervals(parse_csv("at,kWh\n" + rows, "meter.csv", problems), columns, problems);
    std::string all;
    for (const Problem& problem : problems) all += to_text(problem) + "\n";
    return all;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

LocalSeconds at(const char* text) {
    return parse_local_time(text).value();
}

}  // namespace

TEST_CASE("stamps name the end or the start of an interval") {
    IntervalColumns columns = hours();
    const std::string rows = "2018-01-01T06:00,1.5\n2018-01-01T07:00,0\n";
    CHECK(read(rows, columns).from == at("2018-01-01T05:00"));
    CHECK(read(rows, columns).to() == at("2018-01-01T07:00"));
    columns.stamps = IntervalColumns::Stamps::start;
    CHECK(read(rows, columns).from == at("2018-01-01T06:00"));
    CHECK(read(rows, columns).values == std::vector<double>{1.5, 0});
}

TEST_CASE("a midnight that closes its day is the end of the date beside it") {
    IntervalColumns columns = hours();
    columns.dates = IntervalColumns::Dates::day_month_year;
    columns.midnight_closes_its_day = true;
    const auto series =
        read("31-12-2017 23:00,1\n31-12-2017 00:00,2\n01/01/2018 01:00,3\n", columns);
    CHECK(series.from == at("2017-12-31T22:00"));
    CHECK(series.to() == at("2018-01-01T01:00"));
    CHECK(series.values == std::vector<double>{1, 2, 3});
}

TEST_CASE("whatever would need a guess is refused where it stands") {
    const std::string first = "2018-01-01T06:00,1\n";
    CHECK(has(complaints(first + "2018-01-01T09:00,1\n"),
              "meter.csv:3:1: readings are missing between 2018-01-01T06:00 and 2018-01-01T08:00"));
    CHECK(has(complaints(first + first), "this interval was told before"));
    CHECK(has(complaints(first + "2018-01-01T05:00,1\n"), "time steps back"));
    CHECK(has(complaints(first + "2018-01-01T07:30,1\n"), "between the steps"));
    CHECK(
        has(complaints(first + "2018-01-01T07:00,much\n"), "meter.csv:3:18: 'much' is no reading"));
    CHECK(has(complaints(first + "2018-01-01T07:00,nan\n"), "'nan' is no reading"));
    CHECK(has(complaints(first + "2018-01-01T07:00,-1\n"), "'-1' is no reading"));
    CHECK(has(complaints(first + "2018-01-01T07:00,\n"), "'' is no reading"));
    CHECK(has(complaints(first + "2018-02-30T07:00,1\n"), "is no date and time"));
    IntervalColumns columns = hours();
    columns.dates = IntervalColumns::Dates::day_month_year;
    CHECK(has(complaints(first, columns), "'2018-01-01T06:00' is no date and time"));
    columns.value = "MWh";
    CHECK(has(complaints(first, columns), "MWh"));
}

TEST_CASE("a second file goes on where the first ends, and may repeat what it told") {
    Problems problems;
    IntervalSeries series = read("2018-01-01T06:00,1\n2018-01-01T07:00,2\n");
    append(series, read("2018-01-01T07:00,2\n2018-01-01T08:00,3\n"), "later.csv", problems);
    append(series, read("2018-01-01T09:00,4\n"), "last.csv", problems);
    CHECK(problems.empty());
    CHECK(series.values == std::vector<double>{1, 2, 3, 4});
    append(series, read("2018-01-01T09:00,5\n"), "other.csv", problems);
    append(series, read("2018-01-01T12:00,5\n"), "gap.csv", problems);
    REQUIRE(problems.size() == 2);
    CHECK(has(problems[0].what, "from 2018-01-01T08:00, and differ"));
    CHECK(has(problems[1].what, "those before end at 2018-01-01T09:00"));
}
