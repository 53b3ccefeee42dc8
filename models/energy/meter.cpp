#include "models/energy/meter.hpp"

#include <algorithm>

namespace foretwin::energy {
namespace {

constexpr Wide mw_per_kw = 1'000'000;

/// The step that holds `time`; a walk, since boundaries are passed one or two at a time.
std::uint32_t step_after(const StepFunction& steps, std::uint32_t index, Time time) {
    for (int near = 0; near < 4; ++near) {
        if (index + 1 == steps.size() || time < steps.step_end(index)) return index;
        ++index;
    }
    if (time >= steps.end()) return static_cast<std::uint32_t>(steps.size() - 1);
    return static_cast<std::uint32_t>(steps.index_at(time));
}

/// Value x ns over [from, to], which begins in step `first` and ends in step `last`.
Wide integral(const StepFunction& steps, std::uint32_t first, std::uint32_t last, Time from,
              Time to) {
    if (first == last) return static_cast<Wide>(steps.value(first)) * (to - from);
    return steps.integral(from, to);
}

/// Whole micro-money of one month at this highest window.
std::int64_t month_charge(const MeterState& meter, const Tariff& tariff, Wide peak, Time until) {
    const Month& month = tariff.months[meter.month];
    Wide billed_mw = (peak + tariff.window / 2) / tariff.window;
    if (tariff.ratchet_ppm > 0) {
        const auto highest =
            *std::max_element(meter.past_peaks_mw.begin(), meter.past_peaks_mw.end());
        billed_mw =
            std::max(billed_mw, static_cast<Wide>(highest) * tariff.ratchet_ppm / 1'000'000);
    }
    const Time measured =
        std::max<Time>(0, std::min(until, month.end) - std::max(month.begin, meter.measured_from));
    const Wide share = mw_per_kw * month.length;
    const Wide money = billed_mw * tariff.demand_price * measured;
    return static_cast<std::int64_t>((money + share / 2) / share);
}

void close_month(MeterState& meter, const Tariff& tariff) {
    const Month& month = tariff.months[meter.month];
    meter.demand_charge += month_charge(meter, tariff, meter.month_peak, month.end);
    meter.past_peaks_mw[meter.months_closed % meter.past_peaks_mw.size()] =
        static_cast<std::int64_t>(meter.month_peak / tariff.window);
    ++meter.months_closed;
    ++meter.month;
    meter.month_peak = 0;
}

/// A window that began at `begin` held this energy. Months end where a window does.
void count_window(MeterState& meter, const Tariff& tariff, Time begin, Wide energy) {
    while (begin >= tariff.months[meter.month].end && meter.month + 1 < tariff.months.size())
        close_month(meter, tariff);
    if (energy > meter.peak_energy) {
        meter.peak_energy = energy;
        meter.peak_window = begin;
    }
    meter.month_peak = std::max(meter.month_peak, energy);
}

/// Windows that end in (meter.at, to], all at the present power from meter.at on.
void pass_windows(MeterState& meter, const Tariff& tariff, Time to) {
    const Wide power = meter.power_mw;
    Time from = meter.at;
    if (meter.window_end <= to) {
        meter.window_energy += power * (meter.window_end - from);
        count_window(meter, tariff, meter.window_end - tariff.window, meter.window_energy);
        from = meter.window_end;
        meter.window_energy = 0;
        const Time whole = to - from < tariff.window ? 0 : (to - from) / tariff.window;
        const Time last_end = from + whole * tariff.window;
        // All whole windows are alike: one per month is enough.
        for (Time begin = from; begin < last_end;) {
            count_window(meter, tariff, begin, power * tariff.window);
            if (meter.month + 1 >= tariff.months.size()) break;
            const Time month_end = tariff.months[meter.month].end;
            if (month_end >= last_end) break;
            const Time rest = (month_end - begin + tariff.window - 1) / tariff.window;
            begin += std::max<Time>(1, rest) * tariff.window;
        }
        from = last_end;
        meter.window_end = last_end + tariff.window;
    }
    meter.window_energy += power * (to - from);
}

/// Energy between two instants in which price, carbon and window stay the same.
void close_open_stretch(MeterState& meter, const Tariff& tariff, Time to) {
    const Wide energy = meter.open_energy + static_cast<Wide>(meter.power_mw) * (to - meter.at);
    meter.energy += energy;
    meter.cost += energy * tariff.price.value(meter.price_step);
    meter.carbon += energy * tariff.carbon.value(meter.carbon_step);
    meter.window_energy += energy;
    meter.open_energy = 0;
    meter.at = to;
}

void find_boundary(MeterState& meter, const Tariff& tariff) {
    meter.boundary = std::min({tariff.price.step_end(meter.price_step),
                               tariff.carbon.step_end(meter.carbon_step), tariff.end});
    if (tariff.window > 0) meter.boundary = std::min(meter.boundary, meter.window_end);
}

}  // namespace

MeterState start_meter(const Tariff& tariff, Time now, std::int64_t power_mw) {
    FORETWIN_RULE(now >= 0 && now <= tariff.end, "a meter starts within the run");
    FORETWIN_RULE(power_mw >= 0 && power_mw <= tariff.power_limit_mw,
                  "total power is not negative and within what the meter can count");
    MeterState meter;
    meter.power_mw = power_mw;
    meter.at = now;
    meter.measured_from = now;
    const Time inside = std::min(now, tariff.end - 1);
    meter.price_step = static_cast<std::uint32_t>(tariff.price.index_at(inside));
    meter.carbon_step = static_cast<std::uint32_t>(tariff.carbon.index_at(inside));
    while (now >= tariff.months[meter.month].end && meter.month + 1 < tariff.months.size())
        ++meter.month;
    if (tariff.window > 0) {
        const Time since = now - tariff.first_window;
        meter.window_end = now - since % tariff.window + tariff.window;
        meter.peak_window = meter.window_end - tariff.window;
    }
    find_boundary(meter, tariff);
    return meter;
}

void pass_boundaries(MeterState& meter, const Tariff& tariff, Time now) {
    FORETWIN_RULE(now <= tariff.end, "power changes within the run");
    close_open_stretch(meter, tariff, meter.boundary);
    // The whole stretches between the boundary and the last one before now, in one go.
    const std::uint32_t price_step = step_after(tariff.price, meter.price_step, now);
    const std::uint32_t carbon_step = step_after(tariff.carbon, meter.carbon_step, now);
    const Wide power = meter.power_mw;
    meter.energy += power * (now - meter.at);
    meter.cost +=
        power * integral(tariff.price, step_after(tariff.price, meter.price_step, meter.at),
                         price_step, meter.at, now);
    meter.carbon +=
        power * integral(tariff.carbon, step_after(tariff.carbon, meter.carbon_step, meter.at),
                         carbon_step, meter.at, now);
    if (tariff.window > 0) pass_windows(meter, tariff, now);
    meter.price_step = price_step;
    meter.carbon_step = carbon_step;
    meter.at = now;
    find_boundary(meter, tariff);
}

Bill read_bill(MeterState meter, const Tariff& tariff, Time now) {
    advance(meter, tariff, now);
    close_open_stretch(meter, tariff, now);
    Bill bill;
    bill.energy_mw_ns = meter.energy;
    bill.energy_kwh = to_double(meter.energy) / mw_ns_per_kwh;
    bill.energy_charge = to_double(meter.cost) / cost_units_per_money;
    bill.carbon_kg = to_double(meter.carbon) / cost_units_per_money;
    bill.highest_kw = static_cast<double>(meter.highest_mw) / 1e6;
    const Time span = now - meter.measured_from;
    if (span > 0) bill.mean_kw = to_double(meter.energy) / static_cast<double>(span) / 1e6;
    if (tariff.window == 0) return bill;
    const Time begin = meter.window_end - tariff.window;
    // What was drawn at `now` itself may be all that a window holds.
    if (begin < now || meter.window_energy > 0)
        count_window(meter, tariff, begin, meter.window_energy);
    bill.peak_kw = to_double(meter.peak_energy) / static_cast<double>(tariff.window) / 1e6;
    bill.peak_window = meter.peak_window;
    if (bill.peak_kw > 0) bill.load_factor = bill.mean_kw / bill.peak_kw;
    if (tariff.demand_price > 0) {
        const std::int64_t open = month_charge(meter, tariff, meter.month_peak, now);
        bill.demand_charge = static_cast<double>(meter.demand_charge + open) / 1e6;
    }
    return bill;
}

}  // namespace foretwin::energy
