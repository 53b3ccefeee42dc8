#pragma once

#include <cstdint>
#include <span>

#include "engine/statistics/interval.hpp"

namespace foretwin::statistics {

/// Non-overlapping and overlapping batch means of one long, correlated series.
struct BatchMeans {
    Interval mean;                            ///< t interval over the batch means
    double batch_variance = 0;                ///< variance of the batch means (divisor batches - 1)
    double lag1_autocorrelation = 0;          ///< of the observations
    double overlapping_variance_of_mean = 0;  ///< Meketon & Schmeiser 1984, batch size n / batches
    double von_neumann_ratio = 0;  ///< of the batch means; about 2 if they are independent
};

/// n / batches (cut) observations per batch, the remainder at the end is left out of the batch
/// means. At least 2 batches of at least one observation.
BatchMeans batch_means(std::span<const double> series, std::int64_t batches, double level);

/// Where the transient ends: MSER-5 (White 1997; White, Cobb & Spratt 2000). Batches of five, the
/// remainder dropped; d from 0 to half of the batches; first minimum of sum (z - mean)^2 / (b -
/// d)^2.
struct Truncation {
    std::int64_t batches = 0;
    std::int64_t batches_cut = 0;
    std::int64_t observations_cut = 0;
    double criterion = 0;
    double criterion_uncut = 0;
    double truncated_mean = 0;
    double full_mean = 0;   ///< of all complete batches
    bool at_limit = false;  ///< the minimum lies at the search limit: the series is too short
};
Truncation mser5(std::span<const double> series);

}  // namespace foretwin::statistics
