#include "engine/telemetry/instant.hpp"

#include <date/tz.h>

#include <array>
#include <cstring>
#include <optional>
#include <stdexcept>

#include "engine/core/error.hpp"
#include "engine/core/time.hpp"

namespace foretwin::telemetry {

namespace {

using std::chrono::seconds;

// Years whose nanoseconds fit: 1678 to 2261.
constexpr LocalSeconds earliest = -9'214'560'000;
constexpr LocalSeconds latest = 9'214'646'400;
constexpr std::size_t date_size = 10;  // of "2015-01-02"

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Takes ".123" off the end; nothing when it is malformed.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
    const std::size_t point = text.find('.');
    if (point == std::string_view::npos) return 0;
    const std::string_view digits = text.substr(point + 1);
    // A fraction belongs to seconds: "2015-01-02T03:00:00" has 19 characters.
    if (point != 19 || digits.empty() || digits.size() > 9) return std::nullopt;
    std::int64_t value = 0;
    for (std::size_t i = 0; i < 9; ++i) {
        if (i < digits.size() && !is_digit(digits[i])) return std::nullopt;
        value = 10 * value + (i < digits.size() ? digits[i] - '0' : 0);
    }
    text = text.substr(0, point);
    return value;
}

/// Takes "Z", "+02:00" or "+0200" off the end: seconds east of UTC. Nothing when there is none.
std::optional<std::int64_t> take_offset(std::string_view& text) {
    if (text.size() > 11 && (text.back() == 'Z' || text.back() == 'z')) {
        text.remove_suffix(1);
        return 0;
    }
    const std::size_t sign = text.find_last_of("+-");
    if (sign == std::string_view::npos || sign < 13) return std::nullopt;
    std::string_view offset = text.substr(sign + 1);
    const bool colon = offset.size() == 5 && offset[2] == ':';
    if (!colon && offset.size() != 4) return std::nullopt;
    const std::string_view minutes = offset.substr(colon ? 3 : 2);
    for (const char c : {offset[0], offset[1], minutes[0], minutes[1]})
        if (!is_digit(c)) return std::nullopt;
    const int h = 10 * (offset[0] - '0') + offset[1] - '0';
    const int m = 10 * (minutes[0] - '0') + minutes[1] - '0';
    if (h > 18 || m > 59) return std::nullopt;
    const bool west = text[sign] == '-';
    text = text.substr(0, sign);
    return (west ? -1 : 1) * (std::int64_t{3600} * h + std::int64_t{60} * m);
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

}  // namespace

struct ClockReader::Zone {
    const date::time_zone* zone = nullptr;
    // The stretch of local time around the last reading in which the offset does not change.
    LocalSeconds from = 0;
    LocalSeconds to = 0;
    std::int64_t offset = 0;
    // The last date that was read: the next one is mostly the same.
    std::array<char, date_size> date{'1', '9', '7', '0', '-', '0', '1', '-', '0', '1'};
    LocalSeconds midnight = 0;

