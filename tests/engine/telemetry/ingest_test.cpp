#include "engine/telemetry/ingest.hpp"

#include <doctest/doctest.h>

#include "engine/core/error.hpp"
#include "tests/engine/telemetry/memory_sink.hpp"

using namespace foretwin;
using namespace foretwin::telemetry;

namespace {

CsvStream stream_of(std::string text) {
    return {[text = std::move(text), done = std::size_t{0}](char* into, std::size_t size) mutable {
                const std::size_t count = std::min(size, text.size() - done);
                std::copy_n(text.data() + done, count, into);
                done += count;
                return count;
            },
            "t.csv"};
}

SignalDescription signal(const std::string& name) {
    SignalDescription described;
    described.name = described.column = name;
    return described;
}

IngestDescription wide() {
    IngestDescription description;
    description.time_column = "t";
    description.device_column = "d";
    description.signals = {signal("a")};
    return description;
}

/// "t,d,a" with one value a minute from midnight, all of device m.
std::string minutes(const std::vector<std::string>& values) {
    std::string text = "t,d,a\n";
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::string hour = std::to_string(100 + i / 60).substr(1);
        const std::string minute_text = std::to_string(100 + i % 60).substr(1);
        text.append("2015-01-01T").append(hour).append(":").append(minute_text);
        text.append(",m,").append(values[i]).append("\n");
    }
    return text;
}

struct Result {
    MemorySink sink;
    QualityReport report;
    std::vector<std::string> aside;  ///< "line:column reason 'text'"

    const SeriesCounts& one() const { return report.series.at(0); }
    std::vector<double> values() const {
        std::vector<double> all;
        for (const Sample& sample : sink.samples.at(0)) all.push_back(sample.value);
        return all;
    }
    std::vector<int> qualities() const {
        std::vector<int> all;
        for (const Sample& sample : sink.samples.at(0)) all.push_back(sample.quality);
        return all;
    }
};

void ingest_more(Result& result, const IngestDescription& description, const std::string& text) {
    result.aside.clear();
    result.report =
        ingest(csv_records(stream_of(text)), description, result.sink, [&](const SetAside& aside) {
            result.aside.push_back(std::to_string(aside.line) + ":" + std::to_string(aside.column) +
                                   " " + std::string(aside.reason) + " '" +
                                   std::string(aside.text) + "'");
        });
}

Result ingested(const IngestDescription& description, const std::string& text) {
    Result result;
    ingest_more(result, description, text);
    return result;
}

using Texts = std::vector<std::string>;
using Values = std::vector<double>;

}  // namespace

TEST_CASE("wide and long rows of the same samples give the same series") {
    IngestDescription description = wide();
    description.signals = {signal("a"), signal("b")};
    const Result from_wide =
        ingested(description, "t,d,a,b\n2015-01-01,m,1,2\n2015-01-01,n,3,4\n2015-01-02,m,5,6\n");
    description.form = Form::longer;
    description.signal_column = "s";
    description.value_column = "v";
    const Result from_long = ingested(description,
                                      "d,t,s,v\nm,2015-01-01,a,1\nm,2015-01-01,b,2\n"
                                      "n,2015-01-01,a,3\nn,2015-01-01,b,4\n"
                                      "m,2015-01-02,b,6\nm,2015-01-02,a,5\n");
    CHECK(from_wide.sink.names == from_long.sink.names);
    CHECK(from_wide.sink.samples == from_long.sink.samples);
    CHECK(from_wide.report.rows_received == 3);
    CHECK(from_long.report.rows_received == 6);
    CHECK(from_long.report.total().accepted == 6);
    CHECK(from_wide.sink.samples[0] == std::vector<Sample>{{1'420'070'400'000'000'000, 1, good},
                                                           {1'420'156'800'000'000'000, 5, good}});
}

TEST_CASE("a file of one device needs no column for it") {
    IngestDescription description = wide();
    description.device_column.clear();
    description.device = "Press 7";
    const Result result = ingested(description, "a,t\n1,2015-01-01\n2,2015-01-02\n");
    CHECK(result.sink.names.at(0).first == "Press 7");
    CHECK(result.values() == Values{1, 2});
}

