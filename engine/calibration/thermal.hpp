#pragma once

#include <span>
#include <string>
#include <vector>

namespace foretwin::calibration {

/// One reading: temperature, and what heats. `ambient` where the record has it.
struct ThermalReading {
    double at = 0;  ///< seconds since 1970
    double temperature = 0, power = 0, ambient = 0;
};

/// First-order model: tau dT/dt = ambient - T + gain * power. Power is held between readings.
struct ThermalFit {
    double step = 0;  ///< seconds between readings
    double used = 0;  ///< pairs of readings one step apart
    double left_out = 0;
    double time_constant = 0, time_constant_error = 0;  ///< seconds
    double gain = 0, gain_error = 0;                    ///< degrees per unit of power
    bool ambient_recorded = false;
    double ambient = 0, ambient_error = 0;  ///< fitted when no column holds it
    double noise = 0;                       ///< deviation of the one-step error, degrees
    double residual_correlation = 0;        ///< of neighbouring errors
    std::vector<std::string> warnings;
};

/// Linear least squares of T(k+1) on T(k), power(k) and a constant (or the recorded ambient):
/// T(k+1) = a T(k) + (1 - a) (ambient + gain * power(k)) with a = exp(-step / tau) exactly.
/// Standard errors by the delta method. The step is the median one; pairs that lie otherwise (by
/// more than 1 %) are left out. Noise of the thermometer itself pulls a towards 0, and shows as
/// correlation between neighbouring errors, which is warned of.
ThermalFit fit_thermal(std::span<const ThermalReading> readings, bool ambient_recorded);

}  // namespace foretwin::calibration
