// The meter counts exactly: however a run is split, no bit of the bill changes.
#include "models/energy/meter.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <vector>

#include "engine/core/rule.hpp"
#include "engine/random/stream.hpp"
#include "models/energy/tariff.hpp"

using namespace foretwin;
using namespace foretwin::energy;
using doctest::Approx;

namespace {

/// 2026-03-01T00:00 in Berlin; the clock changes on 29 March.
constexpr std::int64_t march_2026 = (1'772'323'200LL - 3'600) * second;

Tariff demanding_tariff(Time end) {
    TariffDefinition definition;
    definition.energy = TimeOfUse{{{weekdays, 6 * 60, 22 * 60, 240.5}}, 99.25};
    definition.demand = DemandDefinition{.per_kw_month = 12, .ratchet = 0.8};
    definition.carbon = FlatPrice{350};
    return make_tariff(definition, {march_2026, "Europe/Berlin", end});
}

struct Change {
    Time at = 0;
    std::int64_t power_mw = 0;
};

/// Some changes a second, then none for weeks: short and long stretches alike.
std::vector<Change> random_changes(std::uint32_t seed, int count, Time end) {
    random::Draws draws({seed, 0}, 77, 0, 0);
    std::vector<Change> changes;
    for (int i = 0; i < count; ++i) {
        const Time any = static_cast<Time>(draws.below(static_cast<std::uint64_t>(end)));
        const Time near = changes.empty() ? any : std::min(end, changes.back().at + any % second);
        const bool idle = draws.below(4) == 0;
        const auto power = static_cast<std::int64_t>(draws.below(300'000'000));
        changes.push_back({draws.below(3) == 0 ? any : near, idle ? 0 : power});
    }
    std::sort(changes.begin(), changes.end(), [](auto& a, auto& b) { return a.at < b.at; });
    return changes;
}

/// The naive meter: splits time at every minute and looks everything up anew.
struct Naive {
    Wide energy = 0, cost = 0, carbon = 0;
    std::map<Time, Wide> windows;
};
Naive naive_meter(const std::vector<Change>& changes, const Tariff& tariff, Time end) {
    Naive naive;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const Time until = i + 1 < changes.size() ? changes[i + 1].at : end;
        for (Time at = changes[i].at; at < until;) {
            const Time next = std::min(until, (at / minute + 1) * minute);
            const Wide energy = static_cast<Wide>(changes[i].power_mw) * (next - at);
            naive.energy += energy;
            naive.cost += energy * tariff.price.value(tariff.price.index_at(at));
            naive.carbon += energy * tariff.carbon.value(tariff.carbon.index_at(at));
            naive.windows[at / tariff.window * tariff.window] += energy;
            at = next;
        }
    }
    return naive;
}

/// Bit pattern of what a bill says.
std::vector<double> figures(const Bill& bill) {
    return {bill.energy_kwh, bill.energy_charge, bill.demand_charge,
            bill.carbon_kg,  bill.peak_kw,       static_cast<double>(bill.peak_window),
            bill.highest_kw};
}

}  // namespace

TEST_CASE("the meter equals a naive one that looks at every minute") {
    const Time end = 100 * day;
    const Tariff tariff = demanding_tariff(end);
    for (std::uint32_t seed = 1; seed <= 5; ++seed) {
        auto changes = random_changes(seed, 200, end);
        MeterState meter = start_meter(tariff, 0, 0);
        for (const Change& change : changes) set_power(meter, tariff, change.at, change.power_mw);
        const Naive naive = naive_meter(changes, tariff, end);
        advance(meter, tariff, end);
        CHECK(meter.energy == naive.energy);
        CHECK(meter.cost == naive.cost);
        CHECK(meter.carbon == naive.carbon);
        const auto highest = std::max_element(naive.windows.begin(), naive.windows.end(),
                                              [](auto& a, auto& b) { return a.second < b.second; });
        const Bill bill = read_bill(meter, tariff, end);
        CHECK(meter.peak_energy == highest->second);
        CHECK(bill.peak_window == highest->first);
        CHECK(bill.energy_mw_ns == naive.energy);
    }
}

