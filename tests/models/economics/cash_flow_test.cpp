// What a row of cash flows is worth: net present value, payback, modified rate, index.
#include "models/economics/cash_flow.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

#include "engine/core/error.hpp"
#include "models/economics/internal_rate.hpp"
#include "tests/models/economics/oracle.hpp"

using namespace foretwin::economics;
using doctest::Approx;

namespace {

using Optional = std::optional<double>;

Optional years_of(const std::optional<Payback>& payback) {
    return payback ? Optional(payback->years) : std::nullopt;
}

void check_optional(Optional got, const nlohmann::json& value, const nlohmann::json& tolerance) {
    REQUIRE(got.has_value() == !value.is_null());
    if (got) CHECK(agrees(*got, value.get<double>(), tolerance));
}

/// The figure that an oracle's answer names, e.g. "npv@0.1".
Optional figure(const std::string& name, const std::vector<double>& flows,
                const nlohmann::json& params) {
    const auto at = name.find('@');
    const double rate =
        at == std::string::npos ? params["rates"][0].get<double>() : std::stod(name.substr(at + 1));
    const std::string measure = name.substr(0, at);
    if (measure == "npv") return npv(flows, rate);
    if (measure == "payback") return years_of(payback(flows));
    if (measure == "discounted_payback") return years_of(discounted_payback(flows, rate));
    if (measure == "mirr") return mirr(flows, params["finance_rate"], params["reinvest_rate"]);
    if (measure == "profitability_index") return profitability_index(flows, rate);
    if (measure == "simple_roi") return simple_roi(flows);
    throw std::runtime_error("unknown measure " + measure);
}

}  // namespace

TEST_CASE("all measures of the cash-flow oracles C-CF-1 to C-CF-6") {
    for (int number = 1; number <= 6; ++number) {
        const auto oracle = economics_case("C-CF-" + std::to_string(number));
        const auto flows = oracle["params"]["cash_flows"].get<std::vector<double>>();
        for (const auto& [name, value] : oracle["answers"].items()) {
            CAPTURE(oracle["id"]);
            CAPTURE(name);
            if (name == "irr") {
                const auto rates = value.get<std::vector<double>>();
                const InternalRate got = irr(flows);
                REQUIRE(got.rates.size() == rates.size());
                for (std::size_t i = 0; i < rates.size(); ++i)
                    CHECK(agrees(got.rates[i], rates[i], oracle["tolerance"]));
            } else {
                check_optional(figure(name, flows, oracle["params"]), value, oracle["tolerance"]);
            }
        }
    }
}

TEST_CASE("golden vector -1000, 300, 400, 500, 200: figures made by hand") {
    const std::vector<double> flows{-1000, 300, 400, 500, 200};
    CHECK(npv(flows, 0.10) == Approx(115.56587665).epsilon(1e-10));
    CHECK(*mirr(flows, 0.10, 0.12) == Approx(0.1390332647).epsilon(1e-9));
    CHECK(payback(flows)->years == Approx(2.6).epsilon(1e-12));  // 2 + 300 / 500
    CHECK(discounted_payback(flows, 0.10)->years == Approx(3.154).epsilon(1e-3));
}

TEST_CASE("the middle of the year and dated flows") {
    const std::vector<double> flows{-100, 50, 60};
    CHECK(npv_mid_year(flows, 0.21) == Approx(-100 + 50 / 1.1 + 60 / 1.331));  // 1.21^1.5 = 1.331
    // Whole years of 365 days are the plain net present value.
    const std::vector<DatedFlow> dated{{1000, -100}, {1365, 50}, {1730, 60}};
    CHECK(npv_dated(dated, 0.21) == Approx(npv(flows, 0.21)));
    const std::vector<DatedFlow> half{{0, -100}, {365 / 5, 121}};
    CHECK(npv_dated(half, 0.21) == Approx(-100 + 121 / std::pow(1.21, 0.2)));
}

TEST_CASE("payback counts from today and from the first spend, and warns of a second fall") {
    const std::vector<double> late{0, -100, 50, 100};
    CHECK(payback(late)->years == Approx(2.5));
    CHECK(payback(late)->years_after_spend == Approx(1.5));
    CHECK_FALSE(payback(late)->falls_below_again);
    const std::vector<double> replaced{-100, 80, 80, -90, 80};
    CHECK(payback(replaced)->years == Approx(1.25));
    CHECK(payback(replaced)->falls_below_again);
    CHECK_FALSE(payback(std::vector<double>{0, 0, 10}));
    CHECK_FALSE(payback(std::vector<double>{0, 0}));
}

TEST_CASE("decimal amounts that sum to zero on paper pay back at that instant") {
    CHECK(payback(std::vector<double>{-0.3, 0.1, 0.1, 0.1})->years == Approx(3));
}

TEST_CASE("figures that do not exist are empty, never a silent number") {
    CHECK_FALSE(mirr(std::vector<double>{-1, -2}, 0.1, 0.1));
    CHECK_FALSE(mirr(std::vector<double>{1, 2}, 0.1, 0.1));
    CHECK_FALSE(simple_roi(std::vector<double>{0, 5}));
    CHECK_FALSE(profitability_index(std::vector<double>{3, 5}, 0.1));
}

TEST_CASE("bad input is told") {
    const std::vector<double> flows{-1, 2};
    CHECK_THROWS_AS(npv(flows, -1.0), foretwin::InputError);
    CHECK_THROWS_AS(npv(flows, std::numeric_limits<double>::quiet_NaN()), foretwin::InputError);
    CHECK_THROWS_AS(npv(std::vector<double>{}, 0.1), foretwin::InputError);
    const std::vector<double> infinite{-1, std::numeric_limits<double>::infinity()};
    CHECK_THROWS_AS(npv(infinite, 0.1), foretwin::InputError);
    CHECK_THROWS_AS(irr(infinite), foretwin::InputError);
}
