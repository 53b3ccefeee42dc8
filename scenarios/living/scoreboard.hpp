#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/statistics/verification.hpp"
#include "engine/telemetry/instant.hpp"

namespace foretwin::living {

using telemetry::Instant;

/// One forecast of the baseline, once the truth is known. A figure that is told as a chance is
/// scored as one (Brier), all others by their members (CRPS); smaller is better.
struct Score {
    Instant issued = 0, end = 0;
    std::size_t horizon = 0, figure = 0;
    double truth = 0;  ///< of a chance: 1 when it came, else 0
    double mean = 0;   ///< foretold
    double score = 0;
    double pit = 0;  ///< of a chance: without meaning
    /// The scores of what anybody could have said: as in the stretch of this length before, and as
    /// in the one a week before. Nothing where that is not known.
    std::optional<double> persistence, seasonal;
};

/// Scores a forecast by its members against what came. `u` in (0, 1) chooses the PIT where some
/// members equal the truth, so that a right forecast has uniform ones also where there is an atom
/// (no down time at all).
Score scored(const std::vector<double>& members, double truth, std::optional<double> before,
             std::optional<double> week_before, double u);
/// The same of a chance that the figure is more than nothing.
Score scored_chance(double chance, double truth, std::optional<double> before,
                    std::optional<double> week_before);

/// How good the forecasts of one figure over one horizon have been.
struct Standing {
    std::size_t horizon = 0, figure = 0;
    std::int64_t forecasts = 0;
    double score = 0;               ///< mean CRPS, or Brier score
    double bias = 0;                ///< mean of foretold - truth
    double truth = 0;               ///< mean
    statistics::Coverage coverage;  ///< of central intervals, on targets that do not overlap
    /// Mean score of the reference on those targets where it is known, and 1 - score / it there.
    struct Reference {
        std::int64_t forecasts = 0;
        double score = 0;
        double skill = 0;
    };
    Reference persistence, seasonal;
};

/// All scores so far, and what they say of the next forecast.
class Scoreboard {
  public:
    /// `strides`: by horizon, how many issues lie within it, so that targets overlap.
    Scoreboard(double level, std::vector<std::size_t> strides);

    void add(const Score& score);
    /// By figure, then horizon; those that have scores.
    std::vector<Standing> standings() const;
    Standing standing(std::size_t figure, std::size_t horizon) const;
    /// Why a forecast of this figure is not to be trusted by what past ones were worth; empty when
    /// nothing speaks against it.
    std::string doubt(std::size_t figure, std::size_t horizon, bool chance) const;
    const std::vector<Score>* of(std::size_t figure, std::size_t horizon) const;

    /// So many forecasts have to be scored before one is called validated.
    static constexpr std::int64_t fewest = 10;

  private:
    double level_;
    std::vector<std::size_t> strides_;
    std::map<std::pair<std::size_t, std::size_t>, std::vector<Score>> scores_;
};

}  // namespace foretwin::living
