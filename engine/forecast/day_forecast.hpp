#pragma once

#include <map>
#include <optional>
#include <vector>

#include "engine/forecast/day_distribution.hpp"
#include "engine/forecast/days.hpp"

namespace foretwin::forecast {

/// Forecasts of the days from `origin` (an index of a day, whose midnight is the present) on:
/// equally likely values of the stretch, sorted. None looks at a value of `origin` or later.

/// Days before which nothing is forecast: four of each weekday.
inline constexpr std::size_t days_to_learn = 28;

inline constexpr const char* climatology_name = "climatology";
inline constexpr const char* seasonal_naive_name = "seasonal naive";
inline constexpr const char* recent_days_name = "recent days";

/// Everything that ever came: of a single day, all days of its type; of a longer stretch, all
/// stretches of this length that began on the same weekday (on any, when it is whole weeks).
std::vector<double> climatology(const DailyValues& days, std::size_t origin, std::size_t length);

/// What came in the last whole weeks before, plus each error that this would have made so far; no
/// value below 0.
std::vector<double> seasonal_naive(const DailyValues& days, std::size_t origin, std::size_t length);

/// Recent days of the same type, and how surprising the last ones were. Each day is drawn from the
/// DayDistribution of its type. How high within it follows yesterday's: the past days' places in
/// the distributions that had been foretold for them, as normal scores, form a first-order
/// autoregression; its innovations are drawn from those that came (smoothed bootstrap, Silverman &
/// Young 1987), so that a level that drifts, and intervals that were too narrow so far, are put
/// right by the errors that they made.
class RecentDays {
  public:
    struct Design {
        double halving = 15;  ///< days of a type until a day counts half
        std::size_t members = 1000;
        std::uint32_t seed = 1;
    };
    /// Keeps a reference to `days`. Scores of every past day are found here once, each from the
    /// days before it.
    RecentDays(const DailyValues& days, const Design& design);
    explicit RecentDays(const DailyValues& days) : RecentDays(days, Design()) {}

    /// origin >= days_to_learn; the types of the stretch are known.
    std::vector<double> forecast(std::size_t origin, std::size_t length) const;

    /// What a day of the type may bring, from the days before `origin`. Where fewer than four days
    /// of the type are known, all days on which no work was planned (or all) stand in for them.
    DayDistribution distribution(std::size_t origin, DayType type) const;

  private:
    struct Surprises;
    Surprises surprises_before(std::size_t origin) const;

    const DailyValues& days_;
    Design design_;
    std::vector<double> scores_;  ///< normal score per day
};

/// Recent days for a single day; for longer stretches their forecasts pooled with climatology's,
/// each with a share by how good it has been so far: the inverse square of its mean CRPS over all
/// stretches of this length that were over by the origin (Bates & Granger 1969). A mixture is never
/// worse than the mean of what it mixes, and the two err at different times: recent days follow a
/// level that drifts, climatology forgets a week that stood still. Of maxima (peak demand) nothing
/// is pooled.
class PooledDays {
  public:
    /// Keeps references to both.
    PooledDays(const DailyValues& days, const RecentDays& recent) : days_(days), recent_(recent) {}

    /// origin >= days_to_learn. Scores of the past are found once per length, each from the days
    /// before it.
    std::vector<double> forecast(std::size_t origin, std::size_t length);
    /// The share that recent days have in it.
    double share_of_recent(std::size_t origin, std::size_t length);

  private:
    struct Past {
        std::vector<double> recent, climatology;  ///< CRPS by origin, from days_to_learn on
    };
    const Past& past(std::size_t origin, std::size_t length);

    const DailyValues& days_;
    const RecentDays& recent_;
    std::map<std::size_t, Past> past_;  ///< by length
};

}  // namespace foretwin::forecast
