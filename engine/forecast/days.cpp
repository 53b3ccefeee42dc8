#include "engine/forecast/days.hpp"

#include <algorithm>

#include "engine/core/rule.hpp"

namespace foretwin::forecast {

namespace {

constexpr LocalSeconds week = 7;
constexpr int thursday = 3;  // 1970-01-01

LocalSeconds day_number(LocalSeconds midnight) {
    return midnight / day_length - (midnight % day_length < 0 ? 1 : 0);
}

DayType type_of(LocalSeconds midnight, const std::vector<LocalSeconds>& holidays) {
    if (std::find(holidays.begin(), holidays.end(), midnight) != holidays.end())
        return DayType::holiday;
    const int day = weekday(midnight);
    return day == 5 ? DayType::saturday : day == 6 ? DayType::sunday : DayType::working;
}

/// `values` still empty, `types` and `first` set; tells where the first whole day begins.
std::size_t begin_days(const telemetry::IntervalSeries& readings,
                       const std::vector<LocalSeconds>& holidays, DailyValues& days) {
    FORETWIN_RULE(day_length % readings.step == 0, "intervals divide a day");
    const LocalSeconds number = day_number(readings.from + day_length - 1);
    days.first = number * day_length;
    const LocalSeconds end = day_number(readings.to());
    for (LocalSeconds day = number; day < end; ++day)
        days.types.push_back(type_of(day * day_length, holidays));
    return static_cast<std::size_t>((days.first - readings.from) / readings.step);
}

}  // namespace

int weekday(LocalSeconds midnight) {
    const LocalSeconds shifted = (day_number(midnight) + thursday) % week;
    return static_cast<int>(shifted < 0 ? shifted + week : shifted);
}

double DailyValues::over(std::size_t day, std::size_t days) const {
    double joined = 0;
    for (std::size_t i = day; i < day + days; ++i)
        joined = combine == Combine::sum ? joined + values[i] : std::max(joined, values[i]);
    return joined;
}

DailyValues daily_energy(const telemetry::IntervalSeries& readings, double unit_in_kwh,
                         const std::vector<LocalSeconds>& holidays) {
    DailyValues days{"energy", "kWh", Combine::sum, 0, {}, {}};
    const auto per_day = static_cast<std::size_t>(day_length / readings.step);
    std::size_t at = begin_days(readings, holidays, days);
    for (std::size_t day = 0; day < days.types.size(); ++day) {
        double sum = 0;
        for (std::size_t i = 0; i < per_day; ++i) sum += readings.values[at++];
        days.values.push_back(sum * unit_in_kwh);
    }
    return days;
}

DailyValues daily_peaks(const telemetry::IntervalSeries& readings, double unit_in_kwh,
                        const std::vector<LocalSeconds>& holidays) {
    DailyValues days{"peak demand", "kW", Combine::maximum, 0, {}, {}};
    const auto per_day = static_cast<std::ptrdiff_t>(day_length / readings.step);
    auto at =
        readings.values.begin() + static_cast<std::ptrdiff_t>(begin_days(readings, holidays, days));
    const double kw = unit_in_kwh * 3600 / static_cast<double>(readings.step);
    for (std::size_t day = 0; day < days.types.size(); ++day, at += per_day)
        days.values.push_back(*std::max_element(at, at + per_day) * kw);
    return days;
}

}  // namespace foretwin::forecast
