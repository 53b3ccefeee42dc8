#include "scenarios/loader/civil.hpp"

#include <date/date.h>

namespace foretwin::loader {
namespace {

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
    if (at + count > text.size()) return std::nullopt;
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

constexpr std::int64_t second_ns = 1'000'000'000;

/// "Z", "+02:00", "-05:30".
std::optional<int> offset_of(std::string_view text) {
    if (text == "Z") return 0;
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
    const std::optional<int> minutes = minutes_of(text.substr(1));
    if (!minutes || *minutes > 14 * 60) return std::nullopt;
    return text[0] == '-' ? -*minutes : *minutes;
}

/// ":30" or ":30.25" at the front of `text`, removed from it, as nanoseconds.
std::optional<std::int64_t> take_seconds(std::string_view& text) {
    if (text.empty() || text[0] != ':') return 0;
    const std::optional<int> seconds = digits(text, 1, 2);
    if (!seconds || *seconds > 59) return std::nullopt;
    text.remove_prefix(3);
    std::int64_t nanoseconds = *seconds * second_ns;
    if (text.empty() || text[0] != '.') return nanoseconds;
    text.remove_prefix(1);
    std::int64_t place = second_ns;
    std::size_t count = 0;
    while (count < text.size() && text[count] >= '0' && text[count] <= '9' && count < 9) {
        place /= 10;
        nanoseconds += (text[count] - '0') * place;
        ++count;
    }
    if (count == 0) return std::nullopt;
    text.remove_prefix(count);
    return nanoseconds;
}

}  // namespace

std::optional<std::int64_t> days_of(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const std::optional<int> year = digits(text, 0, 4);
    const std::optional<int> month = digits(text, 5, 2);
    const std::optional<int> day = digits(text, 8, 2);
    // Within these years every moment fits into 64-bit nanoseconds since 1970.
    if (!year || !month || !day || *year < 1700 || *year > 2250) return std::nullopt;
    const date::year_month_day civil{date::year(*year), date::month(static_cast<unsigned>(*month)),
                                     date::day(static_cast<unsigned>(*day))};
    if (!civil.ok()) return std::nullopt;
    return date::local_days(civil).time_since_epoch().count();
}

std::optional<int> minutes_of(std::string_view text) {
    if (text.size() == 4) {  // 6:00
        if (text[1] != ':') return std::nullopt;
        const std::optional<int> hour = digits(text, 0, 1);
        const std::optional<int> minute = digits(text, 2, 2);
        if (!hour || !minute || *minute > 59) return std::nullopt;
        return *hour * 60 + *minute;
    }
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const std::optional<int> hour = digits(text, 0, 2);
    const std::optional<int> minute = digits(text, 3, 2);
    if (!hour || !minute || *minute > 59 || *hour * 60 + *minute > 24 * 60) return std::nullopt;
    return *hour * 60 + *minute;
}

int weekday_of(std::int64_t civil_day) {
    const date::weekday weekday{date::local_days(date::days(civil_day))};
    return static_cast<int>(weekday.iso_encoding());
}

std::optional<CivilMoment> moment_of(std::string_view text) {
    if (text.size() > 40) return std::nullopt;
    const std::optional<std::int64_t> day = days_of(text.substr(0, 10));
    if (!day) return std::nullopt;
    CivilMoment moment;
    moment.day = *day;
    if (text.size() == 10) return moment;
    if ((text[10] != 'T' && text[10] != ' ') || text.size() < 16) return std::nullopt;
    const std::optional<int> minutes = minutes_of(text.substr(11, 5));
    if (!minutes || *minutes == 24 * 60) return std::nullopt;
    std::string_view rest = text.substr(16);
    const std::optional<std::int64_t> seconds = take_seconds(rest);
    if (!seconds) return std::nullopt;
    moment.nanosecond_of_day = *minutes * 60 * second_ns + *seconds;
    if (rest.empty()) return moment;
    moment.offset_minutes = offset_of(rest);
    if (!moment.offset_minutes) return std::nullopt;
    return moment;
}

}  // namespace foretwin::loader
