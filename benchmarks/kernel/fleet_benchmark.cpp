// A fleet of sensors reporting through gateways to one backend, a million devices unless told
// otherwise: time to build it, bytes per device and per pending event, time per event. Prints one
// "name value" per line. Arguments: [GATEWAYS SENSORS_EACH [SECONDS]]
#include <malloc.h>

#include <cstdlib>
#include <iostream>

#include "benchmarks/clock.hpp"
#include "benchmarks/kernel/floor.hpp"
#include "engine/executors/sequential.hpp"
#include "engine/kernel/event_queue.hpp"
#include "models/reference/sensor_fleet.hpp"

namespace {

using namespace foretwin;

/// Bytes that the program has asked for and not given back.
double bytes_in_use() {
    const struct mallinfo2 info = mallinfo2();
    return static_cast<double>(info.uordblks + info.hblkhd);
}

void measure(const reference::SensorFleet& plan, double seconds) {
    const double empty = bytes_in_use();
    const double begin = benchmarks::wall_seconds();
    const kernel::Model model = reference::sensor_fleet(plan);
    const double built = benchmarks::wall_seconds();
    const double of_model = bytes_in_use() - empty;
    kernel::Simulation simulation(model, {1, 0});
    simulation.start();
    const double started = benchmarks::wall_seconds();
    const auto devices = static_cast<double>(model.devices.size());
    const auto pending = static_cast<double>(simulation.pending_events());
    const double of_twin = bytes_in_use() - empty - of_model - pending * sizeof(kernel::Event);
    // What the queue takes beside the list it is filled from.
    kernel::EventQueue queue;
    const double before = bytes_in_use();
    queue.assign(simulation.pending());
    const double of_queue = bytes_in_use() - before;
    queue.release();

    const Time until = from_seconds(seconds);
    executors::run_sequential(simulation, until / 2);
    const std::uint64_t warm = simulation.events_handled();
    const double cpu = benchmarks::cpu_seconds();
    executors::run_sequential(simulation, until);
    const auto events = static_cast<double>(simulation.events_handled() - warm);
    const double ns = (benchmarks::cpu_seconds() - cpu) / events * 1e9;
    const double floor = benchmarks::floor_ns(simulation.pending_events());
    std::cout << "devices " << devices << '\n'
              << "build_seconds " << built - begin << '\n'
              << "start_seconds " << started - built << '\n'
              << "model_bytes_per_device " << of_model / devices << '\n'
              << "twin_bytes_per_device " << of_twin / devices << '\n'
              << "bytes_per_pending_event " << of_queue / pending << '\n'
              << "ns_per_event " << ns << '\n'
              << "over_floor " << ns / floor << '\n'
              << "peak_memory_mb " << benchmarks::peak_memory_mb() << '\n'
              << "conserved " <<
        [&] {
            const reference::FleetTotals all = reference::totals_of(simulation);
            return all.sent == all.on_link + all.in_hand + all.on_backhaul + all.arrived;
        }() << '\n';
}

}  // namespace

int main(int count, char** arguments) {
    reference::SensorFleet plan;
    if (count > 2) {
        plan.gateways = static_cast<std::uint32_t>(std::atoll(arguments[1]));
        plan.sensors_each = static_cast<std::uint32_t>(std::atoll(arguments[2]));
    }
    std::cout.precision(8);
    measure(plan, count > 3 ? std::atof(arguments[3]) : 180);
}
