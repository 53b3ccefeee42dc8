#pragma once

#include <cstdint>

#include "engine/kernel/model.hpp"
#include "engine/kernel/simulation.hpp"

/// A fleet of sensors that report through gateways to one backend: the size test of the kernel, a
/// million devices for instance. Once in each period, at an instant drawn uniformly from its first
/// `jitter`, a sensor sends a report, which takes `link_delay` plus a uniform share of
/// `link_spread` to its gateway. A gateway forwards the reports in hand, as one message, once there
/// are `batch` of them, or when the first one has waited for `longest_wait`.
///
/// So after n periods every sensor has sent exactly n reports, whatever was drawn, and a report is
/// on the radio link, in hand, on the backhaul, or at the backend.
/// Not for: radio as such (collisions, loss, energy).
namespace foretwin::reference {

struct SensorFleet {
    std::uint32_t gateways = 1000;      ///< 1 to 10^4
    std::uint32_t sensors_each = 1000;  ///< of each gateway, 1 to 10^4; at most 10^7 in all
    double period = 60;                 ///< s, > 0
    double jitter = 60;                 ///< s, 0 to `period`
    double link_delay = 0.005;          ///< s, > 0
    double link_spread = 0.02;          ///< s, >= 0
    std::uint32_t batch = 64;           ///< reports, 1 to 65,535
    double longest_wait = 10;           ///< s, > 0
    /// s, > 0. Where it is longer than `link_delay`, cells are cut between gateways and the
    /// backend, so that a gateway stays together with its sensors.
    double backhaul_delay = 0.1;
};

/// One device per sensor ("g0012 s0345"), gateway ("g0012") and backend; a sensor draws from its
/// stream "g0012 s0345/report". Figures: reports of a sensor; received, batches and in_hand of a
/// gateway; received and batches of the backend.
kernel::Model sensor_fleet(const SensorFleet& plan);

/// Where all reports are at this instant: sent = on_link + in_hand + on_backhaul + arrived.
struct FleetTotals {
    std::uint64_t sent = 0;
    std::uint64_t on_link = 0;
    std::uint64_t in_hand = 0;
    std::uint64_t on_backhaul = 0;
    std::uint64_t arrived = 0;  ///< at the backend
    std::uint64_t batches = 0;  ///< that arrived there
};
FleetTotals totals_of(kernel::Simulation& simulation);

}  // namespace foretwin::reference
