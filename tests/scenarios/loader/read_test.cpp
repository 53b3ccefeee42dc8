#include "scenarios/loader/read.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace foretwin;
using namespace foretwin::loader;

namespace {

Value yaml(const std::string& text) {
    Problems problems;
    Value value = read_yaml(text, "p", problems);
    for (const Problem& problem : problems) FAIL(to_text(problem));
    return value;
}

/// A reader with an assumption and a fitted life.
struct Desk {
    Value scenario = yaml(
        "assumptions:\n"
        "  repair: {value: 4 h, low: 2 h, high: 8 h}\n"
        "  yield: {value: 97 %, low: 90 %, high: 99 %}\n"
        "  life: {value: {weibull: {shape: 2, scale: 10 days}}}\n");
    std::vector<Value> files{
        yaml("foretwin_parameters: 1\nparameters:\n"
             "  life comp1: {value: {weibull: {shape: 2.5, scale: 80 days, shift: 40 days}}}\n"
             "  scale only: {kind: value, value: 80 days}\n"
             "  life comp3: {kind: distribution, best: {family: gamma, parameters: {shape: 2,\n"
             "               mean: 30 days, shift: 20 days}, covariance: [[0.1, 0], [0, 0.1]]}}\n"
             "  visit chance: {kind: chance_by_age, classes: [\n"
             "    {from: 0 days, to: 15 days, replaced: 1, visits: 4}]}\n"
             "  nothing: {kind: share}\n")};
    CentralResolver resolver{scenario, files};
    Reader reader{resolver, "EUR"};

