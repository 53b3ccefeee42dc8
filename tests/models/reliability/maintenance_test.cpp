#include <doctest/doctest.h>

#include <cmath>

#include "tests/support/plant.hpp"

/// Planned work: every so often, by age, at visits, on alarm; and the spares it takes.

using namespace foretwin;
using test::Run;

namespace {

/// A machine that always works, with one cause and whatever cares for it.
std::string machine(const std::string& cause, const std::string& care,
                    const std::string& others = "") {
    return "  M: {type: machine, rate: 1 part/s,\n      failures: {wear: {" + cause +
           "}},\n      " + care + "}\n" + others;
}

const std::string never_fails = "clock: calendar, time_to_failure: 900 h, repair: 1 h";

}  // namespace

TEST_CASE("every: the machine stops for it on a fixed grid, and what it renews is as new") {
    // Life 50 s; service at 40, 80, ... takes 5 s and renews: no failure ever.
    Run run = Run::of(machine("clock: calendar, time_to_failure: 50 s, repair: 10 s",
                              "maintenance: {service: {every: 40 s, takes: 5 s, renews: [wear]}}"));
    run.to(1000 * second);
    CHECK(run.count("M/failures/wear/failures") == 0);
    CHECK(run.count("M/failures/wear/preventive") == 24);  // 40, ..., 960; that of 1000 has begun
    CHECK(run.seconds("M/states/maintenance") == doctest::Approx(24 * 5));
    // Without `renews` it takes the time and leaves the age: the life goes on during the work.
    Run idle = Run::of(machine("clock: calendar, time_to_failure: 50 s, repair: 10 s",
                               "maintenance: {service: {every: 40 s, takes: 5 s}}"));
    CHECK(idle.to(51 * second).count("M/failures/wear/failures") == 1);
    CHECK(idle.count("M/failures/wear/preventive") == 0);
}

TEST_CASE("at_age: replaced when the cause's own clock reaches the age, counted from renewal") {
    // Operating clock, busy unless stopped: due at 30 s of work, 5 s: period 35.
    Run run = Run::of(machine("clock: operating, time_to_failure: 50 s, repair: 10 s",
                              "maintenance: {change: {at_age: 30 s, takes: 5 s, renews: [wear]}}"));
    run.to(350 * second);
    CHECK(run.count("M/failures/wear/failures") == 0);
    CHECK(run.count("M/failures/wear/preventive") == 10);
    CHECK(run.seconds("M/states/busy") == doctest::Approx(300));
    // Failing first: life 20 s < age 30 s.
    Run late =
        Run::of(machine("clock: operating, time_to_failure: 20 s, repair: 10 s",
                        "maintenance: {change: {at_age: 30 s, takes: 5 s, renews: [wear]}}"));
    late.to(300 * second);
    CHECK(late.count("M/failures/wear/failures") == 10);
    CHECK(late.count("M/failures/wear/preventive") == 0);
}

TEST_CASE(
    "at_age in cycles: replaced after so many parts, and an initial age counts in parts too") {
    // A part every 10 s of work, due after 4 parts, 5 s: 4 parts per 45 s.
    const auto plant = [](const std::string& more) {
        return "  In: {type: source, saturated: true, next: A}\n"
               "  A: {type: station, cycle: 10 s, next: Out,\n"
               "      failures: {wear: {clock: cycles, time_to_failure: 9 cycle, repair: 30 s" +
               more +
               "}},\n      maintenance: {change: {at_age: 4 cycle, takes: 5 s, renews: "
               "[wear]}}}\n  Out: {type: sink}\n";
    };
    Run run = Run::of(plant(""));
    run.to(450 * second);
    CHECK(run.count("A/failures/wear/failures") == 0);
    CHECK(run.count("A/failures/wear/preventive") == 10);
    CHECK(run.count("Out/arrived") == 40);
    // At age 3 the first change comes after one part, at 10 s.
    Run aged = Run::of(plant(", age: 3 cycle"));
    CHECK(aged.to(14 * second).count("A/failures/wear/preventive") == 0);
    CHECK(aged.to(15 * second).count("A/failures/wear/preventive") == 1);
}