TEST_CASE("splitting a run at any time changes no bit of the bill") {
    const Time end = 100 * day;
    const Tariff tariff = demanding_tariff(end);
    const auto changes = random_changes(11, 100, end);
    MeterState whole = start_meter(tariff, 0, 0);
    for (const Change& change : changes) set_power(whole, tariff, change.at, change.power_mw);
    const auto truth = figures(read_bill(whole, tariff, end));
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        auto pieces = changes;
        for (const Change& cut : random_changes(seed + 100, 300, end)) {
            const auto after =
                std::upper_bound(pieces.begin(), pieces.end(), cut.at,
                                 [](Time at, const Change& change) { return at < change.at; });
            const std::int64_t power = after == pieces.begin() ? 0 : std::prev(after)->power_mw;
            pieces.insert(after, {cut.at, power});
        }
        MeterState split = start_meter(tariff, 0, 0);
        for (const Change& change : pieces) {
            read_bill(split, tariff, change.at);  // reading must not disturb
            MeterState copy;
            std::memcpy(&copy, &split, sizeof(copy));  // a snapshot is a copy of bytes
            split = copy;
            set_power(split, tariff, change.at, change.power_mw);
        }
        CHECK(figures(read_bill(split, tariff, end)) == truth);
    }
}

TEST_CASE("energy by state equals energy by bill") {
    const Time end = 30 * day;
    const Tariff tariff = demanding_tariff(end);
    const auto changes = random_changes(5, 500, end);
    MeterState meter = start_meter(tariff, 0, 0);
    Wide by_state = 0;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const Time until = i + 1 < changes.size() ? changes[i + 1].at : end;
        by_state += static_cast<Wide>(changes[i].power_mw) * (until - changes[i].at);
        set_power(meter, tariff, changes[i].at, changes[i].power_mw);
    }
    CHECK(read_bill(meter, tariff, end).energy_mw_ns == by_state);
}

TEST_CASE("demand is charged per calendar month, pro rata for a part of one") {
    // March (743 h, the clock skips one), then 10 of 30 days of April.
    const Time end = 743 * hour + 10 * day;
    TariffDefinition definition;
    definition.demand = DemandDefinition{.per_kw_month = 12};
    const Tariff tariff = make_tariff(definition, {march_2026, "Europe/Berlin", end});
    REQUIRE(tariff.months.size() == 2);
    CHECK(tariff.months[0].length == 743 * hour);
    MeterState meter = start_meter(tariff, 0, 50'000'000);
    set_power(meter, tariff, 743 * hour, 90'000'000);
    CHECK(read_bill(meter, tariff, end).demand_charge == 12 * 50 + 12 * 90 / 3);
    // Measured from the middle of March on: half its charge.
    MeterState later = start_meter(tariff, 743 * hour / 2, 50'000'000);
    CHECK(read_bill(later, tariff, 743 * hour).demand_charge == 300);
}

