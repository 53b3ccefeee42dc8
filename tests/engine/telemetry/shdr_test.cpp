#include "engine/telemetry/shdr.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "engine/telemetry/mtconnect.hpp"

using namespace foretwin;
using namespace foretwin::telemetry;
using Kind = Observation::Kind;

namespace {

/// Gives the text in pieces of so many bytes.
ByteSource bytes_of(std::string text, std::size_t piece = 1 << 20) {
    return
        [text = std::move(text), at = std::size_t{0}, piece](char* into, std::size_t size) mutable {
            const std::size_t part = std::min({size, piece, text.size() - at});
            std::copy_n(text.data() + at, part, into);
            at += part;
            return part;
        };
}

struct Read {
    std::vector<Observation> told;
    LogCounts counts;
    const Observation& operator[](std::size_t i) const { return told.at(i); }
};

Read read(const std::string& text, ShdrDescription description = {"M", "UTC", {}, {}, {}},
          std::size_t piece = 1 << 20) {
    ShdrDecoder decoder(std::move(description));
    ShdrLog log(bytes_of(text, piece), "log", decoder, 16);
    Read result;
    Observation one;
    while (log.next(one)) result.told.push_back(one);
    result.counts = decoder.counts();
    return result;
}

Read read_xml(const std::string& text) {
    Read result;
    MtconnectLog log(bytes_of(text), "log", "M", result.counts);
    Observation one;
    while (log.next(one)) result.told.push_back(one);
    return result;
}

constexpr Instant noon = 1'475'841'600 * second;  // 2016-10-07T12:00:00Z

}  // namespace

TEST_CASE("a line tells pairs of item and value: numbers, texts, what is unavailable, nothing") {
    const Read log = read("2016-10-07T12:00:00.5Z|Xabs|-1.25|mode|MANUAL|Y|Unavailable|cmt|\n");
    REQUIRE(log.told.size() == 4);
    CHECK(log[0] == Observation{"M", "Xabs", noon + second / 2, Kind::number, -1.25});
    CHECK(log[1] == Observation{"M", "mode", noon + second / 2, Kind::text, 0, "MANUAL"});
    CHECK(log[2] == Observation{"M", "Y", noon + second / 2, Kind::unavailable});
    CHECK(log[3] == Observation{"M", "cmt", noon + second / 2, Kind::text});
    CHECK(log.counts.defects.empty());
}

TEST_CASE("a condition is told by its level or by being declared; its detail reads back") {
    const Read log = read(
        "2016-10-07T12:00:00Z|Xtravel|Warning|101||HIGH|SOFT LIMIT\n"
        "2016-10-07T12:00:00Z|c|Normal||||\n"
        "2016-10-07T12:00:00Z|c|UNAVAILABLE|||||d|fault|7|||a\\b\n"
        "2016-10-07T12:00:00Z|a|UNAVAILABLE|b|1|c|2\n");
    REQUIRE(log.told.size() == 7);
    CHECK(log[0].text == "Warning");
    CHECK(read_condition(log[0].detail) == ConditionDetail{"101", "", "HIGH", "SOFT LIMIT"});
    CHECK((log[1].text == "Normal" && log[1].detail.empty()));
    CHECK((log[2].kind == Kind::unavailable && log[2].item == "c"));
    CHECK(read_condition(log[3].detail) == ConditionDetail{"7", "", "", "a\\b"});
    CHECK((log[4].item == "a" && log[5].number == 1 && log[6].number == 2));  // three pairs
    const Read declared =
        read("2016-10-07T12:00:00Z|c|strange|||||x|1", {"M", "UTC", {"c"}, {}, {}});
    REQUIRE(declared.told.size() == 1);
    CHECK(declared[0].item == "x");
    CHECK(declared.counts.defects.at("a condition of an unknown level") == 1);
    for (const ConditionDetail& detail : {ConditionDetail{"a|b", "\\", "", "|"}, ConditionDetail{}})
        CHECK(read_condition(condition_text({detail[0], detail[1], detail[2], detail[3]})) ==
              detail);
}