TEST_CASE("columns that are not there are named with the nearest ones") {
    IngestDescription description = wide();
    description.time_column = "time";
    description.signals = {signal("volt"), signal("volts")};
    std::vector<Problem> problems;
    try {
        ingested(description, "tme,d,volts,volts\n1,2,3,4\n");
    } catch (const InputError& error) {
        problems = error.problems();
    }
    REQUIRE(problems.size() == 3);
    CHECK(to_text(problems[0]) == "t.csv:1:1: no column 'time' (did you mean 'tme'?)");
    CHECK(problems[1].what == "no column 'volt'");
    CHECK(problems[2].what == "column 'volts' stands twice in the header");
    CHECK_THROWS_AS(ingested(description, ""), InputError);
}

TEST_CASE("rows that say nothing are counted by what is wrong with them") {
    IngestDescription description = wide();
    description.zone = "Europe/Berlin";
    const Result result = ingested(description,
                                   "t,d,a\n2015-01-01,m,1\nt,d,a\n2015-02-30,m,1\n2015-01-02,m\n"
                                   "2015-01-02,m,1,2\n\n2015-01-02,,2\n2015-01-02,a/b,2\n"
                                   "2015-03-29T02:30,m,3\n2015-01-03,m\"m,4\n2015-01-04,m,5\n");
    CHECK(result.aside == Texts{"3:1 repeated header 't'", "4:1 impossible date '2015-02-30'",
                                "5:12 short row 'm'", "6:16 long row '2'", "8:12 bad device ''",
                                "9:12 bad device 'a/b'", "10:1 skipped hour '2015-03-29T02:30'",
                                "11:13 malformed row 'a quote inside an unquoted field'"});
    CHECK(result.report.rows_received == 10);
    CHECK(result.report.rows_read == 2);
    CHECK(result.report.rejected_rows() == 8);
    CHECK(result.values() == Values{1, 5});
}

TEST_CASE("a field that holds no value is rejected with its place and reason") {
    IngestDescription description = wide();
    description.signals[0].sentinels = {-9999, 0};
    const Result result =
        ingested(description, minutes({"1", "", " ", "ERR", "1,5", "nan", "-inf", "1e999", "-9999",
                                       "0.0", "+2", " 3 ", "1.5e1"}));
    // "1,5" is one field too many, and so a matter of the row.
    CHECK(result.aside == Texts{"3:20 empty ''", "4:20 empty ' '", "5:20 text in a number 'ERR'",
                                "6:22 long row '5'", "7:20 NaN or infinity 'nan'",
                                "8:20 NaN or infinity '-inf'", "9:20 NaN or infinity '1e999'",
                                "10:20 sentinel '-9999'", "11:20 sentinel '0.0'"});
    CHECK(result.values() == Values{1, 2, 3, 15});
    CHECK(result.one().received == 12);
    CHECK(result.one().rejected == 8);
}

TEST_CASE("the same instant twice is a duplicate, exact or conflicting, and the first one stays") {
    const std::string text =
        minutes({"1", "2"}) + "2015-01-01T00:01,m,2\n2015-01-01T00:01,m,3\n2015-01-01T00:00,m,1\n";
    Result result = ingested(wide(), text);
    CHECK(result.values() == Values{1, 2});
    CHECK(result.aside == Texts{"4:20 exact duplicate '2'", "5:20 conflicting duplicate '3'",
                                "6:20 exact duplicate '1'"});
    ingest_more(result, wide(), text);  // once more: nothing is added
    CHECK(result.values() == Values{1, 2});
    CHECK(result.one().of(Defect::exact_duplicate) == 4);
    CHECK(result.one().of(Defect::conflicting_duplicate) == 1);
    CHECK(result.report.bad_share() == doctest::Approx(1.0 / 5));  // the conflict
}