TEST_CASE("at equal ages failure comes before age replacement") {
    // Life and age both 30 s: the failure is the event, the plan finds nothing left to do.
    Run run = Run::of(machine("clock: calendar, time_to_failure: 30 s, repair: 10 s",
                              "maintenance: {change: {at_age: 30 s, takes: 5 s, renews: [wear]}}"));
    run.to(31 * second);
    CHECK(run.count("M/failures/wear/failures") == 1);
    // Failed at 30, repaired at 40, failed at 70, ...: never a planned job beside the repair.
    run.to(400 * second);
    CHECK(run.count("M/failures/wear/failures") == 10);
    CHECK(run.count("M/maintenance/change/jobs") == 0);
    CHECK(run.count("M/failures/wear/preventive") == 0);
    CHECK(run.seconds("M/states/maintenance") == doctest::Approx(0));
    // On the clocks that the host drives as well.
    Run worked =
        Run::of(machine("clock: operating, time_to_failure: 30 s, repair: 10 s",
                        "maintenance: {change: {at_age: 30 s, takes: 5 s, renews: [wear]}}"));
    worked.to(400 * second);
    CHECK(worked.count("M/failures/wear/failures") == 10);
    CHECK(worked.count("M/maintenance/change/jobs") == 0);
}

TEST_CASE("on alarm: a sensor sees the defect `lead` before the failure, at its next sample") {
    // Life 100 s, lead 30 s: visible at 70; samples every 20 s: alarm at 80; the change takes 5 s
    // and renews: next life from 85.
    const std::string care =
        "sensors: {ear: {detects: wear, period: 20 s, lead: 30 s}},\n"
        "      maintenance: {change: {on_alarm: ear, takes: 5 s, renews: [wear]}}";
    Run run = Run::of(machine("clock: calendar, time_to_failure: 100 s, repair: 50 s", care));
    run.to(79 * second);
    CHECK(run.count("M/sensors/ear/true_alarms") == 0);
    run.to(85 * second);
    CHECK(run.count("M/sensors/ear/true_alarms") == 1);
    CHECK(run.count("M/failures/wear/preventive") == 1);
    CHECK(run.seconds("M/states/maintenance") == doctest::Approx(5));
    // Next: visible at 155, sampled at 160; 165 + 70 = 235 -> 240; 245 + 70 = 315 -> 320.
    run.to(326 * second);
    CHECK(run.count("M/sensors/ear/true_alarms") == 4);
    CHECK(run.count("M/failures/wear/failures") == 0);
}

TEST_CASE("a sample on the very instant of the defect sees it; one that comes too late does not") {
    // Lead 20 s: visible at 80, a sampling instant: alarm at 80.
    const auto care = [](const std::string& period) {
        return "sensors: {ear: {detects: wear, period: " + period +
               ", lead: 20 s}},\n"
               "      maintenance: {change: {on_alarm: ear, takes: 5 s, renews: [wear]}}";
    };
    const std::string cause = "clock: calendar, time_to_failure: 100 s, repair: 50 s";
    Run exact = Run::of(machine(cause, care("20 s")));
    CHECK(exact.to(80 * second).count("M/sensors/ear/true_alarms") == 1);
    // Samples every 70 s: visible at 80, next sample at 140; the failure of 100 comes first.
    Run late = Run::of(machine(cause, care("70 s")));
    late.to(149 * second);
    CHECK(late.count("M/failures/wear/failures") == 1);
    CHECK(late.count("M/sensors/ear/true_alarms") == 0);
}

TEST_CASE(
    "an alarm does nothing without a plan; missed defects raise none; false alarms come at "
    "their rate") {
    const std::string cause = "clock: calendar, time_to_failure: 100 s, repair: 50 s";
    Run deaf = Run::of(machine(cause, "sensors: {ear: {detects: wear, lead: 30 s}}"));
    deaf.to(1500 * second);
    CHECK(deaf.count("M/sensors/ear/true_alarms") == 10);
    CHECK(deaf.count("M/failures/wear/failures") == 10);

    Run blind = Run::of(
        machine(cause,
                "sensors: {ear: {detects: wear, lead: 30 s, missed: 100 %}},\n"
                "      maintenance: {change: {on_alarm: ear, takes: 5 s, renews: [wear]}}"));
    blind.to(1500 * second);
    CHECK(blind.count("M/sensors/ear/true_alarms") == 0);
    CHECK(blind.count("M/sensors/ear/missed") == 10);
    CHECK(blind.count("M/failures/wear/failures") == 10);

    // 3600 per hour in 100 h... one per second: 36000 expected in 10 h, standard deviation 190.
    Run nervous = Run::of(
        machine(never_fails, "sensors: {ear: {detects: wear, lead: 1 s, false_alarms: 3600 /h}}"));
    const auto alarms = nervous.to(10 * hour).count("M/sensors/ear/false_alarms");
    CHECK(std::abs(static_cast<double>(alarms) - 36000) < 5 * 190);
}