TEST_CASE("messages, time series, data sets, devices, durations, escaped bars") {
    const Read log = read(
        "2016-10-07T12:00:00Z@12.5|Mill:load|38|msg|C7|coolant low|wave|3|100|1 2 3\n"
        "2016-10-07T12:00:00Z|vars|a=1 b={x 2}|text|\"one\\|two\"|other|\"plain\n",
        {"M", "UTC", {}, {"msg"}, {"wave"}});
    REQUIRE(log.told.size() == 6);
    CHECK((log[0].device == "Mill" && log[0].detail == "duration 12.5" && log[0].at == noon));
    CHECK((log[1].text == "coolant low" && log[1].detail == "C7"));
    CHECK((log[2].text == "1 2 3" && log[2].detail == "3 100"));
    CHECK(log[3].text == "a=1 b={x 2}");
    CHECK(log[4].text == "one|two");
    CHECK(log[5].text == "\"plain");
}

TEST_CASE("protocol and assets are counted and tell nothing; several lines of one asset too") {
    const Read log = read(
        "\xef\xbb\xbf* PING\r\n\r\n2016-10-07T12:00:00Z|@ASSET@|1|Tool|--multiline--AX\n<a>\n"
        "2016-10-07T12:00:00Z|x|1\n--multiline--AX\n2016-10-07T12:00:00Z|@REMOVE_ASSET@|1\n|x|2\n"
        "2016-10-07T12:00:00Z|x|3");
    CHECK(log.counts.protocol == 1);
    CHECK(log.counts.empty == 1);
    CHECK(log.counts.assets == 5);
    // Line 8 has no time, and none is before it.
    REQUIRE(log.told.size() == 1);
    CHECK(log[0].number == 3);
    CHECK(log.counts.defects.at("no time, and none before it") == 1);
    CHECK(log.counts.examples.at(0).line == 8);
    const Read timed = read("2016-10-07T12:00:00Z|x|1\n|x|2\n");
    CHECK((timed.told.size() == 2 && timed[1].at == noon));
}

TEST_CASE("what cannot be read is a defect with its line, and the rest is taken") {
    const Read log = read(
        "rubbish\n2016-13-07T12:00:00Z|x|1\n2016-10-07T12:00:00Z|x|1|y\n"
        "2016-10-07T12:00:00Z||5\n2016-10-07T12:00:00Z|x|2|\n2016-10-07T12:00:00Z|z|3\n" +
        std::string(3 << 20, 'x') +
        "\n2016-10-07T12:00:00Z|x|4\n2016-10-07T12:00:00Z|@ASSET@|--multiline--Z");
    CHECK(log.counts.lines == 9);
    std::vector<std::pair<std::int64_t, std::string>> found;
    for (const auto& one : log.counts.examples) found.emplace_back(one.line, one.reason);
    CHECK(found == std::vector<std::pair<std::int64_t, std::string>>{
                       {1, "no fields"},
                       {2, "no time that there is"},
                       {3, "an item without a value"},
                       {4, "a value without an item"},
                       {5, "an empty field at the end"},
                       {7, "a line of more than 1 MiB"},
                       {9, "an asset of several lines that does not end"}});
    std::vector<double> numbers;
    for (const Observation& one : log.told) numbers.push_back(one.number);
    CHECK(numbers == std::vector<double>{1, 2, 3, 4});
    CHECK(log.counts.observations == 4);
    CHECK(read("2016-10-07T12:00:00Z|x|1\n", {}).counts.defects.at("an item of no device") == 1);
}

TEST_CASE("how the bytes are cut makes no difference") {
    std::string text;
    for (int i = 0; i < 50; ++i)
        text += "2016-10-07T12:00:" + std::to_string(10 + i) + "Z|x|" + std::to_string(i) +
                "|y|text " + std::string(static_cast<std::size_t>(i), 'y') + "\r\n";
    const Read whole = read(text);
    CHECK(whole.told.size() == 100);
    for (const auto piece : std::vector<std::size_t>{1, 2, 7, 63})
        CHECK(read(text, {"M", "UTC", {}, {}, {}}, piece).told == whole.told);
}

