#include "scenarios/report/number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace foretwin::report {

namespace {

constexpr int most_digits = 4;
constexpr int least_digits = 3;

/// Exponent of the leading digit: 0 for 1..9.99, 3 for 1000..9999.
int leading_exponent(double magnitude) {
    return static_cast<int>(std::floor(std::log10(magnitude)));
}

bool usable(double magnitude) {
    return std::isfinite(magnitude) && magnitude > 0;
}

/// Enough decimals for two digits of the interval, yet 3 to 4 digits of the magnitude.
int decimals_for(double magnitude, double half_width) {
    if (!usable(magnitude)) return 0;
    const int exponent = leading_exponent(magnitude);
    int decimals = most_digits - 1 - exponent;
    if (usable(half_width)) decimals = std::min(decimals, 1 - leading_exponent(half_width));
    decimals = std::max(decimals, least_digits - 1 - exponent);
    return std::clamp(decimals, -15, 12);
}

bool is_share(const std::string& kpi, const std::string& unit) {
    static constexpr std::array shares{"availability",  "oee",         "load_factor",  "quality",
                                       "quality_ratio", "utilisation", "effectiveness"};
    if (unit != "1") return false;
    const std::string last = kpi.substr(kpi.rfind('/') + 1);
    return kpi.find("state_share") != std::string::npos ||
           std::find(shares.begin(), shares.end(), last) != shares.end();
}

struct Larger {
    const char* unit;
    const char* larger;
    double factor;
    double from;  ///< magnitude from which the larger unit is easier to read
};

constexpr std::array larger_units{
    Larger{"kWh", "GWh", 1e-6, 1e7}, Larger{"kWh", "MWh", 1e-3, 1e4},
    Larger{"kW", "MW", 1e-3, 1e4},   Larger{"kg", "kt", 1e-6, 1e8},
    Larger{"kg", "t", 1e-3, 1e4},    Larger{"part", "million parts", 1e-6, 1e7},
};

void replace_all(std::string& text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at))
        text.replace(at, from.size(), to), at += to.size();
}

Shown shown_money(const std::string& currency, double magnitude) {
    if (magnitude >= 1e10) return {1e-9, "billion " + currency, false, 0};
    if (magnitude >= 1e7) return {1e-6, "million " + currency, false, 0};
    return {1, currency, true, 0};
}

Shown unit_of(const std::string& kpi, const std::string& unit, const std::string& currency,
              double magnitude) {
    if (unit == "money") return shown_money(currency, magnitude);
    if (is_share(kpi, unit)) return {100, "%", false, 0};
    if (unit == "1") return {1, "", false, 0};
    for (const Larger& larger : larger_units)
        if (unit == larger.unit && magnitude >= larger.from)
            return {larger.factor, larger.larger, false, 0};
    Shown shown{1, unit, false, 0};
    if (unit == "part" || unit.starts_with("part/")) shown.unit.insert(4, "s");
    replace_all(shown.unit, "money", currency);
    return shown;
}

void separate_thousands(std::string& digits) {
    std::size_t end = digits.find('.');
    if (end == std::string::npos) end = digits.size();
    const std::size_t first = digits.starts_with('-') ? 1 : 0;
    while (end > first + 3) digits.insert(end -= 3, ",");
}

std::string rounded(double value, int decimals) {
    if (decimals < 0) {
        const double step = std::pow(10.0, -decimals);
        value = std::round(value / step) * step;
        decimals = 0;
    }
    std::array<char, 400> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                            std::chars_format::fixed, decimals);
    if (error != std::errc{}) return "unknown";
    std::string text(buffer.data(), end);
    if (text.starts_with('-') && text.find_first_of("123456789") == std::string::npos)
        text.erase(0, 1);  // "-0.00" would be a sign without meaning
    return text;
}

std::string joined(const std::string& bare, const Shown& shown) {
    if (shown.unit.empty() || bare == "unknown") return bare;
    return shown.leading ? shown.unit + " " + bare : bare + " " + shown.unit;
}

}  // namespace

Shown shown_as(const std::string& kpi, const std::string& unit, const std::string& currency,
               double magnitude, double half_width) {
    Shown shown = unit_of(kpi, unit, currency, magnitude);
    shown.decimals = decimals_for(magnitude * shown.factor, half_width * shown.factor);
    if (shown.unit == "%") shown.decimals = std::clamp(shown.decimals, 1, 3);
    return shown;
}

std::string number(double value, const Shown& shown) {
    const double told = value * shown.factor;
    if (!std::isfinite(told) || std::abs(told) > 1e300) return "unknown";
    std::string text = rounded(told, shown.decimals);
    separate_thousands(text);
    return text;
}

std::string signed_number(double value, const Shown& shown) {
    const std::string text = number(value, shown);
    const bool zero = text.find_first_of("123456789") == std::string::npos;
    return value > 0 && !zero && text != "unknown" ? "+" + text : text;
}

std::string with_unit(double value, const Shown& shown) {
    return joined(number(value, shown), shown);
}

std::string number(double value) {
    const double magnitude = std::abs(value);
    if (std::isfinite(value) && (magnitude >= 1e9 || (magnitude > 0 && magnitude < 1e-4))) {
        std::array<char, 40> buffer{};
        const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                                std::chars_format::scientific, most_digits - 1);
        return std::string(buffer.data(), end);
    }
    Shown shown;
    shown.decimals = decimals_for(magnitude, 0);
    std::string text = number(value, shown);
    if (shown.decimals > 0) {  // a written 8 is told as 8, not as 8.000
        text.erase(text.find_last_not_of('0') + 1);
        if (text.ends_with('.')) text.pop_back();
    }
    return text;
}

std::string percent(double share) {
    if (!std::isfinite(share)) return "unknown";
    if (share > 0.99 && share < 1) return "over 99 %";
    if (share > 0 && share < 0.01) return "under 1 %";
    return rounded(share * 100, 0) + " %";
}

std::string level_text(double level) {
    std::string text = rounded(level * 100, 2);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text + " %";
}

std::string money(double amount, const std::string& currency) {
    return with_unit(amount, shown_as("", "money", currency, std::abs(amount), 0));
}

std::string count(double value) {
    return number(value, Shown{});
}

}  // namespace foretwin::report
