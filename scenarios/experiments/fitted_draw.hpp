#pragma once

#include <string>
#include <vector>

#include "engine/random/stream.hpp"
#include "scenarios/loader/value.hpp"
#include "scenarios/roi/sensitivity.hpp"

namespace foretwin::experiments {

/// "12.5 days" as 12.5 and "days"; a bare number has no unit.
struct ScalarText {
    double number = 0;
    std::string unit;
};
/// Throws InputError when the value is no number with unit.
ScalarText split_number(const loader::Value& value);
/// The number of `value` in the unit in which `like` is written.
double in_unit_of(const loader::Value& value, const loader::Value& like);
/// The shortest text that reads back to the same number, with its unit, at the place of `like`.
loader::Value scalar_of(double number, const std::string& unit, const loader::Value& like);

/// An entry of a fitted-parameter file: kinds distribution, share, rate, estimate, value, moment,
/// chance_by_age (engine/calibration/parameter_file.hpp, fit_plan.hpp).
bool is_uncertain(const loader::Value& entry);
/// Which of the ranked life models the fitted distributions take; the last one is the usual choice
/// of textbooks, to show what it would have concluded (central values, without uncertainty).
enum class LifeModel { best, second, two_parameter_weibull };

/// As a scenario would write it: a quantity, a distribution, a moment, or {chances: [...]}.
loader::Value central_value(const loader::Value& entry, LifeModel life_model);
/// The same under one draw of its uncertainty.
loader::Value drawn_value(const loader::Value& entry, LifeModel life_model, random::Draws& draws);

/// The means of all fitted laws relative to their estimates, averaged: one number per draw, for
/// the tornado.
class LifeIndex {
  public:
    explicit LifeIndex(std::size_t draws) : sums_(draws, 0.0), counts_(draws, 0) {}
    void add(std::size_t draw, const loader::Value& entry, const loader::Value& central,
             const loader::Value& drawn);
    bool known() const { return !counts_.empty() && counts_.front() > 0; }
    roi::DrawnInput input() const;

  private:
    std::vector<double> sums_;
    std::vector<int> counts_;
};

}  // namespace foretwin::experiments
