#pragma once

#include <span>

namespace foretwin::forecast {

/// What lies beyond a high threshold: P(excess > x) = (1 + shape x / scale)^(-1 / shape), the
/// exponential law where shape = 0 (Pickands 1975). Negative shapes end at -scale / shape.
struct GeneralisedPareto {
    double shape = 0;
    double scale = 0;  ///< in the unit of the excess, above 0

    double survival(double excess) const;  ///< excess >= 0
    /// The excess that is passed with chance p in (0, 1].
    double excess(double p) const;
};

/// By probability weighted moments (Hosking & Wallis 1987), which suit a few tens of excesses.
/// Where these give no usable law (shape beyond -1/2 .. 1/2, an end point below an excess that was
/// seen, fewer than two excesses): the exponential law with their mean. All excesses > 0, at least
/// one, in any order.
GeneralisedPareto fit_excesses(std::span<const double> excesses);

}  // namespace foretwin::forecast
