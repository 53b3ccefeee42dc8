#include <doctest/doctest.h>

#include <numeric>

#include "models/flow/deadlock.hpp"
#include "tests/contracts/properties.hpp"
#include "tests/support/dice.hpp"
#include "tests/support/random_plant.hpp"

using namespace foretwin;
using namespace foretwin::test;

namespace {

/// Dozens of plants; under sanitizers a handful.
constexpr std::uint64_t plants = FORETWIN_ORACLE_LENGTH < 1 ? 8 : 60;
constexpr int horizon_h = 200;

std::string scenario_of(std::uint64_t seed) {
    return test::scenario_of({random_plant(seed, "")}, horizon_h);
}

/// Three plants that conveyors join.
std::string site_of(std::uint64_t seed) {
    std::vector<RandomPlant> site{random_plant(seed, "a"), random_plant(seed + 100, "b"),
                                  random_plant(seed + 200, "c")};
    join_by_conveyors(seed, site);
    return test::scenario_of(site, horizon_h, false);
}

/// Plain stations in a row, and a buffer that sends some parts back into it: freed places, blocked
/// machines and the buffer's calls meet at one instant again and again.
std::string row_with_rework(std::uint64_t seed, const std::string& more) {
    Dice dice(seed);
    const int stations = dice.from(3, 5);
    const std::vector<std::string> cycles{"30 s", "60 s", "{exponential: {mean: 100 s}}"};
    std::string text =
        "foretwin: 1\nname: row\ntime: {horizon: 40 h}\ndevices:\n"
        "  In: {type: source, every: 150 s, when_full: wait, next: S1}\n";
    for (int i = 1; i <= stations; ++i) {
        const std::string next = i < stations ? "S" + std::to_string(i + 1) : "Rework";
        text += "  S" + std::to_string(i) + ": {type: station, cycle: " + dice.of(cycles) +
                ", buffer: " + std::to_string(dice.from(0, 2)) + ", next: " + next + more + "}\n";
    }
    return text + "  Rework: {type: buffer, capacity: " + std::to_string(dice.from(1, 3)) +
           ", next: {Out: 80 %, S" + std::to_string(dice.from(2, stations)) +
           ": 20 %}}\n  Out: {type: sink}\n";
}

PlantPointer plant_of(std::uint64_t seed) {
    return assembled(read_text(scenario_of(seed)));
}

std::string joined(const Faults& faults) {
    std::string all;
    for (std::size_t i = 0; i < faults.size() && i < 8; ++i) all += "\n  " + faults[i];
    return all;
}

/// Runs a property over all plants and names the seeds that break it.
template <class Property>
void for_all_plants(Property property) {
    for (std::uint64_t seed = 1; seed <= plants; ++seed) {
        const PlantPointer plant = plant_of(seed);
        const Faults faults = property(plant, random::Key{7, static_cast<std::uint32_t>(seed)});
        INFO("plant of seed ", seed, joined(faults));
        CHECK(faults.empty());
    }
}

}  // namespace

TEST_CASE("the plants are no empty shells: parts flow, machines fail, people work") {
    std::map<std::string, Wide> total;
    for (std::uint64_t seed = 1; seed <= plants; ++seed) {
        for (const auto& [name, value] : run_whole(plant_of(seed)).figures) {
            total[name.substr(name.rfind('/') + 1)] += value;
        }
    }
    for (const char* figure :
         {"arrived",     "scrapped",     "lost",      "failures",  "repairs",  "preventive",
          "true_alarms", "false_alarms", "missed",    "jobs",      "replaced", "overtime",
          "wakes",       "taken",        "blocked",   "off_shift", "standby",  "setup",
          "maintenance", "down_waiting", "peak_power"}) {
        INFO(figure);
        CHECK(total[figure] > 0);
    }
}

TEST_CASE("every plant: the plain and the fast executor tell the same story") {
    for_all_plants(executors_agree);
}

