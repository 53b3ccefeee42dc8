#include "engine/calibration/logistic.hpp"

#include <Eigen/Dense>
#include <cmath>
#include <limits>

#include "engine/core/rule.hpp"

namespace foretwin::calibration {

namespace {

constexpr double intercept_penalty = 1e-3;
constexpr int steps_at_most = 100, halvings_at_most = 40;
constexpr double enough = 1e-10;  // of the log-likelihood

/// log(1 + exp(x)) without overflow.
double log_one_plus_exp(double x) {
    return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}

double logistic(double x) {
    return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}

/// The last coefficient is the intercept.
double log_odds(const Eigen::VectorXd& beta, std::span<const std::uint32_t> features) {
    double sum = beta[beta.size() - 1];
    for (const std::uint32_t feature : features) sum += beta[feature];
    return sum;
}

double log_likelihood(const Eigen::VectorXd& beta, std::span<const Trial> trials) {
    double sum = 0;
    for (const Trial& trial : trials) {
        const double x = log_odds(beta, trial.features);
        sum -= log_one_plus_exp(trial.happened ? -x : x);
    }
    return sum;
}

/// Slope and (negative) curvature of the penalised log-likelihood.
struct Slope {
    Eigen::VectorXd gradient;
    Eigen::MatrixXd information;
};

Slope slope_at(const Eigen::VectorXd& beta, std::span<const Trial> trials,
               const Eigen::VectorXd& penalties) {
    Slope slope{-penalties.cwiseProduct(beta), penalties.asDiagonal()};
    const auto intercept = static_cast<std::uint32_t>(beta.size() - 1);
    std::vector<std::uint32_t> active;
    for (const Trial& trial : trials) {
        active = trial.features;
        active.push_back(intercept);
        const double p = logistic(log_odds(beta, trial.features));
        const double rest = (trial.happened ? 1.0 : 0.0) - p;
        for (const std::uint32_t i : active) {
            slope.gradient[i] += rest;
            for (const std::uint32_t k : active) slope.information(i, k) += p * (1 - p);
        }
    }
    return slope;
}

}  // namespace

double LogisticFit::chance(std::span<const std::uint32_t> features) const {
    double sum = intercept;
    for (const std::uint32_t feature : features) sum += coefficients[feature];
    return logistic(sum);
}

LogisticFit fit_logistic(std::span<const Trial> trials, std::size_t features, double penalty) {
    FORETWIN_RULE(penalty > 0,
                  "without a penalty a feature that tells everything has no finite fit");
    const auto size = static_cast<Eigen::Index>(features) + 1;
    Eigen::VectorXd penalties = Eigen::VectorXd::Constant(size, penalty);
    penalties[size - 1] = intercept_penalty;
    const auto height = [&](const Eigen::VectorXd& beta) {
        return log_likelihood(beta, trials) - penalties.dot(beta.cwiseProduct(beta)) / 2;
    };
    Eigen::VectorXd beta = Eigen::VectorXd::Zero(size);
    double reached = height(beta);
    for (int step = 0; step < steps_at_most; ++step) {
        const Slope slope = slope_at(beta, trials, penalties);
        Eigen::VectorXd move = slope.information.ldlt().solve(slope.gradient);
        double next = height(beta + move);
        for (int halving = 0; halving < halvings_at_most && !(next >= reached); ++halving) {
            move /= 2;
            next = height(beta + move);
        }
        if (!(next > reached + enough)) break;
        beta += move;
        reached = next;
    }
    LogisticFit fit;
    fit.intercept = beta[size - 1];
    fit.coefficients.assign(beta.data(), beta.data() + features);
    fit.penalty = penalty;
    return fit;
}

LogisticFit fit_logistic_over_time(std::span<const Trial> trials, std::size_t features,
                                   std::span<const double> penalties, int blocks) {
    FORETWIN_RULE(!penalties.empty() && blocks >= 1 && blocks <= 9, "there is something to choose");
    double best_score = -std::numeric_limits<double>::infinity(), best = penalties.front();
    for (const double penalty : penalties) {
        double score = 0;
        for (int block = 10 - blocks; block < 10; ++block) {
            const std::size_t from = trials.size() * static_cast<std::size_t>(block) / 10;
            const std::size_t to = trials.size() * static_cast<std::size_t>(block + 1) / 10;
            const LogisticFit fit = fit_logistic(trials.first(from), features, penalty);
            for (const Trial& trial : trials.subspan(from, to - from)) {
                const double p = fit.chance(trial.features);
                score += trial.happened ? std::log(p) : std::log1p(-p);
            }
        }
        if (score > best_score) best_score = score, best = penalty;
    }
    return fit_logistic(trials, features, best);
}

}  // namespace foretwin::calibration
