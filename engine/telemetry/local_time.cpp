#include "engine/telemetry/local_time.hpp"

#include <chrono>
#include <cstdio>

namespace foretwin::telemetry {

namespace {

/// Exactly `length` digits at `position`, or -1.
int digits(std::string_view text, std::size_t position, std::size_t length) {
    if (position + length > text.size()) return -1;
    int value = 0;
    for (std::size_t i = position; i < position + length; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = 10 * value + (text[i] - '0');
    }
    return value;
}

std::optional<LocalSeconds> parse_date(std::string_view text) {
    const int year = digits(text, 0, 4);
    const int month = digits(text, 5, 2);
    const int day = digits(text, 8, 2);
    if (year < 0 || month < 0 || day < 0 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok()) return std::nullopt;
    return std::int64_t{86400} * std::chrono::sys_days{date}.time_since_epoch().count();
}

std::optional<LocalSeconds> parse_clock(std::string_view text) {
    const bool with_seconds = text.size() == 8;
    if (!with_seconds && text.size() != 5) return std::nullopt;
    const int hours = digits(text, 0, 2);
    const int minutes = digits(text, 3, 2);
    const int seconds = with_seconds ? digits(text, 6, 2) : 0;
    if (text[2] != ':' || (with_seconds && text[5] != ':')) return std::nullopt;
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
    if (seconds < 0 || seconds > 59) return std::nullopt;
    return std::int64_t{3600} * hours + std::int64_t{60} * minutes + seconds;
}

}  // namespace

std::optional<LocalSeconds> parse_local_time(std::string_view text) {
    if (text.size() < 10) return std::nullopt;
    const auto date = parse_date(text);
    if (!date || text.size() == 10) return date;
    if (text[10] != ' ' && text[10] != 'T') return std::nullopt;
    const auto clock = parse_clock(text.substr(11));
    if (!clock) return std::nullopt;
    return *date + *clock;
}

std::string to_text(LocalSeconds at) {
    using namespace std::chrono;
    const sys_seconds instant{seconds{at}};
    const sys_days midnight = floor<days>(instant);
    const year_month_day date{midnight};
    const auto since = (instant - midnight).count();
    char text[40];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(since / 3600), static_cast<int>(since / 60 % 60));
    std::string result = text;
    if (since % 60 != 0) {
        std::snprintf(text, sizeof text, ":%02d", static_cast<int>(since % 60));
        result += text;
    }
    return result;
}

}  // namespace foretwin::telemetry
