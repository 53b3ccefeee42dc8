#include <doctest/doctest.h>

#include <cmath>

#include "engine/executors/parallel.hpp"
#include "engine/snapshot/snapshot.hpp"
#include "models/external/device.hpp"
#include "models/external/registry.hpp"
#include "scenarios/study.hpp"
#include "tests/models/external/server.hpp"
#include "tests/support/executors.hpp"
#include "tests/support/plant.hpp"

/// Devices that are declared while the program runs are devices like any other.

using namespace foretwin;
using test::Run;

namespace {

const std::string source =
    "  In: {type: source, every: {exponential: {mean: 10 s}}, when_full: lost, next: A}\n";
const std::string sink = "  Out: {type: sink}\n";
const std::string times = "cycle: {exponential: {mean: 8 s}}";

void declare_once() {
    if (external::find("server") == nullptr) test::declare_server("server");
}

std::string station(const std::string& name, const std::string& keys, const std::string& next) {
    return "  " + name + ": {type: station, " + keys + ", next: " + next + "}\n";
}
std::string server(const std::string& name, const std::string& keys, const std::string& next) {
    return "  " + name + ": {type: server, " + keys + ", next: " + next + "}\n";
}

experiments::StudyPlan plan_of(const std::string& devices, const std::string& rest = "") {
    experiments::StudyPlan plan;
    plan.file = test::read_text("foretwin: 1\nname: test\ntime: {horizon: 20 h}\ndevices:\n" +
                                devices + rest);
    plan.alternatives = experiments::all_alternatives(plan.file.tree);
    plan.replications = 8;
    return plan;
}

const experiments::FigureResult& figure(const experiments::AlternativeResult& alternative,
                                        const std::string& device, const std::string& name) {
    for (const experiments::DeviceResult& own : alternative.devices) {
        if (own.name != device) continue;
        for (const experiments::FigureResult& one : own.figures) {
            if (one.name == name) return one;
        }
    }
    throw std::out_of_range(device + "/" + name);
}

const experiments::KpiResult& kpi(const experiments::AlternativeResult& alternative,
                                  const std::string& name) {
    for (const experiments::KpiResult& one : alternative.kpis) {
        if (one.value.name == name) return one;
    }
    throw std::out_of_range(name);
}

/// Ticks after 10 s in slot 0 and 25 s in slot 1, each time again; slot 2 is set to 15 s and
/// cancelled by slot 0's first tick.
struct Clock {
    static std::int32_t start(void*, foretwin_device* device, std::int64_t, std::int64_t) {
        device->services->after(device, 0, 0, 10);
        device->services->after(device, 0, 1, 25);
        device->services->after(device, 0, 2, 15);
        return device->services->due(device, 0, 1) == 25 * second ? 0 : 1;
    }
    static std::int32_t timer(void*, foretwin_device* device, std::int64_t, std::int64_t slot) {
        const foretwin_services& ask = *device->services;
        ask.cancel(device, 0, 2);
        ask.after(device, 0, static_cast<std::int32_t>(slot), slot == 0 ? 10 : 25);
        device->numbers[0] += 0.25;
        ask.record(device, 0, slot == 0 ? 1 : 1000);
        ask.record(device, 1, static_cast<double>(slot));
        ask.record(device, 2, device->numbers[0]);
        ask.record(device, 3, device->numbers[0]);
        ask.set_power(device, device->numbers[0] * 1000);
        return 0;
    }
    static std::int32_t shift(void*, foretwin_device* device, std::int64_t open, std::int64_t) {
        device->counts[static_cast<std::size_t>(open)] += 1;
        return device->services->on_shift(device) == open ? 0 : 1;
    }
    static std::int32_t finish(void*, foretwin_device* device, std::int64_t, std::int64_t) {
        device->numbers[0] += 100;  // for this report alone
        const auto told = static_cast<double>(device->counts[0] + 10 * device->counts[1]);
        device->services->record(device, 4, device->numbers[0] + 1000 * told);
        return 0;
    }
};

void declare_clock() {
    const foretwin_parameter parameters[] = {
        {"first", FORETWIN_NUMBER, 0, nullptr, 0, 10, "2", nullptr, "value it begins with"},
        {"slots", FORETWIN_COUNT, 1, nullptr, 1, 9, nullptr, nullptr, "how many hands"},
        {"calendar", FORETWIN_CALENDAR, 0, nullptr, 0, 0, nullptr, nullptr, "its shifts"}};
    const foretwin_state states[] = {{"level", FORETWIN_DOUBLE, 1, 0, 0, 0, 0},
                                     {"told", FORETWIN_INTEGER, 2, -1, 0, 0, 0}};
    const foretwin_timer timers[] = {{"tick", FORETWIN_SAMPLING, 1, 1, 0}};
    const foretwin_figure figures[] = {{"sum", "part", FORETWIN_TOTAL, 0, 0},
                                       {"mean slot", "1", FORETWIN_MEAN, 0, 0},
                                       {"level", "mm", FORETWIN_TIME_AVERAGE, 0, 0.25},
                                       {"last", "mm", FORETWIN_LAST, 0, 0.25},
                                       {"at the end", "mm", FORETWIN_TOTAL, 0, 0}};
    foretwin_device_type type{};
    type.abi = FORETWIN_DEVICE_ABI;
    type.type = "clock";
    type.summary = "ticks";
    type.parameters = parameters;
    type.parameter_count = 3;
    type.states = states;
    type.state_count = 2;
    type.timers = timers;
    type.timer_count = 1;
    type.figures = figures;
    type.figure_count = 5;
    type.highest_power_w = 1e5;
    type.handlers = {Clock::start, Clock::timer, nullptr, nullptr, Clock::shift, Clock::finish};
    catalogue::register_type(type);
}

}  // namespace

