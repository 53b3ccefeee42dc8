#pragma once

#include <optional>
#include <string_view>

namespace foretwin::telemetry {

/// The number that the whole text is: digits with or without a sign, a point and an exponent; "nan"
/// and "inf" are numbers here. The nearest double, exactly as std::from_chars finds it; infinity
/// when it is beyond all doubles. Nothing when the text is none.
std::optional<double> number_of(std::string_view text);

}  // namespace foretwin::telemetry
