#include "models/energy/tariff.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "engine/core/error.hpp"

namespace foretwin::energy {
namespace {

constexpr int minutes_per_day = 1'440;
constexpr int minutes_per_week = 7 * minutes_per_day;
constexpr double micro = 1e6;
constexpr double largest_price = 1e6;

void add(std::vector<Problem>& problems, std::string what, std::string hint) {
    Problem problem;
    problem.what = std::move(what);
    problem.hint = std::move(hint);
    problems.push_back(std::move(problem));
}

std::int64_t to_micro(double value, const char* name, std::vector<Problem>& problems) {
    if (std::isfinite(value) && std::fabs(value) <= largest_price)
        return std::llround(value * micro);
    std::string what = name;
    what.append(" of ").append(std::to_string(value)).append(" per MWh is beyond a million");
    add(problems, std::move(what), "check its unit");
    return 0;
}

/// A price for every minute of the local week, Monday midnight first.
using Week = std::vector<std::optional<std::int64_t>>;

void lay_band(const Band& band, Week& week, std::vector<Problem>& problems) {
    if (band.from_minute < 0 || band.from_minute >= minutes_per_day || band.to_minute < 0 ||
        band.to_minute > minutes_per_day) {
        add(problems, "a price band lies outside 00:00-24:00", "e.g. \"06:00-22:00\"");
        return;
    }
    if (band.to_minute == band.from_minute) {
        add(problems, "a price band begins and ends at the same time",
            "write \"00:00-24:00\" for the whole day");
        return;
    }
    const std::int64_t price = to_micro(band.per_mwh, "a band price", problems);
    const bool past_midnight = band.to_minute <= band.from_minute;
    const int length = band.to_minute - band.from_minute + (past_midnight ? minutes_per_day : 0);
    bool overlaps = false;
    for (int weekday = 0; weekday < 7; ++weekday) {
        if ((band.weekdays >> weekday & 1) == 0) continue;
        const int begin = weekday * minutes_per_day + band.from_minute;
        for (int minute = begin; minute < begin + length; ++minute) {
            auto& place = week[static_cast<std::size_t>(minute % minutes_per_week)];
            overlaps = overlaps || place.has_value();
            place = price;
        }
    }
    if (overlaps) add(problems, "two price bands cover the same minute", "let bands not overlap");
}

Week weekly_prices(const TimeOfUse& definition, std::vector<Problem>& problems) {
    Week week(minutes_per_week);
    for (const Band& band : definition.bands) lay_band(band, week, problems);
    const bool open = std::any_of(week.begin(), week.end(), [](auto& p) { return !p; });
    if (open && !definition.otherwise_per_mwh)
        add(problems, "the price bands leave a part of the week open", "add a price for the rest");
    const std::int64_t otherwise =
        to_micro(definition.otherwise_per_mwh.value_or(0), "the price for the rest", problems);
    for (auto& price : week) price = price.value_or(otherwise);
    return week;
}

/// Bands along the run by the local clock; a changed clock simply shows another minute.
StepFunction lay_week(const Week& week, const RunCalendar& calendar) {
    std::vector<StepFunction::Step> steps;
    for (const ClockSpan& span : clock_spans(calendar, calendar.zone)) {
        // Monday 1970-01-05 is day 4.
        constexpr std::int64_t monday_s = 4 * 86'400;
        std::int64_t at = span.begin_s;
        while (at < span.end_s) {
            const std::int64_t since = at + span.offset_s - monday_s;
            const std::int64_t week_s = minutes_per_week * 60;
            const std::int64_t in_week = (since % week_s + week_s) % week_s;
            std::int64_t minute = in_week / 60;
            const auto price = week[static_cast<std::size_t>(minute)];
            while (minute < minutes_per_week && week[static_cast<std::size_t>(minute)] == price)
                ++minute;
            const Time begin = std::max<Time>(0, at * second - calendar.origin_unix_ns);
            if (begin >= calendar.end) break;
            if (!steps.empty() && steps.back().begin == begin) steps.pop_back();
            steps.push_back({begin, *price});
            at = std::min(span.end_s, at + minute * 60 - in_week);
        }
    }
    return StepFunction(steps, calendar.end);
}

StepFunction lay(const PriceDefinition& definition, const char* name, const RunCalendar& calendar,
                 MappingReport& report, std::vector<Problem>& problems) {
    const StepFunction nothing({{0, 0}}, calendar.end);
    try {
        if (const auto* flat = std::get_if<FlatPrice>(&definition))
            return StepFunction({{0, to_micro(flat->per_mwh, name, problems)}}, calendar.end);
        if (const auto* bands = std::get_if<TimeOfUse>(&definition)) {
            const Week week = weekly_prices(*bands, problems);
            return problems.empty() ? lay_week(week, calendar) : nothing;
        }
        const auto& file = std::get<PriceFileDefinition>(definition);
        const HourlyValues values = read_price_file(file, calendar.zone);
        return map_hours(values, file.reference_year, calendar, report);
    } catch (const InputError& error) {
        problems.insert(problems.end(), error.problems().begin(), error.problems().end());
        return nothing;
    }
}

void lay_demand(const TariffDefinition& definition, const RunCalendar& calendar, Tariff& tariff,
                std::vector<Problem>& problems) {
    tariff.window = definition.demand ? definition.demand->window : definition.window;
    if (tariff.window != 0 && (tariff.window < minute || day % tariff.window != 0)) {
        add(problems, "a demand window must fit a whole number of times into a day",
            "e.g. window: 15 min");
        tariff.window = 15 * minute;
    }
    if (definition.demand && tariff.window == 0)
        add(problems, "a demand charge needs a window", "e.g. window: 15 min");
    if (tariff.window != 0) {
        const std::int64_t offset_ns = clock_spans(calendar, calendar.zone)[0].offset_s * second;
        const std::int64_t local_ns = calendar.origin_unix_ns + offset_ns;
        tariff.first_window = -((local_ns % tariff.window + tariff.window) % tariff.window);
    }
    if (!definition.demand) return;
    const double price = definition.demand->per_kw_month;
    if (!(price >= 0 && price <= largest_price))
        add(problems, "the demand price is not within 0 to a million per kW and month",
            "check its unit");
    if (!(definition.demand->ratchet >= 0 && definition.demand->ratchet <= 1))
        add(problems, "the ratchet is not a share from 0 to 1", "e.g. ratchet: 80 %");
    if (!problems.empty()) return;
    tariff.demand_price = std::llround(price * micro);
    tariff.ratchet_ppm = std::llround(definition.demand->ratchet * micro);
}

/// Largest power whose demand charge still fits: per month in a wide integer, in all in 64 bits.
double demand_limit(const Tariff& tariff) {
    constexpr double widest = 1.6e38;
    constexpr double widest_charge = 9e18;  ///< micro-money of all months
    constexpr double mw_per_kw = 1e6;
    if (tariff.demand_price == 0) return widest;
    Time longest = 0;
    for (const Month& month : tariff.months) longest = std::max(longest, month.length);
    const auto price = static_cast<double>(tariff.demand_price);
    return std::min(widest / price / static_cast<double>(longest),
                    widest_charge * mw_per_kw / price / static_cast<double>(tariff.months.size()));
}

/// Largest total power whose cost over the whole run still fits the accumulators.
std::int64_t power_limit(const Tariff& tariff) {
    constexpr double widest = 1.6e38;
    const double steepest =
        static_cast<double>(
            std::max({tariff.price.largest(), tariff.carbon.largest(), std::int64_t{1}})) *
        static_cast<double>(tariff.end);
    return static_cast<std::int64_t>(std::min({widest / steepest, demand_limit(tariff), 1e15}));
}

}  // namespace

Tariff make_tariff(const TariffDefinition& definition, const RunCalendar& calendar) {
    std::vector<Problem> problems;
    Tariff tariff;
    tariff.end = calendar.end;
    tariff.price = lay(definition.energy, "a price", calendar, tariff.energy_mapping, problems);
    std::vector<Problem> carbon_problems;
    tariff.carbon = lay(definition.carbon, "a carbon intensity", calendar, tariff.carbon_mapping,
                        carbon_problems);
    problems.insert(problems.end(), carbon_problems.begin(), carbon_problems.end());
    lay_demand(definition, calendar, tariff, problems);
    if (!problems.empty()) throw InputError(problems);
    tariff.months = months(calendar);
    tariff.power_limit_mw = power_limit(tariff);
    return tariff;
}

std::optional<ClockRange> parse_clock_range(std::string_view text) {
    // "hh:mm-hh:mm": fixed places, so a position decides what a character must be.
    if (text.size() != 11 || text[2] != ':' || text[5] != '-' || text[8] != ':')
        return std::nullopt;
    for (const std::size_t place : {0U, 1U, 3U, 4U, 6U, 7U, 9U, 10U})
        if (text[place] < '0' || text[place] > '9') return std::nullopt;
    const auto minutes = [&](std::size_t at) -> std::optional<int> {
        const int hours = 10 * (text[at] - '0') + (text[at + 1] - '0');
        const int rest = 10 * (text[at + 3] - '0') + (text[at + 4] - '0');
        if (rest > 59 || hours * 60 + rest > minutes_per_day) return std::nullopt;
        return hours * 60 + rest;
    };
    const auto from = minutes(0);
    const auto to = minutes(6);
    if (!from || !to || *from == minutes_per_day) return std::nullopt;
    return ClockRange{*from, *to};
}

}  // namespace foretwin::energy
