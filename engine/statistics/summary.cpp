#include "engine/statistics/summary.hpp"

#include <cmath>

namespace foretwin::statistics {

void Summary::merge(const Summary& other) {
    if (other.count == 0) return;
    if (count == 0) {
        *this = other;
        return;
    }
    const auto all = static_cast<double>(count + other.count);
    const double deviation = other.mean - mean;
    const double share = static_cast<double>(other.count) / all;
    squares += other.squares + deviation * deviation * static_cast<double>(count) * share;
    mean += deviation * share;
    count += other.count;
    if (other.lowest < lowest) lowest = other.lowest;
    if (other.highest > highest) highest = other.highest;
}

double Summary::variance() const {
    if (count < 2) return std::numeric_limits<double>::quiet_NaN();
    return squares / static_cast<double>(count - 1);
}

double Summary::standard_deviation() const {
    return std::sqrt(variance());
}

double Summary::standard_error() const {
    return std::sqrt(variance() / static_cast<double>(count));
}

Summary summarise(std::span<const double> values) {
    Summary summary;
    for (const double value : values) summary.add(value);
    return summary;
}

}  // namespace foretwin::statistics
