#include "engine/calibration/maximise.hpp"

#include <nlopt.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "engine/core/rule.hpp"

namespace foretwin::calibration {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
// On a log scale a step of 1e-3 balances cut-off (its square) against rounding.
constexpr double slope_step = 1e-3;

double shifted_value(const Objective& objective, std::vector<double> at, std::size_t i, double by) {
    at[i] += by;
    return objective(at);
}

struct Slopes {
    Eigen::VectorXd first;
    Eigen::MatrixXd second;
};

/// Gradient of fourth order and Hessian of second order from one set of points.
Slopes slopes(const Objective& objective, const std::vector<double>& at, double value) {
    const std::size_t n = at.size();
    const double h = slope_step;
    const auto size = static_cast<Eigen::Index>(n);
    Slopes result{Eigen::VectorXd(size), Eigen::MatrixXd(size, size)};
    for (std::size_t i = 0; i < n; ++i) {
        const auto row = static_cast<Eigen::Index>(i);
        const double up = shifted_value(objective, at, i, h);
        const double down = shifted_value(objective, at, i, -h);
        const double up2 = shifted_value(objective, at, i, 2 * h);
        const double down2 = shifted_value(objective, at, i, -2 * h);
        result.first(row) = (8 * (up - down) - (up2 - down2)) / (12 * h);
        result.second(row, row) = (16 * (up + down) - (up2 + down2) - 30 * value) / (12 * h * h);
        for (std::size_t j = 0; j < i; ++j) {
            std::vector<double> corner = at;
            double mixed = 0;
            for (const int a : {-1, 1})
                for (const int b : {-1, 1}) {
                    corner[i] = at[i] + a * h, corner[j] = at[j] + b * h;
                    mixed += a * b * objective(corner);
                }
            const auto column = static_cast<Eigen::Index>(j);
            result.second(row, column) = result.second(column, row) = mixed / (4 * h * h);
        }
    }
    return result;
}

/// Newton's step among the free parameters; uphill along the gradient where the surface is not
/// concave.
std::vector<double> newton_step(const Slopes& slopes, const std::vector<bool>& free) {
    std::vector<Eigen::Index> index;
    for (std::size_t i = 0; i < free.size(); ++i)
        if (free[i]) index.push_back(static_cast<Eigen::Index>(i));
    std::vector<double> step(free.size(), 0.0);
    if (index.empty()) return step;
    const Eigen::VectorXd gradient = slopes.first(index);
    const Eigen::MatrixXd curvature = -slopes.second(index, index);
    const Eigen::LLT<Eigen::MatrixXd> factor(curvature);
    Eigen::VectorXd solved;
    if (factor.info() == Eigen::Success)
        solved = factor.solve(gradient);
    else
        solved = gradient * (0.3 / std::max(gradient.lpNorm<Eigen::Infinity>(), 1e-12));
    const double longest = solved.lpNorm<Eigen::Infinity>();
    if (longest > 1) solved /= longest;
    for (std::size_t k = 0; k < index.size(); ++k)
        step[static_cast<std::size_t>(index[k])] = solved(static_cast<Eigen::Index>(k));
    return step;
}

std::vector<double> moved(const std::vector<double>& at, const std::vector<double>& step,
                          double fraction, const Box& box) {
    std::vector<double> to = at;
    for (std::size_t i = 0; i < at.size(); ++i)
        to[i] = std::clamp(at[i] + fraction * step[i], box.lower[i], box.upper[i]);
    return to;
}

/// A parameter is held when it stands at its bound and the function would rise beyond it.
std::vector<bool> free_parameters(const std::vector<double>& at, const Eigen::VectorXd& gradient,
                                  const Box& box) {
    std::vector<bool> free(at.size());
    for (std::size_t i = 0; i < at.size(); ++i) {
        const double slope = gradient(static_cast<Eigen::Index>(i));
        free[i] = !(at[i] <= box.lower[i] && slope < 0) && !(at[i] >= box.upper[i] && slope > 0);
    }
    return free;
}

double nlopt_value(unsigned n, const double* x, double*, void* data) {
    const double value = (*static_cast<const Objective*>(data))({x, x + n});
    return std::isfinite(value) ? value : -1e300;
}

std::vector<double> walk_simplex(const Objective& objective, std::vector<double> at,
                                 const Box& box) {
    const std::unique_ptr<nlopt_opt_s, void (*)(nlopt_opt)> search(
        nlopt_create(NLOPT_LN_NELDERMEAD, static_cast<unsigned>(at.size())), nlopt_destroy);
    nlopt_set_max_objective(search.get(), nlopt_value, const_cast<Objective*>(&objective));
    nlopt_set_lower_bounds(search.get(), box.lower.data());
    nlopt_set_upper_bounds(search.get(), box.upper.data());
    nlopt_set_initial_step1(search.get(), 0.3);
    nlopt_set_xtol_abs1(search.get(), 1e-3);
    nlopt_set_maxeval(search.get(), 400);
    for (std::size_t i = 0; i < at.size(); ++i)
        at[i] = std::clamp(at[i], box.lower[i], box.upper[i]);
    double value = 0;
    nlopt_optimize(search.get(), at.data(), &value);
    return at;
}

}  // namespace

