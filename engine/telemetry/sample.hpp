#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/telemetry/ingest_description.hpp"
#include "engine/telemetry/instant.hpp"

namespace foretwin::telemetry {

/// What is to be known of a sample that was accepted all the same; bits, 0 is good.
enum Quality : std::uint8_t {
    good = 0,
    after_gap = 1,     ///< the sample before it is further away than its value holds
    stuck = 2,         ///< one of too many equal values in a row
    out_of_range = 4,  ///< no value that this signal can have
    wrong_unit = 8,    ///< one of a stretch whose level is off by the factor of a known unit
    unavailable = 16,  ///< the source says that it does not know: NaN, or no text
};

/// One measured value.
struct Sample {
    Instant at = 0;
    double value = 0;
    std::uint8_t quality = good;

    friend bool operator==(const Sample&, const Sample&) = default;
};

/// One text: a state, a message, the level of a condition. What is unavailable has none.
struct TextSample {
    Instant at = 0;
    std::string text{};
    std::string detail{};  ///< of a condition its native code, severity, qualifier, message
    std::uint8_t quality = good;

    friend bool operator==(const TextSample&, const TextSample&) = default;
};

/// Where accepted samples go, and what is there already. Every series is asked for once and then
/// known by its number; the description says whether it is of numbers or of texts.
class SampleSink {
  public:
    virtual ~SampleSink() = default;
    virtual std::size_t series(const std::string& device, const SignalDescription& signal) = 0;
    /// The last samples of a series, at most so many, in time order.
    virtual std::vector<Sample> newest(std::size_t series, std::size_t at_most) = 0;
    /// The value at exactly this instant, if there is one.
    virtual std::optional<double> value_at(std::size_t series, Instant at) = 0;
    /// A sample after all that the series has.
    virtual void accept(std::size_t series, const Sample& sample) = 0;

    // The same of texts. Several of one series may have one instant (conditions that came
    // together), so time does not fall there; a sink of numbers alone need not know them.
    virtual std::vector<TextSample> newest_texts(std::size_t series, std::size_t at_most);
    virtual std::vector<TextSample> texts_at(std::size_t series, Instant at);
    virtual void accept_text(std::size_t series, const TextSample& sample);
};

}  // namespace foretwin::telemetry
