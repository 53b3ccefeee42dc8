#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/statistics/verification.hpp"

namespace foretwin::experiments {

/// How good past forecasts would have been: what `foretwin backtest` tells. Plain data.
struct BacktestResult {
    /// One forecaster on one target (a group of devices and causes, or a figure of energy) at one
    /// horizon.
    struct Row {
        std::string target;  ///< "fleet", a class such as "comp1 model3", "energy", "peak demand"
        std::string unit;    ///< of a figure of energy; empty for failures
        std::string horizon;
        double horizon_h = 0;
        std::string forecaster;
        std::int64_t forecasts = 0;
        double crps = 0;            ///< mean, in failures or the unit
        double bias = 0;            ///< mean of forecast mean - truth, in failures or the unit
        std::int64_t failures = 0;  ///< in all targets; those that overlap count each time
        double truth = 0;           ///< mean of what came, of energy
        /// Mean CRPS less that of the reference on the same targets, and its standard error.
        statistics::PairedDifference against_reference;
        /// Of energy, forecaster and 1 - CRPS / its CRPS, for each that others are held against.
        std::vector<std::pair<std::string, double>> skill;
        statistics::Coverage coverage;  ///< of central intervals; fleet and energy only
        double share_inside = 0;        ///< of all targets of energy, overlapping ones too
    };
    /// The chance that a device stops within the horizon.
    struct Stops {
        std::string horizon;
        std::string forecaster;
        double brier = 0;
        double skill = 0;  ///< against the reference
        std::vector<statistics::ReliabilityBin> reliability;
    };
    /// Forecasts of the fleet, or of a figure of energy, over time, for the pictures.
    struct Fan {
        std::string target;  ///< as of the rows
        std::string unit;    ///< empty: counts
        std::string horizon;
        std::string forecaster;
        struct Point {
            std::string origin;
            double low = 0, quarter = 0, median = 0, three_quarters = 0, high = 0;
            double truth = 0;
        };
        std::vector<Point> points;
        std::vector<std::int64_t> pit_histogram;
        double pit_p_value = 1;  ///< Kolmogorov, on targets that do not overlap
    };
    /// Whether more than ever before is possible, by the forecaster that knows most.
    struct Beyond {
        std::string horizon;
        std::int64_t forecasts = 0;
        double chance = 0;           ///< mean chance of more than all days before the origin
        double least = 0, most = 0;  ///< over the origins
        std::int64_t came = 0;
    };
    /// The tail of daily peak demand at the first origin.
    struct Tail {
        std::string unit;
        double maximum = 0;         ///< highest peak before the first origin
        double threshold = 0;       ///< of working days
        std::int64_t excesses = 0;  ///< days above it
        double shape = 0, scale = 0;
        std::vector<Beyond> beyond;
    };
    /// A figure that the file says forecasts must reach.
    struct Demand {
        std::string text;
        std::string found;
        bool met = false;
    };

    std::string target = "failures";  ///< or "energy"
    std::string name, file, version;
    std::string records_from, known_until, first_origin, records_to;
    std::string reference;  ///< forecaster that rows are compared with
    std::string best;       ///< forecaster that knows most
    double level = 0.8;     ///< of central intervals
    std::vector<std::pair<std::string, std::string>> inputs;  ///< file, SHA-256
    std::vector<Row> rows;
    std::vector<Stops> stops;
    std::vector<Fan> fans;
    std::optional<Tail> tail;
    std::vector<Demand> demands;
    std::vector<std::string> notes;

    bool good() const {
        for (const Demand& demand : demands)
            if (!demand.met) return false;
        return true;
    }
};

}  // namespace foretwin::experiments
