#pragma once

#include <cstdint>
#include <limits>
#include <span>

namespace foretwin::statistics {

/// Running count, mean, variance and range (Welford 1962). Plain values: it may live in state.
/// The order of adding matters to the last bit, so add in replication order.
struct Summary {
    std::int64_t count = 0;
    double mean = 0;
    double squares = 0;  ///< sum of squared deviations from the mean
    double lowest = std::numeric_limits<double>::infinity();
    double highest = -std::numeric_limits<double>::infinity();

    void add(double value) {
        ++count;
        const double deviation = value - mean;
        mean += deviation / static_cast<double>(count);
        squares += deviation * (value - mean);
        if (value < lowest) lowest = value;
        if (value > highest) highest = value;
    }
    /// As if all values of `other` had been added (Chan, Golub & LeVeque 1979).
    void merge(const Summary& other);
    /// Sample variance (divisor count - 1), NaN for fewer than two values.
    double variance() const;
    double standard_deviation() const;
    /// standard_deviation / sqrt(count).
    double standard_error() const;
};

Summary summarise(std::span<const double> values);

}  // namespace foretwin::statistics
