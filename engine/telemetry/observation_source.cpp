#include "engine/telemetry/observation_source.hpp"

#include <charconv>
#include <cmath>

namespace foretwin::telemetry {
namespace {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

constexpr std::array<double, 16> powers_of_ten{1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                               1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/// Digits with at most one point, at most 15 of them: their quotient is rounded only once (Clinger
/// 1990), so it is the nearest number.
bool read_short_number(std::string_view text, double& number) {
    constexpr std::size_t most_digits = 15;
    std::int64_t digits = 0;
    std::size_t count = 0, behind_point = 0;
    bool point = false;
    for (const char c : text) {
        if (is_digit(c)) {
            digits = digits * 10 + (c - '0');
            behind_point += point ? 1 : 0;
            if (++count > most_digits) return false;
        } else if (c == '.' && !point) {
            point = true;
        } else {
            return false;
        }
    }
    if (count == 0) return false;
    number = static_cast<double>(digits) / powers_of_ten[behind_point];
    return true;
}

}  // namespace

void LogCounts::add_defect(const std::string& file, std::int64_t line, const std::string& reason) {
    ++defects[reason];
    if (examples.size() < most_examples) examples.push_back({file, line, reason});
}

std::int64_t LogCounts::all_defects() const {
    std::int64_t sum = 0;
    for (const auto& [reason, count] : defects) sum += count;
    return sum;
}

bool read_number(std::string_view text, double& number) {
    const bool minus = text.starts_with('-');
    if (minus || text.starts_with('+')) text.remove_prefix(1);
    if (text.empty() || !(is_digit(text.front()) || text.front() == '.')) return false;
    double size = 0;
    if (!read_short_number(text, size)) {
        const char* end = text.data() + text.size();
        const auto [read, error] = std::from_chars(text.data(), end, size);
        if (error != std::errc() || read != end || !std::isfinite(size)) return false;
    }
    number = minus ? -size : size;
    return true;
}

std::string_view trimmed(std::string_view text) {
    const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

bool is_word(std::string_view text, std::string_view upper) {
    if (text.size() != upper.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if ((c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c) != upper[i]) return false;
    }
    return true;
}

void tell_value(std::string_view written, Observation& into) {
    into.detail.clear();
    into.text.clear();
    into.number = 0;
    if (read_number(written, into.number)) {
        into.kind = Observation::Kind::number;
    } else if (is_word(written, "UNAVAILABLE")) {
        into.kind = Observation::Kind::unavailable;
    } else {
        into.kind = Observation::Kind::text;
        into.text.assign(written);
    }
}

std::string condition_text(const std::array<std::string_view, 4>& detail) {
    std::string text;
    bool any = false;
    for (std::size_t i = 0; i < detail.size(); ++i) {
        if (i > 0) text += '|';
        any = any || !detail[i].empty();
        for (const char c : detail[i]) {
            if (c == '|' || c == '\\') text += '\\';
            text += c;
        }
    }
    return any ? text : std::string();
}

ConditionDetail read_condition(std::string_view text) {
    ConditionDetail detail;
    std::size_t part = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            detail[part] += text[++i];
        } else if (text[i] == '|' && part + 1 < detail.size()) {
            ++part;
        } else {
            detail[part] += text[i];
        }
    }
    return detail;
}

}  // namespace foretwin::telemetry
