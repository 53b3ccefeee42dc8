#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "engine/core/error.hpp"
#include "engine/live/held_journal.hpp"
#include "engine/live/sparkplug_host.hpp"
#include "tests/fuzz/seeds.hpp"
#include "tests/support/random_model.hpp"

using namespace foretwin;
using namespace foretwin::live;
using test::Dice;

namespace {

constexpr std::uint64_t bounded = FORETWIN_ORACLE_LENGTH < 1 ? 300 : 2000;
constexpr telemetry::Instant noon = 1'700'000'000 * second;

std::size_t place_in(Dice& dice, const std::string& text) {
    return dice.bits() % (text.size() + 1);
}

/// A text with a few places changed, cut, doubled or replaced by what is special somewhere.
std::string changed(Dice& dice, std::string text) {
    static const std::vector<std::string> pieces{
        "\xff\xff\xff\xff\x0f", std::string(1, '\0'), "\x12\x7f", "{", "]", "\"", "/", "1e999",
        "-9223372036854775808", "spBv1.0/",           "\xc3\x28"};
    for (int i = dice.from(1, 5); i > 0; --i) {
        const std::size_t at = place_in(dice, text);
        if (dice.chance(30) && at < text.size())
            text[at] = static_cast<char>(dice.bits());
        else if (dice.chance(30))
            text.insert(at, pieces[dice.bits() % pieces.size()]);
        else if (dice.chance(30))
            text.resize(at);
        else
            text.insert(at, text.substr(place_in(dice, text), 20));
    }
    return text;
}

std::string some_payload(Dice& dice, std::uint64_t seq) {
    SparkplugPayload payload{1'700'000'000'000, seq, {}};
    for (int i = dice.from(0, 3); i > 0; --i) {
        SparkplugMetric metric;
        if (dice.chance(60)) metric.name = dice.chance(50) ? "power" : "bdSeq";
        if (dice.chance(60)) metric.alias = dice.bits() % 3;
        metric.datatype = static_cast<std::uint32_t>(dice.from(0, 20));
        metric.null = dice.chance(10);
        if (dice.chance(50)) metric.value = dice.bits();
        if (dice.chance(20)) metric.value = 1.5;
        if (dice.chance(20)) metric.value = std::string("idle");
        payload.metrics.push_back(metric);
    }
    return encode_sparkplug(payload);
}

}  // namespace

TEST_CASE("messages: changed bytes are no payload, or one that is told as it is read") {
    fuzz::try_seeds(bounded, [&](std::uint64_t seed) {
        CAPTURE(seed);
        Dice dice(seed);
        const auto read = decode_sparkplug(changed(dice, some_payload(dice, seed % 256)));
        if (!read) return;
        for (const SparkplugMetric& metric : read->metrics)
            static_cast<void>(number_of(metric.value, metric.datatype));
        // What is written leaves out qualities and what is not looked at; then nothing changes.
        const auto again = decode_sparkplug(encode_sparkplug(*read));
        REQUIRE(again);
        CHECK(encode_sparkplug(*again) == encode_sparkplug(*read));
    });
}

TEST_CASE("messages: a host takes whatever comes, and tells nothing without a birth") {
    fuzz::try_seeds(bounded / 4, [&](std::uint64_t seed) {
        CAPTURE(seed);
        Dice dice(seed);
        SparkplugHost host({"twin", {}, second, dice.chance(50)});
        telemetry::Instant now = noon;
        bool born = false;
        for (int i = 0; i < 200; ++i) {
            PayloadReader::Outcome outcome;
            static const std::vector<std::string> kinds{"NBIRTH/e",  "NDEATH/e",   "NDATA/e",
                                                        "DDATA/e/d", "DBIRTH/e/d", "DDEATH/e/d"};
            std::string topic = "spBv1.0/P/" + kinds[dice.bits() % kinds.size()];
            std::string payload = some_payload(dice, dice.bits() % 258);
            born = born || topic.find("NBIRTH") != std::string::npos;
            if (dice.chance(20)) payload = changed(dice, payload);
            if (dice.chance(5)) topic = changed(dice, topic);
            host.read({topic, payload}, now, outcome);
            now += dice.chance(5) ? -hour : dice.from(0, 1000) * millisecond;
            host.tick(now, outcome);
            if (dice.chance(2)) host.connected(now, outcome);
            if (!born) CHECK(outcome.observations.empty());
        }
    });
}