TEST_CASE("a server written outside takes the draws of a native station, part for part") {
    declare_once();
    // Two machines in a row, the first blocked whenever the one place between them is taken.
    Run native = Run::of(source + station("A", times + ", buffer: 4", "B") +
                         station("B", times + ", buffer: 1", "Out") + sink);
    Run own = Run::of(source + server("A", times + ", capacity: 5", "B") +
                      server("B", times + ", capacity: 2", "Out") + sink);
    native.to(200 * hour);
    own.to(200 * hour);
    CHECK(native.count("In/lost") > 1000);
    for (const char* figure : {"In/offered", "In/lost", "A/entered", "A/left", "A/sojourn",
                               "A/wip_time", "B/sojourn", "B/wip_time", "Out/lead_time_sum"}) {
        INFO(figure);
        CHECK(native.value(figure) == own.value(figure));
    }
    CHECK(own.count("In/offered") == own.count("In/lost") + own.count("A/inside") +
                                         own.count("B/inside") + own.count("Out/arrived"));
}

TEST_CASE("the queue of such a server agrees with theory") {
    declare_once();
    // M/M/1 at 80 %: the mean wait is 0.8 / (1 - 0.8) x 8 s = 32 s, the mean queue 3.2 parts
    // (Little: 32 s / 10 s). Eight futures of 20000 h hold some 5.8e7 parts.
    experiments::StudyPlan plan = plan_of(source + server("A", times, "Out") + sink);
    plan.file = test::read_text("foretwin: 1\nname: test\ntime: {horizon: 1000 h}\ndevices:\n" +
                                source + server("A", times, "Out") + sink);
    const experiments::StudyResult result = run_study(plan);
    const experiments::FigureResult& wait = figure(result.alternatives.front(), "A", "wait");
    CHECK(wait.unit == "s");
    CHECK(wait.low < 32);
    CHECK(wait.high > 32);
    CHECK(wait.high - wait.low < 3);
    const experiments::FigureResult& queue = figure(result.alternatives.front(), "A", "queue");
    CHECK(queue.low < 3.2);
    CHECK(queue.high > 3.2);
    const experiments::FigureResult& served = figure(result.alternatives.front(), "A", "served");
    CHECK(std::fabs(served.mean / 360'000 - 1) < 0.01);
    CHECK(served.unit == "part");
}

TEST_CASE("a snapshot in the middle and a fork go on as the twin itself, bit for bit") {
    declare_once();
    const std::string devices = source + server("A", times + ", capacity: 5", "B") +
                                server("B", times + ", capacity: 2", "Out") + sink;
    Run straight = Run::of(devices);
    Run half = Run::of(devices);
    half.to(50 * hour);
    const snapshot::Bytes bytes = snapshot::capture(half.simulation());
    kernel::Simulation restored = snapshot::restore(half.plant().model, bytes);
    kernel::Simulation fork = half.simulation();
    straight.to(100 * hour);
    half.to(100 * hour);
    executors::run_sequential(restored, 100 * hour, executors::Trace::on);
    executors::run_sequential(fork, 100 * hour, executors::Trace::on);
    test::expect_equal(straight.simulation(), half.simulation());
    test::expect_equal(straight.simulation(), restored);
    test::expect_equal(straight.simulation(), fork);
    // Other futures from the same state differ.
    kernel::Simulation other = snapshot::restore(half.plant().model, bytes);
    other.draw_from({1, 7});
    executors::run_sequential(other, 100 * hour, executors::Trace::on);
    CHECK(other.trace_fingerprint() != straight.simulation().trace_fingerprint());
}

TEST_CASE("every executor tells the same story, on any number of threads") {
    declare_once();
    const std::string belt = ": {type: conveyor, delay: 30 s, capacity: 3, next: ";
    const std::string grid = "  Grid: {type: tariff, energy: {price: 0.2 EUR/kWh}}\n";
    experiments::StudyPlan plan =
        plan_of(source + server("A", times + ", capacity: 5, power: 9 kW", "Belt") + "  Belt" +
                belt + "B}\n" + server("B", times + ", capacity: 2, power: 4 kW", "Far") + "  Far" +
                belt + "C}\n" + station("C", times, "Out") + sink + grid);
    plan.trace = true;
    const experiments::AlternativeResult truth = run_study(plan).alternatives.front();
    using experiments::Executor;
    for (const Executor executor :
         {Executor::sequential, Executor::parallel, Executor::optimistic, Executor::reference}) {
        for (const int threads : {1, 2, 4}) {
            INFO(experiments::name_of(executor), " on ", threads);
            plan.executor = executor;
            plan.threads = threads;
            const experiments::AlternativeResult other = run_study(plan).alternatives.front();
            CHECK(other.fingerprint == truth.fingerprint);
            CHECK(other.trace_fingerprint == truth.trace_fingerprint);
        }
    }
    // Power is metered: what the two draw while they work is the plant's energy and its bill.
    const double energy_kwh = kpi(truth, "energy").value.mean;
    CHECK(energy_kwh > 10);
    CHECK(kpi(truth, "energy_cost").value.mean == doctest::Approx(0.2 * energy_kwh));
    CHECK(figure(truth, "A", "energy").mean + figure(truth, "B", "energy").mean ==
          doctest::Approx(energy_kwh));
}

TEST_CASE("a change sets a parameter, and the difference is paired") {
    declare_once();
    experiments::StudyPlan plan =
        plan_of(source + server("A", times + ", capacity: 3", "Out") + sink,
                "changes:\n  more room: {set: {A/capacity: 6}, invest: 100 EUR}\n"
                "  same room: {set: {A/capacity: 3}}\n"
                "  faster: {scale: {A/cycle: 0.5}}\n");
    const experiments::StudyResult result = run_study(plan);
    REQUIRE(result.alternatives.size() == 4);
    const auto lost = [&](std::size_t which) -> const experiments::KpiResult& {
        return kpi(result.alternatives[which], "lost_parts");
    };
    CHECK(lost(1).difference->high < 0);
    CHECK(lost(2).difference->mean == 0);
    CHECK(lost(2).difference->standard_deviation == 0);
    CHECK(lost(3).difference->high < 0);
    // The same futures: the difference varies less than the futures themselves.
    CHECK(lost(1).difference->standard_deviation < lost(0).value.standard_deviation);
}

TEST_CASE("figures, timers, slots, shifts and the finish are what the handlers say, by hand") {
    // A clock that ticks after 10 s in slot 0 and 25 s in slot 1, each time again; slot 2 is set
    // to 15 s and cancelled by slot 0's first tick. Off shift until 06:00.
    declare_clock();
    const std::string shifts = "calendars: {shift: {every_day: \"06:00-22:00\"}}\n";
    Run run = Run::of("  Clock: {type: clock, slots: 3, calendar: shift}\n" + sink, shifts);
    run.to(30 * second);
    constexpr Wide one = Wide{1} << 30;  // of a figure without a resolution of its own
    // Ticks at 10, 20, 25, 30: level 2 until then, 2.25, 2.5, 2.75, 3. Its first power of 2250 W
    // lasts 10 s, 2500 W 5 s, 2750 W 5 s.
    CHECK(run.value("Clock/declared/total/sum") == Wide{1'003} * one);
    CHECK(run.value("Clock/declared/sum/mean slot") == one);
    CHECK(run.count("Clock/declared/count/mean slot") == 4);
    // The level was first told at 10 s, and is 0 before: 10 x 2.25 + 5 x 2.5 + 5 x 2.75 = 48.75 =
    // 195 quarters x s.
    CHECK(run.value("Clock/declared/integral/level") == Wide{195} * second);
    CHECK(run.count("Clock/declared/last/last") == 12);
    CHECK(run.value("Clock/energy") == Wide{22'500 + 12'500 + 13'750} * 1'000 * second);
    CHECK(run.value("Clock/declared/total/at the end") == Wide{1'103} * one);
    run.to(30 * second);
    CHECK(run.value("Clock/declared/total/at the end") == Wide{1'103} * one);
    run.simulation().begin_measuring();
    CHECK(run.to(40 * second).value("Clock/declared/total/sum") == Wide{1} * one);
    // The level goes on: 3 for 10 s.
    CHECK(run.value("Clock/declared/integral/level") == Wide{120} * second);
    CHECK(run.plant().model.devices.front().behaviour->type == "clock");
    CHECK_THROWS_WITH_AS(Run::of("  Clock: {type: clock, slots: 9, first: 99}\n"),
                         doctest::Contains("5:41: Clock/first: '99' is above 10"), InputError);
}

TEST_CASE("a plant keeps the type it was built with; under a study being built none is replaced") {
    static int released = 0;
    const auto declare = [](const char* summary) {
        test::declare_server("replaced", [&](foretwin_device_type& type) {
            type.summary = summary;
            type.context = &released;
            type.release = [](void* count) { ++*static_cast<int*>(count); };
        });
    };
    declare("the first one");
    const auto listed = [] {
        for (const DeviceSpec* spec : catalogue::device_types()) {
            if (spec->type == "replaced") return std::string(spec->summary);
        }
        return std::string();
    };
    const auto before = catalogue::device_types();
    CHECK(listed() == "the first one");
    {
        Run run = Run::of(
            "  In: {type: source, every: 9 s, when_full: lost, next: A}\n"
            "  A: {type: replaced, cycle: 5 s, next: Out}\n" +
            sink);
        declare("the second one");
        CHECK(listed() == "the second one");
        CHECK(released == 0);
        CHECK(run.to(100 * second).count("Out/arrived") == 10);
    }
    CHECK(released == 1);
    CHECK(before.back()->type.size() > 0);  // a list given out earlier is still good
    {
        const external::Hold hold;
        CHECK_THROWS_WITH_AS(declare("the third one"), doctest::Contains("cannot be replaced now"),
                             InputError);
        CHECK(released == 1);
    }
    declare("the third one");
    CHECK(released == 2);
}

TEST_CASE("parts are scrapped, kept out and let in, and none is lost from the books") {
    // Every third part is scrapped; while two are inside the door is closed until both are gone.
    struct Gate {
        static std::int32_t part(void*, foretwin_device* device, std::int64_t part, std::int64_t) {
            const foretwin_services& ask = *device->services;
            if (part % 3 == 2) {
                ask.scrap(device, part);
                return 0;
            }
            if (ask.parts_inside(device) == 2) ask.let_in(device, 0);
            ask.after(device, 0, static_cast<std::int32_t>(part % 3), 30);
            device->counts[static_cast<std::size_t>(part % 3)] = part;
            return 0;
        }
        static std::int32_t timer(void*, foretwin_device* device, std::int64_t, std::int64_t slot) {
            device->services->send_on(device, device->counts[static_cast<std::size_t>(slot)]);
            return 0;
        }
        static std::int32_t left(void*, foretwin_device* device, std::int64_t, std::int64_t) {
            if (device->services->parts_inside(device) == 0) device->services->let_in(device, 1);
            return 0;
        }
    };
    const foretwin_state states[] = {{"part", FORETWIN_INTEGER, 3, -1, 0, 0, 0}};
    const foretwin_timer timers[] = {{"done", FORETWIN_PROCESSING_END, 3, -1, 0}};
    foretwin_device_type type{};
    type.abi = FORETWIN_DEVICE_ABI;
    type.type = "gate";
    type.summary = "lets two in, then none";
    type.flow = 1;
    type.states = states;
    type.state_count = 1;
    type.timers = timers;
    type.timer_count = 1;
    type.capacity = "5";
    type.handlers.part = Gate::part;
    type.handlers.timer = Gate::timer;
    type.handlers.left = Gate::left;
    catalogue::register_type(type);
    Run run = Run::of(
        "  In: {type: source, every: {exponential: {mean: 7 s}}, when_full: wait, next: G}\n"
        "  G: {type: gate, next: S}\n" +
        station("S", "cycle: 20 s, buffer: 1, blocking: before_service", "H") +
        "  H: {type: gate, capacity: 3, next: Out}\n" + sink);
    run.to(500 * hour);
    CHECK(run.count("Out/arrived") > 10'000);
    CHECK(run.count("G/scrapped") > 10'000);
    CHECK(run.count("G/entered") ==
          run.count("G/inside") + run.count("G/scrapped") + run.count("G/left"));
    CHECK(run.count("G/left") == run.count("S/entered"));
    CHECK(run.count("S/left") == run.count("H/entered"));
    CHECK(run.count("H/entered") ==
          run.count("H/inside") + run.count("H/scrapped") + run.count("Out/arrived"));
    CHECK(run.count("In/offered") == run.count("In/waiting") + run.count("G/inside") +
                                         run.count("G/scrapped") + run.count("S/inside") +
                                         run.count("H/inside") + run.count("H/scrapped") +
                                         run.count("Out/arrived"));
}
