#include "engine/core/quantity.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <span>
#include <system_error>
#include <vector>

#include "engine/core/suggestion.hpp"

namespace foretwin {
namespace {

constexpr Dimension of(Base base, std::int8_t exponent = 1) {
    Dimension dimension;
    dimension.exponents[static_cast<std::size_t>(base)] = exponent;
    return dimension;
}

constexpr Dimension of(Base a, std::int8_t exponent_a, Base b, std::int8_t exponent_b) {
    Dimension dimension = of(a, exponent_a);
    dimension.exponents[static_cast<std::size_t>(b)] = exponent_b;
    return dimension;
}

constexpr Dimension of(Base a, std::int8_t exponent_a, Base b, std::int8_t exponent_b, Base c,
                       std::int8_t exponent_c) {
    Dimension dimension = of(a, exponent_a, b, exponent_b);
    dimension.exponents[static_cast<std::size_t>(c)] = exponent_c;
    return dimension;
}

constexpr Dimension nothing{};
constexpr Dimension time_dimension = of(Base::time);
constexpr Dimension power = of(Base::joule, 1, Base::time, -1);
constexpr Dimension pressure = of(Base::joule, 1, Base::metre, -3);

struct NamedUnit {
    std::string_view name;
    Unit unit;
};

/// Every unit but currencies. A year has 365 days; a month is no fixed number of seconds.
constexpr NamedUnit named_units[] = {
    {"%", {0.01, nothing}},
    {"1", {1, nothing}},
    {"ns", {1e-9, time_dimension}},
    {"us", {1e-6, time_dimension}},
    {"ms", {1e-3, time_dimension}},
    {"s", {1, time_dimension}},
    {"min", {60, time_dimension}},
    {"h", {3600, time_dimension}},
    {"day", {86400, time_dimension}},
    {"days", {86400, time_dimension}},
    {"week", {604800, time_dimension}},
    {"weeks", {604800, time_dimension}},
    {"year", {31536000, time_dimension}},
    {"years", {31536000, time_dimension}},
    {"month", {1, of(Base::month)}},
    {"months", {1, of(Base::month)}},
    {"mW", {1e-3, power}},
    {"W", {1, power}},
    {"kW", {1e3, power}},
    {"MW", {1e6, power}},
    {"GW", {1e9, power}},
    {"J", {1, of(Base::joule)}},
    {"kJ", {1e3, of(Base::joule)}},
    {"MJ", {1e6, of(Base::joule)}},
    {"GJ", {1e9, of(Base::joule)}},
    {"Wh", {3.6e3, of(Base::joule)}},
    {"kWh", {3.6e6, of(Base::joule)}},
    {"MWh", {3.6e9, of(Base::joule)}},
    {"GWh", {3.6e12, of(Base::joule)}},
    {"money", {1, of(Base::money)}},
    {"part", {1, of(Base::part)}},
    {"parts", {1, of(Base::part)}},
    {"cycle", {1, of(Base::cycle)}},
    {"cycles", {1, of(Base::cycle)}},
    {"mg", {1e-6, of(Base::kilogram)}},
    {"g", {1e-3, of(Base::kilogram)}},
    {"kg", {1, of(Base::kilogram)}},
    {"t", {1e3, of(Base::kilogram)}},
    {"mm", {1e-3, of(Base::metre)}},
    {"cm", {1e-2, of(Base::metre)}},
    {"m", {1, of(Base::metre)}},
    {"km", {1e3, of(Base::metre)}},
    {"l", {1e-3, of(Base::metre, 3)}},
    {"K", {1, of(Base::kelvin)}},
    {"mA", {1e-3, of(Base::ampere)}},
    {"A", {1, of(Base::ampere)}},
    {"V", {1, of(Base::joule, 1, Base::time, -1, Base::ampere, -1)}},
    {"kV", {1e3, of(Base::joule, 1, Base::time, -1, Base::ampere, -1)}},
    {"Hz", {1, of(Base::time, -1)}},
    {"kHz", {1e3, of(Base::time, -1)}},
    {"MHz", {1e6, of(Base::time, -1)}},
    {"GHz", {1e9, of(Base::time, -1)}},
    {"N", {1, of(Base::joule, 1, Base::metre, -1)}},
    {"kN", {1e3, of(Base::joule, 1, Base::metre, -1)}},
    {"Pa", {1, pressure}},
    {"kPa", {1e3, pressure}},
    {"bar", {1e5, pressure}},
    {"psi", {6894.757293168361, pressure}},  // a pound-force per square inch
    {"bit", {1, of(Base::bit)}},
    {"kbit", {1e3, of(Base::bit)}},
    {"Mbit", {1e6, of(Base::bit)}},
    {"Gbit", {1e9, of(Base::bit)}},
    {"byte", {8, of(Base::bit)}},
    {"bytes", {8, of(Base::bit)}},
    {"kB", {8e3, of(Base::bit)}},
    {"MB", {8e6, of(Base::bit)}},
    {"GB", {8e9, of(Base::bit)}},
};

/// Codes of ISO 4217 that are in use; funds, metals and test codes left out.
constexpr std::string_view currency_codes =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP "
    "BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP "
    "GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR "
    "KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK "
    "MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR "
    "SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS "
    "UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW";

bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_space(char c) {
    return c == ' ' || c == '\t';
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

bool is_currency(std::string_view name) {
    if (name.size() != 3 || !std::all_of(name.begin(), name.end(), is_upper)) return false;
    for (std::size_t at = 0; at < currency_codes.size(); at += 4)
        if (currency_codes.substr(at, 3) == name) return true;
    return false;
}

std::string unit_hint(std::string_view name, std::string_view currency) {
    std::vector<std::string> candidates;
    for (const NamedUnit& known : named_units) candidates.emplace_back(known.name);
    if (!currency.empty()) candidates.emplace_back(currency);
    struct Habit {
        std::string_view written;
        std::string_view meant;
    };
    // What people write for a unit that edit distance would not find, or would find wrongly.
    static constexpr Habit habits[] = {
        {"hr", "h"},       {"hrs", "h"},       {"hour", "h"},       {"hours", "h"},
        {"sec", "s"},      {"secs", "s"},      {"second", "s"},     {"seconds", "s"},
        {"minute", "min"}, {"minutes", "min"}, {"mins", "min"},     {"d", "days"},
        {"wk", "weeks"},   {"w", "W"},         {"a", "years"},      {"yr", "years"},
        {"pcs", "parts"},  {"piece", "part"},  {"pieces", "parts"}, {"ton", "t"},
        {"tonne", "t"},    {"percent", "%"},   {"kwh", "kWh"},      {"mwh", "MWh"},
        {"kw", "kW"},      {"degC", "K"},      {"C", "K"},          {"H", "h"},
        {"Min", "min"},    {"S", "s"},         {"B", "bytes"},      {"watt", "W"},
        {"euro", "EUR"},   {"Euro", "EUR"},    {"mo", "month"},     {"KW", "kW"}};
    for (const Habit& habit : habits)
        if (habit.written == name) return "did you mean '" + std::string(habit.meant) + "'?";
    const std::string near = did_you_mean(name, candidates);
    return near.empty() ? "units are written as in 12 min, 22 kW or 0.08 EUR/part" : near;
}

Parsed<Unit> failure(std::string what, std::string hint) {
    return {std::nullopt, std::move(what), std::move(hint)};
}

/// A name of up to eight characters as one number, so that comparing is one instruction.
constexpr std::uint64_t packed(std::string_view name) {
    std::uint64_t number = 0;
    for (const char c : name) number = number << 8 | static_cast<unsigned char>(c);
    return number;
}

constexpr auto packed_names = [] {
    std::array<std::uint64_t, std::size(named_units)> numbers{};
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = packed(named_units[i].name);
    return numbers;
}();

/// Plants are assembled from tens of thousands of quantities: this is looked up that often.
const Unit* find_unit(std::string_view name) {
    if (name.empty() || name.size() > sizeof(std::uint64_t)) return nullptr;
    const auto found = std::find(packed_names.begin(), packed_names.end(), packed(name));
    if (found == packed_names.end()) return nullptr;
    return &named_units[found - packed_names.begin()].unit;
}

/// One factor without exponent: "kW", "EUR".
Parsed<Unit> parse_name(std::string_view name, std::string_view currency) {
    if (const Unit* known = find_unit(name)) return {*known, "", ""};
    if (is_currency(name)) {
        if (currency.empty() || currency == name) return {Unit{1, of(Base::money)}, "", ""};
        return failure("currency " + std::string(name) + " is not the scenario's currency " +
                           std::string(currency),
                       "convert it, or change economics.currency");
    }
    return failure("unknown unit '" + std::string(name) + "'", unit_hint(name, currency));
}

struct Factor {
    std::string_view name;
    int exponent = 1;
};

/// "m^3" and "m3" to m and 3. A name of digits only ("1") has no exponent.
std::optional<Factor> split_exponent(std::string_view text) {
    const std::size_t caret = text.find('^');
    std::size_t end = caret == std::string_view::npos ? text.size() : caret;
    if (caret == std::string_view::npos)
        while (end > 0 && is_digit(text[end - 1])) --end;
    if (end == 0) return Factor{text, 1};
    const std::string_view digits =
        text.substr(caret == std::string_view::npos ? end : std::min(caret + 1, text.size()));
    if (digits.empty() && caret == std::string_view::npos) return Factor{text, 1};
    if (digits.size() != 1 || digits[0] < '1' || digits[0] > '9') return std::nullopt;
    return Factor{text.substr(0, end), digits[0] - '0'};
}

Dimension combined(const Dimension& a, const Dimension& b, int sign) {
    Dimension result;
    for (std::size_t i = 0; i < base_count; ++i)
        result.exponents[i] = static_cast<std::int8_t>(a.exponents[i] + sign * b.exponents[i]);
    return result;
}

Parsed<Unit> parse_factor(std::string_view text, std::string_view currency) {
    const std::optional<Factor> factor = split_exponent(text);
    if (!factor)
        return failure("exponent in '" + std::string(text) + "' is not 1 to 9", "as in m^3");
    const Parsed<Unit> base = parse_name(factor->name, currency);
    if (!base) return base;
    Unit unit;
    for (int i = 0; i < factor->exponent; ++i) {
        unit.factor *= base->factor;
        unit.dimension = unit.dimension * base->dimension;
    }
    return {unit, "", ""};
}

constexpr std::size_t longest_unit = 64;

}  // namespace

Dimension operator*(const Dimension& a, const Dimension& b) {
    return combined(a, b, 1);
}
Dimension operator/(const Dimension& a, const Dimension& b) {
    return combined(a, b, -1);
}

Parsed<Unit> parse_unit(std::string_view text, std::string_view currency) {
    text = trimmed(text);
    if (const Unit* known = find_unit(text)) return {*known, "", ""};  // mostly
    if (text.size() > longest_unit) return failure("unit is too long", "as in EUR/kW/month");
    Unit unit;
    bool divide = false;
    std::size_t at = 0;
    if (!text.empty() && text.front() == '/') divide = true, at = 1;
    while (at < text.size() || divide) {
        const std::size_t end = std::min(text.find_first_of("/*", at), text.size());
        const std::string_view name = trimmed(text.substr(at, end - at));
        if (name.empty())
            return failure("unit '" + std::string(text) + "' is incomplete",
                           "as in kW or EUR/part");
        const Parsed<Unit> factor = parse_factor(name, currency);
        if (!factor) return factor;
        unit.factor = divide ? unit.factor / factor->factor : unit.factor * factor->factor;
        unit.dimension =
            divide ? unit.dimension / factor->dimension : unit.dimension * factor->dimension;
        if (end >= text.size()) break;
        divide = text[end] == '/';
        at = end + 1;
        if (at >= text.size())
            return failure("unit '" + std::string(text) + "' is incomplete",
                           "as in kW or EUR/part");
    }
    return {unit, "", ""};
}

NumberAndUnit split_number(std::string_view text) {
    text = trimmed(text);
    std::size_t at = 0;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    const std::size_t first = at;
    while (at < text.size() && (is_digit(text[at]) || text[at] == '.')) ++at;
    if (at == first) return {{}, text};
    // An exponent only when digits follow, so that "3 eur" and "2e" keep their letters.
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        std::size_t end = at + 1;
        if (end < text.size() && (text[end] == '-' || text[end] == '+')) ++end;
        const std::size_t digits = end;
        while (end < text.size() && is_digit(text[end])) ++end;
        if (end > digits) at = end;
    }
    return {text.substr(0, at), trimmed(text.substr(at))};
}

std::optional<double> parse_number(std::string_view text) {
    if (text.empty() || text.size() > 64) return std::nullopt;
    const std::string_view original = text;
    if (text.front() == '+') text.remove_prefix(1);
    std::string_view digits = text;
    if (!digits.empty() && digits.front() == '-') digits.remove_prefix(1);
    if (original.front() == '+' && text.size() != digits.size()) return std::nullopt;
    if (digits.empty() || !(is_digit(digits[0]) || digits[0] == '.')) return std::nullopt;
    if (digits.size() > 1 && digits[0] == '0' && is_digit(digits[1])) return std::nullopt;
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

Parsed<Quantity> parse_quantity(std::string_view text, std::string_view currency) {
    const NumberAndUnit split = split_number(text);
    const auto shown = [&] { return "'" + std::string(text.substr(0, 60)) + "'"; };
    if (split.number.empty())
        return {std::nullopt, shown() + " does not begin with a number", "as in 12 min or 0.5 h"};
    const std::optional<double> number = parse_number(split.number);
    if (!number)
        return {std::nullopt, shown() + " is not a number",
                "write digits with a decimal point, without leading zeros, as in 0.5 or 1200"};
    if (!split.unit.empty() && (split.unit[0] == ',' || split.unit[0] == '_' ||
                                split.unit[0] == '\'' || is_digit(split.unit[0])))
        return {std::nullopt, shown() + " has a separator inside its number",
                "write the decimal point as . and no thousands separator"};
    const Parsed<Unit> unit = parse_unit(split.unit, currency);
    if (!unit) return {std::nullopt, unit.what + " in " + shown(), unit.hint};
    const double value = *number * unit->factor;
    if (!std::isfinite(value))
        return {std::nullopt, shown() + " is too large", "check the number and its unit"};
    return {Quantity{value, unit->dimension}, "", ""};
}

std::string shortest_text(double value) {
    char buffer[32];
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
    return error == std::errc() ? std::string(buffer, end) : std::string("?");
}

}  // namespace foretwin
