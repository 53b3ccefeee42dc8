// Bills of the energy oracles E-TOU-1, E-TOU-2, E-DC-1 and of a published worked example.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "models/energy/meter.hpp"
#include "models/energy/power_profile.hpp"
#include "models/energy/tariff.hpp"

using namespace foretwin;
using namespace foretwin::energy;
using doctest::Approx;

namespace {

nlohmann::json energy_case(const std::string& id) {
    std::ifstream file(std::string(FORETWIN_SOURCE_DIR) + "/tests/known_answers/energy.json");
    REQUIRE(file.good());
    const nlohmann::json all = nlohmann::json::parse(file);
    for (const auto& one : all["cases"])
        if (one["id"] == id) return one;
    FAIL("no such oracle: " << id);
    return {};
}

Time hours(double value) {
    return static_cast<Time>(std::llround(value * 3.6e12));
}

/// Total power in mW after each instant at which a segment [start, end, kW] begins or ends.
std::vector<PowerChange> power_changes(const nlohmann::json& segments) {
    std::map<Time, std::int64_t> steps{{0, 0}};
    for (const auto& segment : segments) {
        const std::int64_t power_mw = std::llround(segment[2].get<double>() * 1e6);
        steps[hours(segment[0])] += power_mw;
        steps[hours(segment[1])] -= power_mw;
    }
    std::vector<PowerChange> changes;
    std::int64_t power_mw = 0;
    for (const auto& [at, step] : steps) changes.push_back({at, power_mw += step});
    return changes;
}

Bill bill_of(const std::vector<PowerChange>& changes, const Tariff& tariff, Time end) {
    MeterState meter = start_meter(tariff, 0, 0);
    for (const auto& [at, power_mw] : changes) set_power(meter, tariff, at, power_mw);
    return read_bill(meter, tariff, end);
}

TimeOfUse bands_of(const nlohmann::json& tariff) {
    TimeOfUse bands;
    for (const auto& band : tariff)
        bands.bands.push_back({every_day, static_cast<int>(band[0].get<double>() * 60),
                               static_cast<int>(band[1].get<double>() * 60),
                               band[2].get<double>() * 1000});
    return bands;
}

}  // namespace

TEST_CASE("time-of-use cost with boundaries, oracles E-TOU-1 and E-TOU-2") {
    for (const char* id : {"E-TOU-1", "E-TOU-2"}) {
        CAPTURE(id);
        const auto oracle = energy_case(id);
        const auto& answers = oracle["answers"];
        TariffDefinition definition;
        definition.energy = bands_of(oracle["params"]["tariff_from_to_price"]);
        const Tariff tariff = make_tariff(definition, {0, "UTC", 48 * hour});
        const auto changes = power_changes(oracle["params"]["segments_start_end_kW"]);
        const Bill bill = bill_of(changes, tariff, 48 * hour);
        CHECK(bill.energy_charge == Approx(answers["cost"].get<double>()).epsilon(1e-12));
        CHECK(bill.energy_kwh == Approx(answers["kwh"].get<double>()).epsilon(1e-12));
    }
}

TEST_CASE("energy by price, oracle E-TOU-1: counted with a tariff that charges one band only") {
    const auto oracle = energy_case("E-TOU-1");
    const auto changes = power_changes(oracle["params"]["segments_start_end_kW"]);
    for (const auto& band : oracle["params"]["tariff_from_to_price"]) {
        TariffDefinition definition;
        definition.energy = TimeOfUse{bands_of({{band[0], band[1], 1.0}}).bands, 0.0};
        const Tariff tariff = make_tariff(definition, {0, "UTC", 48 * hour});
        std::string price = band[2].dump();
        CAPTURE(price);
        const double kwh = oracle["answers"]["kwh_by_price"][price];
        CHECK(bill_of(changes, tariff, 48 * hour).energy_charge == Approx(kwh).epsilon(1e-12));
    }
}

TEST_CASE("demand peak over windows of 15 min, oracle E-DC-1") {
    const auto oracle = energy_case("E-DC-1");
    const auto& answers = oracle["answers"];
    const Time window = hours(oracle["params"]["window_h"]);
    const Time end = hours(oracle["params"]["horizon_h"]);
    TariffDefinition definition;
    definition.window = window;
    const Tariff tariff = make_tariff(definition, {0, "UTC", end});
    const auto changes = power_changes(oracle["params"]["segments_start_end_kW"]);
    const Bill bill = bill_of(changes, tariff, end);
    CHECK(bill.peak_kw == Approx(answers["max_fixed_window_kW"].get<double>()).epsilon(1e-12));
    CHECK(bill.peak_window == answers["argmax_window"].get<int>() * window);
    CHECK(bill.energy_kwh == Approx(answers["total_kWh"].get<double>()).epsilon(1e-12));
    CHECK(bill.highest_kw == Approx(answers["instantaneous_peak_kW"].get<double>()));
    CHECK(highest_sliding_mean_kw(changes, end, window) ==
          Approx(answers["max_sliding_window_kW"].get<double>()).epsilon(1e-12));
}

TEST_CASE("a month of 100 kW with 200 kW for four hours a day") {
    // 2800 kWh a day; 0.10 per kWh and 35 per kW: demand 7000 a month, energy 8400 in 30 days and
    // 8680 in 31 (worked example of the HOMER Grid manual).
    TariffDefinition definition;
    definition.energy = FlatPrice{100};
    definition.demand = DemandDefinition{.per_kw_month = 35};
    const std::int64_t january_2026 = 1'767'225'600LL * second;
    const std::int64_t april_2026 = 1'775'001'600LL * second;
    for (const auto& [origin, days] : {std::pair{january_2026, 31}, std::pair{april_2026, 30}}) {
        const Tariff tariff = make_tariff(definition, {origin, "UTC", days * day});
        MeterState meter = start_meter(tariff, 0, 100'000'000);
        for (int number = 0; number < days; ++number) {
            set_power(meter, tariff, number * day + 10 * hour, 200'000'000);
            set_power(meter, tariff, number * day + 14 * hour, 100'000'000);
        }
        const Bill bill = read_bill(meter, tariff, days * day);
        CHECK(bill.demand_charge == 7000);
        CHECK(bill.energy_charge == Approx(280.0 * days).epsilon(1e-14));
        CHECK(bill.load_factor == Approx(2800.0 / 24 / 200).epsilon(1e-14));
    }
}
