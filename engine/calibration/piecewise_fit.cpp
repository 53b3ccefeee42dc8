#include <algorithm>
#include <cmath>

#include "engine/calibration/life_fit.hpp"
#include "engine/calibration/maximise.hpp"
#include "engine/core/rule.hpp"

namespace foretwin::calibration {

namespace {

constexpr double failures_per_class = 8;
constexpr std::size_t classes_at_most = 6;

/// Candidate edges: visit periods, or, without a grid, a tenth of the oldest failure.
double class_width(const Sample& sample) {
    return sample.period > 0 ? sample.period : sample.oldest_failure / 10;
}

/// Failures whose recorded age lies in (from, to].
double failures_between(const Sample& sample, double from, double to) {
    double count = 0;
    for (const auto& term : sample.terms)
        if (term.failed && sample.ages[term.upper] > from && sample.ages[term.upper] <= to)
            count += term.weight;
    return count;
}

/// Days lived in [from, to) by all, counting a failed life to its recorded age.
double exposure_between(const Sample& sample, double from, double to) {
    double days = 0;
    for (const auto& term : sample.terms) {
        const double begin = std::max(from, sample.ages[term.checked]);
        const double end = std::min(to, sample.ages[term.upper]);
        if (end > begin) days += term.weight * (end - begin);
    }
    return days;
}

/// The last edge before the first failure begins the first class with a rate; then classes grow
/// until they hold enough failures. What is left at the end joins the last class.
std::vector<double> make_edges(const Sample& sample) {
    const double width = class_width(sample);
    const double before = std::floor((sample.youngest_failure - 1e-9) / width) * width;
    std::vector<double> edges{0};
    if (before > 0) edges.push_back(before);
    const double wanted =
        std::max(failures_per_class, sample.failures / static_cast<double>(classes_at_most));
    double from = before, left = sample.failures;
    for (double to = from + width; to < sample.oldest_failure; to += width) {
        const double inside = failures_between(sample, from, to);
        if (inside < wanted || left - inside < wanted) continue;
        edges.push_back(to);
        left -= inside;
        from = to;
    }
    return edges;
}

}  // namespace

LifeFit fit_piecewise(const Sample& sample) {
    FORETWIN_RULE(sample.failures > 0, "a hazard is fitted only where something failed");
    LifeFit fit;
    fit.treatment = sample.treatment;
    fit.law.family = LifeFamily::piecewise;
    fit.law.edges = make_edges(sample);
    Box box;
    const auto& edges = fit.law.edges;
    for (std::size_t i = 0; i < edges.size(); ++i) {
        const double to = i + 1 < edges.size() ? edges[i + 1] : 1e18;
        const double failed = failures_between(sample, edges[i], to);
        const bool has_rate = failed > 0;
        fit.law.free.push_back(has_rate ? static_cast<int>(fit.law.theta.size()) : -1);
        if (!has_rate) continue;
        const double days = std::max(exposure_between(sample, edges[i], to), 1e-9);
        fit.law.theta.push_back(std::log(failed / days));
        box.lower.push_back(fit.law.theta.back() - 6);
        box.upper.push_back(fit.law.theta.back() + 6);
    }
    const LifeLaw shape = fit.law;
    const Objective objective = [&](const std::vector<double>& theta) {
        LifeLaw law = shape;
        law.theta = theta;
        return log_likelihood(law, sample);
    };
    const Maximum top = climb(objective, fit.law.theta, box);
    fit.law.theta = top.at;
    fit.log_likelihood = top.value;
    fit.converged = top.converged;
    fit.parameters = static_cast<int>(edges.size());
    fit.aic = 2 * fit.parameters - 2 * top.value;
    fit.held.assign(fit.law.theta.size(), false);
    const Eigen::MatrixXd information = -hessian(objective, top.at);
    const Eigen::LLT<Eigen::MatrixXd> factor(information);
    if (factor.info() != Eigen::Success) return fit;
    const Eigen::MatrixXd inverse =
        factor.solve(Eigen::MatrixXd::Identity(information.rows(), information.cols()));
    for (Eigen::Index i = 0; i < inverse.rows(); ++i) {
        fit.covariance.emplace_back();
        for (Eigen::Index j = 0; j < inverse.cols(); ++j)
            fit.covariance.back().push_back(inverse(i, j));
    }
    return fit;
}

LifeFit fit_without_failures(const Sample& sample) {
    LifeFit fit;
    fit.treatment = sample.treatment;
    fit.law.family = LifeFamily::exponential;
    const double exposure = std::max(sample.exposure, 1e-9);
    // With a flat prior the rate given no failure is exponential with mean 1 / exposure: median
    // ln 2 / exposure, 95 % bound ln 20 / exposure. A lognormal law through both has this spread.
    const double spread = (std::log(std::log(20.0)) - std::log(std::log(2.0))) / 1.6448536269514722;
    fit.law.theta = {std::log(exposure / std::log(2.0))};
    fit.covariance = {{spread * spread}};
    fit.held = {false};
    fit.parameters = 1;
    fit.log_likelihood = -std::log(2.0);
    fit.aic = 2 - 2 * fit.log_likelihood;
    fit.converged = true;
    fit.rate_at_most = std::log(20.0) / exposure;
    fit.note = "no failure recorded: median and 95 % bound of the rates that the exposure leaves";
    return fit;
}

}  // namespace foretwin::calibration
