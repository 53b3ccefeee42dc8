#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/time.hpp"
#include "models/energy/price_file.hpp"
#include "models/energy/run_calendar.hpp"
#include "models/energy/step_function.hpp"

namespace foretwin::energy {

/// Energy is counted in mW x ns, prices in millionths of money per MWh.
inline constexpr double mw_ns_per_kwh = 3.6e18;
inline constexpr double cost_units_per_money = 3.6e27;  ///< mW x ns x micro-money/MWh

/// One price for all times, in money per MWh.
struct FlatPrice {
    double per_mwh = 0;
};

/// A price by local clock. `from` and `to` are minutes after midnight, 0..1440, half open; a band
/// that ends before its begin runs past midnight and belongs to the weekday it begins on; one that
/// ends at its begin is an error (the whole day is 0 to 1440).
struct Band {
    std::uint8_t weekdays = 0x7f;  ///< bit 0 Monday .. bit 6 Sunday
    int from_minute = 0;
    int to_minute = 1440;
    double per_mwh = 0;
};
inline constexpr std::uint8_t every_day = 0x7f, weekdays = 0x1f, weekend = 0x60;

/// Bands must not overlap; what they leave open costs `otherwise_per_mwh`, or is an error.
struct TimeOfUse {
    std::vector<Band> bands;
    std::optional<double> otherwise_per_mwh;
};

using PriceDefinition = std::variant<FlatPrice, TimeOfUse, PriceFileDefinition>;

/// Per kW of the highest clock-aligned window mean in each calendar month, pro rata where the
/// measured time covers only part of the month.
struct DemandDefinition {
    double per_kw_month = 0;
    Time window = 15 * minute;  ///< divides a day; aligned with the local clock at time 0
    double ratchet = 0;         ///< 0..1: billed kW >= ratchet x highest of the 11 months before
};

struct TariffDefinition {
    PriceDefinition energy = FlatPrice{};
    std::optional<DemandDefinition> demand;
    Time window = 15 * minute;             ///< of the peak where there is no demand charge; 0: none
    PriceDefinition carbon = FlatPrice{};  ///< intensity in kg per MWh (0.35 kg/kWh is 350)
};

/// A contract laid out along one run: immutable, shared by all replications.
struct Tariff {
    StepFunction price;   ///< micro-money per MWh
    StepFunction carbon;  ///< millionths of kg per MWh
    Time end = 0;
    Time window = 0;                ///< 0: no windows are watched
    Time first_window = 0;          ///< begin of the window that holds time 0; <= 0
    std::int64_t demand_price = 0;  ///< micro-money per kW and month
    std::int64_t ratchet_ppm = 0;   ///< millionths
    std::vector<Month> months;
    std::int64_t power_limit_mw = 0;  ///< beyond it accumulators could overflow
    MappingReport energy_mapping, carbon_mapping;
};

/// Lays the contract along the run. Throws InputError with all problems.
Tariff make_tariff(const TariffDefinition& definition, const RunCalendar& calendar);

/// "06:00-22:00" as minutes after midnight; "24:00" is allowed as the end. Empty when malformed.
struct ClockRange {
    int from_minute = 0, to_minute = 0;
};
std::optional<ClockRange> parse_clock_range(std::string_view text);

}  // namespace foretwin::energy
