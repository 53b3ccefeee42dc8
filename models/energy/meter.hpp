#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include "engine/core/rule.hpp"
#include "models/energy/tariff.hpp"

namespace foretwin::energy {

/// The running bill of one site: plain values, so a snapshot is a copy of bytes. All sums are whole
/// numbers: however a stretch is split, the totals are equal to the last bit.
struct MeterState {
    std::int64_t power_mw = 0;    ///< since `at`
    Time at = 0;                  ///< everything before is in the sums
    Time boundary = 0;            ///< next instant at which price, carbon or window changes
    std::int64_t highest_mw = 0;  ///< highest power that lasted
    Wide open_energy = 0;         ///< mW x ns since the last boundary, not yet in the sums below

    Wide energy = 0;         ///< mW x ns, up to the last boundary
    Wide cost = 0;           ///< mW x ns x micro-money/MWh
    Wide carbon = 0;         ///< mW x ns x micro-kg/MWh
    Wide window_energy = 0;  ///< of the open window, up to the last boundary
    Wide peak_energy = 0;    ///< largest window so far, mW x ns
    Wide month_peak = 0;     ///< largest window of the open month
    Time peak_window = 0;    ///< begin of the first window with that largest energy
    Time window_end = 0;
    Time measured_from = 0;          ///< begin of measurement
    std::int64_t demand_charge = 0;  ///< micro-money of closed months
    std::uint32_t price_step = 0, carbon_step = 0, month = 0;
    std::uint32_t months_closed = 0;
    std::array<std::int64_t, 11>
        past_peaks_mw{};  ///< for the ratchet, newest at months_closed % 11
};
static_assert(std::is_trivially_copyable_v<MeterState>);

/// A meter that measures from `now` on at the given power. Also resets one: the start of
/// measurement.
MeterState start_meter(const Tariff& tariff, Time now, std::int64_t power_mw);

/// Closes what lies before `now` when a boundary was passed. Not for callers.
void pass_boundaries(MeterState& meter, const Tariff& tariff, Time now);

/// Counts up to `now` at the present power. now >= meter.at, now <= tariff.end.
inline void advance(MeterState& meter, const Tariff& tariff, Time now) {
    if (now == meter.at) return;
    if (meter.power_mw > meter.highest_mw) meter.highest_mw = meter.power_mw;
    if (now >= meter.boundary) pass_boundaries(meter, tariff, now);
    meter.open_energy += static_cast<Wide>(meter.power_mw) * (now - meter.at);
    meter.at = now;
}

/// From `now` on the total power is `total_power_mw`, at least 0.
inline void set_power(MeterState& meter, const Tariff& tariff, Time now,
                      std::int64_t total_power_mw) {
    FORETWIN_RULE(total_power_mw >= 0 && total_power_mw <= tariff.power_limit_mw,
                  "total power is not negative and within what the meter can count");
    advance(meter, tariff, now);
    meter.power_mw = total_power_mw;
}

/// Energy of at least 0, in mW x ns, that is drawn at `now` beside the power: it belongs to the
/// price and the window that hold `now`, as the first thing in them where they begin there.
inline void draw_energy(MeterState& meter, const Tariff& tariff, Time now, Wide energy) {
    FORETWIN_RULE(energy >= 0, "a plant does not feed energy back");
    advance(meter, tariff, now);
    meter.open_energy += energy;
}

/// What the meter says at `now`; the state is not changed, so a run can go on.
struct Bill {
    Wide energy_mw_ns = 0;
    double energy_kwh = 0;
    double energy_charge = 0;  ///< money, without demand
    double demand_charge = 0;  ///< money, the open month pro rata up to now
    double carbon_kg = 0;
    double peak_kw = 0;     ///< highest clock-aligned window mean; 0 without windows
    Time peak_window = 0;   ///< begin of the first such window
    double highest_kw = 0;  ///< highest power that lasted for any time at all
    double mean_kw = 0;
    double load_factor = 0;  ///< mean / peak; 0 without a peak
    double cost() const { return energy_charge + demand_charge; }
};
/// A window that measurement begins or ends inside counts with what was measured in it, spread over
/// the whole window, as a register that starts at zero would show.
Bill read_bill(MeterState meter, const Tariff& tariff, Time now);

}  // namespace foretwin::energy
