#include <doctest/doctest.h>

#include <cmath>

#include "models/external/device.hpp"
#include "models/external/registry.hpp"
#include "scenarios/study.hpp"
#include "tests/models/external/server.hpp"
#include "tests/support/plant.hpp"

/// What goes wrong in a type, in a scenario that uses it, and in its handlers.

using namespace foretwin;
using test::Run;

namespace {

const std::string source =
    "  In: {type: source, every: {exponential: {mean: 10 s}}, when_full: lost, next: A}\n";
const std::string sink = "  Out: {type: sink}\n";

void declare_once() {
    if (external::find("server") == nullptr) test::declare_server("server");
}

std::string server(const std::string& name, const std::string& keys, const std::string& next) {
    return "  " + name + ": {type: server, " + keys + ", next: " + next + "}\n";
}

std::string problems_of(const std::string& devices) {
    loader::Problems problems;
    const loader::ScenarioFile file = loader::read_scenario_text(
        "foretwin: 1\nname: test\ntime: {horizon: 1 h}\ndevices:\n" + devices, {}, problems);
    changes::find_problems(file, schema::Schema{catalogue::device_types()}, problems);
    std::string all;
    for (const Problem& problem : problems) all += to_text(problem) + "\n";
    return all;
}

std::string refusal(const foretwin_device_type& type) {
    try {
        catalogue::register_type(type);
    } catch (const InputError& error) {
        return error.what();
    }
    return "";
}

int which = 0;  ///< of the wrong requests below

/// Asks for something that cannot be, at the start.
struct Wrong {
    static std::int32_t start(void* context, foretwin_device* device, std::int64_t, std::int64_t) {
        const foretwin_services& ask = *device->services;
        const auto nan = std::nan("");
        switch (*static_cast<int*>(context)) {
            case 0:
                ask.after(device, 0, 0, -1);
                break;
            case 1:
                ask.after(device, 1, 0, 1);
                break;
            case 2:
                ask.cancel(device, 0, 5);
                break;
            case 3:
                ask.draw(device, 0, -1, FORETWIN_EXPONENTIAL, 0, 0);
                break;
            case 4:
                ask.draw(device, 0, -1, FORETWIN_UNIFORM, 2, 1);
                break;
            case 5:
                ask.draw(device, 0, -1, FORETWIN_NORMAL, nan, 1);
                break;
            case 6:
                ask.draw(device, 0, -1, FORETWIN_WHOLE, 0, 0);
                break;
            case 7:
                ask.draw(device, 0, -1, 99, 0, 0);
                break;
            case 8:
                ask.draw(device, 3, -1, FORETWIN_UNIFORM, 0, 1);
                break;
            case 9:
                ask.draw(device, 0, 0, FORETWIN_UNIFORM, 0, 1);
                break;
            case 10:
                ask.draw_parameter(device, 0, -1, 0);
                break;
            case 11:
                ask.record(device, 0, nan);
                break;
            case 12:
                ask.record(device, 0, 1e300);
                break;
            case 13:
                ask.set_power(device, 20);
                break;
            case 14:
                ask.send_on(device, 0);
                break;
            case 15:
                ask.part_fact(device, 7, FORETWIN_PART_NUMBER);
                break;
            case 16:
                ask.text(device, 9);
                break;
            default:
                return 1;
        }
        return 0;
    }
    static std::int32_t finish(void* context, foretwin_device* device, std::int64_t, std::int64_t) {
        if (*static_cast<int*>(context) == -1) device->services->after(device, 0, 0, 1);
        return 0;
    }
};

void declare_wrong() {
    const foretwin_parameter parameters[] = {
        {"size", FORETWIN_NUMBER, 0, nullptr, 0, 10, "2", nullptr, "a plain number"}};
    const foretwin_timer timers[] = {{"tick", FORETWIN_SAMPLING, 2, -1, 0}};
    const char* const purposes[] = {"noise"};
    const foretwin_figure figures[] = {{"sum", "part", FORETWIN_TOTAL, 0, 0}};
    foretwin_device_type type{};
    type.abi = FORETWIN_DEVICE_ABI;
    type.type = "wrong";
    type.summary = "asks for what cannot be";
    type.parameters = parameters;
    type.parameter_count = 1;
    type.timers = timers;
    type.timer_count = 1;
    type.purposes = purposes;
    type.purpose_count = 1;
    type.figures = figures;
    type.figure_count = 1;
    type.highest_power_w = 10;
    type.handlers.start = Wrong::start;
    type.handlers.finish = Wrong::finish;
    type.context = &which;
    catalogue::register_type(type);
}

}  // namespace

