#include <algorithm>
#include <numeric>

#include "engine/core/rounding.hpp"
#include "engine/forecast/day_forecast.hpp"
#include "engine/statistics/quantile.hpp"
#include "engine/statistics/scores.hpp"

namespace foretwin::forecast {
namespace {

double crps_of(const std::vector<double>& members, double truth) {
    return members.size() > 1 ? statistics::crps_fair(members, truth)
                              : statistics::crps(members, truth);
}

/// So many members in the middle of equal shares of a forecast, sorted.
void thin(std::vector<double> members, std::size_t count, std::vector<double>& into) {
    std::sort(members.begin(), members.end());
    for (std::size_t i = 0; i < count; ++i) {
        const double p = (static_cast<double>(i) + 0.5) / static_cast<double>(count);
        into.push_back(statistics::sorted_quantile(members, p));
    }
}

}  // namespace

/// Scores of every origin up to the last whose stretch is over.
const PooledDays::Past& PooledDays::past(std::size_t origin, std::size_t length) {
    Past& past = past_[length];
    for (std::size_t at = days_to_learn + past.recent.size(); at + length <= origin; ++at) {
        const double truth = days_.over(at, length);
        past.recent.push_back(crps_of(recent_.forecast(at, length), truth));
        past.climatology.push_back(crps_of(climatology(days_, at, length), truth));
    }
    return past;
}

double PooledDays::share_of_recent(std::size_t origin, std::size_t length) {
    if (length == 1 || days_.combine == Combine::maximum) return 1;
    const Past& all = past(origin, length);
    if (origin < days_to_learn + length) return 0.5;  // nothing is over yet
    const auto over = static_cast<std::ptrdiff_t>(origin - length - days_to_learn + 1);
    const auto square = [&](const std::vector<double>& scores) {
        const double sum = std::accumulate(scores.begin(), scores.begin() + over, 0.0);
        return sum * sum;
    };
    const double own = square(all.recent), other = square(all.climatology);
    return own + other > 0 ? other / (own + other) : 0.5;
}

std::vector<double> PooledDays::forecast(std::size_t origin, std::size_t length) {
    const double share = share_of_recent(origin, length);
    std::vector<double> recent = recent_.forecast(origin, length);
    const std::size_t members = recent.size();
    const auto own =
        static_cast<std::size_t>(nearest_integer(share * static_cast<double>(members)));
    if (own >= members) return recent;
    std::vector<double> pooled;
    pooled.reserve(members);
    thin(std::move(recent), own, pooled);
    thin(climatology(days_, origin, length), members - own, pooled);
    std::sort(pooled.begin(), pooled.end());
    return pooled;
}

}  // namespace foretwin::forecast