    double mean(const std::string& text, const char* unit = "s") const {
        return random::mean(reader.distribution(yaml(text), unit));
    }
    std::string complaint(const std::string& text) const {
        const Problems problems = distribution_problems(yaml(text), reader, "s");
        return problems.empty() ? "" : problems[0].what + "|" + problems[0].hint;
    }
};

template <class Function>
std::string thrown(Function function) {
    try {
        function();
    } catch (const InputError& error) {
        return to_text(error.problems().at(0));
    }
    return "nothing thrown";
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE_FIXTURE(Desk, "quantities come in the unit that is asked for") {
    CHECK(reader.quantity(Value::scalar("22 kW"), "W") == 22'000);
    CHECK(reader.quantity(Value::scalar("90 min"), "h") == 1.5);
    CHECK(reader.quantity(Value::scalar("38 EUR/h"), "money/h") == doctest::Approx(38));
    CHECK(reader.duration(Value::scalar("2 days")) == 2 * day);
    CHECK(reader.fraction(Value::scalar("55 %")) == doctest::Approx(0.55).epsilon(1e-15));
    CHECK(reader.fraction(Value::scalar("0.55")) == 0.55);
    CHECK(reader.count(Value::scalar("60")) == 60);
    CHECK(reader.count(Value::scalar("unlimited")) == unlimited);
    CHECK(reader.names(Value::scalar("A")) == std::vector<std::string>{"A"});
    CHECK(reader.names(yaml("[A, B]")) == std::vector<std::string>{"A", "B"});
}

TEST_CASE_FIXTURE(Desk, "what is wrong with a quantity is told with what was expected") {
    const auto quantity = [&](const char* text, const char* unit) {
        return thrown([&] { static_cast<void>(reader.quantity(Value::scalar(text), unit)); });
    };
    CHECK(quantity("12", "s") == "'12' has no unit (expected a time such as '12 min')");
    CHECK(quantity("12 kW", "s") ==
          "'12 kW' has the wrong unit (expected a time such as '12 min')");
    CHECK(quantity("12 EUR", "money/part") ==
          "'12 EUR' has the wrong unit (expected an amount per part such as '0.08 EUR/part')");
    CHECK(quantity("12 hr", "s") == "unknown unit 'hr' in '12 hr' (did you mean 'h'?)");
    CHECK(contains(quantity("3 USD", "money"), "not the scenario's currency"));
    CHECK(contains(thrown([&] { static_cast<void>(reader.duration(Value::scalar("-3 s"))); }),
                   "negative"));
    CHECK(contains(thrown([&] { static_cast<void>(reader.duration(Value::scalar("300 years"))); }),
                   "292 years"));
    CHECK(contains(thrown([&] { static_cast<void>(reader.fraction(Value::scalar("105 %"))); }),
                   "not between 0 and 1"));
    CHECK(contains(thrown([&] { static_cast<void>(reader.count(Value::scalar("1.5"))); }),
                   "whole number"));
    CHECK(contains(thrown([&] { static_cast<void>(reader.boolean(Value::scalar("maybe"))); }),
                   "true or false"));
}

TEST_CASE_FIXTURE(Desk, "every spelling of every distribution has the mean it says") {
    CHECK(mean("3 s") == 3);
    CHECK(mean("{deterministic: 3 s}") == 3);
    CHECK(mean("{deterministic: {value: 3 s}}") == 3);
    CHECK(mean("{exponential: {mean: 3.9 s}}") == doctest::Approx(3.9));
    CHECK(mean("{exponential: {rate: 3 /h}}") == doctest::Approx(1200));
    CHECK(mean("{weibull: {shape: 1.4, mean: 9 h}}") == doctest::Approx(32'400));
    // Weibull with shape 1 is exponential; with shape 2 the mean is scale * sqrt(pi) / 2.
    CHECK(mean("{weibull: {shape: 2, scale: 1 h}}") ==
          doctest::Approx(3600 * std::sqrt(std::acos(-1.0)) / 2));
    CHECK(mean("{lognormal: {mean: 18 min, sd: 12 min}}") == doctest::Approx(1080));
    CHECK(mean("{lognormal: {mean: 18 min, cv: 1.5}}") == doctest::Approx(1080));
    CHECK(mean("{gamma: {shape: 2, mean: 9 h}}") == doctest::Approx(32'400));
    CHECK(mean("{gamma: {shape: 2, scale: 4.5 h}}") == doctest::Approx(32'400));
    CHECK(mean("{gamma: {mean: 9 h, sd: 3 h}}") == doctest::Approx(32'400));
    CHECK(random::standard_deviation(reader.distribution(yaml("{gamma: {mean: 9 h, sd: 3 h}}"))) ==
          doctest::Approx(10'800));
    CHECK(mean("{erlang: {k: 3, mean: 9 h}}") == doctest::Approx(32'400));
    CHECK(mean("{uniform: {low: 1 s, high: 3 s}}") == doctest::Approx(2));
    CHECK(mean("{uniform: {a: 1 s, b: 3 s}}") == doctest::Approx(2));
    CHECK(mean("{uniform: {from: 1 s, to: 3 s}}") == doctest::Approx(2));
    CHECK(mean("{hyperexponential: {probabilities: [0.25, 0.75], means: [4 s, 8 s]}}") ==
          doctest::Approx(7));
    CHECK(mean("{hyperexp2: {p: 25 %, rate1: 0.25 /s, rate2: 0.125 /s}}") == doctest::Approx(7));
    CHECK(mean("{empirical: {values: [1 s, 2 s, 6 s]}}") == doctest::Approx(3));
    CHECK(mean("{empirical: [1 s, 2 s, 6 s]}") == doctest::Approx(3));
    CHECK(mean("{empirical: {values: [1 s, 6 s], weights: [4, 1]}}") == doctest::Approx(2));
    // A constant rate in all classes is exponential.
    CHECK(mean("{piecewise: {edges: [1 h], rates: [2 /h, 2 /h]}}") == doctest::Approx(1800));
    CHECK(mean("{exponential: {mean: 3 s}, shift: 2 s}") == doctest::Approx(5));
    CHECK(mean("{exponential: {mean: 3 s, shift: 2 s}}") == doctest::Approx(5));
}

TEST_CASE_FIXTURE(Desk, "a wrong distribution is told where and how to write it") {
    CHECK(complaint("{exponentiel: {mean: 3 s}}") ==
          "unknown distribution 'exponentiel'|did you mean 'exponential'?");
    CHECK(contains(complaint("{weibull: {shape: 2}}"), "incomplete"));
    CHECK(contains(complaint("{weibull: {shape: 2}}"), "{shape: 1.4, scale: 9.5 h}"));
    CHECK(contains(complaint("{weibull: {shape: 2, scale: 3 h, mean: 3 h}}"), "contradict"));
    CHECK(complaint("{weibull: {shap: 2, scale: 3 h}}") ==
          "weibull has no parameter 'shap'|did you mean 'shape'?");
    CHECK(contains(complaint("{weibull: {shape: 2 h, scale: 3 h}}"), "without unit"));
    CHECK(contains(complaint("{exponential: {mean: 3}}"), "no unit"));
    CHECK(contains(complaint("{exponential: {mean: 0 s}}"), "above 0"));
    CHECK(contains(complaint("{exponential: {mean: -3 s}}"), "above 0"));
    CHECK(contains(complaint("-3 s"), "negative"));
    CHECK(contains(complaint("{uniform: {low: 3 s, high: 1 s}}"), "above the upper"));
    CHECK(contains(complaint("{erlang: {k: 2.5, mean: 1 s}}"), "whole"));
    CHECK(contains(complaint("{hyperexponential: {probabilities: [0.5, 0.6], means: [1 s, 2 s]}}"),
                   "sum to 1.1"));
    CHECK(contains(complaint("{empirical: []}"), "at least one value"));
    CHECK(contains(complaint("{piecewise: {edges: [2 h, 1 h], rates: [1 /h, 1 /h, 1 /h]}}"),
                   "ascend"));
    CHECK(contains(complaint("{piecewise: {edges: [2 h], rates: [1 /h]}}"), "1 edges need 2"));
    CHECK(contains(complaint("{exponential: {mean: 3 s}, uniform: {low: 1 s, high: 2 s}}"),
                   "two distributions"));
    CHECK(contains(complaint("{lognormal: 3 s}"), "as a map"));
    CHECK(contains(complaint("{shift: 3 s}"), "no distribution"));
}

TEST_CASE_FIXTURE(Desk, "references stand for quantities, fractions and distributions") {
    CHECK(reader.duration(yaml("{assumption: repair}")) == 4 * hour);
    CHECK(reader.duration(yaml("{assumption: repair, times: 0.5}")) == 2 * hour);
    CHECK(reader.fraction(yaml("{assumption: yield}")) == doctest::Approx(0.97));
    CHECK(mean("{assumption: repair}") == 14'400);
    CHECK(mean("{exponential: {mean: {fitted: scale only}}}") == doctest::Approx(80 * 86'400));
    const random::Distribution life = reader.distribution(yaml("{fitted: life comp1}"));
    CHECK(life.family == random::Family::weibull);
    CHECK(life.shift == 40 * 86'400);
    // What `fit` writes: the best family with its parameters, shares per age class.
    const random::Distribution third = reader.distribution(yaml("{fitted: life comp3}"));
    CHECK(third.family == random::Family::gamma);
    CHECK(random::mean(third) == doctest::Approx(50 * 86'400));
    const Value chances = resolve(yaml("{fitted: visit chance}"), resolver);
    CHECK(chances.find("chances")->items().at(0).text_of("chance") == "0.25");
    CHECK(resolver.fitted("nothing") == nullptr);
    CHECK(thrown([&] { static_cast<void>(reader.duration(yaml("{assumption: repairs}"))); }) ==
          "p:1:1: there is no assumption 'repairs' (did you mean 'repair'?)");
    CHECK(thrown([&] { static_cast<void>(reader.duration(yaml("{fitted: life comp2}"))); }) ==
          "p:1:1: there is no fitted parameter 'life comp2' (did you mean 'life comp1'?)");
    CHECK(contains(
        thrown([&] { static_cast<void>(reader.duration(yaml("{fitted: scale only, time: 2}"))); }),
        "unknown key 'time'"));
}

TEST_CASE_FIXTURE(Desk, "scaling multiplies times, divides rates and keeps shapes") {
    const auto scaled_mean = [&](const char* text, double factor) {
        return random::mean(reader.distribution(scaled(yaml(text), factor)));
    };
    CHECK(scaled(Value::scalar("22 kW"), 0.5).text() == "11 kW");
    CHECK(scaled(Value::scalar("60"), 2).text() == "120");
    for (const char* text :
         {"3 s", "{exponential: {rate: 3 /h}}", "{weibull: {shape: 1.4, scale: 9.5 h}}",
          "{lognormal: {mean: 18 min, cv: 0.7}}", "{exponential: {mean: 3 s}, shift: 2 s}",
          "{hyperexp2: {p: 0.3, rate1: 1 /h, rate2: 0.1 /h}}", "{empirical: [1 s, 5 s]}",
          "{piecewise: {edges: [1 h], rates: [1 /h, 2 /h]}}", "{fitted: life comp1}",
          "{exponential: {mean: {assumption: repair}}}", "{assumption: repair}"}) {
        CAPTURE(text);
        CHECK(scaled_mean(text, 1.25) == doctest::Approx(1.25 * mean(text)).epsilon(1e-12));
    }
    CHECK(contains(thrown([] { scaled(Value::scalar("unlimited"), 2); }), "not a number"));
    CHECK(contains(thrown([] { scaled(Value::map(), 2); }), "can be scaled"));
}

TEST_CASE_FIXTURE(Desk, "shares are a name or a map that sums to one") {
    CHECK(reader.shares(Value::scalar("Filler"))[0].name == "Filler");
    CHECK(reader.shares(Value::scalar("Filler"))[0].share == 1);
    const auto shares = reader.shares(yaml("{A: 55 %, B: 45 %}"));
    REQUIRE(shares.size() == 2);
    CHECK(shares[1].name == "B");
    CHECK(shares[1].share == doctest::Approx(0.45));
    CHECK(thrown([&] { static_cast<void>(reader.shares(yaml("{A: 55 %, B: 40 %}"))); }) ==
          "p:1:1: shares sum to 95 % (they must sum to 100 %)");
}

TEST_CASE_FIXTURE(Desk, "a target has a direction and a bound") {
    const Reader::Target target = reader.target(Value::scalar("at least 9800 part/day"));
    CHECK(target.at_least);
    CHECK(target.bound.value == doctest::Approx(9800.0 / 86'400));
    CHECK_FALSE(reader.target(Value::scalar("at most 3 h")).at_least);
    CHECK(contains(thrown([&] { static_cast<void>(reader.target(Value::scalar("about 3 h"))); }),
                   "no target"));
}