TEST_CASE("a handler that fails stops the study: device, handler, time and text are told") {
    declare_once();
    experiments::StudyPlan plan;
    plan.file = test::read_text("foretwin: 1\nname: test\ntime: {horizon: 20 h}\ndevices:\n" +
                                source + server("A", "cycle: 1 s, fail_at: 5", "Out") + sink);
    plan.alternatives = {{}};
    plan.replications = 8;
    for (const int threads : {1, 4}) {
        plan.threads = threads;
        try {
            run_study(plan);
            FAIL("it must not go on");
        } catch (const external::HandlerError& error) {
            const std::string what = error.what();
            INFO(what);
            CHECK(what.find("A: the handler `timer` of device type 'server'") != std::string::npos);
            CHECK(what.find("the blade broke") != std::string::npos);
            CHECK(error.problems().front().place.line == 6);
        }
    }
}

TEST_CASE("a service that is asked for what cannot be says so") {
    declare_wrong();
    const char* const told[] = {"runs forward", "no timer 1",   "no slot 5",       "above 0",
                                "two bounds",   "finite mean",  "cannot be drawn", "no law 99",
                                "no purpose 3", "not held",     "no distribution", "cannot hold",
                                "coarser",      "not within 0", "not held",        "not held",
                                "no parameter", "says no more"};
    for (which = 0; which < static_cast<int>(std::size(told)); ++which) {
        INFO(which);
        CHECK_THROWS_WITH_AS(Run::of("  W: {type: wrong}\n"), doctest::Contains(told[which]),
                             external::HandlerError);
    }
    which = 0;
    CHECK_THROWS_WITH_AS(Run::of("  W: {type: wrong}\n"), doctest::Contains("`start`"),
                         external::HandlerError);
}

TEST_CASE("a scenario is checked against what the type declares, with line and column") {
    declare_once();
    const std::string wrong = problems_of(
        source + server("A", "cycle: 3 kg, powr: 3 kW, power: 2 GW, capacity: 0", "Nowhere") +
        sink);
    INFO(wrong);
    CHECK(wrong.find(":6:") != std::string::npos);
    CHECK(wrong.find("unknown key 'powr'") != std::string::npos);
    CHECK(wrong.find("did you mean 'power'?") != std::string::npos);
    CHECK(wrong.find("'2 GW' is above 1 MW") != std::string::npos);
    CHECK(wrong.find("'0' is below 1") != std::string::npos);
    CHECK(wrong.find("there is no device 'Nowhere'") != std::string::npos);
    CHECK(wrong.find("kg") != std::string::npos);
    CHECK(problems_of("  A: {type: servr, next: A}\n").find("did you mean 'server'?") !=
          std::string::npos);
    CHECK(problems_of(source + "  A: {type: server}\n" + sink).find("'cycle' is missing") !=
          std::string::npos);
}

TEST_CASE("a type is refused with everything that is wrong with it") {
    const foretwin_parameter parameters[] = {
        {"speed", FORETWIN_QUANTITY, 0, "parsec", 0, 1, "3", nullptr, "how fast"},
        {"speed", FORETWIN_NUMBER, 0, nullptr, 0, 1, nullptr, nullptr, "twice"},
        {"next", FORETWIN_NUMBER, 0, nullptr, 0, 1, nullptr, nullptr, "reserved"},
        {"share", FORETWIN_FRACTION, 1, nullptr, 0, 1, "5 %", nullptr, "required with default"},
        {"way", FORETWIN_CHOICE, 0, nullptr, 0, 0, "up", "left | right", "no such choice"},
        {"load", FORETWIN_QUANTITY, 0, "W", 0, 5, "3 kW", nullptr, "too much"},
        {"mute", FORETWIN_NUMBER, 0, nullptr, 0, 1, nullptr, nullptr, ""},
        {"odd", 99, 0, nullptr, 0, 1, nullptr, nullptr, "no kind"}};
    const foretwin_state states[] = {{"a/b", FORETWIN_DOUBLE, 1, -1, 0, 0, 0},
                                     {"far", FORETWIN_DOUBLE, 1, 77, 0, 0, 0},
                                     {"none", FORETWIN_DOUBLE, 0, -1, 0, 0, 0}};
    const foretwin_figure figures[] = {{"rate", "apples", FORETWIN_TOTAL, 0, 0}};
    foretwin_device_type type{};
    type.abi = FORETWIN_DEVICE_ABI;
    type.type = "faulty";
    type.summary = "";
    type.flow = 1;
    type.parameters = parameters;
    type.parameter_count = 8;
    type.states = states;
    type.state_count = 3;
    type.figures = figures;
    type.figure_count = 1;
    type.highest_power_w = -1;
    const std::string told = refusal(type);
    INFO(told);
    for (const char* part :
         {"no summary", "no handler takes them", "'parsec' is no unit", "'speed' is used twice",
          "'next' is a reserved key", "required has no default", "not among the choices",
          "out of range", "mute: it has no meaning", "no kind 99", "'a/b' is no name",
          "parameter that is not there", "1 to 1000000 values", "'apples' is no unit"}) {
        INFO(part);
        CHECK(told.find(part) != std::string::npos);
    }
    type.abi = 7;
    CHECK(refusal(type).find("version 7") != std::string::npos);
    CHECK(external::find("faulty") == nullptr);
    CHECK_THROWS_WITH_AS(test::declare_server("station"),
                         doctest::Contains("there is a device type 'station' already"), InputError);
}
