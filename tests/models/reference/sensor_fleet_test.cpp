#include "models/reference/sensor_fleet.hpp"

#include <doctest/doctest.h>

#include "engine/core/name_hash.hpp"
#include "engine/core/rule.hpp"
#include "engine/executors/parallel.hpp"
#include "engine/executors/reference.hpp"
#include "engine/executors/sequential.hpp"
#include "engine/random/stream.hpp"
#include "tests/support/executors.hpp"

using namespace foretwin;
using reference::FleetTotals;
using reference::SensorFleet;
using reference::totals_of;
using test::expect_equal;
using test::with_threads;

namespace {

constexpr random::Key key{5, 0};

kernel::Simulation started(const kernel::Model& model) {
    kernel::Simulation simulation(model, key);
    simulation.start();
    return simulation;
}

SensorFleet small() {
    SensorFleet plan;
    plan.gateways = 40;
    plan.sensors_each = 100;
    return plan;
}

}  // namespace

TEST_CASE("every sensor reports once in each period, and everything arrives") {
    // All reports of a period leave in its first 5 s, arrive within 25 ms more, wait at most 10 s,
    // and are at the backend 0.1 s later: at the end of a period nothing is on its way. The first
    // 64 of a gateway's 100 fill a batch; the other 36 are forwarded by the wait of the first of
    // them, since all come within 5.025 s. So a gateway handles 100 arrivals and one timer in each
    // period, its sensors 100 reports, and the backend 2 batches.
    SensorFleet plan = small();
    plan.jitter = 5;
    const kernel::Model model = reference::sensor_fleet(plan);
    kernel::Simulation simulation = started(model);
    for (std::uint64_t periods = 1; periods <= 3; ++periods) {
        const Time end = static_cast<Time>(periods) * 60 * second - 1;
        executors::run_sequential(simulation, end);
        const FleetTotals totals = totals_of(simulation);
        CHECK(totals.sent == periods * 4000);
        CHECK(totals.arrived == periods * 4000);
        CHECK(totals.batches == periods * 40 * 2);
        CHECK(totals.on_link + totals.in_hand + totals.on_backhaul == 0);
        CHECK(simulation.events_handled() == periods * 40 * (100 + 100 + 1 + 2));
        CHECK(simulation.pending_events() == 4000);  // the next report of each sensor
    }
}

TEST_CASE("full batches cancel the wait") {
    // A batch is all 100 sensors of a gateway: one message per period, and never a timer.
    SensorFleet plan = small();
    plan.jitter = 5;
    plan.batch = 100;
    const kernel::Model model = reference::sensor_fleet(plan);
    kernel::Simulation simulation = started(model);
    executors::run_sequential(simulation, 5 * 60 * second - 1);
    CHECK(totals_of(simulation).batches == 5 * 40);
    CHECK(simulation.events_handled() == 5 * 40 * (100 + 100 + 1));
}

TEST_CASE("what a run counts is exact") {
    // All 4,000 sensors report at the begin of each period: each takes one event out of the queue
    // and puts two in, its next report and the message, so 8,000 stand there before the first
    // message arrives. Then every arrival takes one out; the first at each gateway puts its wait
    // in, the hundredth cancels it and sends the batch. So 40 waits are cancelled per period.
    SensorFleet plan = small();
    plan.jitter = 0;
    plan.batch = 100;
    const kernel::Model model = reference::sensor_fleet(plan);
    const auto check = [&](auto run) {
        executors::Observer observer;
        kernel::Simulation simulation = started(model);
        run(simulation, 3 * 60 * second - 1, observer);
        CHECK(observer.counters.events == 3 * 40 * (100 + 100 + 1));
        CHECK(observer.counters.cancelled == 3 * 40);
        CHECK(observer.counters.deepest_queue == 8000);
    };
    check([](kernel::Simulation& simulation, Time until, executors::Observer& observer) {
        executors::run_sequential(simulation, until, executors::Trace::off, &observer);
    });
    check([](kernel::Simulation& simulation, Time until, executors::Observer& observer) {
        executors::run_reference(simulation, until, &observer);
    });
}

