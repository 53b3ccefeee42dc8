#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "scenarios/experiments/fitted_draw.hpp"
#include "scenarios/loader/resolver.hpp"
#include "scenarios/loader/scenario_file.hpp"
#include "scenarios/roi/sensitivity.hpp"

namespace foretwin::experiments {

/// One draw of all uncertain parameters of a scenario: assumptions from their declared range
/// (triangular, the central value as mode), fitted parameters from their sampling distribution
/// (laws: normal on the scale of the fit; shares: beta; rates: gamma).
/// Only portable functions: the draws are part of the same answer everywhere.
class ParameterDraw final : public loader::Resolver {
  public:
    const loader::Value* assumption(std::string_view name) const override;
    const loader::Value* fitted(std::string_view name) const override;
    std::vector<std::string> assumption_names() const override;
    std::vector<std::string> fitted_names() const override;

  private:
    friend class ParameterDraws;
    std::map<std::string, loader::Value, std::less<>> assumptions_;
    std::map<std::string, loader::Value, std::less<>> fitted_;
};

/// All draws of a study. Draw k depends on the seed, on k and on the parameter's name alone.
class ParameterDraws {
  public:
    /// `count` draws; with count 0 the central values are the only draw.
    ParameterDraws(const loader::ScenarioFile& file, std::uint32_t seed, std::size_t count,
                   LifeModel life_model);

    /// Whether anything is uncertain: a declared range or a fitted parameter with its error.
    static bool uncertain(const loader::ScenarioFile& file);
    /// Whether a fitted life has a second-best model.
    static bool has_second_best(const loader::ScenarioFile& file);

    std::size_t size() const { return draws_.size(); }
    const ParameterDraw& operator[](std::size_t draw) const { return draws_[draw]; }
    const ParameterDraw& central() const { return central_; }

    /// What the tornado is drawn over: every assumption with a range, and the fitted laws as one
    /// input (their mean, relative to the estimate).
    std::vector<roi::DrawnInput> inputs() const;

  private:
    std::vector<ParameterDraw> draws_;
    ParameterDraw central_;
    std::vector<roi::DrawnInput> inputs_;
};

}  // namespace foretwin::experiments
