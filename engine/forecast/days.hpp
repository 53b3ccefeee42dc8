#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/telemetry/interval_series.hpp"

namespace foretwin::forecast {

using telemetry::LocalSeconds;

inline constexpr LocalSeconds day_length = 86400;

/// Days of a kind are alike. A holiday is one on whatever weekday it falls.
enum class DayType : std::uint8_t { working, saturday, sunday, holiday };

/// 0 is Monday. `midnight` is a whole number of days since 1970-01-01.
int weekday(LocalSeconds midnight);

/// How figures of days join to the figure of a longer stretch.
enum class Combine : std::uint8_t { sum, maximum };

/// One figure per whole day, from the first on. Types are known beyond the last value, because
/// calendars are.
struct DailyValues {
    std::string name;  ///< "energy", "peak demand"; names the stream of random numbers, too
    std::string unit;
    Combine combine = Combine::sum;
    LocalSeconds first = 0;  ///< midnight at which values[0] begins
    std::vector<double> values;
    std::vector<DayType> types;  ///< at least as many as values

    double over(std::size_t day, std::size_t days) const;  ///< values of that stretch, joined
};

/// Calendar days that readings of energy tell completely: their energy in kWh, and their peak
/// demand in kW, the highest mean power of one interval. `unit_in_kwh` is the unit of the readings;
/// `holidays` are midnights. The length of an interval must divide a day.
DailyValues daily_energy(const telemetry::IntervalSeries& readings, double unit_in_kwh,
                         const std::vector<LocalSeconds>& holidays);
DailyValues daily_peaks(const telemetry::IntervalSeries& readings, double unit_in_kwh,
                        const std::vector<LocalSeconds>& holidays);

}  // namespace foretwin::forecast