TEST_CASE("numbers are read as the nearest double, and nothing else is one") {
    double number = 0;
    for (const char* text : {"0", "-0.5", "+3", "007", "1e3", "0.1", "123456789012345678", ".5",
                             "9007199254740993", "1.7976931348623157e308", "5."}) {
        CAPTURE(text);
        REQUIRE(read_number(text, number));
        CHECK(number == std::stod(text));
    }
    for (const char* text : {"", "-", "inf", "nan", "0x10", "1 2", "1,5", "1e999", ".", "--1"}) {
        CAPTURE(text);
        CHECK_FALSE(read_number(text, number));
    }
}

namespace {

std::string streams(const std::string& elements, const std::string& instance = "1") {
    return "<?xml version=\"1.0\"?>\n<m:MTConnectStreams xmlns:m=\"urn:mtconnect.org:"
           "MTConnectStreams:1.3\"><m:Header instanceId=\"" +
           instance +
           "\"/><m:Streams><m:DeviceStream name=\"Mill\" uuid=\"u\"><m:ComponentStream>" +
           elements + "</m:ComponentStream></m:DeviceStream></m:Streams></m:MTConnectStreams>\n";
}

}  // namespace

TEST_CASE("MTConnect: samples, events and conditions in the order of their sequence numbers") {
    const Read log = read_xml(streams(
        "<Samples><Load dataItemId=\"d1\" name=\"load\" timestamp=\"2016-10-07T12:00:00Z\" "
        "sequence=\"12\">38.5</Load><V dataItemId=\"d5\" timestamp=\"2016-10-07T12:00:00Z\" "
        "sequence=\"15\" sampleCount=\"1\">7</V></Samples><Events><Execution dataItemId=\"d2\" "
        "timestamp=\"2016-10-07T12:00:00.000000001Z\" sequence=\"11\">ACTIVE</Execution>"
        "<Vars dataItemId=\"d4\" timestamp=\"2016-10-07T12:00:00Z\" sequence=\"14\">"
        "<Entry key=\"a\">1</Entry><Entry key=\"b\">2</Entry></Vars></Events>"
        "<Condition><Warning dataItemId=\"d3\" timestamp=\"2016-10-07T12:00:00Z\" sequence=\"13\" "
        "nativeCode=\"9\" qualifier=\"HIGH\">too &amp; hot</Warning></Condition>"));
    REQUIRE(log.told.size() == 5);
    CHECK(log[0] == Observation{"Mill", "d2", noon + 1, Kind::text, 0, "ACTIVE"});
    CHECK(log[1] == Observation{"Mill", "load", noon, Kind::number, 38.5});
    CHECK((log[2].text == "Warning" && log[2].detail == "9||HIGH|too & hot"));
    CHECK(log[3].text == "a=1 b=2");
    CHECK((log[4].kind == Kind::text && log[4].text == "7"));
    CHECK(log.counts.observations == 5);
}

TEST_CASE("MTConnect: documents that overlap tell a thing once; broken ones are defects") {
    const auto element = [](int sequence, int value) {
        return "<Samples><L dataItemId=\"d\" timestamp=\"2016-10-07T12:00:00Z\" sequence=\"" +
               std::to_string(sequence) + "\">" + std::to_string(value) + "</L></Samples>";
    };
    const Read log = read_xml(streams(element(1, 10) + element(2, 20)) +
                              streams(element(2, 20) + element(3, 30)) +
                              streams(element(1, 40), "2") + "<MTConnectError/>");
    std::vector<double> numbers;
    for (const Observation& one : log.told) numbers.push_back(one.number);
    CHECK(numbers == std::vector<double>{10, 20, 30, 40});  // the last of an agent that began anew
    CHECK(log.counts.repeated == 1);
    CHECK(log.counts.defects.at("a document that is no MTConnectStreams") == 1);
    const Read bad =
        read_xml(streams("<Samples><L timestamp=\"2016-10-07T12:00:00Z\">1</L>"
                         "<L dataItemId=\"d\" timestamp=\"never\">1</L></Samples>"));
    CHECK(bad.told.empty());
    CHECK(bad.counts.defects.at("an element without dataItemId") == 1);
    CHECK(bad.counts.defects.at("no timestamp that there is") == 1);
    const std::string whole = streams(element(1, 10));
    const Read torn = read_xml(whole.substr(0, whole.size() - 40));
    CHECK(torn.counts.all_defects() == 1);
    CHECK(torn.counts.examples.at(0).line == 2);
}
