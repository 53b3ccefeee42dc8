#include <doctest/doctest.h>

#include <cmath>

#include "scenarios/kpis/formula.hpp"
#include "tests/support/plant.hpp"

/// KPIs of a plant small enough to be run by hand.
///
/// Parts come every 10 s, work takes 4 s, the machine fails after each 6 s of work for 5 + 1 s:
///   10-14 | 20-22 fails 28-30 | 30-34 | fails 40-46, 46-50 | 50-52 fails 58-60 | 60-64 |
///   fails 70-76, 76-80 | 80-82 fails 88-90 | 90-94 | at 100 the tenth part loads and fails at
///   once.
/// So in 100 s: busy 36, under repair 30, starved 34; 9 parts; 6 failures, 5 repairs.

using namespace foretwin;
using namespace foretwin::test;

namespace {

const char* const text =
    "foretwin: 1\n"
    "name: by hand\n"
    "time: {horizon: 100 s}\n"
    "devices:\n"
    "  In: {type: source, every: 10 s, when_full: lost, next: A}\n"
    "  A: {type: station, cycle: 4 s, next: Out, power: {busy: 2 kW, starved: 1 kW},\n"
    "      failures: {jam: {clock: operating, time_to_failure: 6 s, repair: 5 s, crew: C, cost: 2 "
    "EUR}}}\n"
    "  Out: {type: sink}\n"
    "  C: {type: crew, size: 1, wage: 36 EUR/h, travel: 1 s}\n"
    "  Grid: {type: tariff, energy: {price: 0.36 EUR/kWh}, carbon: 0.5 kg/kWh}\n";

struct Kpis {
    std::map<std::string, double> values;
    std::map<std::string, std::string> units;
};

Kpis evaluated(const std::string& scenario, bool of_devices) {
    const auto plant = assembled(read_text(scenario));
    kernel::Simulation simulation(plant->model, {1, 0});
    simulation.start();
    executors::run_sequential(simulation, plant->clock.end());
    const kernel::FigureSink sink = simulation.report(true);
    const std::vector<double> figures = kpis::in_units(sink.specs, sink.values);
    Kpis kpis;
    for (const kpis::Formula& formula : of_devices ? kpis::device_figures(sink.specs, *plant)
                                                   : kpis::plant_kpis(sink.specs, *plant)) {
        const std::string name = of_devices ? formula.device + ": " + formula.name : formula.name;
        kpis.values[name] = kpis::evaluate(formula, figures);
        kpis.units[name] = formula.unit;
    }
    return kpis;
}

constexpr double h = 1.0 / 3600;

}  // namespace

TEST_CASE("time: downtime, availability, OEE, utilisation") {
    const auto kpi = evaluated(text, false).values;
    CHECK(kpi.at("downtime") == doctest::Approx(30 * h));
    CHECK(kpi.at("downtime_repair") == doctest::Approx(30 * h));
    CHECK(kpi.at("downtime_waiting") == doctest::Approx(0));
    CHECK(kpi.at("planned_maintenance") == doctest::Approx(0));
    CHECK(kpi.at("availability") == doctest::Approx(0.36));
    CHECK(kpi.at("oee") == doctest::Approx(9 * 4 / 100.0));
    CHECK(kpi.at("utilisation") == doctest::Approx(0.36));
}

TEST_CASE("parts: production, throughput, quality, lead time, work in process") {
    const auto kpi = evaluated(text, false).values;
    CHECK(kpi.at("production") == 9);
    CHECK(kpi.at("throughput") == doctest::Approx(9 / (100 * h)));
    CHECK(kpi.at("scrap") == 0);
    CHECK(kpi.at("quality_ratio") == 1);
    CHECK(kpi.at("lost_parts") == 0);
    // Five parts that fail on the way take 10 s, the other four 4 s; the tenth is inside for 0 s.
    CHECK(kpi.at("lead_time") == doctest::Approx((5 * 10 + 4 * 4) / 9.0 * h));
    CHECK(kpi.at("work_in_process") == doctest::Approx(0.66));
}

TEST_CASE("upkeep: failures, MTBF of operating time, MTTR, and what it costs") {
    const auto kpi = evaluated(text, false).values;
    CHECK(kpi.at("failures") == 6);
    CHECK(kpi.at("repairs") == 5);
    CHECK(kpi.at("mtbf") == doctest::Approx(36.0 / 6 * h));
    CHECK(kpi.at("mttr") == doctest::Approx(30.0 / 6 * h));
    CHECK(kpi.at("mean_down_time") == doctest::Approx(30.0 / 6 * h));
    CHECK(kpi.at("labour_cost") == doctest::Approx(1.0));  // 100 s at a cent a second
    CHECK(kpi.at("maintenance_cost") == doctest::Approx(1.0 + 5 * 2));
}

