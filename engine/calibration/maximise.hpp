#pragma once

#include <Eigen/Dense>
#include <functional>
#include <vector>

namespace foretwin::calibration {

/// A smooth function of a few parameters; -infinity where it does not exist.
using Objective = std::function<double(const std::vector<double>&)>;

struct Box {
    std::vector<double> lower, upper;  ///< one per parameter
};

struct Maximum {
    std::vector<double> at;
    double value = 0;
    bool converged = false;  ///< the last Newton step was below 1e-8 in every free parameter
};

/// Climbs by damped Newton steps with numerical derivatives from a start that is near already.
/// Parameters that press against the box stay there and count as converged.
Maximum climb(const Objective& objective, std::vector<double> start, const Box& box);

/// The best of climbs from several starts, each first walked downhill by the simplex method
/// (Nelder & Mead 1965, NLopt), which needs no derivatives.
Maximum maximise(const Objective& objective, const std::vector<std::vector<double>>& starts,
                 const Box& box);

/// Second derivatives by central differences of fourth order, step 2e-3.
Eigen::MatrixXd hessian(const Objective& objective, const std::vector<double>& at);

/// Inverse of the observed information (minus the second derivatives) at a maximum, among the
/// parameters that are not held by the box; rows and columns of held ones are 0. Empty where the
/// information is singular: the likelihood has no proper top there.
struct Covariance {
    std::vector<std::vector<double>> matrix;
    std::vector<bool> held;
};
Covariance covariance_at(const Objective& objective, const std::vector<double>& at, const Box& box);

}  // namespace foretwin::calibration
