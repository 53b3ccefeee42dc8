#pragma once

#include <algorithm>
#include <vector>

namespace foretwin::benchmarks {

inline double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

}  // namespace foretwin::benchmarks