    std::optional<LocalSeconds> plain(std::string_view text);
};

/// "2015-01-02T03:00:00" exactly, the commonest form; nothing when it is another one.
std::optional<LocalSeconds> ClockReader::Zone::plain(std::string_view text) {
    constexpr std::size_t size = 19;
    constexpr std::size_t clock = date_size + 1;
    if (text.size() != size || (text[date_size] != ' ' && text[date_size] != 'T') ||
        text[clock + 2] != ':' || text[clock + 5] != ':')
        return std::nullopt;
    if (std::memcmp(date.data(), text.data(), date_size) != 0) {
        const auto read = parse_local_time(text.substr(0, date_size));
        if (!read) return std::nullopt;
        std::memcpy(date.data(), text.data(), date_size);
        midnight = *read;
    }
    const auto two = [&](std::size_t at) {
        return is_digit(text[at]) && is_digit(text[at + 1])
                   ? 10 * (text[at] - '0') + text[at + 1] - '0'
                   : 99;
    };
    const int hours = two(clock);
    const int minutes = two(clock + 3);
    const int seconds = two(clock + 6);
    if (hours > 23 || minutes > 59 || seconds > 59) return std::nullopt;
    return midnight + std::int64_t{3600} * hours + std::int64_t{60} * minutes + seconds;
}

ClockReader::ClockReader(const std::string& zone) : zone_(std::make_unique<Zone>()) {
    try {
        zone_->zone = date::locate_zone(zone);
    } catch (const std::runtime_error&) {
        throw InputError({}, "there is no time zone '" + zone + "'",
                         "IANA names are understood, such as Europe/Berlin or UTC");
    }
}

ClockReader::ClockReader(ClockReader&&) noexcept = default;
ClockReader& ClockReader::operator=(ClockReader&&) noexcept = default;
ClockReader::~ClockReader() = default;

ClockReader::Reading ClockReader::to_instant(LocalSeconds local, std::int64_t nanoseconds,
                                             Instant reached) {
    Zone& zone = *zone_;
    const auto whole = [&](std::int64_t offset) { return (local - offset) * second + nanoseconds; };
    if (local >= zone.from && local < zone.to) return {Outcome::good, whole(zone.offset)};
    const date::local_info info = zone.zone->get_info(date::local_seconds(seconds(local)));
    const std::int64_t first = info.first.offset.count();
    if (info.result == date::local_info::nonexistent) return {Outcome::skipped, no_instant};
    if (info.result == date::local_info::ambiguous) {
        const Instant early = whole(first);
        return {Outcome::good, reached < early ? early : whole(info.second.offset.count())};
    }
    // A day's distance from both changes keeps clear of what is skipped or repeated.
    constexpr LocalSeconds margin = 86400;
    zone.from = info.first.begin.time_since_epoch().count() + first + margin;
    zone.to = info.first.end.time_since_epoch().count() + first - margin;
    zone.offset = first;
    return {Outcome::good, whole(first)};
}

ClockReader::Reading ClockReader::read(std::string_view text, Instant reached) {
    text = trimmed(text);
    if (const auto local = zone_->plain(text); local && *local >= earliest && *local <= latest)
        return to_instant(*local, 0, reached);
    const auto offset = take_offset(text);
    const auto fraction = take_fraction(text);
    const auto local = fraction ? parse_local_time(text) : std::nullopt;
    if (!local || *local < earliest || *local > latest) return {};
    if (offset) return {Outcome::good, (*local - *offset) * second + *fraction};
    return to_instant(*local, *fraction, reached);
}

ClockReader::Reading ClockReader::read_count(std::string_view text, Time unit, Instant reached) {
    text = trimmed(text);
    const bool before = text.starts_with('-');
    if (before) text.remove_prefix(1);
    const std::string_view whole = text.substr(0, text.find('.'));
    const bool pointed = whole.size() < text.size();
    const std::string_view fraction = pointed ? text.substr(whole.size() + 1) : "";
    if (whole.empty() || (pointed && fraction.empty())) return {};
    Instant count = 0;
    for (const char c : whole)
        if (!is_digit(c) || __builtin_mul_overflow(count, 10, &count) ||
            __builtin_add_overflow(count, c - '0', &count))
            return {};
    if (__builtin_mul_overflow(count, unit, &count)) return {};
    Time part = unit;  // digits that are finer than a nanosecond are left out
    for (const char c : fraction) {
        if (!is_digit(c)) return {};
        part /= 10;
        if (__builtin_add_overflow(count, part * (c - '0'), &count)) return {};
    }
    if (before) count = -count;
    LocalSeconds local = count / second;
    Instant rest = count % second;
    if (rest < 0) {
        rest += second;
        --local;
    }
    if (local < earliest || local > latest) return {};
    return to_instant(local, rest, reached);
}

std::string instant_text(Instant at) {
    if (at == no_instant) return "";
    Instant whole = at / second;
    Instant rest = at % second;
    if (rest < 0) {
        rest += second;
        --whole;
    }
    std::string text = to_text(whole);
    if (text.size() == 16) text += ":00";
    if (rest != 0) {
        std::string digits = std::to_string(second + rest).substr(1);
        digits.erase(digits.find_last_not_of('0') + 1);
        text += '.' + digits;
    }
    return text + 'Z';
}

}  // namespace foretwin::telemetry
