#include <date/tz.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>

#include "engine/core/suggestion.hpp"
#include "scenarios/loader/calendar.hpp"
#include "scenarios/loader/civil.hpp"

namespace foretwin::loader {
namespace {

using Nanoseconds = std::chrono::nanoseconds;
using LocalInstant = date::local_time<Nanoseconds>;
using SystemInstant = date::sys_time<Nanoseconds>;

constexpr std::int64_t day_ns = 86'400 * second;

const date::time_zone* find_zone(const Value& named) {
    try {
        return date::locate_zone(named.text());
    } catch (const std::runtime_error&) {
        std::vector<std::string> known;
        try {
            for (const date::time_zone& zone : date::get_tzdb().zones) known.push_back(zone.name());
        } catch (const std::runtime_error&) {
            throw EnvironmentError("the system has no time zone database (package tzdata)");
        }
        if (known.empty())
            throw EnvironmentError("the system has no time zone database (package tzdata)");
        const std::string near = did_you_mean(named.text(), known);
        throw InputError(named.place(), "unknown time zone '" + named.text() + "'",
                         near.empty() ? "an IANA name such as Europe/Berlin" : near);
    }
}

std::int64_t unix_of_local(const date::time_zone* zone, std::int64_t local_ns) {
    if (zone == nullptr) return local_ns;
    // `earliest` takes the first of a repeated hour and the instant of the skip for a skipped one.
    const SystemInstant instant =
        zone->to_sys(LocalInstant(Nanoseconds(local_ns)), date::choose::earliest);
    return instant.time_since_epoch().count();
}

std::int64_t local_of_unix(const date::time_zone* zone, std::int64_t unix_ns) {
    if (zone == nullptr) return unix_ns;
    return zone->to_local(SystemInstant(Nanoseconds(unix_ns))).time_since_epoch().count();
}

std::int64_t floor_day(std::int64_t local_ns) {
    return local_ns / day_ns - (local_ns % day_ns < 0 ? 1 : 0);
}

}  // namespace

std::string moment_problem(std::string_view text) {
    if (moment_of(text)) return "";
    return "'" + std::string(text.substr(0, 40)) + "' is not a date";
}

Clock::Clock(const Value& time_section, const Reader& reader) {
    if (const Value* zone = time_section.find("zone")) {
        zone_ = find_zone(*zone);
        zone_name_ = zone->text();
    }
    warm_up_ = reader.duration_of(time_section, "warm_up", 0);
    horizon_ = reader.duration_of(time_section, "horizon", 0);
    if (later(warm_up_, horizon_) == never)
        throw InputError(time_section.place(), "warm_up and horizon exceed 292 years",
                         "shorten them: that is as far as the clock reaches");
    std::int64_t start = origin_;
    if (const Value* given = time_section.find("start")) {
        const Value plain = resolve(*given, reader.resolver());
        start = unix_of(plain.text(), plain.place());
    } else if (zone_ != nullptr) {
        start = unix_of("2024-01-01T00:00", time_section.place());
    }
    constexpr std::int64_t reach = std::numeric_limits<std::int64_t>::max() / 2;
    if (start - reach > reach - end() || warm_up_ > reach)
        throw InputError(time_section.place(), "the run ends beyond the reach of the clock",
                         "dates reach to the year 2250");
    origin_ = start - warm_up_;
}

std::int64_t Clock::unix_of(std::string_view local, const Place& place) const {
    const std::optional<CivilMoment> moment = moment_of(local);
    if (!moment) throw InputError(place, moment_problem(local), "write it as 2026-01-05T06:00");
    const std::int64_t local_ns = moment->day * day_ns + moment->nanosecond_of_day;
    if (moment->offset_minutes) return local_ns - *moment->offset_minutes * 60 * second;
    return unix_of_local(zone_, local_ns);
}

Time Clock::time_of(std::string_view local, const Place& place) const {
    return from_unix(unix_of(local, place));
}

std::int64_t Clock::unix_of_day(std::int64_t civil_day, int minute_of_day) const {
    return unix_of_local(zone_, civil_day * day_ns + minute_of_day * 60 * second);
}

std::int64_t Clock::civil_day(Time time) const {
    return floor_day(local_of_unix(zone_, to_unix(time)));
}

LocalTime Clock::local(Time time) const {
    const std::int64_t local_ns = local_of_unix(zone_, to_unix(time));
    const std::int64_t day = floor_day(local_ns);
    const std::int64_t of_day = local_ns - day * day_ns;
    const date::year_month_day civil{date::local_days(date::days(day))};
    LocalTime result;
    result.year = static_cast<int>(civil.year());
    result.month = static_cast<int>(static_cast<unsigned>(civil.month()));
    result.day = static_cast<int>(static_cast<unsigned>(civil.day()));
    result.weekday = weekday_of(day);
    result.hour = static_cast<int>(of_day / (3600 * second));
    result.minute = static_cast<int>(of_day / (60 * second) % 60);
    result.second = static_cast<double>(of_day % (60 * second)) * 1e-9;
    return result;
}

std::string Clock::to_text(Time time) const {
    const LocalTime at = local(time);
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, "%04d-%02d-%02dT%02d:%02d:%02d", at.year, at.month, at.day,
                  at.hour, at.minute, static_cast<int>(at.second));
    return buffer;
}

}  // namespace foretwin::loader
