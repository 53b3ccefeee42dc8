#include <doctest/doctest.h>

#include <boost/math/quadrature/exp_sinh.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/random/distribution.hpp"

using nlohmann::json;
namespace random_laws = foretwin::random;

namespace {

json cases_of(const std::string& family) {
    std::ifstream file(std::string(FORETWIN_SOURCE_DIR) + "/tests/known_answers/" + family +
                       ".json");
    REQUIRE(file.good());
    return json::parse(file).at("cases");
}

/// A component with this law that is known to work at `age`.
struct Residual {
    random_laws::Distribution law;
    double age;

    double survival(double x) const {
        return std::exp(random_laws::cumulative_hazard(law, age) -
                        random_laws::cumulative_hazard(law, age + x));
    }
    double quantile(double p) const {
        return random_laws::quantile(law, 1 - random_laws::survival(law, age) * (1 - p)) - age;
    }
    double fails_within(double x) const {
        return -std::expm1(random_laws::cumulative_hazard(law, age) -
                           random_laws::cumulative_hazard(law, age + x));
    }
    double mean() const {
        boost::math::quadrature::exp_sinh<double> integrator;
        return integrator.integrate([this](double x) { return survival(x); });
    }
};

double told(const Residual& residual, const std::string& answer) {
    if (answer == "mean_residual") return residual.mean();
    if (answer == "hazard") return random_laws::hazard(residual.law, residual.age);
    const double number = std::stod(answer.substr(answer.find_last_of("_q") + 1));
    if (answer.starts_with("residual_q")) return residual.quantile(number);
    REQUIRE(answer.starts_with("P_fail_within_"));
    return residual.fails_within(number);
}

}  // namespace

TEST_CASE("residual lives given an age, as the oracle library has them (R-RL)") {
    int judged = 0;
    for (const json& one : cases_of("reliability")) {
        if (!one.at("id").get<std::string>().starts_with("R-RL")) continue;
        const json& parameters = one.at("params");
        const double relative = one.at("tolerance").at("rtol");
        const double absolute = one.at("tolerance").at("atol");
        const auto law = random_laws::weibull(parameters.at("shape"), parameters.at("scale"));
        for (const auto& [name, answers] : one.at("answers").items()) {
            const Residual residual{law, std::stod(name.substr(name.find('=') + 1))};
            for (const auto& [answer, exact] : answers.items()) {
                if (exact.is_null()) continue;
                const double expected = exact.get<double>();
                const double got = told(residual, answer);
                CAPTURE(one.at("id"));
                CAPTURE(name);
                CAPTURE(answer);
                CAPTURE(got);
                CAPTURE(expected);
                CHECK(std::fabs(got - expected) <= absolute + relative * std::fabs(expected));
                ++judged;
            }
        }
    }
    CHECK(judged >= 45);
}
