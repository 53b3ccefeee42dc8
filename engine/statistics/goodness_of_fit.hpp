#pragma once

#include <cstdint>
#include <span>

namespace foretwin::statistics {

/// Distance of a sample from a fully specified law.
struct GoodnessOfFit {
    double d_plus = 0;  ///< Kolmogorov-Smirnov, largest excess of the sample's distribution
    double d_minus = 0;
    double d = 0;
    double p_exact = 0;           ///< of d (Marsaglia, Tsang & Wang 2003)
    double p_asymptotic = 0;      ///< of d (Kolmogorov 1933)
    double anderson_darling = 0;  ///< A^2 (1954)
    double cramer_von_mises = 0;  ///< W^2
};

/// `probabilities` are the law's distribution function at the observations, in any order; those
/// must lie strictly between 0 and 1 for a finite Anderson-Darling distance.
GoodnessOfFit goodness_of_fit(std::span<const double> probabilities);

/// P(D_n >= d) exactly (Marsaglia, Tsang & Wang 2003), and in the limit of large n.
double kolmogorov_p_exact(std::int64_t n, double d);
double kolmogorov_p_asymptotic(std::int64_t n, double d);

}  // namespace foretwin::statistics
