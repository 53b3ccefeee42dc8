#include "scenarios/roi/sensitivity.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/rule.hpp"
#include "engine/statistics/summary.hpp"

namespace foretwin::roi {
namespace {

/// A least-squares fit of y on standardised inputs.
struct Fit {
    std::vector<double> slopes;  ///< per standard deviation of each input
    std::vector<double> errors;  ///< standard errors of the slopes
    std::vector<double> residuals;
    double adjusted_r2 = 0;
    bool solved = false;
};

using Columns = std::vector<std::vector<double>>;

double dot(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

std::vector<double> centred(const std::vector<double>& values) {
    const double mean = statistics::summarise(values).mean;
    std::vector<double> result;
    result.reserve(values.size());
    for (const double value : values) result.push_back(value - mean);
    return result;
}

/// Inverse by Gauss and Jordan with pivots; empty when (nearly) singular. The matrix is a
/// correlation matrix times the number of values, so a pivot has a natural size.
Columns inverse(Columns matrix) {
    const std::size_t n = matrix.size();
    Columns result(n, std::vector<double>(n, 0.0));
    const double size = n > 0 ? matrix[0][0] : 0;
    for (std::size_t i = 0; i < n; ++i) result[i][i] = 1;
    for (std::size_t column = 0; column < n; ++column) {
        std::size_t pivot = column;
        for (std::size_t row = column; row < n; ++row)
            if (std::fabs(matrix[row][column]) > std::fabs(matrix[pivot][column])) pivot = row;
        if (std::fabs(matrix[pivot][column]) < 1e-6 * size) return {};
        std::swap(matrix[pivot], matrix[column]);
        std::swap(result[pivot], result[column]);
        const double scale = 1 / matrix[column][column];
        for (std::size_t k = 0; k < n; ++k) {
            matrix[column][k] *= scale;
            result[column][k] *= scale;
        }
        for (std::size_t row = 0; row < n; ++row) {
            const double factor = matrix[row][column];
            if (row == column || factor == 0) continue;
            for (std::size_t k = 0; k < n; ++k) {
                matrix[row][k] -= factor * matrix[column][k];
                result[row][k] -= factor * result[column][k];
            }
        }
    }
    return result;
}

/// `inputs` are centred with variance 1 (divisor n), `y` is centred.
Fit fit(const Columns& inputs, const std::vector<double>& y) {
    Fit result;
    const std::size_t p = inputs.size();
    const auto n = static_cast<double>(y.size());
    Columns normal(p, std::vector<double>(p));
    for (std::size_t i = 0; i < p; ++i)
        for (std::size_t k = 0; k < p; ++k) normal[i][k] = dot(inputs[i], inputs[k]);
    const Columns inverted = inverse(normal);
    if (inverted.size() != p || n < static_cast<double>(p) + 2) return result;

    std::vector<double> moments;
    for (const auto& input : inputs) moments.push_back(dot(input, y));
    result.residuals = y;
    for (std::size_t i = 0; i < p; ++i) {
        result.slopes.push_back(dot(inverted[i], moments));
        for (std::size_t k = 0; k < y.size(); ++k)
            result.residuals[k] -= result.slopes[i] * inputs[i][k];
    }
    const double total = dot(y, y);
    const double rest = dot(result.residuals, result.residuals);
    const double degrees = n - static_cast<double>(p) - 1;
    for (std::size_t i = 0; i < p; ++i)
        result.errors.push_back(std::sqrt(rest / degrees * inverted[i][i]));
    if (total > 0)
        result.adjusted_r2 = std::clamp(1 - rest / degrees / (total / (n - 1)), 0.0, 1.0);
    result.solved = true;
    return result;
}

/// Standard deviation of an input over the draws, divisor n.
double spread_of(const DrawnInput& input) {
    const statistics::Summary summary = statistics::summarise(input.values);
    return std::sqrt(summary.squares / static_cast<double>(summary.count));
}

Columns standardised(const std::vector<const DrawnInput*>& inputs) {
    Columns columns;
    for (const DrawnInput* input : inputs) {
        const double spread = spread_of(*input);
        columns.push_back(centred(input->values));
        for (double& value : columns.back()) value /= spread;
    }
    return columns;
}

/// `slope`: money per standard deviation of the input; `scale`: how much money is at stake at all.
Swing swing_of(const DrawnInput& input, double slope, double error, double mean_npv, double scale) {
    // What rounding leaves of an input that moves nothing has no break-even.
    if (std::fabs(slope) <= 1e-12 * scale) slope = 0;
    const double middle = statistics::summarise(input.values).mean;
    const double spread = spread_of(input);
    Swing swing;
    swing.name = input.name;
    swing.unit = input.unit;
    swing.assumed = input.assumed;
    swing.low = input.low;
    swing.high = input.high;
    swing.slope = slope / spread;
    swing.slope_error = error / spread;
    swing.npv_at_low = mean_npv + swing.slope * (input.low - middle);
    swing.npv_at_high = mean_npv + swing.slope * (input.high - middle);
    if (swing.slope != 0) {
        swing.break_even = middle - mean_npv / swing.slope;
        swing.break_even_in_range =
            input.low <= *swing.break_even && *swing.break_even <= input.high;
    }
    return swing;
}

/// Inputs that did vary, and a place for those that did not.
std::vector<const DrawnInput*> varying(const std::vector<DrawnInput>& inputs, std::size_t draws) {
    std::vector<const DrawnInput*> result;
    for (const DrawnInput& input : inputs) {
        FORETWIN_RULE(input.values.size() == draws, "an input has one value per parameter draw");
        const double scale = std::max(std::fabs(input.low), std::fabs(input.high));
        if (spread_of(input) > 1e-12 * scale) result.push_back(&input);
    }
    return result;
}

/// Which inputs are fitted together: all if there are twice as many draws, else the assumptions.
std::vector<const DrawnInput*> joint_inputs(const std::vector<const DrawnInput*>& all,
                                            std::size_t draws) {
    if (2 * all.size() <= draws) return all;
    std::vector<const DrawnInput*> assumed;
    for (const DrawnInput* input : all)
        if (input->assumed) assumed.push_back(input);
    if (2 * assumed.size() <= draws) return assumed;
    return {};
}

}  // namespace

double Swing::size() const {
    return std::fabs(npv_at_high - npv_at_low);
}

bool Swing::within_noise() const {
    return slope != 0 && std::fabs(slope) < 2 * slope_error;
}

Tornado tornado(const std::vector<DrawnInput>& inputs, const std::vector<double>& npv_by_draw) {
    Tornado result;
    if (npv_by_draw.size() < 4) {
        result.note = "fewer than four parameter draws: run more replications to see what matters";
        return result;
    }
    const std::vector<const DrawnInput*> all = varying(inputs, npv_by_draw.size());
    std::vector<const DrawnInput*> joint = joint_inputs(all, npv_by_draw.size());
    const double mean = statistics::summarise(npv_by_draw).mean;
    double scale = 0;
    for (const double npv : npv_by_draw) scale = std::max(scale, std::fabs(npv));
    std::vector<double> rest = centred(npv_by_draw);
    const Fit together = fit(standardised(joint), rest);
    if (!together.solved) joint.clear();
    for (std::size_t i = 0; i < joint.size(); ++i)
        result.swings.push_back(
            swing_of(*joint[i], together.slopes[i], together.errors[i], mean, scale));
    if (together.solved) rest = together.residuals;
    if (!joint.empty()) result.explained = together.adjusted_r2;

    for (const DrawnInput* input : all) {
        if (std::find(joint.begin(), joint.end(), input) != joint.end()) continue;
        const Fit alone = fit(standardised({input}), rest);
        result.swings.push_back(swing_of(*input, alone.slopes[0], alone.errors[0], mean, scale));
        result.one_at_a_time = true;
    }
    std::sort(result.swings.begin(), result.swings.end(), [](const Swing& a, const Swing& b) {
        if (a.within_noise() != b.within_noise()) return b.within_noise();
        return a.size() != b.size() ? a.size() > b.size() : a.name < b.name;
    });
    return result;
}

DrawSplit split_draw_variance(const std::vector<DrawnInput>& inputs,
                              const std::vector<double>& npv_by_draw, double draw_variance) {
    DrawSplit split;
    std::vector<const DrawnInput*> assumed;
    const auto all = varying(inputs, npv_by_draw.size());
    for (const DrawnInput* input : all)
        if (input->assumed) assumed.push_back(input);
    if (assumed.size() == all.size()) {
        split.assumed = draw_variance;
        split.reason = "nothing fitted was uncertain";
    } else if (assumed.empty()) {
        split.fitted = draw_variance;
        split.reason = "no declared assumption was uncertain";
    } else if (2 * assumed.size() > npv_by_draw.size()) {
        split.reason = "too few parameter draws to tell fitted parameters from assumptions";
    } else {
        const Fit together = fit(standardised(assumed), centred(npv_by_draw));
        const double of_means = statistics::summarise(npv_by_draw).variance();
        const double explained = together.solved ? together.adjusted_r2 * of_means : 0;
        split.assumed = std::min(explained, draw_variance);
        split.fitted = draw_variance - split.assumed;
        split.reason = "assumptions: what a linear fit on them explains; fitted: the rest";
    }
    return split;
}

}  // namespace foretwin::roi