TEST_CASE(
    "energy: by state, per part, its cost and carbon; the peak is that of the meter's window") {
    const auto kpi = evaluated(text, false).values;
    const double kwh = (36 * 2 + 34 * 1) * h;  // 106 kJ
    CHECK(kpi.at("energy") == doctest::Approx(kwh));
    CHECK(kpi.at("energy_per_part") == doctest::Approx(kwh / 9));
    CHECK(kpi.at("energy_cost") == doctest::Approx(kwh * 0.36).epsilon(1e-4));
    CHECK(kpi.at("carbon") == doctest::Approx(kwh * 0.5).epsilon(1e-4));
    CHECK(kpi.at("peak_demand") == doctest::Approx(kwh / 0.25).epsilon(1e-4));
}

TEST_CASE("figures of a device: state shares sum to 1, downtime by cause, jobs of the crew") {
    const auto figure = evaluated(text, true).values;
    double shares = 0;
    for (const auto& [name, value] : figure) {
        if (name.starts_with("A: state_shares/")) shares += value;
    }
    CHECK(shares == doctest::Approx(1));
    CHECK(figure.at("A: state_shares/starved") == doctest::Approx(0.34));
    CHECK(figure.at("A: downtime_by_cause/jam/total") == doctest::Approx(30 * h));
    CHECK(figure.at("A: downtime_by_cause/jam/failures") == 6);
    CHECK(figure.at("A: effectiveness") == doctest::Approx(1));
    CHECK(figure.at("A: inside") == 1);
    CHECK(figure.at("C: jobs") == 6);
    CHECK(figure.at("C: utilisation") == doctest::Approx(0.3));
    CHECK(figure.at("Out: throughput") == doctest::Approx(9 / (100 * h)));
    CHECK(figure.at("Out: lead_time/mean") == doctest::Approx(66.0 / 9 * h));
}

TEST_CASE("0/0 is undefined, never a number") {
    const std::string idle =
        "foretwin: 1\nname: idle\ntime: {horizon: 1 h}\ndevices:\n"
        "  In: {type: source, every: 9 h, when_full: lost, next: A}\n"
        "  A: {type: station, cycle: 4 s, next: Out, failures: {jam: {clock: operating, "
        "time_to_failure: 6 s, repair: 5 s}}}\n  Out: {type: sink}\n";
    const auto kpi = evaluated(idle, false).values;
    CHECK(kpi.at("production") == 0);
    CHECK(kpi.at("throughput") == 0);
    for (const char* undefined :
         {"mtbf", "mttr", "lead_time", "quality_ratio", "energy_per_part"}) {
        INFO(undefined);
        CHECK(std::isnan(kpi.at(undefined)));
    }
}

TEST_CASE("a plant without parts, people or a meter has no KPIs of them") {
    const auto kpi = evaluated(
        "foretwin: 1\nname: m\ntime: {horizon: 1 h}\ndevices:\n"
        "  M: {type: machine, rate: 6 part/min, power: {busy: 3 kW}}\n",
        false);
    CHECK(kpi.values.at("production") == doctest::Approx(360));
    CHECK(kpi.values.at("energy") == doctest::Approx(3));
    CHECK(kpi.units.at("energy") == "kWh");
    for (const char* absent : {"lead_time", "scrap", "failures", "labour_cost", "peak_demand"}) {
        INFO(absent);
        CHECK(kpi.values.count(absent) == 0);
    }
}

TEST_CASE("a fleet is told as one: its figures are sums over its members") {
    const std::string fleet =
        "foretwin: 1\nname: f\ntime: {horizon: 100 s}\n"
        "fleets:\n  park:\n    for_each: {count: 3}\n    name: \"M {number}\"\n"
        "    device: {type: machine, rate: 1 part/s, failures: {jam: {clock: calendar, "
        "time_to_failure: 40 s, repair: 10 s}}}\n";
    const auto figure = evaluated(fleet, true).values;
    CHECK(figure.at("park: failures") == 3 * 2);  // at 40 and 90 each
    CHECK(figure.at("park: downtime") == doctest::Approx(3 * 20 * h));
    CHECK(figure.at("park: state_shares/busy") == doctest::Approx(0.8));
    CHECK(figure.count("M 1: failures") == 0);
}

TEST_CASE("availability x effectiveness x quality is OEE, and spoiled parts are not good") {
    // A failure takes the part off the machine: 10-14 | 20-22 fails 28 | 30-34 | 40-42 fails 48 ...
    // In 100 s 5 parts are completed and 4 spoiled; busy 5 x 4 + 4 x 2 = 28 s.
    std::string spoiling = text;
    spoiling.replace(spoiling.find("crew: C"), 7, "crew: C, part: scrapped");
    const Kpis kpi = evaluated(spoiling, true);
    const auto of = [&](const std::string& name) { return kpi.values.at("A: " + name); };
    CHECK(of("completed") == 5);
    CHECK(of("scrapped") == 4);
    CHECK(of("availability") == doctest::Approx(0.28).epsilon(1e-14));
    CHECK(of("effectiveness") == doctest::Approx(9 * 4 / 28.0).epsilon(1e-14));
    CHECK(of("quality_ratio") == doctest::Approx(5 / 9.0).epsilon(1e-14));
    CHECK(of("oee") == doctest::Approx(5 * 4 / 100.0).epsilon(1e-14));
    CHECK(of("availability") * of("effectiveness") * of("quality_ratio") ==
          doctest::Approx(of("oee")).epsilon(1e-14));
}

