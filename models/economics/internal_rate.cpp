// gcc 12 sees uninitialised limbs in Boost's integers that Boost never reads.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include "models/economics/internal_rate.hpp"

#include <algorithm>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <utility>

#include "engine/core/error.hpp"
#include "models/economics/polynomial.hpp"

namespace foretwin::economics {
namespace {

using Real = boost::multiprecision::cpp_bin_float_100;

struct Root {
    double rate = 0;
    int multiplicity = 1;
};

Real to_real(const Dyadic& point) {
    return ldexp(Real(point.numerator), -static_cast<int>(point.shift));
}

Real value_at(const std::vector<Real>& coefficients, const Real& x) {
    Real sum = 0;
    for (std::size_t power = coefficients.size(); power-- > 0;) sum = sum * x + coefficients[power];
    return sum;
}

/// The simple root that an interval isolates, by bisection far beyond a double's precision.
Real refine(const Polynomial& polynomial, const RootInterval& interval) {
    Real low = to_real(interval.low);
    Real high = to_real(interval.high);
    if (low == high) return high;
    const bool positive_below = sign_right_of(polynomial, interval.low) > 0;
    const std::vector<Real> coefficients(polynomial.begin(), polynomial.end());
    for (int step = 0; step < 2000 && high - low > ldexp(high, -90); ++step) {
        const Real half = (low + high) / 2;
        const Real value = value_at(coefficients, half);
        if (value == 0) return half;
        ((value > 0) == positive_below ? low : high) = half;
    }
    return (low + high) / 2;
}

void add_roots(const Polynomial& polynomial, const std::vector<RootInterval>& intervals,
               int multiplicity, std::vector<Root>& roots) {
    for (const RootInterval& interval : intervals) {
        const Real rate = 1 / refine(polynomial, interval) - 1;
        // What bisection leaves of a rate that is exactly zero.
        const bool zero = abs(rate) < ldexp(Real(1), -80);
        roots.push_back({zero ? 0.0 : rate.convert_to<double>(), multiplicity});
    }
}

std::vector<Root> find_roots(const Polynomial& polynomial) {
    std::vector<Root> roots;
    if (const auto simple = isolate_simple_positive_roots(polynomial)) {
        add_roots(polynomial, *simple, 1, roots);
    } else {
        for (const auto& [factor, multiplicity] : square_free_factors(polynomial))
            add_roots(factor, isolate_by_sturm(factor), multiplicity, roots);
    }
    std::sort(roots.begin(), roots.end(),
              [](const Root& a, const Root& b) { return a.rate < b.rate; });
    return roots;
}

void check(Flows flows) {
    if (flows.size() > 400) throw InputError({}, "more than 400 flows", "study a shorter life");
    for (const double flow : flows)
        if (!std::isfinite(flow))
            throw InputError({}, "a cash flow is not a finite number", "check prices and amounts");
}

bool both_signs(Flows flows) {
    const auto negative = [](double flow) { return flow < 0; };
    const auto positive = [](double flow) { return flow > 0; };
    return std::any_of(flows.begin(), flows.end(), negative) &&
           std::any_of(flows.begin(), flows.end(), positive);
}

int sign_changes(Flows flows) {
    int count = 0;
    double last = 0;
    for (const double flow : flows) {
        if (flow == 0) continue;
        if (last != 0 && (flow > 0) != (last > 0)) ++count;
        last = flow;
    }
    return count;
}

RateStatus status_of(std::size_t roots) {
    if (roots == 0) return RateStatus::no_real_root;
    return roots == 1 ? RateStatus::unique : RateStatus::multiple;
}

FlowType type_of(Flows flows, const std::vector<Root>& roots) {
    if (roots.empty()) return FlowType::none;
    if (roots.size() > 1 || roots[0].multiplicity % 2 == 0) return FlowType::mixed;
    // As the rate grows without bound the first flow alone decides the sign.
    const double first = *std::find_if(flows.begin(), flows.end(), [](double f) { return f != 0; });
    return first < 0 ? FlowType::investing : FlowType::borrowing;
}

}  // namespace

std::string_view to_text(RateStatus status) {
    switch (status) {
        case RateStatus::unique:
            return "unique";
        case RateStatus::multiple:
            return "multiple";
        case RateStatus::no_sign_change:
            return "no_sign_change";
        case RateStatus::no_real_root:
            return "no_real_root";
    }
    return "";
}

std::string_view to_text(FlowType type) {
    switch (type) {
        case FlowType::investing:
            return "investing";
        case FlowType::borrowing:
            return "borrowing";
        case FlowType::mixed:
            return "mixed";
        case FlowType::none:
            return "none";
    }
    return "";
}

InternalRate irr(Flows flows) {
    check(flows);
    InternalRate result;
    if (!both_signs(flows)) return result;
    const std::vector<Root> roots = find_roots(exact_polynomial(flows));
    for (const Root& root : roots) {
        result.rates.push_back(root.rate);
        result.multiplicities.push_back(root.multiplicity);
    }
    result.status = status_of(roots.size());
    result.type = type_of(flows, roots);
    return result;
}

RateStatus irr_status(Flows flows) {
    check(flows);
    if (!both_signs(flows)) return RateStatus::no_sign_change;
    // Descartes: one change of sign, one positive root.
    if (sign_changes(flows) == 1) return RateStatus::unique;
    return status_of(static_cast<std::size_t>(count_positive_roots(exact_polynomial(flows))));
}

}  // namespace foretwin::economics
