#include "engine/forecast/generalised_pareto.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/core/math.hpp"
#include "engine/core/rule.hpp"

namespace foretwin::forecast {

namespace {

/// Below this the power law is the exponential law to all digits that matter.
constexpr double no_shape = 1e-9;

bool usable(const GeneralisedPareto& law, double largest) {
    if (!(std::abs(law.shape) < 0.5) || !(law.scale > 0)) return false;
    return law.shape >= 0 || -law.scale / law.shape > largest;
}

}  // namespace

double GeneralisedPareto::survival(double excess) const {
    if (std::abs(shape) < no_shape) return math::exp(-excess / scale);
    const double base = 1 + shape * excess / scale;
    return base <= 0 ? 0 : math::pow(base, -1 / shape);
}

double GeneralisedPareto::excess(double p) const {
    if (std::abs(shape) < no_shape) return -scale * math::log(p);
    return scale * (math::pow(p, -shape) - 1) / shape;
}

GeneralisedPareto fit_excesses(std::span<const double> excesses) {
    FORETWIN_RULE(!excesses.empty(), "a tail is fitted to something");
    std::vector<double> sorted(excesses.begin(), excesses.end());
    std::sort(sorted.begin(), sorted.end());
    const auto n = static_cast<double>(sorted.size());
    double mean = 0, weighted = 0;  // of x, and of x (1 - F(x))
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        mean += sorted[i] / n;
        if (sorted.size() > 1)
            weighted += sorted[i] * (n - 1 - static_cast<double>(i)) / (n - 1) / n;
    }
    const double rest = mean - 2 * weighted;
    if (sorted.size() > 1 && rest > 0) {
        const GeneralisedPareto law{2 - mean / rest, 2 * mean * weighted / rest};
        if (usable(law, sorted.back())) return law;
    }
    return {0, mean};
}

}  // namespace foretwin::forecast