Maximum climb(const Objective& objective, std::vector<double> start, const Box& box) {
    Maximum best{std::move(start), 0, false};
    best.value = objective(best.at);
    for (int round = 0; round < 50 && std::isfinite(best.value); ++round) {
        const Slopes here = slopes(objective, best.at, best.value);
        if (!here.first.allFinite() || !here.second.allFinite()) break;
        const auto step = newton_step(here, free_parameters(best.at, here.first, box));
        double longest = 0;
        for (const double s : step) longest = std::max(longest, std::abs(s));
        if (longest < 1e-8) {
            best.converged = true;
            break;
        }
        double fraction = 1;
        for (int halving = 0; halving < 30; ++halving, fraction /= 2) {
            auto to = moved(best.at, step, fraction, box);
            const double value = objective(to);
            // Equal values are accepted: close to the top rounding hides the last improvement.
            if (value < best.value - 1e-12 * std::abs(best.value) || !std::isfinite(value))
                continue;
            best.at = std::move(to);
            best.value = value;
            break;
        }
        if (fraction < 1e-8) break;
    }
    return best;
}

Maximum maximise(const Objective& objective, const std::vector<std::vector<double>>& starts,
                 const Box& box) {
    FORETWIN_RULE(!starts.empty(), "a search needs a start");
    Maximum best;
    best.value = -infinity;
    for (const auto& start : starts) {
        Maximum found = climb(objective, walk_simplex(objective, start, box), box);
        if (found.value > best.value || best.at.empty()) best = std::move(found);
    }
    return best;
}

Eigen::MatrixXd hessian(const Objective& objective, const std::vector<double>& at) {
    const double h = 2e-3;
    const auto n = static_cast<Eigen::Index>(at.size());
    const double value = objective(at);
    Eigen::MatrixXd result(n, n);
    for (std::size_t i = 0; i < at.size(); ++i) {
        const auto line = [&](double by) { return shifted_value(objective, at, i, by); };
        const auto row = static_cast<Eigen::Index>(i);
        result(row, row) =
            (16 * (line(h) + line(-h)) - (line(2 * h) + line(-2 * h)) - 30 * value) / (12 * h * h);
        for (std::size_t j = 0; j < i; ++j) {
            const auto corner = [&](double a, double b) {
                std::vector<double> to = at;
                to[i] += a, to[j] += b;
                return objective(to);
            };
            const auto mixed = [&](double d) {
                return (corner(d, d) - corner(d, -d) - corner(-d, d) + corner(-d, -d)) /
                       (4 * d * d);
            };
            const auto column = static_cast<Eigen::Index>(j);
            // Richardson: the error of second order cancels between the two steps.
            result(row, column) = result(column, row) = (4 * mixed(h) - mixed(2 * h)) / 3;
        }
    }
    return result;
}

Covariance covariance_at(const Objective& objective, const std::vector<double>& at,
                         const Box& box) {
    const std::size_t n = at.size();
    Covariance result;
    result.held.assign(n, false);
    std::vector<Eigen::Index> free;
    for (std::size_t i = 0; i < n; ++i) {
        result.held[i] = at[i] <= box.lower[i] || at[i] >= box.upper[i];
        if (!result.held[i]) free.push_back(static_cast<Eigen::Index>(i));
    }
    if (free.empty()) return result;
    const Eigen::MatrixXd all = hessian(objective, at);
    const Eigen::MatrixXd information = -all(free, free);
    const Eigen::LLT<Eigen::MatrixXd> factor(information);
    if (!information.allFinite() || factor.info() != Eigen::Success) return result;
    const Eigen::MatrixXd inverse =
        factor.solve(Eigen::MatrixXd::Identity(information.rows(), information.cols()));
    result.matrix.assign(n, std::vector<double>(n, 0.0));
    for (std::size_t a = 0; a < free.size(); ++a)
        for (std::size_t b = 0; b < free.size(); ++b)
            result.matrix[static_cast<std::size_t>(free[a])][static_cast<std::size_t>(free[b])] =
                inverse(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b));
    return result;
}

}  // namespace foretwin::calibration
