#include "engine/live/live_ingest.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <fstream>
#include <thread>

#include "engine/core/error.hpp"
#include "engine/live/kafka_source.hpp"

using namespace foretwin;
using namespace foretwin::live;
using telemetry::HeldSample;
using telemetry::Instant;
using telemetry::Observation;

namespace {

constexpr Instant noon = 1'700'000'000 * second;
namespace files = std::filesystem;

struct Folder {
    files::path path = files::temp_directory_path() / ("foretwin_live_" + std::to_string(getpid()));
    Folder() {
        files::remove_all(path);
        files::create_directories(path);
    }
    ~Folder() { files::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
};

/// Messages from memory. What is not acknowledged comes again after lose().
class Script : public MessageSource {
  public:
    std::deque<std::string> waiting;
    std::deque<std::string> unacknowledged;
    std::size_t acknowledged = 0;

    std::size_t read(const TakeMessage& take, std::size_t at_most, Time /*wait*/) override {
        std::size_t taken = 0;
        for (; taken < at_most && !waiting.empty(); ++taken) {
            unacknowledged.push_back(waiting.front());
            waiting.pop_front();
            take({"plant/press/power", unacknowledged.back()});
        }
        return taken;
    }
    void acknowledge() override {
        acknowledged += unacknowledged.size();
        unacknowledged.clear();
    }
    std::size_t window() const override { return 20; }
    bool connected() const override { return true; }
    void close() override {}
    void lose() {
        waiting.insert(waiting.begin(), unacknowledged.begin(), unacknowledged.end());
        unacknowledged.clear();
    }
};

telemetry::IngestDescription description(Time late_after, int stuck = 0) {
    telemetry::SignalDescription power;
    power.name = "power";
    power.column = "v";
    power.unit = "kW";
    power.stuck_at_least = stuck;
    telemetry::IngestDescription made;
    made.late_after = late_after;
    made.ahead_at_most = hour;
    made.signals = {power};
    return made;
}

PayloadMapping mapping() {
    PayloadMapping made;
    made.time_form = TimeForm::seconds;
    made.time = {FieldPlace::Kind::field, "", {"t"}, 0};
    made.device = {FieldPlace::Kind::level, "", {}, 2};
    made.items = {"v"};
    return made;
}

std::string message(int i) {
    return "{\"t\": " + std::to_string(1'700'000'000 + i) + ", \"v\": " + std::to_string(i) + "}";
}

/// One life of a process that ingests; the source and the files outlive it.
struct Life {
    Life(const files::path& folder, const telemetry::IngestDescription& rules, Script& script)
        : store(folder / "store.h5"),
          reader(mapping()),
          ingest({rules, store, script, reader, {}, [this](const std::string& t) { said += t; }},
                 folder / "store.h5.held", "test") {}
    std::string said;
    telemetry::Store store;
    MappedPayload reader;
    LiveIngest ingest;

    void until_acknowledged(const Script& script, std::size_t count) {
        while (script.acknowledged < count) ingest.turn(noon + hour, millisecond);
    }
};

std::vector<Observation> read(const PayloadMapping& how, const std::string& payload,
                              const std::string& topic = "plant/press/power") {
    MappedPayload reader(how);
    PayloadReader::Outcome outcome;
    reader.read({topic, payload, "the key"}, noon, outcome);
    if (!outcome.unreadable.empty()) outcome.observations.push_back({outcome.unreadable, "", 0});
    return outcome.observations;
}

Observation number(const std::string& device, const std::string& item, Instant at, double value) {
    return {device, item, at, Observation::Kind::number, value};
}

}  // namespace

TEST_CASE("a record of JSON tells a value per signal, or one with the signal's name") {
    PayloadMapping wide = mapping();
    wide.items = {"v", "a/b", "list/1", "absent"};
    CHECK(read(wide, R"({"t": 5, "v": 1, "a": {"b": true}, "list": [0, 2.5]})") ==
          std::vector{number("press", "v", 5 * second, 1), number("press", "a/b", 5 * second, 1),
                      number("press", "list/1", 5 * second, 2.5)});
    PayloadMapping longer = mapping();
    longer.signal = {FieldPlace::Kind::field, "", {"name"}, 0};
    longer.value = {FieldPlace::Kind::field, "", {"value"}, 0};
    longer.records = {"data"};
    // Device and time are those of the record, or else of the message around it.
    longer.device = {FieldPlace::Kind::field, "", {"machine"}, 0};
    CHECK(read(longer, R"({"machine": 7, "t": 5, "data": [{"name": "p", "value": 1},
                           {"name": "q", "value": "2.5", "t": 6, "machine": "8"}]})") ==
          std::vector{number("7", "p", 5 * second, 1), number("8", "q", 6 * second, 2.5)});
}

