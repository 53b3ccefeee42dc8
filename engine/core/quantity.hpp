#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace foretwin {

/// Independent kinds of measure. `money` is the scenario's one currency; `month` is the calendar
/// month and never converts to seconds; parts and cycles are counted, not dimensionless.
enum class Base : std::uint8_t {
    time,
    joule,
    money,
    part,
    cycle,
    kilogram,
    month,
    metre,
    kelvin,
    ampere,
    bit
};
inline constexpr std::size_t base_count = 11;

/// Integer exponents over the bases: W is joule^1 time^-1, EUR/part is money^1 part^-1.
struct Dimension {
    std::array<std::int8_t, base_count> exponents{};

    constexpr int operator[](Base base) const { return exponents[static_cast<std::size_t>(base)]; }
    friend constexpr bool operator==(const Dimension&, const Dimension&) = default;
};

/// Product and quotient of two dimensions (exponents added, subtracted).
Dimension operator*(const Dimension& a, const Dimension& b);
Dimension operator/(const Dimension& a, const Dimension& b);

/// A number with its dimension, in SI: s, J, W, kg, part, money, bit ...; `5 %` is 0.05 of nothing.
struct Quantity {
    double value = 0;
    Dimension dimension;
};

/// What one of a unit is in SI: `kWh` is 3.6e6 J.
struct Unit {
    double factor = 1;
    Dimension dimension;
};

/// A value, or the sentence that says why there is none and the way out (may be empty).
template <class T>
struct Parsed {
    std::optional<T> value;
    std::string what;
    std::string hint;

    explicit operator bool() const { return value.has_value(); }
    const T& operator*() const { return *value; }
    const T* operator->() const { return &*value; }
};

/// Reads `kW`, `EUR/kW/month`, `part/h`, `m^3/s`, `kg*m`, `/year`, `%/year`, `1` or an empty text.
/// Every factor after `/` divides. `currency` is the ISO 4217 code that counts as money; any other
/// code is an error. An empty currency accepts every known code. `money` is always understood.
Parsed<Unit> parse_unit(std::string_view text, std::string_view currency = "");

/// Reads `12 min`, `22 kW`, `0.08 EUR/part`, `8 %/year`, `12 /year`, `3.5`. Numbers are decimal
/// without separators or leading zeros, finite. See parse_unit() for units and `currency`.
Parsed<Quantity> parse_quantity(std::string_view text, std::string_view currency = "");

/// The whole text as a finite decimal number, or nothing (no `inf`, `nan`, `0x`, `012`, spaces).
std::optional<double> parse_number(std::string_view text);

/// Splits "9.5 h" into number text and unit text, whatever they mean; without a number, all is
/// unit.
struct NumberAndUnit {
    std::string_view number;
    std::string_view unit;
};
NumberAndUnit split_number(std::string_view text);

/// For people: 3 to 4 significant digits in a fitting unit ("9.5 h", "22 kW", "0.08 EUR/part").
std::string format_quantity(const Quantity& quantity, std::string_view currency = "EUR");

/// For people: an SI value whose canonical unit is `unit` ("s", "W", "money/h"), as above.
std::string format_quantity(double si_value, std::string_view unit,
                            std::string_view currency = "EUR");

/// For people: the dimension in base units, e.g. "money/part", "J/s" as "W"; "a plain number" if
/// none.
std::string format_dimension(const Dimension& dimension, std::string_view currency = "EUR");

/// Shortest decimal text that reads back as the same double.
std::string shortest_text(double value);

}  // namespace foretwin