TEST_CASE("a false alarm costs the planned work all the same, and the renewal starts a new life") {
    Run run = Run::of(
        machine(never_fails,
                "sensors: {ear: {detects: wear, lead: 1 s, false_alarms: 1 /min}},\n"
                "      maintenance: {change: {on_alarm: ear, takes: 2 s, renews: [wear]}}"));
    run.to(hour);
    CHECK(run.count("M/sensors/ear/true_alarms") == 0);
    const auto jobs = run.count("M/maintenance/change/jobs");
    CHECK(jobs > 30);
    // An alarm during the work asks for nothing more.
    CHECK(jobs <= run.count("M/sensors/ear/false_alarms"));
    CHECK(run.count("M/failures/wear/preventive") == jobs);
}

TEST_CASE("a job becomes moot when the component failed meanwhile: it is renewed once, not twice") {
    // Service asked for at 40, but the only mechanic is away repairing `other` from 30 to 130. The
    // component fails at 50 and its repair (priority 0) comes first, 130-140; then the service of
    // 40 finds it renewed since, and does nothing.
    Run run = Run::of(
        "  M: {type: machine, rate: 1 part/s,\n"
        "      failures: {wear: {clock: calendar, time_to_failure: 50 s, repair: 10 s, crew: C}},\n"
        "      maintenance: {service: {every: 40 s, takes: 5 s, renews: [wear], crew: C}}}\n"
        "  Other: {type: machine, rate: 1 part/s, failures: {other: {clock: calendar, "
        "time_to_failure: "
        "30 s, repair: 100 s, crew: C}}}\n"
        "  C: {type: crew, size: 1}\n");
    run.to(155 * second);
    CHECK(run.seconds("M/states/maintenance") == doctest::Approx(0));
    CHECK(run.count("M/failures/wear/failures") == 1);
    CHECK(run.count("M/failures/wear/repairs") == 1);
    CHECK(run.count("M/maintenance/service/jobs") == 0);
    CHECK(run.count("M/failures/wear/preventive") == 0);
}

TEST_CASE(
    "visits replace what is older than a threshold, at the visit, one piece after the other") {
    // Visits every 40 s; two components, replaced from 60 s on, 3 s each. At 40 both are 40 old:
    // no. At 80: both: 6 s of work. Then renewed at 86; at 120 they are 34 old; at 160 74:
    // replaced.
    Run run = Run::of(
        "  M: {type: machine, rate: 1 part/s, failures: {\n"
        "      a: {clock: calendar, time_to_failure: 900 h, repair: 1 s},\n"
        "      b: {clock: calendar, time_to_failure: 900 h, repair: 1 s}},\n"
        "      maintenance: {visit: {every: 40 s, takes: 3 s, replaces: {a: {from_age: 60 s}, "
        "b: {from_age: 60 s}}}}}\n");
    run.to(79 * second);
    CHECK(run.count("M/maintenance/visit/replaced") == 0);
    run.to(86 * second);
    CHECK(run.count("M/maintenance/visit/replaced") == 2);
    CHECK(run.count("M/maintenance/visit/jobs") == 1);
    CHECK(run.seconds("M/states/maintenance") == doctest::Approx(6));
    run.to(170 * second);
    CHECK(run.count("M/maintenance/visit/replaced") == 4);
}

TEST_CASE("from_age includes its own age: due at 60 s, a visit at exactly 60 s replaces") {
    Run run = Run::of(machine(never_fails,
                              "maintenance: {visit: {every: 60 s, takes: 1 s, replaces: {wear: "
                              "{from_age: 60 s}}}}"));
    CHECK(run.to(61 * second).count("M/maintenance/visit/replaced") == 1);
}

