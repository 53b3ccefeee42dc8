#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/dice.hpp"

/// Plants that nobody thought of: from a seed, a scenario with whatever the catalogue offers
/// (splits, loops, buffers, both kinds of blocking, crews, spares, calendars, failures on every
/// clock, sensors, plans).
namespace foretwin::test {

struct RandomPlant {
    std::string calendars;              ///< lines below `calendars:`
    std::string devices;                ///< lines below `devices:`, without the tariff
    std::vector<std::string> names;     ///< of the devices
    std::vector<std::string> stations;  ///< of these, stations
    std::vector<std::string> sinks;     ///< of these, sinks
};

/// Device names begin with `prefix`; two plants with different prefixes share nothing.
RandomPlant random_plant(std::uint64_t seed, const std::string& prefix);

/// Joins plants to a site by conveyors: a sink of each becomes one that leads on to the next plant,
/// and of those that have two, now and then the second one leads partly back.
void join_by_conveyors(std::uint64_t seed, std::vector<RandomPlant>& plants);

/// Several plants as one scenario of `hours` hours, under one meter or none.
std::string scenario_of(const std::vector<RandomPlant>& plants, int hours, bool metered = true);

}  // namespace foretwin::test
