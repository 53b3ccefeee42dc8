#include "engine/calibration/goodness.hpp"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <cstdio>
#include <limits>

namespace foretwin::calibration {

namespace {

constexpr double least_expected = 5;
constexpr double poor = 0.01;

class Tally {
  public:
    explicit Tally(double width) : width_(width) {}

    AgeClass& at(double age) {
        // An age on an edge belongs to the class below it; the tolerance is a second.
        const double steps = std::max(1.0, std::ceil(age / width_ - 1e-5 / width_));
        const auto index = static_cast<std::size_t>(steps) - 1;
        while (classes.size() <= index) {
            const double from = width_ * static_cast<double>(classes.size());
            classes.push_back({from, from + width_, 0, 0, 0});
        }
        return classes[index];
    }

    std::vector<AgeClass> classes;

  private:
    double width_;
};

void add_inspected(const LifeFit& fit, const Life& life, double period, Tally& tally) {
    double before = life.checked;
    const double visits = std::ceil((life.last_visit - life.first_visit) / period - 1e-9);
    for (double k = 0; k <= visits; ++k) {
        const double age = std::min(life.first_visit + k * period, life.last_visit);
        AgeClass& own = tally.at(age);
        own.at_risk += 1;
        own.expected += chance_between(fit.law, before, age);
        before = age;
    }
    if (life.failed()) ++tally.at(life.last_visit).observed;
}

void add_exact(const LifeFit& fit, const Life& life, double width, Tally& tally) {
    for (double from = std::floor(life.entry / width) * width; from < life.exit; from += width) {
        const double begin = std::max(from, life.entry);
        const double end = std::min(from + width, life.exit);
        if (end <= begin) continue;
        AgeClass& own = tally.at(end);
        own.at_risk += end - begin;
        own.expected += cumulative_hazard(fit.law, end) - cumulative_hazard(fit.law, begin);
    }
    if (life.failed()) ++tally.at(life.exit).observed;
}

void add_chi_square(Goodness& result, int parameters) {
    double expected = 0, sum = 0, last_expected = 0, last_observed = 0;
    double observed = 0;
    int joined = 0;
    const auto term = [](double o, double e) { return e > 0 ? (o - e) * (o - e) / e : 0; };
    for (const AgeClass& own : result.classes) {
        expected += own.expected, observed += own.observed;
        if (expected < least_expected) continue;
        sum += term(observed, expected);
        last_expected = expected, last_observed = observed;
        expected = observed = 0;
        ++joined;
    }
    // What is left over joins the last class.
    sum += term(last_observed + observed, last_expected + expected) -
           term(last_observed, last_expected);
    result.chi_square = std::max(0.0, sum);
    result.degrees = std::max(1, joined - parameters);
    result.p_value = boost::math::gamma_q(result.degrees / 2.0, result.chi_square / 2);
}

}  // namespace

Goodness judge(const LifeFit& fit, const std::vector<const Life*>& lives, double period,
               double width) {
    Tally tally(width);
    double youngest = std::numeric_limits<double>::infinity();
    for (const Life* life : lives) {
        if (fit.treatment == Treatment::inspected) {
            if (life->last_visit >= life->first_visit) add_inspected(fit, *life, period, tally);
        } else {
            add_exact(fit, *life, width, tally);
        }
        if (life->failed()) youngest = std::min(youngest, life->exit);
    }
    Goodness result;
    result.classes = std::move(tally.classes);
    for (const AgeClass& own : result.classes) {
        result.expected += own.expected;
        result.observed += own.observed;
        // Only whole classes below the youngest failure: the class it lies in is not empty.
        if (own.to < youngest) result.early_expected += own.expected;
    }
    add_chi_square(result, fit.parameters);
    // exp(-early) is the chance of no failure there; below 5 % the law is contradicted.
    const bool too_early = result.observed > 0 && result.early_expected > -std::log(0.05);
    result.fits = result.p_value >= poor && !too_early;
    char text[160];
    if (too_early)
        std::snprintf(text, sizeof text, "misses: expects %.1f failures before the first recorded",
                      result.early_expected);
    else
        std::snprintf(text, sizeof text, "%s (chi-square %.1f with %d degrees, p = %.3g)",
                      result.fits ? "fits" : "misses", result.chi_square, result.degrees,
                      result.p_value);
    result.verdict = text;
    return result;
}

}  // namespace foretwin::calibration