TEST_CASE("at any instant every report is somewhere, and as many were sent as the draws say") {
    SensorFleet plan = small();  // jitter over the whole period
    plan.link_spread = 2;        // at 67 reports/s, some 67 are on the link
    const kernel::Model model = reference::sensor_fleet(plan);
    kernel::Simulation simulation = started(model);
    std::uint64_t on_link = 0;
    for (const Time until : {1 * second, 17 * second, 90 * second, 200 * second}) {
        CAPTURE(until);
        executors::run_sequential(simulation, until);
        const FleetTotals totals = totals_of(simulation);
        CHECK(totals.sent == totals.on_link + totals.in_hand + totals.on_backhaul + totals.arrived);
        on_link += totals.on_link;
        // Report k of a sensor leaves in period k, at the first uniform of its draw number k.
        std::uint64_t sent = 0;
        for (const kernel::Device& device : model.devices) {
            if (device.name.find(' ') == std::string::npos) continue;
            const std::uint64_t stream = name_hash(device.name + "/report");
            for (std::uint32_t k = 0; k < 4; ++k) {
                const double uniform = random::draws(key, stream, k).uniform();
                const Time at = k * 60 * second + static_cast<Time>(uniform * 60e9);
                sent += at <= until ? 1 : 0;
            }
        }
        CHECK(totals.sent == sent);
    }
    CHECK(on_link > 0);  // else the way was never looked at
}

TEST_CASE("a gateway and its sensors are one piece, cut from the backend alone") {
    const kernel::Model model = reference::sensor_fleet(small());
    // 4,041 devices in at most 64 cells of 63 or a little more: 40 pieces of 101, each a cell; the
    // first cell has room for the backend as well, so that 39 backhauls are cut.
    CHECK(model.partition.cells() == 40);
    CHECK(model.partition.logical_processes == 4041);
    CHECK(model.partition.least_lookahead() == from_seconds(0.1));
    CHECK(model.partition.cut_channels == 39);
    for (kernel::DeviceIndex device = 1; device < model.devices.size(); ++device) {
        CHECK(model.dispatch[device].cell == model.dispatch[device - (device - 1) % 101].cell);
    }
}

TEST_CASE("the fleet tells one story on every executor and number of threads") {
    SensorFleet plan = small();
    plan.period = plan.jitter = 1;
    plan.longest_wait = 0.05;
    const kernel::Model model = reference::sensor_fleet(plan);
    kernel::Simulation plain = started(model);
    executors::run_reference(plain, 5 * second);
    CHECK(plain.events_handled() > 40'000);
    kernel::Simulation fast = started(model);
    executors::run_sequential(fast, 5 * second, executors::Trace::on);
    expect_equal(plain, fast);
    for (const int threads : {1, 2, 3, 8, 16}) {
        CAPTURE(threads);
        with_threads(threads, [&] {
            kernel::Simulation many = started(model);
            const executors::ParallelReport report =
                executors::run_parallel(many, 5 * second, threads, executors::Trace::on, nullptr,
                                        executors::Attempt::always);
            CHECK(report.parallel_events == (threads > 1 ? plain.events_handled() : 0));
            expect_equal(plain, many);
        });
    }
}

TEST_CASE("a fleet that makes no sense is refused") {
    const auto refused = [](auto change) {
        SensorFleet plan;
        change(plan);
        CHECK_THROWS_AS(reference::sensor_fleet(plan), RuleBroken);
    };
    refused([](SensorFleet& plan) { plan.gateways = 0; });
    refused([](SensorFleet& plan) { plan.sensors_each = 10'001; });
    refused([](SensorFleet& plan) { plan.jitter = 61; });
    refused([](SensorFleet& plan) { plan.link_delay = 0; });
    refused([](SensorFleet& plan) { plan.batch = 65'536; });
    refused([](SensorFleet& plan) { plan.longest_wait = 0; });
}
