#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/telemetry/observation.hpp"

namespace foretwin::telemetry {

/// What became of the lines (SHDR) or elements (MTConnect) of a log. Nothing is left out: what
/// could not be taken is a defect, with its line and reason.
struct LogCounts {
    struct Example {
        std::string file;
        std::int64_t line = 0;
        std::string reason;
    };
    static constexpr std::size_t most_examples = 20;

    std::int64_t lines = 0;         ///< of text; elements of MTConnect
    std::int64_t observations = 0;  ///< taken
    std::int64_t empty = 0;         ///< lines without anything
    std::int64_t protocol = 0;      ///< `* PING` and the like
    std::int64_t assets = 0;        ///< lines of an asset's document
    std::int64_t repeated = 0;      ///< elements that an earlier document told already
    std::map<std::string, std::int64_t> defects;  ///< by reason
    std::vector<Example> examples;                ///< the first ones

    void add_defect(const std::string& file, std::int64_t line, const std::string& reason);
    std::int64_t all_defects() const;
};

/// Where observations come from, in the order in which they were told: a log, a store, a
/// connection.
class ObservationSource {
  public:
    ObservationSource() = default;
    ObservationSource(const ObservationSource&) = delete;
    ObservationSource& operator=(const ObservationSource&) = delete;
    virtual ~ObservationSource() = default;
    /// The next one, false at the end. What `into` held is overwritten, its memory used again.
    virtual bool next(Observation& into) = 0;
};

/// The number that is the whole of a text, correctly rounded; false when it is none or not finite.
/// No `inf`, no `0x`; a leading plus and leading zeros are understood, as machines write them.
bool read_number(std::string_view text, double& number);

/// Without spaces and tabs at its ends.
std::string_view trimmed(std::string_view text);

/// Equal but for the case of ASCII letters; `upper` is in upper case.
bool is_word(std::string_view text, std::string_view upper);

/// Kind, number and text of what a source wrote: UNAVAILABLE in any case, a number, or a text.
void tell_value(std::string_view written, Observation& into);

/// What comes with the level of a condition: native code, severity, qualifier, message.
using ConditionDetail = std::array<std::string, 4>;

/// As one text, the detail of an Observation: joined by bars, with a backslash before bars and
/// backslashes inside; empty when all four are.
std::string condition_text(const std::array<std::string_view, 4>& detail);
/// And back; what is missing is empty.
ConditionDetail read_condition(std::string_view text);

}  // namespace foretwin::telemetry