TEST_CASE("a ratchet bills a share of the highest month before") {
    // 1000 kW once, then 100 kW: at 0.8 every later month is billed with 800 kW.
    TariffDefinition definition;
    definition.demand = DemandDefinition{.per_kw_month = 1, .ratchet = 0.8};
    const Time january = 31 * day;
    const Time end = 31 * day + 28 * day + 31 * day;
    const Tariff tariff = make_tariff(definition, {1'767'225'600LL * second, "UTC", end});
    MeterState meter = start_meter(tariff, 0, 1'000'000'000);
    set_power(meter, tariff, january, 100'000'000);
    CHECK(read_bill(meter, tariff, end).demand_charge == 1000 + 800 + 800);
}

TEST_CASE("measurement that begins inside a window counts what it measured of it") {
    TariffDefinition definition;
    const Tariff tariff = make_tariff(definition, {0, "UTC", day});
    MeterState meter = start_meter(tariff, 10 * minute, 90'000'000);
    set_power(meter, tariff, 15 * minute, 0);
    CHECK(read_bill(meter, tariff, hour).peak_kw == Approx(30));  // 5 of 15 min at 90 kW
}

TEST_CASE("a power that lasts for no time leaves no trace") {
    const Tariff tariff = make_tariff({}, {0, "UTC", day});
    MeterState meter = start_meter(tariff, 0, 10'000'000);
    set_power(meter, tariff, hour, 999'000'000);
    set_power(meter, tariff, hour, 20'000'000);
    const Bill bill = read_bill(meter, tariff, 2 * hour);
    CHECK(bill.highest_kw == 20);
    CHECK(bill.energy_kwh == Approx(30));
}

TEST_CASE("rules of the caller: no negative power, no change beyond the run") {
    const Tariff tariff = make_tariff({}, {0, "UTC", day});
    MeterState meter = start_meter(tariff, 0, 0);
    CHECK_THROWS_AS(set_power(meter, tariff, hour, -1), RuleBroken);
    CHECK_THROWS_AS(set_power(meter, tariff, hour, tariff.power_limit_mw + 1), RuleBroken);
    CHECK_THROWS_AS(set_power(meter, tariff, 2 * day, 1), RuleBroken);
}

TEST_CASE("energy drawn at an instant belongs to the price and the window that hold the instant") {
    // Monday 2026-03-02 in Berlin: 99.25 per MWh until 06:00, then 240.5. 1 kWh at 05:59:59.999,
    // at 06:00 and at the very end, 06:15: a window begins there and holds nothing else.
    const Time day = 24 * hour;
    const Time end = day + 6 * hour + 15 * minute;
    const Tariff tariff = demanding_tariff(end);
    const Wide kwh = Wide{3'600'000} * 1'000'000'000'000;
    MeterState meter = start_meter(tariff, 0, 0);
    draw_energy(meter, tariff, day + 6 * hour - 1, kwh);
    draw_energy(meter, tariff, day + 6 * hour, 2 * kwh);
    draw_energy(meter, tariff, end, 4 * kwh);
    const Bill bill = read_bill(meter, tariff, end);
    CHECK(bill.energy_kwh == Approx(7));
    CHECK(bill.energy_charge == Approx((99.25 + 6 * 240.5) / 1000));
    CHECK(bill.carbon_kg == Approx(7 * 0.35));
    CHECK(bill.peak_kw == Approx(16));
    CHECK(bill.peak_window == end);
}

TEST_CASE("at the power limit a month's demand charge still fits, however dear a kilowatt is") {
    // A flat price of 0 leaves the demand charge as the limit. In a wide integer stand
    // mW x micro-money/kW x ns: 1.6e38 / (1e6 x 1e6) / (31 days = 2.6784e15 ns) = 5.97e10 mW.
    TariffDefinition definition;
    definition.demand = DemandDefinition{.per_kw_month = 1e6};
    constexpr Time january = 31 * day;
    constexpr std::int64_t january_2026 = 1'767'225'600LL * second;
    const Tariff tariff = make_tariff(definition, {january_2026, "UTC", january});
    CHECK(static_cast<double>(tariff.power_limit_mw) == Approx(1.6e38 / 1e12 / 2.6784e15));
    MeterState meter = start_meter(tariff, 0, tariff.power_limit_mw);
    const Bill bill = read_bill(meter, tariff, january);
    const double kw = static_cast<double>(tariff.power_limit_mw) / 1e6;
    CHECK(bill.demand_charge == Approx(kw * 1e6));
}

TEST_CASE("a price band that begins where it ends is refused: nothing, or a whole day?") {
    TariffDefinition definition;
    definition.energy = TimeOfUse{{{every_day, 6 * 60, 6 * 60, 1}}, 2};
    CHECK_THROWS_AS(make_tariff(definition, {march_2026, "Europe/Berlin", day}), InputError);
}
