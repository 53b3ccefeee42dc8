#include "engine/telemetry/record_source.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/core/error.hpp"
#include "engine/telemetry/hdf5_handle.hpp"
#include "engine/telemetry/ingest.hpp"
#include "engine/telemetry/store.hpp"
#include "tests/engine/telemetry/memory_sink.hpp"
#include "tests/engine/telemetry/store_folder.hpp"

using namespace foretwin;
using namespace foretwin::telemetry;

namespace {

ByteSource bytes_of(std::string text) {
    return [text = std::move(text), done = std::size_t{0}](char* into, std::size_t size) mutable {
        const std::size_t count = std::min(size, text.size() - done);
        std::copy_n(text.data() + done, count, into);
        done += count;
        return count;
    };
}

using Texts = std::vector<std::string>;

/// Every record as "line: field|field"; "-" is what a record does not have, and what is malformed
/// is told.
Texts all_of(RecordSource& source) {
    Texts all;
    Record record;
    while (source.next(record)) {
        std::string text = std::to_string(record.line) + ":";
        if (record.malformed != nullptr) text += std::string(" ") + record.malformed;
        for (const std::string_view field : record.fields)
            if (record.malformed == nullptr)
                text += "|" + (field.data() == nullptr ? "-" : std::string(field));
        all.push_back(text);
    }
    return all;
}

Texts json(const std::string& text, const Texts& wanted) {
    return all_of(*json_records(bytes_of(text), "t.jsonl", wanted));
}

void put_numbers(hid_t group, const char* name, const std::vector<double>& values, hid_t type) {
    const hsize_t size = values.size();
    const Hdf5Handle space = owned(H5Screate_simple(1, &size, nullptr), H5Sclose, "space");
    const Hdf5Handle data =
        owned(H5Dcreate2(group, name, type, space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
              H5Dclose, "create");
    check(H5Dwrite(data.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
          "write");
}

void put_texts(hid_t group, const char* name, std::vector<const char*> texts) {
    const hsize_t size = texts.size();
    const Hdf5Handle type = owned(H5Tcopy(H5T_C_S1), H5Tclose, "type");
    H5Tset_size(type.id(), H5T_VARIABLE);
    const Hdf5Handle space = owned(H5Screate_simple(1, &size, nullptr), H5Sclose, "space");
    const Hdf5Handle data =
        owned(H5Dcreate2(group, name, type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
              H5Dclose, "create");
    check(H5Dwrite(data.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, texts.data()), "write");
}

/// Two machines, one of which has no `state`, and a table of another length.
std::filesystem::path hdf5_file(const Folder& folder) {
    const std::filesystem::path path = folder.path / "in.h5";
    const Hdf5Handle file =
        owned(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose, "file");
    for (const char* name : {"m1", "m2", "zz"}) {
        const Hdf5Handle group = owned(
            H5Gcreate2(file.id(), name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose, "group");
        if (name[0] == 'z') continue;
        put_numbers(group.id(), "time", {10, 20, 30}, H5T_STD_I64LE);
        put_numbers(group.id(), "volt", {0.5, 1e-7, -3}, H5T_IEEE_F64LE);
        put_numbers(group.id(), "short", {1, 2}, H5T_IEEE_F32LE);
        put_numbers(group.id(), "count", {1.7829e12, -1.7829e12, 0.25}, H5T_IEEE_F64LE);
        if (name[1] == '1') put_texts(group.id(), "state", {"run", "", "stop"});
    }
    return path;
}

SignalDescription signal(const std::string& name, bool texts = false) {
    SignalDescription described;
    described.name = described.column = name;
    described.texts = texts;
    return described;
}

/// "t,m,v" in wide form.
IngestDescription wide() {
    IngestDescription description;
    description.time_column = "t";
    description.device_column = "m";
    description.signals = {signal("v")};
    return description;
}

struct Result {
    MemorySink sink;
    QualityReport report;
    Texts aside;
};

void ingest_more(Result& result, const IngestDescription& description, const std::string& text) {
    result.aside.clear();
    auto records = description.format == Format::json_lines
                       ? json_records(bytes_of(text), "t.jsonl", wanted_fields(description))
                       : csv_records({bytes_of(text), "t.csv"});
    result.report = ingest(std::move(records), description, result.sink, [&](const SetAside& one) {
        result.aside.push_back(std::to_string(one.line) + " " + std::string(one.reason));
    });
}

Result ingested(const IngestDescription& description, const std::string& text) {
    Result result;
    ingest_more(result, description, text);
    return result;
}

/// "06:00 run", "07:30 ?" of what is unavailable, with a + behind a gap and a ! out of range.
Texts told(const MemorySink& sink, std::size_t series = 0) {
    Texts all;
    for (const TextSample& one : sink.texts[series])
        all.push_back(instant_text(one.at).substr(11, 5) + " " +
                      ((one.quality & unavailable) != 0 ? "?" : one.text) +
                      ((one.quality & after_gap) != 0 ? "+" : "") +
                      ((one.quality & out_of_range) != 0 ? "!" : ""));
    return all;
}

IngestDescription intervals() {
    IngestDescription description;
    description.form = Form::intervals;
    description.time_column = "from";
    description.until_column = "to";
    description.device_column = "m";
    description.signals = {signal("state", true)};
    description.signals[0].hold = 0;
    return description;
}

std::string shifts(const Texts& rows) {
    std::string text = "m,state,from,to\n";
    for (const std::string& row : rows)
        text += "A," + row.substr(12) + ",2026-01-01T" + row.substr(0, 5) + ",2026-01-01T" +
                row.substr(6, 5) + "\n";
    return text;
}

}  // namespace

TEST_CASE("JSON lines give the values at the wanted paths, and say what is no object") {
    CHECK(json("{\"a\":1,\"b\":{\"c\":[10,{\"d\":2.50}]}}\n\n{\"b\":{\"c\":[7]},\"a\":null}\r\n"
               "  {\"a\":\"x\\u00e9\\n\",\"z\":[[1],{}]}",
               {"a", "b.c.1.d", "b.c.0"}) ==
          Texts{"1:|1|2.50|10", "3:||-|7", "4:|x\xc3\xa9\n|-|-"});
    CHECK(json("[1]\n7\n{\"a\":1\n{\"a\":1,\"a\":2}\n{\"a\":true}\n{\"a\":{\"b\":1}}\n", {"a"}) ==
          Texts{"1: no JSON object", "2: no JSON object", "3: no JSON",
                "4: a key that stands twice", "5:|true", "6:|-"});
    CHECK(json("\xef\xbb\xbf{\"a\":1}", {"a"}) == Texts{"1:|1"});
    CHECK(json("", {"a"}).empty());
    CHECK(json(std::string(100'000, '['), {"a"}) == Texts{"1: no JSON object"});
    std::string deep = "{\"a\":";
    for (int i = 0; i < 100; ++i) deep += "[";
    CHECK(json(deep, {"a"}) == Texts{"1: JSON that is nested too deeply"});
    CHECK(json("{\"a\":12345678901234567890,\"c\":-0.0}\n{\"a\":1e999}", {"a", "c"}) ==
          Texts{"1:|12345678901234567890|-0.0", "2: no JSON"});
}

TEST_CASE("a line of JSON that never ends is refused with its number") {
    const auto endless = [](char* into, std::size_t size) {
        std::fill_n(into, size, ' ');
        return size;
    };
    const auto source = json_records(endless, "t.jsonl", {"a"});
    Record record;
    CHECK_THROWS_WITH_AS(source->next(record), doctest::Contains("more than 16 MiB"), InputError);
}

TEST_CASE("HDF5 columns of the groups of devices are read in the order of their names") {
    const Folder folder;
    const auto path = hdf5_file(folder);
    const auto read = [&](const Texts& wanted) {
        return all_of(*hdf5_records(path, "in.h5", wanted));
    };
    CHECK(read({"*/time", "*", "*/volt", "*/state"}) == Texts{"1:|10|m1|0.5|run", "2:|20|m1|1e-07|",
                                                              "3:|30|m1|-3|stop", "4:|10|m2|0.5|-",
                                                              "5:|20|m2|1e-07|-", "6:|30|m2|-3|-"});
    CHECK(read({"m2/time", "m2/volt"}) == Texts{"1:|10|0.5", "2:|20|1e-07", "3:|30|-3"});
    // Counts of time come as floating-point numbers, too; they have no exponent.
    CHECK(read({"m1/count", "m1/volt"}) ==
          Texts{"1:|1782900000000|0.5", "2:|-1782900000000|1e-07", "3:|0.25|-3"});
    CHECK_THROWS_WITH_AS(read({"*/time", "*/volts"}), doctest::Contains("did you mean '*/volt'?"),
                         InputError);
    CHECK_THROWS_WITH_AS(read({"*/time", "*/short"}), doctest::Contains("has 2 rows"), InputError);
    CHECK_THROWS_WITH_AS(read({"time"}), doctest::Contains("no dataset 'time'"), InputError);
    CHECK_THROWS_AS(read({"*/clock"}), InputError);
    CHECK_THROWS_WITH_AS(read({"m1/clock", "m1/volt"}), doctest::Contains("'m1/clock'"),
                         InputError);
    CHECK_THROWS_AS(hdf5_records(folder.path / "none.h5", "none.h5", {"t"}), EnvironmentError);
}

TEST_CASE("JSON lines in wide form make cells of what is told, and texts beside numbers") {
    IngestDescription description = wide();
    description.format = Format::json_lines;
    description.time_unit = millisecond;
    description.signals = {signal("v"), signal("s", true)};
    const Result result = ingested(description,
                                   "{\"t\":0,\"m\":\"A\",\"v\":1}\n"
                                   "{\"t\":1000.5,\"m\":\"A\",\"s\":\"run\"}\n"
                                   "{\"t\":-1,\"m\":\"A\",\"v\":null}\n"
                                   "{\"t\":2000,\"m\":\"A\",\"v\":\"x\",\"s\":7}\n"
                                   "{\"t\":\"1e3\",\"m\":\"A\"}\n{\"m\":\"A\"}\n{\"t\":3}\n");
    CHECK(result.sink.samples[0] == std::vector<Sample>{{0, 1, good}});
    CHECK(result.sink.texts[1] == std::vector<TextSample>{{1'000'500'000, "run", "", good},
                                                          {2'000'000'000, "7", "", good}});
    CHECK(result.aside == Texts{"3 empty", "4 text in a number", "5 impossible date",
                                "6 impossible date", "7 bad device"});
    CHECK(result.report.total().received == 5);
}

TEST_CASE("states from when until when become texts, unavailable where none is told") {
    Result result = ingested(
        intervals(),
        shifts({"06:00-07:00 run", "07:00-07:30 stop", "08:00-09:00 run", "08:30-10:00 stop",
                "10:00-11:00 run", "11:30-11:30 run", "13:00-12:00 run"}));
    CHECK(told(result.sink) == Texts{"06:00 run", "07:00 stop", "07:30 ?", "08:00 run+", "09:00 ?",
                                     "10:00 run+", "11:00 ?"});
    CHECK(result.aside == Texts{"5 overlap", "7 no interval", "8 no interval"});
    const SeriesCounts& counts = result.report.series[0];
    CHECK(counts.received == 5);
    CHECK(counts.accepted == 4);
    CHECK(counts.gaps == 2);
    CHECK(counts.gap_time == 90 * minute);  // 07:30 to 08:00 and 09:00 to 10:00
    // The same again adds nothing, and what goes on goes on.
    const Texts before = told(result.sink);
    ingest_more(result, intervals(),
                shifts({"06:00-07:00 run", "10:00-11:00 run", "11:00-12:00 stop"}));
    CHECK(result.report.series[0].of(Defect::exact_duplicate) == 2);
    CHECK(result.report.series[0].gaps == 0);
    Texts after = before;
    after.insert(after.end(), {"11:00 stop", "12:00 ?"});
    CHECK(told(result.sink) == after);
}

TEST_CASE("intervals that come out of order are put in order before they are compared") {
    IngestDescription description = intervals();
    description.late_after = 3 * hour;
    const Result result =
        ingested(description, shifts({"07:00-08:00 stop", "06:00-07:00 run", "06:30-07:00 off",
                                      "10:00-11:00 run", "10:00-11:00 stop", "06:45-07:00 off"}));
    CHECK(told(result.sink) ==
          Texts{"06:00 run", "07:00 stop", "08:00 ?", "10:00 run+", "11:00 ?"});
    CHECK(result.report.series[0].out_of_order == 2);
    CHECK(result.aside == Texts{"4 overlap", "6 conflicting duplicate", "7 late"});
}

TEST_CASE("texts are held to their words, sentinels, duplicates and instants") {
    IngestDescription description = wide();
    description.signals = {signal("v", true)};
    description.signals[0].words = {"run", "stop"};
    description.signals[0].text_sentinels = {"n/a"};
    description.signals[0].hold = hour;
    const auto rows = [](const Texts& all) {
        std::string text = "t,m,v\n";
        for (const std::string& row : all)
            text += "2026-01-01T" + row.substr(0, 5) + ",A," + row.substr(6) + "\n";
        return text;
    };
    const std::string text = rows({"06:00 run", "06:30  stop ", "06:30 stop", "06:30 run",
                                   "06:10 run", "07:00 ", "07:00 n/a", "08:00 jam"});
    Result result = ingested(description, text);
    CHECK(told(result.sink) == Texts{"06:00 run", "06:30 stop", "08:00 jam+!"});
    CHECK(result.aside ==
          Texts{"4 exact duplicate", "5 conflicting duplicate", "6 late", "7 empty", "8 sentinel"});
    CHECK(result.report.series[0].marked == 1);
    CHECK(result.report.series[0].of(Defect::out_of_range) == 1);
    description.doubts.reject_range = true;
    CHECK(told(ingested(description, text).sink) == Texts{"06:00 run", "06:30 stop"});
    // Times told with texts that were rejected are not gaps: 06:30 to 08:00 was the only one.
    ingest_more(result, description, text);
    CHECK(result.report.series[0].accepted == 0);
}

TEST_CASE("marks and details are taken over, so that what was exported is read back") {
    IngestDescription description;
    description.form = Form::longer;
    description.time_column = "t";
    description.device_column = "m";
    description.signal_column = "s";
    description.value_column = "v";
    description.quality_column = "q";
    description.detail_column = "d";
    description.signals = {signal("a"), signal("b", true)};
    const std::string text =
        "t,m,s,v,d,q\n2026-01-01,M,a,1.5,,1\n2026-01-02,M,a,,,16\n2026-01-03,M,a,,,0\n"
        "2026-01-01,M,b,\" x \",code,0\n2026-01-01,M,b,y,,0\n2026-01-02,M,b,,,16\n"
        "2026-01-03,M,b,,,0\n2026-01-04,M,b,z,,junk\n";
    Result result = ingested(description, text);
    REQUIRE(result.sink.samples[0].size() == 2);
    CHECK(result.sink.samples[0][0].quality == after_gap);
    CHECK(std::isnan(result.sink.samples[0][1].value));
    CHECK(result.sink.samples[0][1].quality == unavailable);
    REQUIRE(result.sink.texts[1].size() == 5);
    CHECK(result.sink.texts[1][0].text == " x ");
    CHECK(result.sink.texts[1][0].detail == "code");
    CHECK(result.sink.texts[1][1].text == "y");
    CHECK(result.sink.texts[1][2].quality == unavailable);
    CHECK(result.sink.texts[1][3] == TextSample{result.sink.texts[1][3].at, "", "", good});
    ingest_more(result, description, text);
    CHECK(result.report.total().accepted == 0);
    CHECK(result.report.total().of(Defect::exact_duplicate) == 7);
}

TEST_CASE("a zero may say that nothing was recorded, and counts as that") {
    IngestDescription description = wide();
    description.signals[0].zero_is_nothing = true;
    const Result result =
        ingested(description, "t,m,v\n2026-01-01,A,0\n2026-01-02,A,-0.0\n2026-01-03,A,0.001\n");
    CHECK(result.sink.samples[0].size() == 1);
    CHECK(result.aside == Texts{"2 zero, not recorded", "3 zero, not recorded"});
    CHECK(result.report.total().of(Defect::not_recorded) == 2);
    CHECK(result.report.total().rejected == 2);
}

TEST_CASE("a clock that is wrong is corrected, and seen where rows tell when they came in") {
    IngestDescription description = wide();
    description.arrival_column = "r";
    const std::string text =
        "t,m,v,r\n2026-01-01T06:00:00,A,1,2026-01-01T06:00:38\n"
        "2026-01-01T06:01:00,A,2,2026-01-01T06:01:37\n2026-01-01T06:02:00,A,3,\n"
        "2026-01-01T06:00:00,B,1,2026-01-01T05:59:50\n2026-01-01T06:01:00,B,1,2026-01-01T06:01:01\n"
        "2026-01-01T06:00:00,C,1,2026-01-01T06:00:01\n";
    const Result wrong = ingested(description, text);
    REQUIRE(wrong.report.clocks.size() == 3);
    CHECK(wrong.report.clocks[0].rows == 2);
    CHECK(wrong.report.clocks[0].least == 37 * second);
    CHECK(wrong.report.clocks[0].offset() == -37 * second);
    CHECK(wrong.report.clocks[1].early == 1);
    CHECK(wrong.report.clocks[1].offset() == 10 * second);
    CHECK_FALSE(wrong.report.clocks[2].offset().has_value());
    description.clock_offset = -37 * second;
    const Result right = ingested(description, text);
    CHECK(instant_text(right.sink.samples[0][0].at) == "2026-01-01T06:00:37Z");
    CHECK_FALSE(right.report.clocks[0].offset().has_value());
}

TEST_CASE("what was measured over an interval is stored at its beginning") {
    IngestDescription description = wide();
    description.arrival_column = "r";
    description.stamp = Stamp::end;
    description.interval = 15 * minute;
    const std::string text = "t,m,v,r\n2026-01-01T00:00,A,1,2026-01-01T00:00:01\n";
    const Result at_end = ingested(description, text);
    CHECK(instant_text(at_end.sink.samples[0][0].at) == "2025-12-31T23:45:00Z");
    CHECK(at_end.report.clocks[0].least == second);
    description.stamp = Stamp::start;
    const Result at_start = ingested(description, text);
    CHECK(instant_text(at_start.sink.samples[0][0].at) == "2026-01-01T00:00:00Z");
    CHECK(at_start.report.clocks[0].offset() == 15 * minute - second);
}

TEST_CASE("counts of time are exact to the nanosecond, on the clock of the zone") {
    const auto read = [](const std::string& text, Time unit, const std::string& zone = "UTC") {
        return ClockReader(zone).read_count(text, unit).at;
    };
    CHECK(read("1420092000", second) == 1'420'092'000 * second);
    CHECK(read(" 1420092000.123456789 ", second) == 1'420'092'000 * second + 123'456'789);
    CHECK(read("1420092000123.4567899", millisecond) == 1'420'092'000 * second + 123'456'789);
    CHECK(read("-0.5", second) == -second / 2);
    CHECK(read("7200", second, "Europe/Berlin") == 3600 * second);  // 02:00 there, 01:00 UTC
    for (const char* bad :
         {"", "-", ".5", "5.", "1e3", "12a", "0x1", "99999999999999999999", "nan"})
        CHECK(read(bad, second) == no_instant);
    CHECK(read("9223372036", second) == no_instant);  // beyond 2261
}

namespace {

/// A day of seconds of two devices, with a number and a text each, and some that is wrong.
std::string long_day() {
    std::string text = "t,m,v,s\n";
    for (int i = 0; i < 86'400; ++i) {
        const std::string at = std::to_string(1'767'225'600 + i);
        const std::string value = std::to_string(i * 7919 % 1000) + "." + std::to_string(i % 10);
        text += at + (i % 3 == 0 ? ",A," : ",B,") + (i % 1000 == 5 ? "x" : value) +
                (i % 97 < 50 ? ",run\n" : ",stop\n");
        if (i % 5000 == 7) text += "rubbish\n";
    }
    return text;
}

IngestDescription of_long_day() {
    IngestDescription description = wide();
    description.time_unit = second;
    description.signals = {signal("v"), signal("s", true)};
    return description;
}

std::string stored_bytes(const std::string& text, unsigned threads, Texts& aside) {
    const Folder folder;
    {
        Store store(folder.store());
        store.use_threads(threads);
        store.hold(50'000);
        ingest(
            csv_records({bytes_of(text), "t.csv"}), of_long_day(), store,
            [&](const SetAside& one) {
                aside.push_back(std::to_string(one.line) + std::string(one.text));
            },
            threads);
        store.commit();
    }
    std::ifstream file(folder.store(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("the store has the same bytes and the same is set aside for any number of threads") {
    const std::string text = long_day();
    Texts one_aside, other_aside;
    const std::string one = stored_bytes(text, 1, one_aside);
    for (const unsigned threads : {2U, 5U}) {
        other_aside.clear();
        CHECK(stored_bytes(text, threads, other_aside) == one);
        CHECK(other_aside == one_aside);
    }
    CHECK(one_aside.size() == 87 + 18);  // 5, 1005 .. 86005 of the values; 7 .. 85007 of the rows
}

TEST_CASE("what goes wrong on either thread comes out, and both end") {
    const std::string text = long_day();
    struct Broken {};
    for (const unsigned threads : {1U, 2U}) {
        // Reading fails in the middle: the rows before were offered.
        std::size_t left = text.size() / 2;
        const auto failing = [&](char* into, std::size_t size) {
            if (left == 0) throw Broken{};
            const std::size_t count = std::min({size, left, std::size_t{50'000}});
            std::copy_n(text.data() + text.size() / 2 - left, count, into);
            left -= count;
            return count;
        };
        MemorySink sink;
        CHECK_THROWS_AS(ingest(csv_records({failing, "t.csv"}), of_long_day(), sink, {}, threads),
                        Broken);
        CHECK(sink.samples.at(0).size() + sink.samples.at(2).size() > 30'000);
        // The sink fails while rows are read ahead.
        const auto refuse = [](const SetAside&) { throw Broken{}; };
        MemorySink other;
        CHECK_THROWS_AS(
            ingest(csv_records({bytes_of(text), "t.csv"}), of_long_day(), other, refuse, threads),
            Broken);
    }
}
