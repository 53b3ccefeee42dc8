#include "engine/telemetry/decimal.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

using foretwin::telemetry::number_of;

namespace {

/// The same by the standard library alone.
std::optional<double> slowly(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || end != text.data() + text.size()) return std::nullopt;
    if (error == std::errc::result_out_of_range) return std::numeric_limits<double>::infinity();
    return error == std::errc{} ? std::optional(value) : std::nullopt;
}

/// Bit by bit, so that -0 is not 0, and NaN is NaN.
bool same(std::string_view text) {
    const auto found = number_of(text);
    const auto expected = slowly(text);
    if (!found || !expected) return found.has_value() == expected.has_value();
    return std::bit_cast<std::uint64_t>(*found) == std::bit_cast<std::uint64_t>(*expected);
}

}  // namespace

TEST_CASE("numbers are the nearest ones, bit by bit, however they are written") {
    CHECK(number_of("166.162") == 166.162);
    CHECK(number_of("+0.1") == 0.1);
    CHECK(number_of("-.5") == -0.5);
    CHECK(number_of("7.") == 7);
    CHECK(std::signbit(*number_of("-0.00")));
    CHECK(number_of("1e400") == std::numeric_limits<double>::infinity());
    CHECK(std::isnan(*number_of("nan")));
    for (const char* none : {"", "+", "-", ".", "-.", "--1", "1..2", "1.2.3", "1,5", "12a", "a12",
                             " 1", "1 ", "0x10", "1e", "1:2", "/1", "12345678a", "\xb1"})
        CHECK_MESSAGE(!number_of(none), none);
}

TEST_CASE("all texts of the characters of numbers are read as the standard library reads them") {
    // Digits in most places, so that many of the texts are numbers; up to 11 characters, so that
    // the fast way for eight and the slow one are both taken.
    constexpr std::string_view characters = "0123456789012345678901234567899.-+e:/";
    std::mt19937 draw(1);  // NOLINT(cert-msc51-cpp): the same texts every time
    std::string text;
    int numbers = 0;
    int wrong = 0;
    for (int i = 0; i < 400'000; ++i) {
        text.clear();
        const std::size_t size = 1 + draw() % 11;
        for (std::size_t k = 0; k < size; ++k) text += characters[draw() % characters.size()];
        if (i % 2 == 0) text[draw() % size] = '.';
        if (!same(text)) ++wrong;
        numbers += number_of(text) ? 1 : 0;
    }
    CHECK(wrong == 0);
    CHECK(numbers > 100'000);
}
