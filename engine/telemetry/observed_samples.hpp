#pragma once

#include "engine/telemetry/observation.hpp"
#include "engine/telemetry/sample.hpp"

namespace foretwin::telemetry {

/// An observation as a sample of a series of numbers: what is unavailable is NaN with its mark.
/// RuleBroken of a text.
Sample number_sample(const Observation& observation);
/// As a sample of a series of texts: a number is written as shortest tells it apart.
TextSample text_sample(const Observation& observation);

/// The way back, of the device and item that the series is named after.
Observation observed(const std::string& device, const std::string& item, const Sample& sample);
Observation observed(const std::string& device, const std::string& item, const TextSample& sample);

}  // namespace foretwin::telemetry
