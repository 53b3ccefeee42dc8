#pragma once

#include <string>

namespace foretwin::report {

/// How the numbers of one row, axis or sentence are shown, so that they can be compared.
struct Shown {
    double factor = 1;     ///< shown = value x factor, e.g. 0.001 for kWh told in MWh
    std::string unit;      ///< e.g. "MWh", "%", "EUR"; empty for a pure number
    bool leading = false;  ///< the unit stands before the number: "EUR 412,000"
    int decimals = 0;      ///< may be negative: -2 rounds to hundreds
};

/// Unit and decimals for a figure: `magnitude` is the largest absolute value that will be shown,
/// `half_width` the half width of its interval (0 or NaN when there is none). 3 to 4 significant
/// digits of the magnitude, fewer decimals where the interval is wide. Shares (availability, oee,
/// load_factor, shares by unit "%") are told in per cent, "money" in `currency`, large energies in
/// MWh or GWh, large masses in t.
Shown shown_as(const std::string& kpi, const std::string& unit, const std::string& currency,
               double magnitude, double half_width);

/// The bare number: "-12,300", "0.0412"; "unknown" for what is not finite. The minus is a hyphen.
std::string number(double value, const Shown& shown);
/// The same with a plus sign before what is above zero; what rounds to zero carries none.
std::string signed_number(double value, const Shown& shown);
/// Number and unit: "EUR 412,000", "38.2 %", "1,240 MWh".
std::string with_unit(double value, const Shown& shown);

/// A number on its own with 3 to 4 significant digits and thousands separators.
std::string number(double value);
/// A share 0..1 as whole per cent, "97 %"; "over 99 %" and "under 1 %" rather than 100 and 0.
std::string percent(double share);
/// A level, "95 %", with as many decimals as it has (at most two).
std::string level_text(double level);
/// Money: "EUR 412,000", "EUR 12.4 million".
std::string money(double amount, const std::string& currency);

/// "0xa3.." hashes, counts: whole numbers with thousands separators.
std::string count(double value);

}  // namespace foretwin::report
