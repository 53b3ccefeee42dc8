#include "models/economics/investment.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/core/error.hpp"

namespace foretwin::economics {
namespace {

/// Keeps a life of 5 years from being bought again at year 4.999...
constexpr double nearly = 1e-9;

void add(std::vector<Problem>& problems, std::string what) {
    Problem problem;
    problem.what = std::move(what);
    problems.push_back(std::move(problem));
}

void check(const ChangeMoney& change, std::vector<Problem>& problems) {
    std::string who = "change \"";
    who.append(change.name).append("\": ");
    if (!(change.invest >= 0) || !std::isfinite(change.invest))
        add(problems, who + "the investment is not an amount of at least 0");
    if (!std::isfinite(change.running_cost_per_year))
        add(problems, who + "the running cost is not a finite amount");
    if (!(change.life_years >= 0.01)) add(problems, who + "the life is shorter than 0.01 years");
}

/// A row of zeros for today and every year end, after all amounts were checked.
std::vector<double> empty_flows(std::span<const ChangeMoney> changes, double study_years) {
    std::vector<Problem> problems;
    if (!(study_years > 0 && study_years <= 100))
        add(problems, "the life of the study is not above 0 and at most 100 years");
    for (const ChangeMoney& change : changes) check(change, problems);
    if (!problems.empty()) throw InputError(problems);
    return std::vector<double>(static_cast<std::size_t>(std::ceil(study_years - nearly)) + 1, 0.0);
}

}  // namespace

std::vector<double> purchase_flows(std::span<const ChangeMoney> changes, double study_years) {
    std::vector<double> flows = empty_flows(changes, study_years);
    for (const ChangeMoney& change : changes)
        for (int bought = 0;; ++bought) {
            const double at = bought == 0 ? 0 : bought * change.life_years;
            if (at >= study_years - nearly) break;
            flows[static_cast<std::size_t>(at + nearly)] -= change.invest;
        }
    return flows;
}

std::vector<double> running_flows(std::span<const ChangeMoney> changes, double study_years) {
    std::vector<double> flows = empty_flows(changes, study_years);
    for (const ChangeMoney& change : changes)
        for (std::size_t year = 1; year < flows.size(); ++year) {
            const double part = std::min(1.0, study_years - static_cast<double>(year - 1));
            flows[year] -= part * change.running_cost_per_year;
        }
    return flows;
}

}  // namespace foretwin::economics
