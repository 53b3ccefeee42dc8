// Annuity factors, equivalent annual cost, tax, and what changes cost over a study.
#include "models/economics/annuity.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

#include "engine/core/error.hpp"
#include "models/economics/cash_flow.hpp"
#include "models/economics/internal_rate.hpp"
#include "models/economics/investment.hpp"
#include "tests/models/economics/oracle.hpp"

using namespace foretwin::economics;
using doctest::Approx;

namespace {

std::optional<double> factor(const std::string& name, const nlohmann::json& p) {
    const double rate = p["rate"];
    const int years = p["n"];
    const double a = p["A"];
    if (name == "present_value_annuity") return a * present_value_annuity(rate, years);
    if (name == "annuity_due") return a * annuity_due(rate, years);
    if (name == "capital_recovery_factor") return capital_recovery_factor(rate, years);
    if (name == "future_value") return a * future_value_annuity(rate, years);
    if (name == "arithmetic_gradient_pv")
        return p["G"].get<double>() * arithmetic_gradient_pv(rate, years);
    if (name == "geometric_growth_pv") return a * geometric_growth_pv(rate, p["growth"], years);
    if (name == "continuous_stream_pv") return a * continuous_stream_pv(rate, years);
    if (name == "effective_annual_from_nominal_monthly") return effective_annual_rate(rate, 12);
    if (name != "perpetuity") throw std::runtime_error("unknown factor " + name);
    const auto value = perpetuity_pv(rate);
    return value ? std::optional(a * *value) : std::nullopt;
}

}  // namespace

TEST_CASE("annuity factors, oracles C-AN-1 and C-AN-2") {
    for (const char* id : {"C-AN-1", "C-AN-2"}) {
        const auto oracle = economics_case(id);
        for (const auto& [name, value] : oracle["answers"].items()) {
            CAPTURE(name);
            const auto got = factor(name, oracle["params"]);
            REQUIRE(got.has_value() == !value.is_null());
            if (got) CHECK(agrees(*got, value.get<double>(), oracle["tolerance"]));
        }
    }
}

TEST_CASE("a rate of one billionth does not cancel, and rate = growth is exact") {
    // First order: n - r n (n + 1) / 2.
    CHECK(present_value_annuity(1e-9, 10) == Approx(10 - 55e-9).epsilon(1e-15));
    CHECK(future_value_annuity(1e-9, 10) == Approx(10 + 45e-9).epsilon(1e-15));
    CHECK(geometric_growth_pv(0.05, 0.05, 7) == 7 / 1.05);
    CHECK(geometric_growth_pv(0.05 + 1e-12, 0.05, 7) == Approx(7 / 1.05).epsilon(1e-11));
    CHECK(arithmetic_gradient_pv(1e-9, 8) == Approx(28).epsilon(1e-7));
}

TEST_CASE("equivalent annual cost, oracle C-EA-1") {
    const auto oracle = economics_case("C-EA-1");
    const double rate = oracle["params"]["rate"];
    for (const auto& one : oracle["params"]["alternatives"]) {
        const Asset asset{one["capex"], one["opex"], one["life"], one["salvage"]};
        const auto& answer = oracle["answers"][one["name"].get<std::string>()];
        CHECK(agrees(present_cost(asset, rate), answer["pv_cost"], oracle["tolerance"]));
        CHECK(agrees(equivalent_annual_cost(asset, rate), answer["eac"], oracle["tolerance"]));
    }
}

TEST_CASE("after-tax flows with straight-line depreciation, oracle C-TX-1") {
    const auto oracle = economics_case("C-TX-1");
    const auto& p = oracle["params"];
    const auto cash = p["pre_tax_cash"].get<std::vector<double>>();
    const auto flows = after_tax_straight_line(p["capex"], p["salvage"], p["tax"], cash);
    CHECK(flows == oracle["answers"]["after_tax_flows"].get<std::vector<double>>());
    CHECK(agrees(npv(flows, p["rate"]), oracle["answers"]["npv"], oracle["tolerance"]));
    CHECK(agrees(irr(flows).rates.at(0), oracle["answers"]["irr"][0], oracle["tolerance"]));
}

TEST_CASE("a change that lives shorter than the study is bought again") {
    const std::vector<ChangeMoney> sensor{{"sensor", 1000, 50, 2}};
    CHECK(purchase_flows(sensor, 5) == std::vector<double>{-1000, 0, -1000, 0, -1000, 0});
    CHECK(running_flows(sensor, 5) == std::vector<double>{0, -50, -50, -50, -50, -50});
    const std::vector<ChangeMoney> exact{{"exact", 1000, 0, 5}};
    CHECK(purchase_flows(exact, 5) == std::vector<double>{-1000, 0, 0, 0, 0, 0});
}

TEST_CASE("lives and studies that are no whole years") {
    // Bought at 0, 1.5, 3.0; running cost of the last half year is half.
    const std::vector<ChangeMoney> change{{"filter", 100, 10, 1.5}};
    CHECK(purchase_flows(change, 3.5) == std::vector<double>{-100, -100, 0, -100, 0});
    CHECK(running_flows(change, 3.5) == std::vector<double>{0, -10, -10, -10, -5});
    const std::vector<ChangeMoney> lasting{
        {"wall", 100, 0, std::numeric_limits<double>::infinity()}};
    CHECK(purchase_flows(lasting, 2) == std::vector<double>{-100, 0, 0});
}

TEST_CASE("costs that make no sense are all told at once") {
    const std::vector<ChangeMoney> bad{{"a", -1, 0, 5}, {"b", 1, 0, 0}};
    try {
        purchase_flows(bad, 0);
        FAIL("not reached");
    } catch (const foretwin::InputError& error) {
        CHECK(error.problems().size() == 3);
    }
    CHECK_THROWS_AS(present_value_annuity(0.1, 0), foretwin::InputError);
    CHECK_THROWS_AS(present_value_annuity(-1, 3), foretwin::InputError);
}
