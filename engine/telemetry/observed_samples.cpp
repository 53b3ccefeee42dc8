#include "engine/telemetry/observed_samples.hpp"

#include <limits>

#include "engine/core/quantity.hpp"
#include "engine/core/rule.hpp"

namespace foretwin::telemetry {

Sample number_sample(const Observation& observation) {
    FORETWIN_RULE(observation.kind != Observation::Kind::text, "a series of numbers has no texts");
    if (observation.kind == Observation::Kind::number)
        return {observation.at, observation.number, good};
    return {observation.at, std::numeric_limits<double>::quiet_NaN(), unavailable};
}

TextSample text_sample(const Observation& observation) {
    switch (observation.kind) {
        case Observation::Kind::number:
            return {observation.at, shortest_text(observation.number), observation.detail, good};
        case Observation::Kind::text:
            return {observation.at, observation.text, observation.detail, good};
        case Observation::Kind::unavailable:
            break;
    }
    return {observation.at, "", observation.detail, unavailable};
}

Observation observed(const std::string& device, const std::string& item, const Sample& sample) {
    Observation observation{device, item, sample.at};
    if ((sample.quality & unavailable) != 0) return observation;
    observation.kind = Observation::Kind::number;
    observation.number = sample.value;
    return observation;
}

Observation observed(const std::string& device, const std::string& item, const TextSample& sample) {
    Observation observation{device, item, sample.at};
    observation.detail = sample.detail;
    if ((sample.quality & unavailable) != 0) return observation;
    observation.kind = Observation::Kind::text;
    observation.text = sample.text;
    return observation;
}

}  // namespace foretwin::telemetry
