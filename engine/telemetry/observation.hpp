#pragma once

#include <cstdint>
#include <string>

#include "engine/telemetry/instant.hpp"

namespace foretwin::telemetry {

/// One thing that a source said about one data item of one device. Every codec (SHDR, MTConnect,
/// JSON lines, Sparkplug ...) turns bytes into these; what they mean is the profile's affair.
struct Observation {
    enum class Kind : std::uint8_t {
        number,
        text,         ///< a state, a message, the level of a condition
        unavailable,  ///< the source says that it does not know
    };

    std::string device;
    std::string item;  ///< the data item's name in the source
    Instant at = no_instant;
    Kind kind = Kind::unavailable;
    double number = 0;   ///< of a number; in the unit of the source
    std::string text{};  ///< of a text
    /// What else came with it: of a condition its native code, severity, qualifier and message.
    std::string detail{};

    friend bool operator==(const Observation&, const Observation&) = default;
};

}  // namespace foretwin::telemetry
