#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/live/kafka_options.hpp"
#include "engine/live/message_source.hpp"

namespace foretwin::live {

/// Whether this program was built with librdkafka.
bool has_kafka();

/// A member of a group of readers of these topics. Offsets are committed by acknowledge() alone,
/// so what was read and not made durable is read again after a restart, or by the next member.
/// EnvironmentError when the program was built without it, or the options are refused.
std::unique_ptr<MessageSource> open_kafka(const KafkaOptions& options,
                                          const std::vector<std::string>& topics, Tell tell);

}  // namespace foretwin::live
