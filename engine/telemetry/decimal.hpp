#pragma once

#include <optional>
#include <string_view>

namespace foretwin::telemetry {

/// The number that the whole text is: digits with or without a sign, a point and an exponent; "nan"
/// and "inf" are numbers here. The nearest double, exactly as std::from_chars finds it; infinity
/// when it is beyond all doubles. Nothing when the text is none.
std::optional<double> number_of(std::string_view text);

/// Writes the shortest text that tells the number from all others, and returns its end. Whole
/// numbers below 9e15 have no exponent: counts of time may come as floating-point numbers.
char* write_number(char* first, char* last, double number);

}  // namespace foretwin::telemetry
