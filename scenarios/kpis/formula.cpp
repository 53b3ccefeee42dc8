#include "scenarios/kpis/formula.hpp"

#include <cmath>
#include <limits>

namespace foretwin::kpis {
namespace {

double sum(const std::vector<Formula::Term>& terms, std::span<const double> figures) {
    double total = 0, size = 0;
    for (const Formula::Term& term : terms) {
        const double own = term.weight * figures[term.figure];
        total += own;
        size += std::fabs(own);
    }
    // What rounding leaves of a difference of equal times is none.
    return std::fabs(total) <= 1e-12 * size ? 0 : total;
}

}  // namespace

double evaluate(const Formula& formula, std::span<const double> figures) {
    const double over = sum(formula.over, figures);
    const double under =
        formula.under.empty() ? formula.constant_under : sum(formula.under, figures);
    return under == 0 ? std::numeric_limits<double>::quiet_NaN() : over / under;
}

std::vector<double> in_units(const std::vector<kernel::FigureSpec>& specs,
                             const std::vector<Wide>& values) {
    std::vector<double> figures(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        figures[i] = to_double(values[i]) * specs[i].factor;
    }
    return figures;
}

}  // namespace foretwin::kpis
