#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace foretwin::calibration {

/// A repaired unit: the ages of its events, and the age until which it was observed (from 0).
struct RecurrentUnit {
    std::string name;
    std::vector<double> events;  ///< ascending; several may share an age
    double end = 0;              ///< at or after the last event
};

/// One step of the mean cumulative function: the mean number of events per unit until an age.
struct MeanCumulativeStep {
    double age = 0;
    double at_risk = 0;  ///< units observed at this age
    double events = 0;   ///< at this age
    double mean = 0;     ///< just after it (Nelson 1969, Aalen 1978)
    /// Robust against dependence between the events of one unit (Lawless & Nadeau 1995).
    double standard_error = 0;
    double low = 0, high = 0;  ///< 95 %, on the log scale
};

std::vector<MeanCumulativeStep> mean_cumulative_function(std::span<const RecurrentUnit> units);

/// A process of events with intensity shape / scale * (age / scale)^(shape - 1): Weibull's law for
/// the first event, minimal repair (Crow 1974, AMSAA). Maximum likelihood over all units.
struct PowerLawProcess {
    double shape = 1, scale = 1;
    double shape_error = 0, scale_error = 0;  ///< NaN where the information is singular
    std::vector<std::vector<double>> log_covariance;
    double log_likelihood = 0;
    double aic = 0;
    bool converged = false;
};

/// A test of "no trend": events come at a constant rate.
struct TrendTest {
    double statistic = 0;
    double p_value = 1;  ///< two-sided
};

struct Recurrence {
    double units = 0, events = 0, exposure = 0;
    std::vector<MeanCumulativeStep> mean_cumulative;
    double rate = 0, rate_low = 0, rate_high = 0;  ///< constant rate; exact 95 % (Garwood 1936)
    double constant_log_likelihood = 0, constant_aic = 0;
    std::optional<PowerLawProcess> power_law;  ///< from two events on
    TrendTest laplace;                         ///< normal; above 0: events grow more frequent
    TrendTest mil_hdbk_189;      ///< chi-square with 2 n degrees; small: more frequent
    TrendTest likelihood_ratio;  ///< shape 1 against any shape, chi-square with 1 degree
    std::vector<std::string> warnings;
};

/// Everything above. Needs a unit with an end above 0.
Recurrence fit_recurrence(std::span<const RecurrentUnit> units);

}  // namespace foretwin::calibration
