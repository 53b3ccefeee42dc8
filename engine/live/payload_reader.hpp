#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/live/message_source.hpp"
#include "engine/live/mqtt_options.hpp"
#include "engine/telemetry/instant.hpp"
#include "engine/telemetry/observation.hpp"

namespace foretwin::live {

/// Turns messages into observations: a codec, and for protocols with a memory (Sparkplug B) that
/// memory. Touches no network and no clock.
class PayloadReader {
  public:
    /// What a message, or the passing of time, brings about.
    struct Outcome {
        std::vector<telemetry::Observation> observations;
        std::vector<Outgoing> answers;  ///< to be published
        std::string unreadable;         ///< why nothing could be read; else empty
    };
    virtual ~PayloadReader() = default;
    /// Adds to the outcome, whose `unreadable` is empty. `now`: our clock.
    virtual void read(const Message& message, telemetry::Instant now, Outcome& outcome) = 0;
    /// Called now and then, and at the end of waiting.
    virtual void tick(telemetry::Instant /*now*/, Outcome& /*outcome*/) {}
    /// The connection stands, for the first time or again.
    virtual void connected(telemetry::Instant /*now*/, Outcome& /*outcome*/) {}
    /// The reader's own last word before we leave.
    virtual void leaving(telemetry::Instant /*now*/, Outcome& /*outcome*/) {}
};

/// Where in a message something stands.
struct FieldPlace {
    enum class Kind : std::uint8_t {
        none,
        name,   ///< the same for all messages: `text`
        field,  ///< of the record, or else of the whole message: `path`
        level,  ///< a level of the topic: `number`, from 1
        key,    ///< the key of the message (Kafka)
    };
    Kind kind = Kind::none;
    std::string text;
    std::vector<std::string> path;  ///< keys of maps, numbers in lists; none: the record itself
    int number = 0;
};

/// How times are written down.
enum class TimeForm : std::uint8_t {
    arrival,  ///< not at all: when the message came
    text,     ///< as ClockReader reads them
    seconds,  ///< numbers since 1970 UTC, with a fraction
    milliseconds,
    microseconds,
    nanoseconds,
};

/// What messages look like, as data.
struct PayloadMapping {
    bool json = true;                  ///< else the payload is the one value, as text
    std::vector<std::string> records;  ///< path to a list of records; none: the message itself
    TimeForm time_form = TimeForm::arrival;
    std::string zone = "UTC";  ///< of times as text that name none
    FieldPlace time;
    FieldPlace device;
    FieldPlace signal;  ///< none: every item of `items` is a field of the record
    FieldPlace value;   ///< with a signal; none: the record itself
    std::vector<std::string> items;
};

/// "a/b/c" as a path.
std::vector<std::string> split_path(const std::string& text);

/// Reads messages by such a mapping. A record without a time, or with an impossible one, gives
/// observations at `no_instant`; a record without device gives an empty name: intake counts both.
class MappedPayload : public PayloadReader {
  public:
    explicit MappedPayload(PayloadMapping mapping);
    ~MappedPayload() override;
    void read(const Message& message, telemetry::Instant now, Outcome& outcome) override;

  private:
    struct Reading;
    PayloadMapping mapping_;
    std::vector<std::vector<std::string>> paths_;  ///< of the items
    telemetry::ClockReader clock_;
};

}  // namespace foretwin::live
