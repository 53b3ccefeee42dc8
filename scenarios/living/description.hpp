#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/time.hpp"

namespace foretwin::living {

/// A counter of parts in the telemetry that is a count of the twin.
struct CounterUse {
    enum class Counter : std::uint8_t { produced, good };
    std::string device;   ///< of the twin
    std::string figure;   ///< of the twin's present: completed, left, arrived
    std::string machine;  ///< of the profile
    Counter counter = Counter::produced;
    double error = 2;  ///< standard error of a reading, parts
};

struct Horizon {
    std::string name;
    Time length = 0;
};

/// What `foretwin live` keeps current and foretells.
struct Description {
    std::filesystem::path folder;       ///< of the file; paths in it start here
    std::string scenario, profile;      ///< files
    std::string store;                  ///< file of telemetry; empty: told on the command line
    std::vector<std::string> machines;  ///< they fail and run as told; names of both files
    std::vector<CounterUse> counters;
    std::vector<std::string> paces;  ///< machines whose cycle is learned: busy time per part
    std::string output_of;  ///< machine of the profile whose good parts are the plant's production
    std::vector<std::string> alternatives;  ///< named changes of the scenario, beside the baseline
    Time every = hour;                      ///< a forecast is issued at its multiples
    Time readings = 5 * minute;             ///< states and counters are compared at its multiples
    Time wait = 0;                          ///< how long telemetry is waited for that is on its way
    Time memory = 7 * day;                  ///< the twin goes back at least so far, at most twice
    /// After so long without a word of any device nothing is known: not scored, not foretold. 0:
    /// silence means that nothing changed.
    Time silent_after = 0;
    std::vector<Horizon> horizons;
    std::uint32_t futures = 200;
    std::uint32_t seed = 1;
    std::size_t particles = 200;
    double level = 0.8;  ///< of intervals
};

}  // namespace foretwin::living