TEST_CASE("what is no number is a text, or unavailable") {
    PayloadMapping how = mapping();
    how.items = {"v"};
    const auto kind = [&](const std::string& value) {
        return read(how, R"({"t": 1, "v": )" + value + "}").at(0).kind;
    };
    CHECK(kind("\"ERR\"") == Observation::Kind::text);
    CHECK(kind("null") == Observation::Kind::unavailable);
    CHECK(kind("[1]") == Observation::Kind::unavailable);
    CHECK(kind("\" 1e3 \"") == Observation::Kind::number);
    CHECK(read(how, "{").at(0).device == "no JSON");
    CHECK(read(how, "").at(0).device == "no JSON");
    how.records = {"data"};
    CHECK(read(how, "{}").at(0).device == "no records where they should be");
    PayloadMapping text;
    text.json = false;
    text.device = {FieldPlace::Kind::name, "Press", {}, 0};
    text.signal = {FieldPlace::Kind::level, "", {}, 3};
    CHECK(read(text, " 12.5\n") == std::vector{number("Press", "power", noon, 12.5)});
    text.device.kind = FieldPlace::Kind::key;
    text.signal.number = 9;  // there are three levels
    CHECK(read(text, "on").at(0) ==
          Observation{"the key", "", noon, Observation::Kind::text, 0, "on"});
}

TEST_CASE("times are read to the nanosecond, and impossible ones are none") {
    PayloadMapping how = mapping();
    const auto at = [&](TimeForm form, const std::string& time) {
        how.time_form = form;
        return read(how, R"({"v": 1, "t": )" + time + "}").at(0).at;
    };
    CHECK(at(TimeForm::nanoseconds, "1700000000000000001") == noon + 1);
    CHECK(at(TimeForm::milliseconds, "1700000000001") == noon + millisecond);
    CHECK(at(TimeForm::microseconds, "-1") == -microsecond);
    CHECK(at(TimeForm::seconds, "1700000000.5") == noon + second / 2);
    CHECK(at(TimeForm::text, R"("2023-11-14T22:13:20Z")") == noon);
    CHECK(at(TimeForm::arrival, "0") == noon);
    for (const char* wrong : {"1e300", "\"yesterday\"", "null", "18446744073709551615"})
        CHECK_MESSAGE(at(TimeForm::seconds, wrong) == telemetry::no_instant, wrong);
    CHECK(at(TimeForm::text, "5") == telemetry::no_instant);
}

TEST_CASE("a journal gives back what was added, but for half a record at its end") {
    const Folder folder;
    const files::path path = folder.path / "held";
    const std::vector<HeldSample> first{{"press", "power", {5, 1.5}}, {"saw", "power", {-1, -0.0}}};
    const std::vector<HeldSample> second_part{{"press", "state", {6, 0, "idle", "by hand", 16}}};
    {
        HeldJournal journal(path);
        CHECK(journal.left().empty());
        journal.add(first);
        journal.add(second_part);
        CHECK(journal.records() == 3);
    }
    auto all = first;
    all.push_back(second_part[0]);
    CHECK(HeldJournal(path).left() == all);
    files::resize_file(path, files::file_size(path) - 1);
    {
        HeldJournal journal(path);
        CHECK(journal.left() == first);
        journal.add(second_part);  // in the place of the broken one
    }
    CHECK(HeldJournal(path).left() == all);
    {
        HeldJournal journal(path);
        journal.replace(second_part);
        journal.add(first);
    }
    CHECK(HeldJournal(path).left().size() == 3);
    CHECK(HeldJournal(path).left()[0] == second_part[0]);
    HeldJournal(path).replace({});
    CHECK(!files::exists(path));
    std::ofstream(path) << "a letter to somebody";
    CHECK_THROWS_AS(HeldJournal{path}, InputError);
}

TEST_CASE("accounts are balanced at any moment, what waits included") {
    const Folder folder;
    Script script;
    const auto rules = description(10 * second, 3);
    Life life(folder.path, rules, script);
    for (int i = 0; i < 100; ++i) script.waiting.push_back(message(i == 50 ? 20 : i));
    script.waiting.emplace_back("nonsense");
    for (std::size_t done = 0; done < 101; done = script.acknowledged) {
        life.until_acknowledged(script, done + 1);
        const auto total = life.ingest.intake().report().total();  // checks them
        CHECK(total.waiting > 0);
    }
    auto report = life.ingest.intake().report();
    // Ten seconds back from 99 are open, 90 to 99; and two of a possible run before them.
    CHECK(report.total().waiting == 12);
    CHECK(report.total().accepted == 87);
    CHECK(report.total().of(telemetry::Defect::exact_duplicate) == 1);
    CHECK(report.rejected_rows() == 1);
    life.ingest.finish(noon + hour);
    CHECK(life.ingest.intake().report().total().accepted == 99);
    CHECK(life.store.committed() == 99);
}