TEST_CASE("the tariff tells the two charges that the cost of energy is made of") {
    std::string charged = text;
    charged.replace(charged.find("carbon:"), 7, "demand: {price: 10 EUR/kW/month}, carbon:");
    const Kpis device = evaluated(charged, true);
    const double cost = evaluated(charged, false).values.at("energy_cost");
    CHECK(device.values.count("Grid: energy_cost") == 0);
    CHECK(device.values.at("Grid: demand_charge") > 0);
    CHECK(device.values.at("Grid: energy_charge") + device.values.at("Grid: demand_charge") ==
          doctest::Approx(cost).epsilon(1e-14));
}

TEST_CASE("a fill rate counts what was handed out: a spare given back lifts it above no 1") {
    // See maintenance_test: two parts from stock, one of them given back by a job that was moot.
    const auto figure =
        evaluated(
            "foretwin: 1\nname: moot\ntime: {horizon: 141 s}\ndevices:\n"
            "  M: {type: machine, rate: 1 part/s,\n"
            "      failures: {wear: {clock: calendar, time_to_failure: 50 s, repair: 10 s, crew: "
            "C, "
            "spare: Store}},\n"
            "      maintenance: {service: {every: 40 s, takes: 5 s, renews: [wear], crew: C}}}\n"
            "  Other: {type: machine, rate: 1 part/s, failures: {other: {clock: calendar, "
            "time_to_failure: 30 s, repair: 100 s, crew: C}}}\n"
            "  C: {type: crew, size: 1}\n"
            "  Store: {type: spares, stock: 5, reorder_point: 0, lead_time: 1 h}\n",
            true)
            .values;
    CHECK(figure.at("Store: taken") == 1);
    CHECK(figure.at("Store: fill_rate") == 1);
}

TEST_CASE("down time off shift is no planned busy time; nor is maintenance, on shift or off") {
    // On shift 0-60 of each 100 s. Fails at 40, repaired 90: down 20 on shift, 30 off, off shift
    // 90-100. Works 100-120. Planned busy time 40 + 20 + 20; without the shift it would be 110.
    const std::string shift =
        "foretwin: 1\nname: shift\ntime: {horizon: 120 s}\n"
        "calendars: {day: {period: 100 s, open: [[0 s, 60 s]]}}\n";
    const std::string down =
        shift +
        "devices:\n  M: {type: machine, rate: 1 part/s, calendar: day, failures: {jam: {clock: "
        "calendar, time_to_failure: 40 s, repair: 50 s}}}\n";
    const auto kpi = evaluated(down, false).values;
    CHECK(kpi.at("downtime") == doctest::Approx(50 * h));
    CHECK(kpi.at("availability") == doctest::Approx(60.0 / 80));
    CHECK(kpi.at("utilisation") == doctest::Approx(60.0 / 120));
    CHECK(evaluated(down, true).values.at("M: availability") == doctest::Approx(60.0 / 80));
    // Maintenance 40-90: 20 of it on shift, 30 off; planned busy time is 80 - 20.
    const std::string planned =
        shift +
        "devices:\n  M: {type: machine, rate: 1 part/s, calendar: day, maintenance: {care: "
        "{every: 40 s, takes: 50 s}}}\n";
    CHECK(evaluated(planned, false).values.at("availability") == doctest::Approx(1));
}

TEST_CASE("what rounding leaves of a planned busy time of nothing is nothing") {
    // 0.1 + 0.2 - 0.3 is 5.6e-17 in binary; a difference that is really there is kept.
    kpis::Formula formula;
    formula.over = {{0, 1}};
    formula.under = {{0, 1}, {1, 1}, {2, -1}};
    CHECK(std::isnan(kpis::evaluate(formula, std::vector<double>{0.1, 0.2, 0.3})));
    CHECK(kpis::evaluate(formula, std::vector<double>{0.1, 0.2, 0.3 - 1e-9}) ==
          doctest::Approx(0.1 / 1e-9).epsilon(1e-6));
}

TEST_CASE("OEE of a station takes the same planned busy time") {
    // On shift 0-60 of each 100 s, work 4 s: ten parts, then a failure after 40 s of work,
    // repaired 40-90; 100-110 two more parts and half a third.
    const auto figure =
        evaluated(
            "foretwin: 1\nname: shift\ntime: {horizon: 110 s}\n"
            "calendars: {day: {period: 100 s, open: [[0 s, 60 s]]}}\ndevices:\n"
            "  In: {type: source, saturated: true, next: A}\n"
            "  A: {type: station, cycle: 4 s, next: Out, calendar: day, failures: {jam: {clock: "
            "operating, time_to_failure: 40 s, repair: 50 s}}}\n  Out: {type: sink}\n",
            true)
            .values;
    CHECK(figure.at("A: availability") == doctest::Approx(50.0 / 70));
    CHECK(figure.at("A: oee") == doctest::Approx(12 * 4 / 70.0));
}
