#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace foretwin::live {

/// The payload of Sparkplug B (Eclipse Sparkplug specification 3.0, chapter 6), as far as a host
/// reads it: bytes to structs and back, nothing else. Data sets, templates, files and arrays are
/// known as such, and their contents are not looked at.

/// Codes of data types (6.4.16 of the specification) that are told apart here.
enum class SparkplugType : std::uint32_t {
    unknown = 0,
    int8 = 1,
    int16 = 2,
    int32 = 3,
    int64 = 4,
    uint8 = 5,
    uint16 = 6,
    uint32 = 7,
    uint64 = 8,
    float32 = 9,
    float64 = 10,
    boolean = 11,
    string = 12,
    date_time = 13,
    text = 14,
    uuid = 15,
};

/// What came in the field of a value: nothing, a whole number as it is on the wire, a floating one,
/// true or false, a text; or something that is not looked at.
struct SparkplugOther {
    friend bool operator==(const SparkplugOther&, const SparkplugOther&) = default;
};
using SparkplugValue =
    std::variant<std::monostate, std::uint64_t, float, double, bool, std::string, SparkplugOther>;

struct SparkplugMetric {
    std::string name;  ///< may be left out when there is an alias
    std::optional<std::uint64_t> alias;
    std::optional<std::uint64_t> timestamp_ms;  ///< since 1970 UTC
    std::uint32_t datatype = 0;                 ///< 0: as in the birth
    bool historical = false;
    bool transient = false;
    bool null = false;
    std::optional<std::int64_t> quality;  ///< property "Quality": 0 bad, 192 good, 500 stale
    SparkplugValue value;

    friend bool operator==(const SparkplugMetric&, const SparkplugMetric&) = default;
};

struct SparkplugPayload {
    std::optional<std::uint64_t> timestamp_ms;
    std::optional<std::uint64_t> seq;
    std::vector<SparkplugMetric> metrics;

    friend bool operator==(const SparkplugPayload&, const SparkplugPayload&) = default;
};

/// Nothing when the bytes are no payload: broken or cut off, or with more than 65536 metrics.
/// Unknown fields are passed over.
std::optional<SparkplugPayload> decode_sparkplug(std::string_view bytes);

/// The same struct gives the same bytes. Properties are not written.
std::string encode_sparkplug(const SparkplugPayload& payload);

/// The number that a metric of this type holds; nothing when it is none. Whole numbers below zero
/// are told by the type alone. Beyond 2^53 they are rounded.
std::optional<double> number_of(const SparkplugValue& value, std::uint32_t datatype);

/// "spBv1.0/group/DDATA/node/device", or of the host "spBv1.0/STATE/host".
struct SparkplugTopic {
    enum class Kind : std::uint8_t { nbirth, ndeath, ndata, dbirth, ddeath, ddata, command, state };
    Kind kind = Kind::ndata;
    std::string group;
    std::string node;
    std::string device;  ///< empty: of the node itself; of a state, the host

    bool of_device() const {
        return kind == Kind::dbirth || kind == Kind::ddeath || kind == Kind::ddata;
    }
};
std::optional<SparkplugTopic> parse_sparkplug_topic(std::string_view topic);

}  // namespace foretwin::live
