#include "engine/calibration/state_power.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "engine/statistics/summary.hpp"

namespace foretwin::calibration {

namespace {

struct Stay {
    double samples = 0, sum = 0;
};

struct Seen {
    std::vector<Stay> stays;
    statistics::Summary values;
    std::size_t last_change = std::numeric_limits<std::size_t>::max();
};

StatePower summary_of(const std::string& state, const Seen& seen, double resolution) {
    StatePower own;
    own.state = state;
    own.samples = static_cast<double>(seen.values.count);
    own.visits = static_cast<double>(seen.stays.size());
    own.mean = seen.values.mean;
    const double rounding = resolution * resolution / 12;
    const double variance = seen.values.count > 1 ? seen.values.variance() : 0;
    own.deviation = std::sqrt(std::max(0.0, variance - rounding));
    if (own.visits > 1) {
        double square = 0;
        for (const Stay& stay : seen.stays)
            square += std::pow(stay.sum - own.mean * stay.samples, 2);
        own.standard_error = std::sqrt(square * own.visits / (own.visits - 1)) / own.samples;
    } else {
        own.standard_error = std::sqrt(variance / own.samples);
        own.remark = own.samples > 1 ? "one stay only: its samples are taken as independent"
                                     : "one sample: no standard error but the rounding's";
    }
    // Rounding is no noise where the values stand still within one step.
    if (seen.values.highest - seen.values.lowest < resolution / 2)
        own.standard_error = std::max(own.standard_error, std::sqrt(rounding));
    return own;
}

}  // namespace

StatePowers power_by_state(std::span<const PowerSample> samples,
                           std::span<const StateChange> changes, double resolution, double settle) {
    StatePowers result;
    std::map<std::string, Seen> states;
    std::size_t next = 0;
    for (const PowerSample& sample : samples) {
        while (next < changes.size() && changes[next].at <= sample.at) ++next;
        if (next == 0) {
            result.before += 1;
            continue;
        }
        const StateChange& held = changes[next - 1];
        if (sample.at - held.at < settle) {
            result.settling += 1;
            continue;
        }
        Seen& seen = states[held.state];
        if (seen.last_change != next) seen.stays.emplace_back();
        seen.last_change = next;
        seen.stays.back().samples += 1;
        seen.stays.back().sum += sample.power;
        seen.values.add(sample.power);
    }
    for (const auto& [state, seen] : states)
        result.states.push_back(summary_of(state, seen, resolution));
    return result;
}

}  // namespace foretwin::calibration