TEST_CASE("messages: whatever order they come in, none is lost or told twice") {
    fuzz::try_seeds(bounded / 4, [&](std::uint64_t seed) {
        CAPTURE(seed);
        Dice dice(seed);
        SparkplugHost host({"twin", {}, second, false});
        PayloadReader::Outcome outcome;
        SparkplugMetric power;
        power.name = "power";
        power.datatype = 8;
        power.value = std::uint64_t{0};
        host.read({"spBv1.0/P/NBIRTH/e", encode_sparkplug({1, 0, {power}})}, noon, outcome);
        std::vector<std::uint64_t> order;
        for (std::uint64_t i = 1; i <= 600; ++i) order.push_back(i);
        for (std::size_t i = 0; i + 1 < order.size(); ++i)  // nobody moves further than 40 places
            if (dice.chance(40))
                std::swap(order[i], order[std::min(order.size() - 1, i + dice.bits() % 20)]);
        const bool gaps = dice.chance(50);
        std::size_t sent = 1;
        telemetry::Instant now = noon;
        for (const std::uint64_t i : order) {
            if (gaps && dice.chance(2)) continue;
            ++sent;
            power.value = i;
            host.read({"spBv1.0/P/NDATA/e", encode_sparkplug({1, i % 256, {power}})}, now, outcome);
            now += dice.from(0, 20) * millisecond;
            host.tick(now, outcome);
        }
        host.tick(now + hour, outcome);
        std::set<double> told;
        for (const auto& one : outcome.observations) told.insert(one.number);
        CHECK(told.size() == outcome.observations.size());
        CHECK(told.size() == sent);
    });
}

TEST_CASE("messages: any text is JSON with records, or is told as unreadable") {
    const std::string good =
        R"({"t": 1700000000, "m": "press", "d": [{"n": "p", "v": 1.5}, {"n": "q", "v": null}]})";
    PayloadMapping how;
    how.records = {"d"};
    how.time_form = TimeForm::seconds;
    how.time = {FieldPlace::Kind::field, "", {"t"}, 0};
    how.device = {FieldPlace::Kind::field, "", {"m"}, 0};
    how.signal = {FieldPlace::Kind::field, "", {"n"}, 0};
    how.value = {FieldPlace::Kind::field, "", {"v"}, 0};
    MappedPayload reader(how);
    fuzz::try_seeds(bounded, [&](std::uint64_t seed) {
        CAPTURE(seed);
        Dice dice(seed);
        PayloadReader::Outcome outcome;
        reader.read({"a/b", changed(dice, good)}, noon, outcome);
        CHECK((outcome.unreadable.empty() || outcome.observations.empty()));
    });
}

TEST_CASE("messages: a damaged journal gives what stands before the damage, or is refused") {
    const std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("foretwin_journal_" + std::to_string(getpid()));
    std::vector<telemetry::HeldSample> all;
    for (int i = 0; i < 5; ++i) all.push_back({"press", "power", {i, 0.5}});
    HeldJournal(path).replace(all);
    std::ifstream stream(path, std::ios::binary);
    const std::string good{std::istreambuf_iterator<char>(stream), {}};
    fuzz::try_seeds(bounded / 4, [&](std::uint64_t seed) {
        CAPTURE(seed);
        Dice dice(seed);
        std::ofstream(path, std::ios::binary) << changed(dice, good);
        try {
            const auto left = HeldJournal(path).left();
            for (const auto& one : left) CHECK(one.device == "press");
        } catch (const InputError&) {
        }
    });
    std::filesystem::remove(path);
}