TEST_CASE("plants that share nothing run side by side, and tell the same story") {
    for (std::uint64_t seed = 1; seed <= plants / 4; ++seed) {
        const std::vector<RandomPlant> site{random_plant(seed, "a"), random_plant(seed + 100, "b"),
                                            random_plant(seed + 200, "c")};
        const PlantPointer plant = assembled(read_text(scenario_of(site, horizon_h, false)));
        CHECK(plant->model.partition.cells() >= 3);
        const Faults faults = executors_agree(plant, random::Key{7, 1});
        INFO("site of seed ", seed, joined(faults));
        CHECK(faults.empty());
    }
}

TEST_CASE("plants that conveyors join to a site are cut there, and tell the same story") {
    std::uint64_t cut = 0;
    std::uint64_t unlike = 0;
    Wide carried = 0;
    for (std::uint64_t seed = 1; seed <= plants; ++seed) {
        const PlantPointer plant = assembled(read_text(site_of(seed)));
        const random::Key key{7, static_cast<std::uint32_t>(seed)};
        const Faults faults = executors_agree(plant, key);
        INFO("site of seed ", seed, joined(faults));
        CHECK(faults.empty());
        cut += plant->model.partition.cut_channels > 0 ? 1U : 0U;
        unlike += plant->model.partition.cells() > 3 ? 1U : 0U;
        for (const auto& [name, value] : run_whole(plant, key).figures) {
            if (name.ends_with("/entered")) carried += value;
        }
    }
    CHECK(cut > plants / 2);
    CHECK(unlike > 0);
    CHECK(carried > 0);
}

TEST_CASE("every site: snapshots, stretches and conservation hold with parts on their way") {
    for (std::uint64_t seed = 1; seed <= plants / 3; ++seed) {
        const PlantPointer plant = assembled(read_text(site_of(seed)));
        const random::Key key{7, static_cast<std::uint32_t>(seed)};
        INFO("site of seed ", seed);
        for (const auto property : {splitting_changes_nothing, stretches_add_up, nothing_is_lost}) {
            const Faults faults = property(plant, key);
            INFO(joined(faults));
            CHECK(faults.empty());
        }
    }
}

TEST_CASE("every plant: a snapshot at any instant, restored, goes on bit for bit") {
    for_all_plants(splitting_changes_nothing);
}

TEST_CASE("every plant: what is measured before and after an instant adds up to the whole") {
    for_all_plants(stretches_add_up);
}

TEST_CASE("every plant: parts, state times, downtime by cause and energy are conserved") {
    for_all_plants(nothing_is_lost);
}

TEST_CASE("every plant: parts x time is what lay in stations and buffers, instant by instant") {
    for_all_plants(presence_is_summed);
}

TEST_CASE("every row: who goes on up the line keeps the order of those who wait to be called") {
    // A station that draws energy for its parts is not plain, and always takes the worklist.
    std::uint64_t events = 0;
    for (std::uint64_t seed = 1; seed <= plants; ++seed) {
        const auto trail = [&](const std::string& more) {
            return run_whole(assembled(read_text(row_with_rework(seed, more))));
        };
        const Trail plain = trail("");
        INFO("row of seed ", seed);
        CHECK(plain.traces == trail(", energy_per_part: 1 J/part").traces);
        events += plain.events;
    }
    CHECK(events > 1000 * plants);
}

TEST_CASE("every plant: a deadlock lasts, and happens only where a loop was warned of") {
    std::uint64_t warned = 0;
    std::uint64_t locked = 0;
    for (std::uint64_t seed = 1; seed <= plants; ++seed) {
        const bool may_lock = !loader::loop_warnings(read_text(scenario_of(seed)).tree).empty();
        const PlantPointer plant = plant_of(seed);
        const random::Key key{7, static_cast<std::uint32_t>(seed)};
        const Faults faults = deadlocks_last(plant, may_lock, key);
        INFO("plant of seed ", seed, joined(faults));
        CHECK(faults.empty());
        kernel::Simulation simulation(plant->model, key);
        simulation.start();
        executors::run_sequential(simulation, plant->clock.end(), executors::Trace::off);
        warned += may_lock ? 1U : 0U;
        locked += flow::find_deadlocks(simulation).empty() ? 0U : 1U;
    }
    INFO(warned, " of ", plants, " plants may lock, ", locked, " did");
    CHECK(locked > 0);
    CHECK(warned < plants);
}