TEST_CASE("what comes out of order is put in order as long as the watermark waits for it") {
    IngestDescription description = wide();
    description.late_after = 10 * minute;
    const std::string at = "2015-01-01T00:";
    const std::string text = "t,d,a\n" + at + "00,m,1\n" + at + "12,m,4\n" + at + "02,m,2\n" + at +
                             "01,m,9\n" + at + "08,m,3\n" + at + "12,m,4\n" + at + "30,m,5\n" + at +
                             "12,m,7\n";
    const Result result = ingested(description, text);
    CHECK(result.values() == Values{1, 2, 3, 4, 5});
    CHECK(result.one().out_of_order == 2);
    // 00:01 is eleven minutes behind 00:12; ten are waited for. 00:12 is known, so no news is late.
    CHECK(result.aside ==
          Texts{"5:20 late '9'", "7:20 exact duplicate '4'", "9:20 conflicting duplicate '7'"});
    CHECK(result.one().late == 1);
    description.late_after = 0;
    CHECK(ingested(description, text).one().late == 3);
}

TEST_CASE("too many equal values in a row are marked from the first of them") {
    IngestDescription description = wide();
    description.signals[0].stuck_at_least = 3;
    const std::string text = minutes({"1", "2", "2", "3", "3", "3", "3", "4", "5", "5"});
    Result result = ingested(description, text);
    CHECK(result.values() == Values{1, 2, 2, 3, 3, 3, 3, 4, 5, 5});
    CHECK(result.qualities() == std::vector<int>{0, 0, 0, 2, 2, 2, 2, 0, 0, 0});
    CHECK(result.one().of(Defect::stuck) == 4);
    CHECK(result.one().accepted == 10);
    // The run goes on in the next file; what was stored stays as it is.
    ingest_more(result, description, "t,d,a\n2015-01-01T00:10,m,5\n2015-01-01T00:11,m,6\n");
    CHECK(result.qualities().back() == 0);
    CHECK(result.qualities()[10] == stuck);
    description.doubts.reject_stuck = true;
    const Result strict = ingested(description, text);
    CHECK(strict.values() == Values{1, 2, 2, 4, 5, 5});
    CHECK(strict.one().rejected == 4);
    CHECK(strict.aside.front() == "5:20 stuck '3'");
}

TEST_CASE("a stretch in a wrong unit is told from values out of range") {
    IngestDescription description = wide();
    SignalDescription& pressure = description.signals[0];
    pressure.ranged = true;
    pressure.lowest = 50;
    pressure.highest = 160;
    pressure.wrong_units = {{"kPa", 6.894757}, {"bar", 0.06894757}};
    pressure.drift_at_least = 3;
    const std::string text = minutes({"100", "90", "110", "95", "105", "700", "100", "690", "650",
                                      "120", "690", "600", "800", "6.9", "7.5", "6.1", "100"});
    const Result result = ingested(description, text);
    // One and two values at 7 times the level are no stretch, and so out of range: 700, 690, 650.
    // 690, 600, 800 are 6.9, 6 and 8 times 100; 6.9, 7.5, 6.1 are near 100 psi in bar.
    CHECK(result.qualities() ==
          std::vector<int>{0, 0, 0, 0, 0, 4, 0, 4, 4, 0, 8, 8, 8, 8, 8, 8, 0});
    CHECK(result.one().of(Defect::wrong_unit) == 6);
    CHECK(result.one().of(Defect::out_of_range) == 3);
    description.doubts.reject_unit = true;
    description.doubts.reject_range = true;
    CHECK(ingested(description, text).values() == Values{100, 90, 110, 95, 105, 100, 120, 100});
}

TEST_CASE("a gap is longer than a value holds, and is told once, behind it") {
    IngestDescription description = wide();
    description.signals[0].hold = 5 * minute;
    const std::string at = "2015-01-01T00:";
    Result result = ingested(description, "t,d,a\n" + at + "00,m,1\n" + at + "05,m,2\n" + at +
                                              "12,m,3\n" + at + "20,m,\n" + at + "25,m,4\n");
    CHECK(result.qualities() == std::vector<int>{0, 0, 1, 1});
    CHECK(result.one().gaps == 2);
    CHECK(result.one().gap_time == 20 * minute);
    CHECK(result.one().longest_gap == 13 * minute);
    ingest_more(result, description, "t,d,a\n2015-01-01T01:25,m,5\n");
    CHECK(result.qualities().back() == after_gap);
    CHECK(result.one().gaps == 1);
}

