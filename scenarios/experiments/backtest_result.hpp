#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/statistics/verification.hpp"

namespace foretwin::experiments {

/// How good past forecasts would have been: what `foretwin backtest` tells. Plain data.
struct BacktestResult {
    /// One forecaster on one target (a group of devices and causes) at one horizon.
    struct Row {
        std::string target;  ///< "fleet", or a class such as "comp1 model3"
        std::string horizon;
        double horizon_h = 0;
        std::string forecaster;
        std::int64_t forecasts = 0;
        double crps = 0;            ///< mean, in failures
        double bias = 0;            ///< mean of forecast mean - truth, in failures
        std::int64_t failures = 0;  ///< in all targets; those that overlap count each time
        /// Mean CRPS less that of the reference on the same targets, and its standard error.
        statistics::PairedDifference against_reference;
        statistics::Coverage coverage;  ///< of central intervals; fleet only
    };
    /// The chance that a device stops within the horizon.
    struct Stops {
        std::string horizon;
        std::string forecaster;
        double brier = 0;
        double skill = 0;  ///< against the reference
        std::vector<statistics::ReliabilityBin> reliability;
    };
    /// Fleet forecasts over time, for the pictures.
    struct Fan {
        std::string horizon;
        std::string forecaster;
        struct Point {
            std::string origin;
            std::int64_t low = 0, quarter = 0, median = 0, three_quarters = 0, high = 0;
            std::int64_t truth = 0;
        };
        std::vector<Point> points;
        std::vector<std::int64_t> pit_histogram;
        double pit_p_value = 1;  ///< Kolmogorov, on targets that do not overlap
    };
    /// A figure that the file says forecasts must reach.
    struct Demand {
        std::string text;
        std::string found;
        bool met = false;
    };

    std::string name, file, version;
    std::string records_from, known_until, first_origin, records_to;
    std::string reference;  ///< forecaster that rows are compared with
    std::string best;       ///< forecaster that knows most
    double level = 0.8;     ///< of central intervals
    std::vector<std::pair<std::string, std::string>> inputs;  ///< file, SHA-256
    std::vector<Row> rows;
    std::vector<Stops> stops;
    std::vector<Fan> fans;
    std::vector<Demand> demands;
    std::vector<std::string> notes;

    bool good() const {
        for (const Demand& demand : demands)
            if (!demand.met) return false;
        return true;
    }
};

}  // namespace foretwin::experiments
