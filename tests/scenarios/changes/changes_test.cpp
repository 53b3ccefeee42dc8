#include "scenarios/changes/changes.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/scenarios/loader/plant_specs.hpp"

using namespace foretwin;
using namespace foretwin::changes;
using loader::Problems;
using loader::ScenarioFile;
using loader::Value;

namespace {

struct Desk {
    std::filesystem::path folder;
    Desk() {
        folder = std::filesystem::temp_directory_path() /
                 ("foretwin_changes_" + std::to_string(::getpid()));
        std::filesystem::create_directory(folder);
        std::ofstream(folder / "prices.csv") << "timestamp,price_eur_per_mwh\n";
    }
    ~Desk() { std::filesystem::remove_all(folder); }
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;

    ScenarioFile file(const std::string& changes) const {
        std::string text = test::bottling_line;
        text += changes;
        Problems problems;
        ScenarioFile result = loader::read_scenario_text(text, folder, problems, "line");
        for (const Problem& problem : problems) FAIL(to_text(problem));
        return result;
    }
    Value with(const std::string& changes, const std::vector<std::string>& names) const {
        return alternative(file(changes), names, test::plant_schema);
    }
    std::string refusal(const std::string& changes, const std::vector<std::string>& names) const {
        try {
            with(changes, names);
        } catch (const InputError& error) {
            std::string all;
            for (const Problem& problem : error.problems()) all += to_text(problem) + "\n";
            return all;
        }
        return "accepted";
    }
};

const Value& device(const Value& tree, const char* name) {
    return *tree.find("devices")->find(name);
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE_FIXTURE(Desk, "the changes of the design chapter apply, alone and together") {
    const ScenarioFile line = file("");
    CHECK_NOTHROW(check_all(line, test::plant_schema));
    CHECK(names(line.tree) == std::vector<std::string>{"condition monitoring", "larger buffer"});

    const Value baseline = alternative(line, {}, test::plant_schema);
    CHECK(device(baseline, "Packer A").text_of("buffer") == "40");
    CHECK_FALSE(device(baseline, "Filler").has("sensors"));

    const Value both = alternative(line, names(line.tree), test::plant_schema);
    CHECK(device(both, "Packer A").text_of("buffer") == "80");
    CHECK(device(both, "Packer B").text_of("buffer") == "40");  // like came first
    CHECK(device(both, "Filler").find("sensors")->find("vibration")->text_of("missed") == "5 %");
    CHECK(device(both, "Filler").find("maintenance")->has("valve change on alarm"));
    CHECK(device(both, "Filler").find("maintenance")->has("valve service"));
}

TEST_CASE_FIXTURE(Desk, "set, scale, add and remove do what they say") {
    const Value tree = with(
        "  all:\n"
        "    set: {Filler/cycle: 4 s, /time/horizon: 4 weeks, Packer A/machines: 2}\n"
        "    scale: {Filler/power/busy: 0.5, Depalletizer/every: 2, Packer B/cycle: 50 %}\n"
        "    add: {Filler/power/blocked limit: 1 kW}\n"
        "    remove: [Filler/maintenance/valve service]\n",
        {});
    CHECK(device(tree, "Filler").find("cycle")->is_map());  // the baseline is untouched

    const Value changed = with(
        "  all:\n"
        "    set: {Filler/cycle: 4 s, /time/horizon: 4 weeks, Packer A/machines: 2}\n"
        "    scale: {Filler/power/busy: 0.5, Depalletizer/every: 2, Packer B/cycle: 50 %}\n"
        "    add: {Spare packer: {type: station, cycle: 3 s, next: Warehouse}}\n"
        "    remove: [Filler/maintenance/valve service]\n",
        {"all"});
    CHECK(device(changed, "Filler").text_of("cycle") == "4 s");
    CHECK(changed.find("time")->text_of("horizon") == "4 weeks");
    CHECK(device(changed, "Packer A").text_of("machines") == "2");  // known to the schema only
    CHECK(device(changed, "Filler").find("power")->text_of("busy") == "11 kW");
    CHECK(device(changed, "Depalletizer").find("every")->find("exponential")->text_of("mean") ==
          "7.8 s");
    CHECK(device(changed, "Packer B").text_of("cycle") == "3.8 s");
    CHECK(device(changed, "Spare packer").text_of("type") == "station");
    CHECK_FALSE(device(changed, "Filler").find("maintenance")->has("valve service"));
}

TEST_CASE_FIXTURE(Desk, "paths that lead nowhere are told with their place and the nearest one") {
    CHECK(refusal("  x: {set: {Filler/bufer: 80}}\n", {"x"}) ==
          "line:38:13: there is no 'bufer' in '/devices/Filler' (did you mean 'buffer'?)\n");
    CHECK(contains(refusal("  x: {set: {Filer/buffer: 80}}\n", {"x"}),
                   "there is no device 'Filer' (did you mean 'Filler'?)"));
    CHECK(contains(refusal("  x: {scale: {Packer A/scrap: 2}}\n", {"x"}), "there is no 'scrap'"));
    CHECK(contains(refusal("  x: {remove: [Filler/failures/valve jum]}\n", {"x"}),
                   "did you mean 'valve jam'?"));
    CHECK(contains(refusal("  x: {add: {Filler/buffer: 80}}\n", {"x"}), "is there already"));
    CHECK(contains(refusal("  x: {add: {Filer/buffer: 80}}\n", {"x"}), "there is no device"));
    CHECK(contains(refusal("  x: {set: {time/horizon: 1 weeks}}\n", {"x"}), "begin with /"));
    CHECK(contains(refusal("  x: {set: {Filler//buffer: 1}}\n", {"x"}), "empty steps"));
    CHECK(contains(refusal("  x: {scale: {Filler/buffer: fast}}\n", {"x"}), "not a factor"));
    CHECK(contains(refusal("  x: {scale: {Filler/next: 2}}\n", {"x"}), "cannot scale"));
    CHECK(contains(refusal("", {"larger bufer"}), "did you mean 'larger buffer'?"));
    // The value that a change writes is checked where it stands.
    CHECK(contains(refusal("  x: {set: {Filler/buffer: 80 kW}}\n", {"x"}), "line:38:28: Filler"));
    CHECK(contains(refusal("  x: {set: {Filler/buffers/x: 1}}\n", {"x"}), "buffers"));
}

TEST_CASE_FIXTURE(Desk, "changes that contradict each other are refused with both names") {
    const std::string changes =
        "  a: {set: {Packer A/buffer: 100}}\n"
        "  b: {set: {Packer A/buffer: 100, Packer B/buffer: 100}}\n"
        "  c: {remove: [Filler/failures]}\n"
        "  d: {set: {Filler/failures/valve jam/clock: calendar}}\n"
        "  e: {scale: {Packer A/buffer: 2}}\n"
        "  f: {scale: {Packer A/buffer: 3}}\n";
    CHECK(refusal(changes, {"a", "b"}) == "accepted");  // they agree
    CHECK(contains(refusal(changes, {"larger buffer", "a"}),
                   "changes 'larger buffer' and 'a' contradict each other at 'Packer A/buffer'"));
    CHECK(contains(refusal(changes, {"c", "d"}), "one removes what the other writes"));
    CHECK(contains(refusal(changes, {"d", "c"}), "one removes what the other writes"));
    CHECK(contains(refusal(changes, {"a", "e"}), "they write it differently"));
    CHECK(device(with(changes, {"e", "f"}), "Packer A").text_of("buffer") == "240");
    CHECK(device(with(changes, {"f", "e"}), "Packer A").text_of("buffer") == "240");
}

TEST_CASE_FIXTURE(Desk, "combined changes are made of others and cost what those cost") {
    const std::string changes =
        "  all of it: {combine: [condition monitoring, larger buffer], invest: 500 EUR}\n"
        "  circle: {combine: [round]}\n"
        "  round: {combine: [circle]}\n";
    const ScenarioFile line = file(changes);
    Problems problems;
    CHECK(resolved(line.tree, {"all of it", "larger buffer"}, problems) ==
          std::vector<std::string>{"condition monitoring", "larger buffer", "all of it"});
    const Value tree = alternative(line, {"all of it"}, test::plant_schema);
    CHECK(device(tree, "Packer A").text_of("buffer") == "80");
    CHECK(device(tree, "Filler").has("sensors"));

    const std::vector<Costs> bill = costs(line.tree, {"all of it"});
    REQUIRE(bill.size() == 3);
    CHECK(bill[0].invest->text() == "14000 EUR");
    CHECK(bill[0].running_cost->text() == "1200 EUR/year");
    CHECK(bill[1].running_cost == nullptr);
    CHECK(bill[2].invest->text() == "500 EUR");

    CHECK(contains(refusal(changes, {"circle"}), "combines itself"));
}

TEST_CASE_FIXTURE(Desk, "check_all finds the problems of every change at once") {
    const ScenarioFile line = file(
        "  x: {set: {Filler/bufer: 80}}\n"
        "  z: {scale: {Filer/buffer: 2}}\n");
    try {
        check_all(line, test::plant_schema);
        FAIL("must throw");
    } catch (const InputError& error) {
        CHECK(error.problems().size() == 2);
    }
}

TEST_CASE_FIXTURE(Desk, "a fleet is changed through its template") {
    std::ofstream(folder / "machines.csv") << "id\n1\n2\n";
    const std::string text =
        "foretwin: 1\nname: Park\ntime: {horizon: 1 weeks}\n"
        "fleets:\n  Park:\n    for_each: {file: machines.csv}\n    name: \"M {id}\"\n"
        "    device: {type: machine, rate: 10 part/h}\n"
        "changes:\n"
        "  faster: {scale: {/fleets/Park/device/rate: 1.5}}\n"
        "  model: {set: {/fleets/Park/device/model: new}}\n"
        "  wrong: {set: {/fleets/Park/device/modell: new}}\n";
    Problems problems;
    const ScenarioFile park = loader::read_scenario_text(text, folder, problems, "park");
    REQUIRE(problems.empty());
    const Value tree = alternative(park, {"faster", "model"}, test::plant_schema);
    CHECK(device(tree, "M 1").text_of("rate") == "15 part/h");
    CHECK(device(tree, "M 2").text_of("model") == "new");
    CHECK_THROWS_AS(alternative(park, {"wrong"}, test::plant_schema), InputError);
}
