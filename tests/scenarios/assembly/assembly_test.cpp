#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/plant.hpp"

/// From a checked tree to a model: what is assumed where the scenario is silent, and what only the
/// plant as a whole can get wrong.

using namespace foretwin;
using namespace foretwin::test;

namespace {

const std::string head = "foretwin: 1\nname: t\ntime: {horizon: 10 h}\n";

std::string refusal(const std::string& text) {
    try {
        assembled(read_text(head + text));
    } catch (const InputError& error) {
        return error.what();
    }
    return "accepted";
}

bool mentions(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// A machine with these keys beside its rate.
std::string machine(const std::string& keys) {
    return "devices:\n  M: {type: machine, rate: 1 part/h, " + keys + "}\n";
}

/// The same as a station in the smallest line.
std::string station(const std::string& keys) {
    return "devices:\n  s: {type: source, saturated: true, next: M}\n  M: {type: station, cycle: 1 "
           "s, next: z, " +
           keys + "}\n  z: {type: sink}\n";
}

const std::string cycles_jam =
    "failures: {jam: {clock: cycles, time_to_failure: 9 cycle, repair: 1 h}}";
const std::string jam = "failures: {jam: {clock: calendar, time_to_failure: 9 h, repair: 1 h}}";

}  // namespace

TEST_CASE("devices are told in the model's order, with type and machines") {
    const auto plant = assembled(
        read_text(head + "devices:\n  b: {type: station, machines: 3, cycle: 1 s, next: z}\n"
                         "  a: {type: source, saturated: true, next: b}\n  z: {type: sink}\n"));
    REQUIRE(plant->devices.size() == 3);
    CHECK(plant->devices[0].name == "a");
    CHECK(plant->devices[1].name == "b");
    CHECK(plant->devices[1].type == "station");
    CHECK(plant->devices[1].machines == 3);
    CHECK(plant->devices[2].machines == 0);
    CHECK(plant->model.devices[1].name == "b");
}

TEST_CASE("power that is not named follows the named states, and the notes say so") {
    const auto plant = assembled(read_text(
        head + machine("power: {busy: 9 kW, starved: 2 kW, down: 1 kW, off_shift: 5 W}")));
    REQUIRE(plant->notes.size() == 1);
    for (const char* what : {"setup <- busy", "waiting <- starved", "blocked <- starved",
                             "maintenance <- down", "standby <- down"}) {
        INFO(what);
        CHECK(mentions(plant->notes[0], what));
    }
    CHECK(!mentions(plant->notes[0], "off_shift"));
    CHECK(assembled(read_text(head + machine(jam)))->notes.empty());
    // What is taken as nothing is said as well: a machine left on overnight is not free.
    const auto silent = assembled(read_text(head + machine("power: {busy: 9 kW, starved: 2 kW}")));
    REQUIRE(silent->notes.size() == 1);
    CHECK(mentions(silent->notes[0], "down <- 0"));
    CHECK(mentions(silent->notes[0], "off_shift <- 0"));
    CHECK(!mentions(silent->notes[0], "starved <- 0"));
}

TEST_CASE("a plan needs exactly one trigger, and what it refers to must exist on its device") {
    const auto with_plan = [](const std::string& plan) {
        return machine(jam + ", sensors: {ear: {detects: jam, lead: 1 h}}, maintenance: {p: {" +
                       plan + "}}");
    };
    CHECK(refusal(with_plan("every: 3 h, takes: 1 h")) == "accepted");
    CHECK(mentions(refusal(with_plan("takes: 1 h")), "exactly one of"));
    CHECK(mentions(refusal(with_plan("every: 3 h, at_age: 3 h, renews: [jam], takes: 1 h")),
                   "exactly one of"));
    CHECK(mentions(refusal(with_plan("at_age: 3 h, takes: 1 h")), "whose age"));
    CHECK(mentions(refusal(with_plan("at_age: 3 h, renews: [leak], takes: 1 h")), "'leak'"));
    CHECK(mentions(refusal(with_plan("on_alarm: nose, takes: 1 h")), "'nose'"));
    CHECK(mentions(refusal(with_plan("at_age: 3 cycle, renews: [jam], takes: 1 h")), "unit"));
}

TEST_CASE("a sensor detects a cause of its own device that ages in time") {
    CHECK(mentions(refusal(machine(jam + ", sensors: {ear: {detects: leak, lead: 1 h}}")), "leak"));
    CHECK(mentions(refusal(station(cycles_jam + ", sensors: {ear: {detects: jam, lead: 1 h}}")),
                   "cycles"));
}

TEST_CASE("only a cause on the calendar clock surfaces at visits; visits judge age in time") {
    CHECK(mentions(refusal(machine("failures: {jam: {clock: operating, time_to_failure: 9 h, "
                                   "repair: 1 h, surfaces: {every: 5 h}}}")),
                   "calendar"));
    CHECK(mentions(refusal(station(cycles_jam + ", maintenance: {v: {every: 5 h, takes: 1 h, "
                                                "replaces: {jam: {from_age: 3 h}}}}")),
                   "cycles"));
}

TEST_CASE("cycles need parts: a machine without parts cannot age in them") {
    CHECK(refusal(station(cycles_jam)) == "accepted");
    CHECK(mentions(refusal(machine(cycles_jam)), "no cycles"));
}

TEST_CASE("a source comes in exactly one way; `every` says what happens when there is no place") {
    const auto with_source = [](const std::string& keys) {
        return "devices:\n  s: {type: source, next: a" + keys +
               "}\n  a: {type: station, cycle: 1 s, next: z}\n  z: {type: sink}\n";
    };
    CHECK(refusal(with_source(", saturated: true")) == "accepted");
    CHECK(mentions(refusal(with_source("")), "exactly one of"));
    CHECK(mentions(refusal(with_source(", saturated: true, conwip: 3")), "exactly one of"));
    CHECK(mentions(refusal(with_source(", every: 5 s")), "when_full"));
}

TEST_CASE("a key that would do nothing is refused: who wrote it expects it to act") {
    const auto source = [](const std::string& keys) {
        return refusal("devices:\n  s: {type: source, next: a, " + keys +
                       "}\n  a: {type: station, cycle: 1 s, next: z}\n  z: {type: sink}\n"
                       "calendars: {day: {every_day: \"06:00-22:00\"}}\n");
    };
    CHECK(source("every: 5 s, when_full: wait, calendar: day") == "accepted");
    CHECK(mentions(source("conwip: 3, calendar: day"), "`calendar` has no effect"));
    CHECK(mentions(source("saturated: true, when_full: lost"), "`when_full` has no effect"));
    const auto cause = [](const std::string& keys) {
        return refusal(
            machine("failures: {jam: {clock: calendar, time_to_failure: 9 h, "
                    "repair: 1 h, " +
                    keys + "}}"));
    };
    CHECK(cause("after_repair: imperfect, restoration: 40 %, kijima: 2") == "accepted");
    CHECK(mentions(cause("restoration: 40 %"), "`restoration` has no effect"));
    CHECK(mentions(cause("after_repair: as_bad_as_old, kijima: 2"), "`kijima` has no effect"));
    CHECK(mentions(cause("after_repair: imperfect"), "which?"));
    CHECK(cause("age: 3 h, checked_age: 2 h") == "accepted");
    CHECK(mentions(cause("age: 2 h, checked_age: 3 h"), "checked"));
    const auto plan = [](const std::string& keys) {
        return refusal(machine(jam +
                               ", sensors: {ear: {detects: jam, lead: 1 h}}, maintenance: "
                               "{p: {takes: 1 h, " +
                               keys + "}}"));
    };
    CHECK(plan("every: 5 h, first: 2024-01-01T01:00, renews: jam") == "accepted");
    CHECK(mentions(plan("at_age: 5 h, first: 2024-01-01T01:00, renews: jam"), "`first` has no"));
    CHECK(mentions(plan("on_alarm: ear, replaces: {jam: {from_age: 3 h}}"), "`replaces` has no"));
    CHECK(plan("every: 5 h, grace: 1 h, replaces: {jam: {from_age: 3 h}}") == "accepted");
    CHECK(mentions(plan("every: 5 h, renews: jam, replaces: {jam: {from_age: 3 h}}"),
                   "`renews` has no effect"));
    CHECK(mentions(plan("every: 5 h, grace: 1 h, renews: jam"), "`grace` has no effect"));
    const auto energy = [](const std::string& keys) {
        return refusal("devices:\n  Grid: {type: tariff, energy: {" + keys + "}}\n");
    };
    CHECK(energy("price: 1 EUR/kWh") == "accepted");
    CHECK(mentions(energy("price: 1 EUR/kWh, otherwise: 2 EUR/kWh"), "`otherwise` has no effect"));
    CHECK(mentions(energy("price: 1 EUR/kWh, year: 2016"), "`year` has no effect"));
    CHECK(mentions(energy("price: 1 EUR/kWh, bands: {weekdays: {\"06:00-22:00\": 2 EUR/kWh}}"),
                   "more than one price"));
}

TEST_CASE("a plant has one tariff at most") {
    CHECK(mentions(refusal("devices:\n  a: {type: tariff, energy: {price: 1 EUR/kWh}}\n"
                           "  b: {type: tariff, energy: {price: 1 EUR/kWh}}\n"),
                   "second tariff"));
}

TEST_CASE("a change is in the tree before it is assembled") {
    const loader::ScenarioFile file =
        read_text(head + machine(jam) + "changes: {twice: {scale: {M/rate: 2}}}\n");
    const auto rate_of = [](const std::shared_ptr<const assembly::Plant>& plant) {
        kernel::Simulation simulation(plant->model, {1, 0});
        const kernel::FigureSink sink = simulation.report(true);
        for (const kernel::FigureSpec& spec : sink.specs) {
            if (spec.name == "parts/part") return spec.factor;
        }
        return 0.0;
    };
    CHECK(rate_of(assembled(file, {"twice"})) == doctest::Approx(2 * rate_of(assembled(file))));
}

TEST_CASE("what laying prices along the run had to bridge is told, hours lent included") {
    // A reference year on true local time: Sunday 2016-03-27, of ISO week 12, has no 02:00 in
    // Berlin. That Sunday of 2026 is 22 March, which has one: it takes that of 01:00.
    const std::string path = std::filesystem::temp_directory_path() / "foretwin_lent_hour.csv";
    std::ofstream file(path);
    file << "when,price\n";
    for (int hour = 0; hour < 24; ++hour) {
        const std::string two_digits = (hour < 10 ? "0" : "") + std::to_string(hour);
        if (hour != 2) file << "2016-03-27T" << two_digits << ":00,30\n";
    }
    file.close();
    const auto notes_from = [&](const std::string& start) {
        return assembled(
                   read_text(
                       "foretwin: 1\nname: t\ntime: {start: " + start +
                       ", zone: Europe/Berlin, horizon: 2 h}\ndevices:\n  Grid: {type: tariff, "
                       "energy: {file: " +
                       path + ", time: when, value: price, unit: EUR/MWh, year: 2016}}\n"))
            ->notes;
    };
    const std::vector<std::string> lent = notes_from("2026-03-22T01:00");
    REQUIRE(lent.size() == 1);
    CHECK(mentions(lent[0],
                   "1 that daylight saving skips in the reference year taken from the "
                   "hour before"));
    CHECK(notes_from("2026-03-22T04:00").empty());
    std::filesystem::remove(path);
}
