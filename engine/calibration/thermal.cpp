#include "engine/calibration/thermal.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace foretwin::calibration {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double step_tolerance = 0.01;

/// Least squares with its covariance; empty when the columns cannot be told apart.
struct Solved {
    Eigen::VectorXd coefficients, errors;
    Eigen::MatrixXd covariance;
    bool good = false;
};

Solved least_squares(const Eigen::MatrixXd& x, const Eigen::VectorXd& y) {
    Solved solved;
    // Columns of one size: temperatures, kilowatts and ones would else look near singular.
    const Eigen::VectorXd size = x.colwise().norm().transpose();
    if (size.minCoeff() <= 0) return solved;
    const Eigen::MatrixXd scaled = x * size.cwiseInverse().asDiagonal();
    const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(scaled);
    if (qr.rank() < x.cols()) return solved;
    solved.coefficients = size.cwiseInverse().asDiagonal() * qr.solve(y);
    solved.errors = y - x * solved.coefficients;
    const double variance = solved.errors.squaredNorm() / static_cast<double>(x.rows() - x.cols());
    const Eigen::MatrixXd inverse = (scaled.transpose() * scaled).inverse();
    solved.covariance =
        variance * size.cwiseInverse().asDiagonal() * inverse * size.cwiseInverse().asDiagonal();
    solved.good = solved.covariance.allFinite();
    return solved;
}

double median_step(std::span<const ThermalReading> readings) {
    std::vector<double> steps;
    for (std::size_t i = 1; i < readings.size(); ++i)
        steps.push_back(readings[i].at - readings[i - 1].at);
    std::nth_element(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2),
                     steps.end());
    return steps[steps.size() / 2];
}

std::vector<std::size_t> pairs_of(std::span<const ThermalReading> readings, double step) {
    std::vector<std::size_t> pairs;
    for (std::size_t i = 1; i < readings.size(); ++i)
        if (std::abs(readings[i].at - readings[i - 1].at - step) <= step_tolerance * step)
            pairs.push_back(i - 1);
    return pairs;
}

/// Value and error of coefficient / (1 - a): the derivative by a is value / (1 - a).
std::pair<double, double> steady(const Solved& solved, Eigen::Index i) {
    const double rest = 1 - solved.coefficients[0];
    const double value = solved.coefficients[i] / rest;
    const auto& c = solved.covariance;
    const double variance =
        (c(i, i) + 2 * value * c(0, i) + value * value * c(0, 0)) / (rest * rest);
    return {value, std::sqrt(variance)};
}

double correlation(const Eigen::VectorXd& errors) {
    const Eigen::Index n = errors.size() - 1;
    return errors.head(n).dot(errors.tail(n)) / errors.squaredNorm();
}

void judge(const Solved& solved, ThermalFit& fit) {
    const double a = solved.coefficients[0];
    const double a_error = std::sqrt(solved.covariance(0, 0));
    if (a <= 0 || a >= 1) {
        fit.time_constant = fit.time_constant_error = nan;
        fit.warnings.push_back(a >= 1 ? "the temperature does not settle within the records: no "
                                        "time constant"
                                      : "the temperature settles within one step: no time "
                                        "constant; read more often");
        return;
    }
    fit.time_constant = -fit.step / std::log(a);
    fit.time_constant_error = fit.time_constant * fit.time_constant / fit.step * a_error / a;
    if (a + 2 * a_error >= 1) fit.warnings.push_back("the time constant is not told from infinity");
    if (std::abs(fit.residual_correlation) > 2.6 / std::sqrt(fit.used) &&
        std::abs(fit.residual_correlation) > 0.1)
        fit.warnings.push_back(
            "neighbouring errors are correlated: noise of the thermometer or a second time "
            "constant; the standard errors are too small");
}

}  // namespace

ThermalFit fit_thermal(std::span<const ThermalReading> readings, bool ambient_recorded) {
    ThermalFit fit;
    fit.ambient_recorded = ambient_recorded;
    fit.time_constant = fit.time_constant_error = fit.gain = fit.gain_error = nan;
    if (readings.size() < 6) {
        fit.warnings.push_back("fewer than six readings: nothing is fitted");
        return fit;
    }
    fit.step = median_step(readings);
    const std::vector<std::size_t> pairs = pairs_of(readings, fit.step);
    fit.used = static_cast<double>(pairs.size());
    fit.left_out = static_cast<double>(readings.size() - 1 - pairs.size());
    const auto n = static_cast<Eigen::Index>(pairs.size());
    // With the ambient recorded, T - ambient decays: two columns; else a third one of ones.
    Eigen::MatrixXd x(n, ambient_recorded ? 2 : 3);
    Eigen::VectorXd y(n);
    for (Eigen::Index k = 0; k < n; ++k) {
        const ThermalReading& now = readings[pairs[static_cast<std::size_t>(k)]];
        const ThermalReading& next = readings[pairs[static_cast<std::size_t>(k)] + 1];
        const double base = ambient_recorded ? now.ambient : 0;
        x(k, 0) = now.temperature - base, x(k, 1) = now.power;
        if (!ambient_recorded) x(k, 2) = 1;
        y(k) = next.temperature - base;
    }
    const Solved solved = n > x.cols() + 1 ? least_squares(x, y) : Solved{};
    if (!solved.good) {
        fit.warnings.push_back(
            "temperature, power and ambient cannot be told apart: power must vary");
        return fit;
    }
    fit.noise = std::sqrt(solved.errors.squaredNorm() / static_cast<double>(n - x.cols()));
    fit.residual_correlation = correlation(solved.errors);
    std::tie(fit.gain, fit.gain_error) = steady(solved, 1);
    if (!ambient_recorded) std::tie(fit.ambient, fit.ambient_error) = steady(solved, 2);
    judge(solved, fit);
    return fit;
}

}  // namespace foretwin::calibration
