#pragma once

#include <span>
#include <string>
#include <vector>

namespace foretwin::economics {

/// What a change costs. Money in the scenario's currency.
struct ChangeMoney {
    std::string name;
    double invest = 0;                 ///< paid at t = 0 and at every renewal, at least 0
    double running_cost_per_year = 0;  ///< paid at year ends; negative is a saving
    double life_years = 0;             ///< > 0; infinity: outlives every study
};

/// What buying the changes costs, flows 0..ceil(years), outflows negative. A change that lives
/// shorter than the study is bought again at the beginning of the year in which it ends; what is
/// left of its life at the end of the study is not valued. InputError tells every amount that makes
/// no sense.
std::vector<double> purchase_flows(std::span<const ChangeMoney> changes, double study_years);

/// What running them costs, at year ends; a last year that is not whole costs pro rata.
std::vector<double> running_flows(std::span<const ChangeMoney> changes, double study_years);

}  // namespace foretwin::economics
