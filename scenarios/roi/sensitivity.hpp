#pragma once

#include <optional>
#include <string>
#include <vector>

namespace foretwin::roi {

/// An uncertain input as the parameter draws took it.
struct DrawnInput {
    std::string name;
    std::string unit;
    bool assumed = true;         ///< declared assumption; false: fitted to records
    double low = 0, high = 0;    ///< the range over which the swing is told
    std::vector<double> values;  ///< one per parameter draw
};

/// One bar of the tornado, and what would change the answer.
struct Swing {
    std::string name;
    std::string unit;
    bool assumed = true;
    double low = 0, high = 0;                ///< range of the input
    double npv_at_low = 0, npv_at_high = 0;  ///< on the fitted line, other inputs at their means
    double slope = 0;                        ///< money per unit of the input
    double slope_error = 0;                  ///< standard error of the slope
    std::optional<double> break_even;        ///< where the line crosses zero; empty for a flat line
    bool break_even_in_range = false;        ///< low <= break_even <= high
    double size() const;                     ///< |npv_at_high - npv_at_low|
    /// Less than two standard errors: chance alone could make such a bar.
    bool within_noise() const;
};

struct Tornado {
    std::vector<Swing> swings;   ///< widest first, those within noise last; equals by name
    bool one_at_a_time = false;  ///< some inputs were fitted alone, for want of draws
    double explained = 0;        ///< adjusted R^2 of the joint fit, 0..1
    std::string note;            ///< empty, or why there are no swings
};

/// Least squares of the draw means on the inputs: jointly when there are at least twice as many
/// draws as inputs; else jointly on the assumptions (if those are few enough) and each other input
/// alone on what is left, which is unbiased since inputs are drawn independently. Inputs that did
/// not vary over the draws are left out. The lines pass through the inputs' means and the mean of
/// the draws.
Tornado tornado(const std::vector<DrawnInput>& inputs, const std::vector<double>& npv_by_draw);

/// Variance between draws by its source.
struct DrawSplit {
    double fitted = 0, assumed = 0;
    std::string reason;  ///< how it was done, or why both are 0
};
/// `draw_variance`: VarianceSplit::draws. What a linear fit of the draw means on the assumptions
/// explains (adjusted R^2) is theirs, the rest belongs to the fitted parameters.
DrawSplit split_draw_variance(const std::vector<DrawnInput>& inputs,
                              const std::vector<double>& npv_by_draw, double draw_variance);

}  // namespace foretwin::roi