TEST_CASE("chances by age class: below the first none, then each its own share") {
    // Visits every 10 h in 1000 h at replicated futures: age class (5 h, 25 h] 30 %, above always.
    // Ages at visits: 10, 20, 30: P(replace at 10) = 0.3, at 20 = 0.7 x 0.3, at 30 the rest 0.49.
    const std::string plan =
        "maintenance: {visit: {every: 10 h, takes: 0 s, replaces: {wear: {chances: [{from: 5 h, "
        "chance: 30 %}, {from: 25 h, chance: 100 %}]}}}}";
    double replaced = 0;
    for (std::uint32_t replication = 0; replication < 100; ++replication) {
        Run run = Run::of(machine("clock: calendar, time_to_failure: 9000 h, repair: 1 h", plan),
                          "", {1, replication});
        replaced += static_cast<double>(run.to(1000 * hour).count("M/maintenance/visit/replaced"));
    }
    // Mean cycle: 10 (0.3) + 20 (0.21) + 30 (0.49) = 21.9 h: 45.7 replacements in 1000 h.
    CHECK(std::abs(replaced / 100 - 45.7) < 1.5);
}

TEST_CASE("spares: a repair waits for its part, which is ordered when the last one is taken") {
    // One in stock, reorder point 0 (stock - 1), lead time 100 s. Life 30 s, repair 5 s. Fails at
    // 30 (part there; order until 130), up at 35, fails at 65, waits for the part until 130,
    // repaired at 135.
    Run run = Run::of(machine(
        "clock: calendar, time_to_failure: 30 s, repair: 5 s, spare: Store", "power: {busy: 1 W}",
        "  Store: {type: spares, stock: 1, lead_time: 100 s, price: 40 EUR/part}\n"));
    run.to(135 * second);
    CHECK(run.count("M/failures/wear/repairs") == 2);
    CHECK(run.seconds("M/states/down_waiting") == doctest::Approx(65));
    CHECK(run.seconds("M/states/repair") == doctest::Approx(10));
    CHECK(run.count("Store/taken") == 2);
    CHECK(run.count("Store/from_stock") == 1);
    // Orders: at 30, and at 65 (0 on hand + 1 on order - 1 owed <= 0).
    CHECK(run.count("Store/orders") == 2);
    CHECK(run.seconds("Store/on_hand_time") == doctest::Approx(30));
    CHECK(run.seconds("Store/owed_time") == doctest::Approx(65));
    // The part ordered at 65 arrives at 165: the third failure, at 135 + 30, finds it.
    run.to(165 * second);
    CHECK(run.seconds("M/states/down_waiting") == doctest::Approx(65));
    CHECK(run.to(170 * second).count("M/failures/wear/repairs") == 3);
}

TEST_CASE("lots and reorder points: two parts come with one order") {
    // Stock 2, reorder at 0, lot 2, lead time 1000 s; life 10 s, repair 0: parts taken at 10 and
    // 20; the order goes out at 20 when none is left, and two come at 1020.
    Run run = Run::of(machine("clock: calendar, time_to_failure: 10 s, repair: 0 s, spare: Store",
                              "power: {busy: 1 W}",
                              "  Store: {type: spares, stock: 2, reorder_point: 0, lot: 2, "
                              "lead_time: 1000 s}\n"));
    run.to(1019 * second);
    CHECK(run.count("Store/taken") == 2);
    CHECK(run.count("Store/orders") == 1);
    CHECK(run.count("M/failures/wear/failures") == 3);
    run.to(1031 * second);
    CHECK(run.count("Store/taken") == 4);
}

TEST_CASE("a planned replacement takes its spare first and stops the machine only then") {
    // Service due at 40 needs a part that comes at 100 (none in stock, ordered at the start).
    Run run =
        Run::of(machine("clock: calendar, time_to_failure: 900 h, repair: 5 s, spare: Store",
                        "maintenance: {change: {at_age: 40 s, takes: 6 s, renews: [wear]}}",
                        "  Store: {type: spares, stock: 0, reorder_point: 0, lead_time: 100 s}\n"));
    run.to(100 * second);
    CHECK(run.seconds("M/states/maintenance") == doctest::Approx(0));
    run.to(106 * second);
    CHECK(run.seconds("M/states/maintenance") == doctest::Approx(6));
    CHECK(run.count("M/failures/wear/preventive") == 1);
}

