#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "engine/core/time.hpp"

namespace foretwin::live {

/// One message as a broker gave it; valid while it is being handed over.
struct Message {
    std::string_view topic;
    std::string_view payload;
    std::string_view key{};  ///< of a Kafka record; MQTT has none
};

using TakeMessage = std::function<void(const Message&)>;
/// One line for people: connected, lost, refused.
using Tell = std::function<void(const std::string&)>;

/// Where messages come from. At the other end they count as not delivered until acknowledge(): what
/// was read and not acknowledged comes again, to this process or to the next one.
class MessageSource {
  public:
    virtual ~MessageSource() = default;

    /// Hands over what is there, at most `at_most` messages, and waits up to `wait` for the first
    /// one. Connects, and connects again after a while when the other end is gone. Returns how many
    /// there were. EnvironmentError when the other end refuses for good.
    virtual std::size_t read(const TakeMessage& take, std::size_t at_most, Time wait) = 0;
    /// All that was read is safe.
    virtual void acknowledge() = 0;
    /// So many messages come before the first of them must be acknowledged.
    virtual std::size_t window() const = 0;
    virtual bool connected() const = 0;
    /// Says goodbye. What was not acknowledged stays so.
    virtual void close() = 0;
};

}  // namespace foretwin::live