TEST_CASE("nothing is acknowledged that another life does not find, wherever one ends") {
    for (const auto& rules : {description(0), description(7 * second), description(0, 6)}) {
        const Folder folder;
        Script script;
        for (int i = 0; i < 300; ++i) script.waiting.push_back(message(i ^ 1));
        std::size_t lives = 0;
        for (std::size_t goal = 25; goal < 300; goal += 25, ++lives) {
            Life life(folder.path, rules, script);
            life.until_acknowledged(script, goal);
            for (int i = 0; i < 3; ++i) life.ingest.turn(noon + hour, 0);  // and some more
            script.lose();  // the process is gone, with all that it had in memory
        }
        CHECK(lives == 11);
        Life last(folder.path, rules, script);
        while (!script.waiting.empty()) last.ingest.turn(noon + hour, millisecond);
        last.ingest.finish(noon + hour);
        // With late_after 0 every second message is late, and no other is lost.
        CHECK(last.store.committed() == (rules.late_after > 0 ? 300 : 150));
        CHECK(!files::exists(folder.path / "store.h5.held"));
    }
}

TEST_CASE("what is far ahead of our clock is rejected, and what follows is not late") {
    const Folder folder;
    Script script;
    const auto rules = description(0);
    Life life(folder.path, rules, script);
    for (const int at : {1, 2 * 3600 + 1, 2}) script.waiting.push_back(message(at));
    life.until_acknowledged(script, 3);
    const auto report = life.ingest.intake().report();
    CHECK(report.total().accepted == 2);
    CHECK(report.rows_rejected[static_cast<std::size_t>(telemetry::RowDefect::ahead)] == 1);
}

TEST_CASE("texts of a signal that has texts are stored, and outlive a process while they wait") {
    const Folder folder;
    telemetry::Store store(folder.path / "store.h5");
    auto rules = description(hour);
    rules.signals[0].texts = true;
    std::vector<HeldSample> held;
    {
        telemetry::Intake intake(rules, store);
        intake.take({"press", "v", noon + 2, Observation::Kind::text, 0, "auto"}, noon);
        intake.take({"press", "v", noon + 1, Observation::Kind::text, 0, "idle", "by hand"}, noon);
        intake.take({"press", "v", noon + 3, Observation::Kind::unavailable}, noon);
        intake.take(number("press", "v", noon + 4, 12), noon);
        CHECK(intake.report().total().waiting == 4);
        held = intake.newly_held();
        CHECK(held.size() == 4);
    }
    telemetry::Intake intake(rules, store);
    CHECK(intake.restore(held) == 4);
    intake.finish();
    store.commit();
    const auto texts = store.newest_texts(0, 9);
    REQUIRE(texts.size() == 4);
    CHECK(texts[0] == telemetry::TextSample{noon + 1, "idle", "by hand"});
    CHECK(texts[1] == telemetry::TextSample{noon + 2, "auto"});
    CHECK(texts[2] == telemetry::TextSample{noon + 3, "", "", telemetry::unavailable});
    CHECK(texts[3] == telemetry::TextSample{noon + 4, "12"});
    CHECK(telemetry::Intake(rules, store).restore(held) == 0);
}

TEST_CASE("other kinds than numbers go their own way and are counted") {
    const Folder folder;
    Script script;
    telemetry::Store store(folder.path / "store.h5");
    const auto rules = description(0);
    std::vector<Observation> others;
    telemetry::Intake intake(rules, store, {},
                             [&](const Observation& one) { others.push_back(one); });
    intake.take(number("press", "v", noon, 1), noon);
    intake.take({"press", "v", noon + 1, Observation::Kind::text, 0, "12.5"}, noon);
    intake.take({"press", "v", noon + 2, Observation::Kind::text, 0, "ERR"}, noon);
    intake.take({"press", "mode", noon, Observation::Kind::text, 0, "auto"}, noon);
    intake.take({"press", "v", noon + 3, Observation::Kind::unavailable}, noon);
    intake.take(number("press", "heat", noon, 1), noon);
    intake.take(number("a/b", "v", noon, 1), noon);
    intake.take(number("press", "v", telemetry::no_instant, 1), noon);
    CHECK(intake.others() == 1);
    CHECK(others.at(0).text == "auto");
    const auto report = intake.report();
    CHECK(report.total().accepted == 3);  // of them one that is unavailable
    CHECK(store.newest(0, 9).at(2).quality == telemetry::unavailable);
    CHECK(report.total().of(telemetry::Defect::text) == 1);
    CHECK(report.rows_received == 7);
    CHECK(report.rejected_rows() == 3);
}
