#pragma once

#include <string>
#include <vector>

#include "engine/live/kafka_options.hpp"
#include "engine/live/mqtt_options.hpp"
#include "engine/live/payload_reader.hpp"
#include "engine/live/sparkplug_host.hpp"

namespace foretwin::live {

/// Where telemetry comes from while it is made, and what its messages look like.
struct SourceDescription {
    bool kafka = false;  ///< else MQTT
    MqttOptions mqtt;
    KafkaOptions records;
    std::vector<std::string> topics;
    bool sparkplug = false;  ///< else `mapping` says what a message holds
    PayloadMapping mapping;
    SparkplugOptions host;

    /// "mqtt://host:1883", kept with the series that come from there.
    std::string name() const { return kafka ? records.name() : mqtt.name(); }
};

}  // namespace foretwin::live