TEST_CASE("power follows the state, and the states not named follow the named ones") {
    // busy 10 kW, down 2 kW; maintenance <- down. Life 50 s, repair 10 s, service every 40 s for 5
    // s without renewal: busy 0-40, maintenance 40-45, busy 45-50, repair 50-60.
    Run run = Run::of(machine("clock: calendar, time_to_failure: 50 s, repair: 10 s",
                              "power: {busy: 10 kW, down: 2 kW},\n"
                              "      maintenance: {service: {every: 40 s, takes: 5 s}}",
                              "  Grid: {type: tariff, energy: {price: 0.36 EUR/kWh}}\n"));
    run.to(60 * second);
    const Wide kilojoule = Wide{1'000'000} * second;  // mW x ns
    CHECK(run.value("M/energy") == kilojoule * (45 * 10 + 15 * 2));
    CHECK(run.value("Grid/energy") == run.value("M/energy"));
    // 480 kJ = 0.1333 kWh: 0.048 EUR, told in millionths.
    CHECK(run.count("Grid/energy_cost") == 48'000);
}

TEST_CASE("a spare that a moot job gives back was issued, not used: no more come from stock") {
    // The service of 40 takes a part from stock, but the only mechanic is away from 30 to 130. The
    // component fails at 50, takes the second part, is repaired 130-140; then the service is moot
    // and gives its part back. Issued 2, both from stock; used and paid 1.
    Run run = Run::of(
        "  M: {type: machine, rate: 1 part/s,\n"
        "      failures: {wear: {clock: calendar, time_to_failure: 50 s, repair: 10 s, crew: C, "
        "spare: Store}},\n"
        "      maintenance: {service: {every: 40 s, takes: 5 s, renews: [wear], crew: C}}}\n"
        "  Other: {type: machine, rate: 1 part/s, failures: {other: {clock: calendar, "
        "time_to_failure: 30 s, repair: 100 s, crew: C}}}\n"
        "  C: {type: crew, size: 1}\n"
        "  Store: {type: spares, stock: 5, reorder_point: 0, lead_time: 1 h, price: 40 "
        "EUR/part}\n");
    run.to(141 * second);
    CHECK(run.count("M/maintenance/service/jobs") == 0);
    CHECK(run.count("Store/taken") == 1);
    CHECK(run.count("Store/spares_cost") == 1);
    CHECK(run.count("Store/issued") == 2);
    CHECK(run.count("Store/from_stock") == 2);
}

TEST_CASE("what of down time and maintenance falls off shift is told apart, also while it lasts") {
    // On shift 0-60 of each 100 s. Down 40-90, 130-180, 220-...; told at 110, 150 and 170.
    Run run = Run::of(
        "  M: {type: machine, rate: 1 part/s, calendar: day, failures: {jam: {clock: calendar, "
        "time_to_failure: 40 s, repair: 50 s}}}\n"
        "  P: {type: machine, rate: 1 part/s, calendar: day, maintenance: {care: {every: 50 s, "
        "takes: 20 s}}}\n",
        "calendars: {day: {period: 100 s, open: [[0 s, 60 s]]}}\n");
    const auto off = [&](Time until) { return run.to(until).seconds("M/off_shift/repair"); };
    CHECK(off(55 * second) == doctest::Approx(0));
    CHECK(off(110 * second) == doctest::Approx(30));
    CHECK(off(150 * second) == doctest::Approx(30));
    CHECK(off(170 * second) == doctest::Approx(30 + 10));
    CHECK(run.seconds("M/states/repair") == doctest::Approx(50 + 40));
    CHECK(run.seconds("M/states/off_shift") == doctest::Approx(10));
    CHECK(run.seconds("M/off_shift/down_waiting") == doctest::Approx(0));
    // Care 50-70, then that of 100, 150: 10 s of the first and of the third off shift.
    CHECK(run.seconds("P/off_shift/maintenance") == doctest::Approx(10 + 10));
    CHECK(run.seconds("P/states/maintenance") == doctest::Approx(20 + 20 + 20));
    // The warm-up's share goes with the warm-up, in the middle of a failure off shift.
    run.simulation().begin_measuring();
    CHECK(off(180 * second) == doctest::Approx(10));
    CHECK(run.to(200 * second).seconds("M/states/off_shift") == doctest::Approx(20));
}
