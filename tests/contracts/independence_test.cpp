#include <doctest/doctest.h>

#include <algorithm>

#include "tests/contracts/properties.hpp"
#include "tests/support/random_plant.hpp"

/// Nobody's figures depend on who else is in the file, in which order, or under which name.

using namespace foretwin;
using namespace foretwin::test;

namespace {

constexpr std::uint64_t plants = FORETWIN_ORACLE_LENGTH < 1 ? 6 : 30;
constexpr int horizon_h = 150;
const std::vector<std::string> shared{"Grid"};  // one bill for all: it may change

std::string joined(const Faults& faults) {
    std::string all;
    for (std::size_t i = 0; i < faults.size() && i < 8; ++i) all += "\n  " + faults[i];
    return all;
}

void expect_same(const Trail& expected, const Trail& got, const std::string& what,
                 const std::vector<std::string>& except) {
    const Faults faults = differences(expected, got, what, except);
    INFO(joined(faults));
    CHECK(faults.empty());
}

Trail trail(const loader::ScenarioFile& file, const std::vector<std::string>& changes = {}) {
    return run_whole(assembled(file, changes), {3, 5});
}

/// Shuffles the entries of every map below a value.
void shuffle(loader::Value& value, Dice& dice) {
    for (std::size_t i = value.entries().size(); i > 1; --i) {
        const auto other = static_cast<std::size_t>(dice.from(0, static_cast<int>(i) - 1));
        std::swap(value.entries()[i - 1], value.entries()[other]);
    }
    for (loader::Value::Entry& entry : value.entries()) shuffle(entry.value, dice);
}

/// Replaces a whole name wherever it stands in a text.
std::string renamed(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
        const auto is_part = [&](std::size_t place) {
            return place < text.size() && std::isalnum(static_cast<unsigned char>(text[place]));
        };
        const bool whole = !is_part(at - 1) && !is_part(at + from.size());
        if (whole) text.replace(at, from.size(), to);
        at += to.size();
    }
    return text;
}

}  // namespace

TEST_CASE("a second plant under the same roof alters no device of the first by one bit") {
    for (std::uint64_t seed = 1; seed <= plants; ++seed) {
        INFO("seed ", seed);
        const RandomPlant one = random_plant(seed, "");
        const RandomPlant two = random_plant(seed + 1000, "k");
        expect_same(trail(read_text(scenario_of({one}, horizon_h))),
                    trail(read_text(scenario_of({one, two}, horizon_h))), "with a neighbour",
                    shared);
    }
}

TEST_CASE("an unconnected device, wherever its name sorts, alters nothing, the bill included") {
    for (std::uint64_t seed = 1; seed <= plants; ++seed) {
        for (const char* name : {"AA", "m m", "zz"}) {
            INFO("seed ", seed, ", device ", name);
            const RandomPlant plant = random_plant(seed, "");
            RandomPlant more = plant;
            more.devices += std::string("  ") + name +
                            ": {type: machine, rate: 3 part/h, failures: {fuse: {clock: calendar, "
                            "time_to_failure: {exponential: {mean: 9 h}}, repair: 1 h}}}\n";
            expect_same(trail(read_text(scenario_of({plant}, horizon_h))),
                        trail(read_text(scenario_of({more}, horizon_h))), "one device more", {});
        }
    }
}

TEST_CASE("the order of the file does not matter, at any depth of the devices") {
    for (std::uint64_t seed = 1; seed <= plants; ++seed) {
        INFO("seed ", seed);
        const loader::ScenarioFile file =
            read_text(scenario_of({random_plant(seed, "")}, horizon_h));
        loader::ScenarioFile other = file;
        Dice dice(seed);
        shuffle(*other.tree.find("devices"), dice);
        shuffle(*other.tree.find("calendars"), dice);
        REQUIRE(!(other.tree == file.tree));
        expect_same(trail(file), trail(other), "shuffled", {});
    }
}

TEST_CASE("renaming a device of another plant alters no bit of this one") {
    for (std::uint64_t seed = 1; seed <= plants; ++seed) {
        const RandomPlant one = random_plant(seed, "");
        const RandomPlant two = random_plant(seed + 500, "k");
        Dice dice(seed);
        const std::string victim = dice.of(two.names);
        INFO("seed ", seed, ", renamed ", victim);
        const std::string text = scenario_of({one, two}, horizon_h);
        std::vector<std::string> except = two.names;
        except.push_back("Grid");
        expect_same(trail(read_text(text)), trail(read_text(renamed(text, victim, "Aardvark"))),
                    "renamed", except);
    }
}

TEST_CASE("a change at one plant, applied or not, written or not, alters nothing at the other") {
    for (std::uint64_t seed = 1; seed <= plants; ++seed) {
        INFO("seed ", seed);
        const RandomPlant one = random_plant(seed, "");
        const RandomPlant two = random_plant(seed + 500, "k");
        const std::string text = scenario_of({one, two}, horizon_h);
        const std::string first = "  here: {scale: {" + one.stations.front() + "/cycle: 0.7}}\n";
        const std::string second = "  there: {scale: {" + two.stations.front() + "/cycle: 0.6}}\n";
        const loader::ScenarioFile alone = read_text(text + "changes:\n" + first);
        const loader::ScenarioFile both = read_text(text + "changes:\n" + second + first);

        // Written elsewhere, not applied: the whole plant is the same.
        expect_same(trail(alone, {"here"}), trail(both, {"here"}), "a change more in the file", {});
        // Applied elsewhere: nobody here notices.
        std::vector<std::string> except = two.names;
        except.push_back("Grid");
        expect_same(trail(both, {"here"}), trail(both, {"here", "there"}), "changed elsewhere",
                    except);
    }
}

TEST_CASE("the replication and the seed do matter") {
    const PlantPointer plant = assembled(read_text(scenario_of({random_plant(4, "")}, horizon_h)));
    CHECK(!differences(run_whole(plant, {1, 0}), run_whole(plant, {1, 1}), "replication").empty());
    CHECK(!differences(run_whole(plant, {1, 0}), run_whole(plant, {2, 0}), "seed").empty());
}
