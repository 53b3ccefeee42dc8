#include <cmath>
#include <cstdio>
#include <span>

#include "engine/core/quantity.hpp"

namespace foretwin {
namespace {

struct Shown {
    std::string_view unit;
    double from;  ///< smallest SI size for which people use this unit
};

// Ascending; the last whose `from` is not above the size is taken.
constexpr Shown times[] = {
    {"ns", 0},   {"us", 1e-6}, {"ms", 1e-3},        {"s", 1},
    {"min", 60}, {"h", 3600},  {"days", 2 * 86400}, {"years", 2 * 31536000.0}};
constexpr Shown powers[] = {{"W", 0}, {"kW", 1e3}, {"MW", 1e6}, {"GW", 1e9}};
constexpr Shown energies[] = {{"J", 0}, {"kJ", 1e3}, {"kWh", 1e5}, {"MWh", 3.6e9}, {"GWh", 3.6e12}};
constexpr Shown money_per_energy[] = {{"money/kWh", 0}};
constexpr Shown mass_per_energy[] = {{"kg/kWh", 0}};
constexpr Shown money_rates[] = {{"money/year", 0}, {"money/h", 1.0 / 3600}};
constexpr Shown part_rates[] = {{"part/day", 0}, {"part/h", 1.0 / 3600}, {"part/s", 1}};
constexpr Shown rates[] = {{"/year", 0}, {"/day", 1.0 / 86400}, {"/h", 1.0 / 3600}, {"/s", 1}};
constexpr Shown demands[] = {{"money/kW/month", 0}};
constexpr Shown energy_per_part[] = {{"J/part", 0}, {"kJ/part", 1e3}, {"kWh/part", 1e5}};
constexpr std::span<const Shown> families[] = {
    times,       powers,     energies, money_per_energy, mass_per_energy,
    money_rates, part_rates, rates,    demands,          energy_per_part};

/// 4 significant digits, plain notation between 0.001 and a billion, no trailing zeros.
std::string digits(double value) {
    if (value == 0) return "0";
    char buffer[64];
    const double size = std::fabs(value);
    if (size >= 9999.5 && size < 1e15) {
        std::snprintf(buffer, sizeof buffer, "%.0f", value);
        return buffer;
    }
    std::snprintf(buffer, sizeof buffer, "%.4g", value);
    return buffer;
}

std::string with_currency(std::string_view unit, std::string_view currency) {
    std::string text(unit);
    const std::size_t at = text.find("money");
    if (at != std::string::npos && !currency.empty()) text.replace(at, 5, currency);
    return text;
}

std::string joined(double value, const std::string& unit) {
    return unit.empty() ? digits(value) : digits(value) + " " + unit;
}

std::string symbol(Base base, int exponent) {
    static constexpr std::string_view symbols[base_count] = {
        "s", "J", "money", "part", "cycle", "kg", "month", "m", "K", "A", "bit"};
    std::string text(symbols[static_cast<std::size_t>(base)]);
    if (exponent > 1) text += "^" + std::to_string(exponent);
    return text;
}

std::string base_units(const Dimension& dimension) {
    std::string above;
    std::string below;
    for (std::size_t i = 0; i < base_count; ++i) {
        const int exponent = dimension.exponents[i];
        const auto base = static_cast<Base>(i);
        if (exponent > 0) above += (above.empty() ? "" : "*") + symbol(base, exponent);
        if (exponent < 0) below += "/" + symbol(base, -exponent);
    }
    return above + below;
}

const Shown* fitting(std::span<const Shown> family, const Dimension& dimension, double size) {
    const Shown* best = nullptr;
    for (const Shown& shown : family) {
        if (!(parse_unit(shown.unit)->dimension == dimension)) return nullptr;
        // A hair below the step counts as reached: 59.9999999 s is a minute to people.
        if (best == nullptr || size >= shown.from * (1 - 1e-9)) best = &shown;
    }
    return best;
}

}  // namespace

std::string format_quantity(const Quantity& quantity, std::string_view currency) {
    for (const std::span<const Shown> family : families) {
        const Shown* shown = fitting(family, quantity.dimension, std::fabs(quantity.value));
        if (shown == nullptr) continue;
        // Zero seconds, not zero nanoseconds; zero kWh, not zero joules.
        const Unit unit = *parse_unit(shown->unit);
        if (quantity.value == 0 && family.data() == times) return "0 s";
        return joined(quantity.value / unit.factor, with_currency(shown->unit, currency));
    }
    return joined(quantity.value, with_currency(base_units(quantity.dimension), currency));
}

std::string format_quantity(double si_value, std::string_view unit, std::string_view currency) {
    const Parsed<Unit> parsed = parse_unit(unit);
    if (!parsed) return joined(si_value, std::string(unit));
    return format_quantity(Quantity{si_value, parsed->dimension}, currency);
}

std::string format_dimension(const Dimension& dimension, std::string_view currency) {
    if (dimension == Dimension{}) return "a plain number";
    if (dimension == parse_unit("W")->dimension) return "W";
    return with_currency(base_units(dimension), currency);
}

}  // namespace foretwin