TEST_CASE("samples that are missing in a gap are counted by how often they should come") {
    IngestDescription description = wide();
    description.signals[0].hold = 5 * minute;
    description.signals[0].every = 2 * minute;
    const std::string at = "2015-01-01T00:";
    // 10 minutes hold 4 more; 7 minutes (a clock that trembles) hold 3, since 7 / 2 is nearest
    // to 4.
    const Result result = ingested(description, "t,d,a\n" + at + "00,m,1\n" + at + "10,m,2\n" + at +
                                                    "12,m,3\n" + at + "19,m,4\n");
    CHECK(result.one().gaps == 2);
    CHECK(result.one().missing == 4 + 3);
}

TEST_CASE("a gap of centuries is counted without leaving the clock") {
    IngestDescription description = wide();
    description.signals[0].hold = day;
    const Result result = ingested(description, "t,d,a\n1700-01-01,m,1\n2200-01-01,m,2\n");
    CHECK(result.one().gaps == 1);
    CHECK(result.one().gap_time == never);
    CHECK(result.values() == Values{1, 2});
    description.late_after = 36525 * day;
    CHECK(ingested(description, "t,d,a\n1700-01-01,m,1\n1678-01-02,m,0\n").values() ==
          Values{0, 1});
}

TEST_CASE("rows are told by what their samples were, taken together") {
    IngestDescription description = wide();
    description.signals = {signal("a"), signal("b")};
    const Result result =
        ingested(description,
                 "t,d,a,b\n2015-01-02,m,1,2\n2015-01-02,m,1,2\n2015-01-02,m,1,\n2015-01-02,m,1,3\n"
                 "2015-01-01,m,0,0\n2015-01-03,m,,\n");
    // The third row is a repetition, too: it holds nothing else. The last one holds nothing at all.
    CHECK(result.report.rows_repeated == 2);
    CHECK(result.report.rows_conflicting == 1);
    CHECK(result.report.rows_late == 1);
    CHECK(result.report.rows_read == 6);
    CHECK(result.report.total().of(Defect::exact_duplicate) == 2 + 1 + 1);
}

TEST_CASE("a wrong unit is told with its name and time, and a profile has every fate") {
    IngestDescription description = wide();
    description.signals[0].wrong_units = {{"kPa", 6.894757}};
    description.signals[0].drift_at_least = 2;
    const Result result =
        ingested(description, minutes({"100", "90", "110", "95", "105", "x", "700", "690", "100"}));
    CHECK(result.one().found_unit == "kPa");
    CHECK(instant_text(result.one().unit_from) == "2015-01-01T00:06:00Z");
    CHECK(instant_text(result.one().unit_to) == "2015-01-01T00:07:00Z");
    CHECK(result.one().marked == 2);
    const auto& profile = result.one().profile;
    REQUIRE(profile.stretches().size() == 9);
    CHECK(profile.stretches()[5] == TimeProfile::Stretch{0, 0, 1});
    CHECK(profile.stretches()[6] == TimeProfile::Stretch{0, 1, 0});
    CHECK(profile.stretches()[8] == TimeProfile::Stretch{1, 0, 0});
}

TEST_CASE("the bad share counts what was lost, not what was repeated") {
    const std::string text =
        minutes({"1", "x", "3", "4"}) + "2015-01-01T00:03,m,4\n" + "2015-02-30,m,4\n";
    Result result = ingested(wide(), text);
    // One text and one row that says nothing, of five samples and that row.
    CHECK(result.report.bad_share() == doctest::Approx(2.0 / 6));
    ingest_more(result, wide(), text);
    CHECK(result.report.bad_share() == doctest::Approx(2.0 / 6));
}
