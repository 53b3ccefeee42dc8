#include "engine/forecast/day_distribution.hpp"

#include <algorithm>
#include <utility>

#include "engine/core/math.hpp"
#include "engine/core/rule.hpp"

namespace foretwin::forecast {

namespace {

/// The tail begins above so many of the highest days: a tenth of all, but ten of them, where that
/// is no more than a quarter. A tail that begins near the middle would not be one.
std::size_t tail_days(std::size_t days) {
    const std::size_t quarter = std::max<std::size_t>(1, days / 4);
    return std::min(std::max<std::size_t>(10, (days + 9) / 10), quarter);
}

double between(double from, double to, double share) {
    return from + (to - from) * share;
}

}  // namespace

void DayDistribution::find_tail(std::span<const double> values) {
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    threshold_ = sorted[sorted.size() - tail_days(sorted.size()) - 1];
    std::vector<double> excesses;
    for (const double value : sorted)
        if (value > threshold_) excesses.push_back(value - threshold_);
    excesses_ = excesses.size();
    if (!excesses.empty()) tail_ = fit_excesses(excesses);
}

DayDistribution::DayDistribution(std::span<const double> values, double halving) {
    FORETWIN_RULE(values.size() >= 2 && halving > 0, "a distribution needs two days");
    find_tail(values);
    const double fading = math::pow(0.5, 1 / halving);
    std::vector<std::pair<double, double>> body;  // value, weight
    double weight = 1, in_body = 0, in_tail = 0;
    for (std::size_t i = values.size(); i-- > 0; weight *= fading) {
        const bool high = values[i] > threshold_;
        (high ? in_tail : in_body) += weight;
        if (!high) body.emplace_back(values[i], weight);
    }
    const double share = static_cast<double>(excesses_) / static_cast<double>(values.size());
    beyond_ = (in_tail + share) / (in_tail + in_body + 1);
    std::sort(body.begin(), body.end());
    at_.push_back(body.front().first);
    chance_.push_back(0);
    double below = 0;
    for (const auto& [value, own] : body) {
        at_.push_back(value);
        chance_.push_back((below + own / 2) / in_body * (1 - beyond_));
        below += own;
    }
    at_.push_back(threshold_);
    chance_.push_back(1 - beyond_);
}

double DayDistribution::quantile(double p) const {
    if (p >= chance_.back())
        return excesses_ == 0 ? threshold_ : threshold_ + tail_.excess((1 - p) / beyond_);
    const auto above = std::upper_bound(chance_.begin(), chance_.end(), p);
    const auto i = static_cast<std::size_t>(above - chance_.begin());
    return between(at_[i - 1], at_[i], (p - chance_[i - 1]) / (chance_[i] - chance_[i - 1]));
}

double DayDistribution::cumulative(double x) const {
    if (x < at_.front()) return 0;
    if (x > threshold_) return excesses_ == 0 ? 1 : 1 - beyond_ * tail_.survival(x - threshold_);
    const auto first = std::lower_bound(at_.begin(), at_.end(), x);
    const auto next = std::upper_bound(first, at_.end(), x);
    const auto i = static_cast<std::size_t>(first - at_.begin());
    if (first != next)
        return (chance_[i] + chance_[static_cast<std::size_t>(next - at_.begin()) - 1]) / 2;
    return between(chance_[i - 1], chance_[i], (x - at_[i - 1]) / (at_[i] - at_[i - 1]));
}

}  // namespace foretwin::forecast
