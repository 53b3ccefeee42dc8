#include "scenarios/energy_backtest.hpp"

#include <algorithm>

#include "engine/core/rounding.hpp"
#include "scenarios/study.hpp"

namespace foretwin {

namespace {

using experiments::BacktestResult;
using forecast::DailyValues;
using telemetry::IntervalSeries;
using telemetry::LocalSeconds;
using telemetry::Problems;

/// Forecasters are named where rows are compared; the first two are what others are held against.
struct Forecaster {
    const char* name;
    std::vector<double> (*issue)(const DailyValues&, forecast::PooledDays&, std::size_t,
                                 std::size_t);
};
const Forecaster forecasters[] = {
    {forecast::climatology_name,
     [](const DailyValues& days, forecast::PooledDays&, std::size_t origin, std::size_t length) {
         return forecast::climatology(days, origin, length);
     }},
    {forecast::seasonal_naive_name,
     [](const DailyValues& days, forecast::PooledDays&, std::size_t origin, std::size_t length) {
         return forecast::seasonal_naive(days, origin, length);
     }},
    {forecast::recent_days_name,
     [](const DailyValues&, forecast::PooledDays& pooled, std::size_t origin, std::size_t length) {
         return pooled.forecast(origin, length);
     }}};

IntervalSeries read_one(const std::filesystem::path& path, const std::string& shown,
                        const EnergyReadings& readings, BacktestResult& result,
                        Problems& problems) {
    const auto csv = telemetry::read_csv(path, shown, problems, readings.place);
    result.inputs.emplace_back(shown, csv.sha256);
    return csv.header.empty() ? IntervalSeries{}
                              : telemetry::read_intervals(csv, readings.columns, problems);
}

/// All readings; `known` is where those of the first file end.
IntervalSeries read_all(const BacktestFile& file, LocalSeconds& known, BacktestResult& result) {
    Problems problems;
    const EnergyReadings& readings = *file.readings;
    IntervalSeries series =
        read_one(file.records_folder / readings.file, readings.file, readings, result, problems);
    known = series.to();
    if (!file.continuation.empty()) {
        const auto path = file.continuation / std::filesystem::path(readings.file).filename();
        const IntervalSeries more =
            read_one(path, path.filename().string(), readings, result, problems);
        if (problems.empty()) telemetry::append(series, more, path.string(), problems);
    }
    if (!problems.empty()) throw InputError(std::move(problems));
    return series;
}

std::size_t first_origin(const BacktestFile& file, const IntervalSeries& series, LocalSeconds known,
                         const DailyValues& days) {
    LocalSeconds from = known;
    if (file.from) {
        from = *file.from;
    } else if (file.continuation.empty()) {
        const auto whole = static_cast<double>(series.to() - series.from);
        from = series.to() - nearest_integer(whole * file.over_the_last);
    }
    const LocalSeconds ahead = from - days.first;
    const LocalSeconds origin = ahead <= 0 ? 0 : (ahead - 1) / forecast::day_length + 1;
    std::size_t longest = 1;
    for (const auto& horizon : file.horizons)
        longest = std::max(longest, static_cast<std::size_t>(nearest_integer(horizon.hours / 24)));
    const auto at = static_cast<std::size_t>(origin);
    // Two origins at least: a difference without a standard error says nothing.
    if (at >= forecast::days_to_learn && at + longest + 1 <= days.values.size()) return at;
    const std::string told = "forecasts would begin at " +
                             telemetry::to_text(days.first + origin * forecast::day_length) +
                             "; the readings tell " + std::to_string(days.values.size()) +
                             " whole days from " + telemetry::to_text(days.first) + " on";
    throw InputError(Place{file.path.string(), 0, 0}, told,
                     std::to_string(forecast::days_to_learn) +
                         " days are needed before the first origin, and two origins whose "
                         "longest horizon ends within the readings");
}

void tell_tail(const DailyValues& peaks, std::size_t origin, BacktestResult& result) {
    const forecast::RecentDays recent(peaks);
    const auto law = recent.distribution(origin, forecast::DayType::working);
    BacktestResult::Tail tail;
    tail.unit = peaks.unit;
    tail.maximum = *std::max_element(peaks.values.begin(),
                                     peaks.values.begin() + static_cast<std::ptrdiff_t>(origin));
    tail.threshold = law.threshold();
    tail.excesses = static_cast<std::int64_t>(law.excesses());
    tail.shape = law.tail().shape;
    tail.scale = law.tail().scale;
    result.tail = tail;
}

void tell_what_was_read(const BacktestFile& file, const IntervalSeries& series, LocalSeconds origin,
                        BacktestResult& result) {
    result.target = "energy";
    result.name = file.name;
    result.file = file.path.filename().string();
    result.version = version();
    result.records_from = telemetry::to_text(series.from);
    result.records_to = telemetry::to_text(series.to());
    result.known_until = result.first_origin = telemetry::to_text(origin);
    result.reference = forecast::climatology_name;
    result.best = forecast::recent_days_name;
    result.level = file.level;
    const auto zeros = std::count(series.values.begin(), series.values.end(), 0.0);
    if (zeros > 0)
        result.notes.push_back(std::to_string(zeros) +
                               " readings are zero and were taken as measured.");
}

}  // namespace

std::vector<EnergyRun> roll_energy(const DailyValues& days, std::size_t first_origin,
                                   const BacktestFile& file) {
    const forecast::RecentDays recent(days);
    forecast::PooledDays pooled(days, recent);
    std::vector<EnergyRun> runs;
    const std::size_t all = file.horizons.size() * std::size(forecasters);
    for (std::size_t h = 0; h < file.horizons.size(); ++h) {
        const auto length = static_cast<std::size_t>(nearest_integer(file.horizons[h].hours / 24));
        for (const Forecaster& forecaster : forecasters) {
            EnergyRun run{forecaster.name, days.name, days.unit, h, length, {}};
            for (std::size_t at = first_origin; at + length <= days.values.size(); ++at) {
                if (file.told)
                    file.told(static_cast<std::int64_t>(runs.size()),
                              static_cast<std::int64_t>(all));
                const auto begin = days.values.begin();
                run.issued.push_back(
                    {days.first + static_cast<LocalSeconds>(at) * forecast::day_length,
                     forecaster.issue(days, pooled, at, length), days.over(at, length),
                     *std::max_element(begin, begin + static_cast<std::ptrdiff_t>(at))});
            }
            runs.push_back(std::move(run));
        }
    }
    return runs;
}

BacktestResult run_energy_backtest(const BacktestFile& file) {
    BacktestResult result;
    LocalSeconds known = 0;
    const IntervalSeries series = read_all(file, known, result);
    const EnergyReadings& readings = *file.readings;
    const auto energy = forecast::daily_energy(series, readings.unit_in_kwh, readings.holidays);
    const auto peaks = forecast::daily_peaks(series, readings.unit_in_kwh, readings.holidays);
    const std::size_t origin = first_origin(file, series, known, energy);
    tell_what_was_read(file, series,
                       energy.first + static_cast<LocalSeconds>(origin) * forecast::day_length,
                       result);
    tell_tail(peaks, origin, result);
    for (const DailyValues* days : {&energy, &peaks})
        score_energy(roll_energy(*days, origin, file), file, result);
    judge_energy(file, result);
    result.notes.push_back(
        "Every forecast is made anew from the days before its origin. Of targets that overlap, "
        "every one is scored; coverage and the uniformity of the PITs are tested on those that do "
        "not overlap; standard errors of differences know the overlap (Newey and West, Bartlett "
        "weights). CRPS is that of an ensemble without the bias of its size; over a reference: the "
        "share of its CRPS that is saved.");
    result.notes.push_back(
        "Forecasts are statistical; the twin itself does not simulate from its present state "
        "here. Climatology and seasonal naive are distributions, too: all days of the type (all "
        "weeks), and the last week with the errors that this made so far.");
    return result;
}

}  // namespace foretwin
