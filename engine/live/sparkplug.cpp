#include "engine/live/sparkplug.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

namespace foretwin::live {

namespace {

namespace wire = google::protobuf::io;
using google::protobuf::internal::WireFormatLite;
using Wire = WireFormatLite::WireType;

constexpr std::size_t most_metrics = 65'536;

/// Field numbers of sparkplug_b.proto.
enum PayloadField : int { payload_timestamp = 1, payload_metrics = 2, payload_seq = 3 };
enum MetricField : int {
    metric_name = 1,
    metric_alias = 2,
    metric_timestamp = 3,
    metric_datatype = 4,
    metric_historical = 5,
    metric_transient = 6,
    metric_null = 7,
    metric_properties = 9,
    metric_int = 10,
    metric_long = 11,
    metric_float = 12,
    metric_double = 13,
    metric_boolean = 14,
    metric_string = 15,
    metric_first_other = 16,  ///< bytes, data set, template, extension
    metric_last_other = 19,
};
enum PropertyField : int { property_keys = 1, property_values = 2 };
enum PropertyValueField : int { property_int = 3, property_long = 4 };

/// One message of protobuf, field after field.
class Reader {
  public:
    explicit Reader(wire::CodedInputStream& input) : input_(input) {}

    /// The next field's number; 0 at the end.
    int next() {
        tag_ = input_.ReadTag();
        return tag_ == 0 ? 0 : WireFormatLite::GetTagFieldNumber(tag_);
    }
    Wire kind() const { return WireFormatLite::GetTagWireType(tag_); }
    bool skip() { return WireFormatLite::SkipField(&input_, tag_); }

    template <class T>
    bool whole(T& value) {
        std::uint64_t read = 0;
        if (kind() != WireFormatLite::WIRETYPE_VARINT || !input_.ReadVarint64(&read)) return false;
        value = static_cast<T>(read);
        return true;
    }
    bool truth(bool& value) {
        std::uint64_t read = 0;
        if (!whole(read)) return false;
        value = read != 0;
        return true;
    }
    bool text(std::string& value) {
        std::uint32_t length = 0;
        return kind() == WireFormatLite::WIRETYPE_LENGTH_DELIMITED &&
               input_.ReadVarint32(&length) &&
               length <= static_cast<std::uint32_t>(std::numeric_limits<int>::max()) &&
               input_.ReadString(&value, static_cast<int>(length));
    }
    /// What a nested message holds is read by `read`, and all of it.
    template <class Read>
    bool nested(Read read) {
        std::uint32_t length = 0;
        if (kind() != WireFormatLite::WIRETYPE_LENGTH_DELIMITED || !input_.ReadVarint32(&length) ||
            length > static_cast<std::uint32_t>(std::max(input_.BytesUntilLimit(), 0)))
            return false;
        const auto outside = input_.PushLimit(static_cast<int>(length));
        const bool good = read(input_) && input_.ConsumedEntireMessage();
        input_.PopLimit(outside);
        return good;
    }
    bool four(std::uint32_t& bits) {
        return kind() == WireFormatLite::WIRETYPE_FIXED32 && input_.ReadLittleEndian32(&bits);
    }
    bool eight(std::uint64_t& bits) {
        return kind() == WireFormatLite::WIRETYPE_FIXED64 && input_.ReadLittleEndian64(&bits);
    }

  private:
    wire::CodedInputStream& input_;
    std::uint32_t tag_ = 0;
};

bool read_property_value(wire::CodedInputStream& input, std::optional<std::int64_t>& number) {
    Reader reader(input);
    for (int field = reader.next(); field != 0; field = reader.next()) {
        std::int64_t value = 0;
        if (field == property_int || field == property_long) {
            if (!reader.whole(value)) return false;
            number = value;
        } else if (!reader.skip()) {
            return false;
        }
    }
    return true;
}

/// Of all properties, the one called "Quality".
bool read_properties(wire::CodedInputStream& input, std::optional<std::int64_t>& quality) {
    Reader reader(input);
    std::vector<std::string> keys;
    std::vector<std::optional<std::int64_t>> values;
    for (int field = reader.next(); field != 0; field = reader.next()) {
        bool good = true;
        if (field == property_keys)
            good = reader.text(keys.emplace_back());
        else if (field == property_values)
            good = reader.nested([&](wire::CodedInputStream& nested) {
                return read_property_value(nested, values.emplace_back());
            });
        else
            good = reader.skip();
        if (!good) return false;
    }
    for (std::size_t i = 0; i < keys.size() && i < values.size(); ++i)
        if (keys[i] == "Quality") quality = values[i];
    return true;
}

bool read_value(Reader& reader, int field, SparkplugValue& value) {
    switch (field) {
        case metric_int:
        case metric_long:
            return reader.whole(value.emplace<std::uint64_t>());
        case metric_float: {
            std::uint32_t bits = 0;
            if (!reader.four(bits)) return false;
            value = std::bit_cast<float>(bits);
            return true;
        }
        case metric_double: {
            std::uint64_t bits = 0;
            if (!reader.eight(bits)) return false;
            value = std::bit_cast<double>(bits);
            return true;
        }
        case metric_boolean:
            return reader.truth(value.emplace<bool>());
        case metric_string:
            return reader.text(value.emplace<std::string>());
        default:
            if (field >= metric_first_other && field <= metric_last_other)
                value.emplace<SparkplugOther>();
            return reader.skip();
    }
}

bool read_metric(wire::CodedInputStream& input, SparkplugMetric& metric) {
    Reader reader(input);
    for (int field = reader.next(); field != 0; field = reader.next()) {
        bool good = true;
        switch (field) {
            case metric_name:
                good = reader.text(metric.name);
                break;
            case metric_alias:
                good = reader.whole(metric.alias.emplace());
                break;
            case metric_timestamp:
                good = reader.whole(metric.timestamp_ms.emplace());
                break;
            case metric_datatype:
                good = reader.whole(metric.datatype);
                break;
            case metric_historical:
                good = reader.truth(metric.historical);
                break;
            case metric_transient:
                good = reader.truth(metric.transient);
                break;
            case metric_null:
                good = reader.truth(metric.null);
                break;
            case metric_properties:
                good = reader.nested([&](wire::CodedInputStream& nested) {
                    return read_properties(nested, metric.quality);
                });
                break;
            default:
                good = read_value(reader, field, metric.value);
        }
        if (!good) return false;
    }
    return true;
}

/// Writes one message of protobuf.
class Writer {
  public:
    explicit Writer(std::string& bytes) : stream_(&bytes), output_(&stream_) {}

    void whole(int field, std::uint64_t value) {
        tag(field, WireFormatLite::WIRETYPE_VARINT);
        output_.WriteVarint64(value);
    }
    void text(int field, const std::string& value) {
        tag(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
        output_.WriteVarint32(static_cast<std::uint32_t>(value.size()));
        output_.WriteString(value);
    }
    void four(int field, std::uint32_t bits) {
        tag(field, WireFormatLite::WIRETYPE_FIXED32);
        output_.WriteLittleEndian32(bits);
    }
    void eight(int field, std::uint64_t bits) {
        tag(field, WireFormatLite::WIRETYPE_FIXED64);
        output_.WriteLittleEndian64(bits);
    }

  private:
    void tag(int field, Wire kind) { output_.WriteTag(WireFormatLite::MakeTag(field, kind)); }
    wire::StringOutputStream stream_;
    wire::CodedOutputStream output_;
};

void write_value(Writer& writer, const SparkplugMetric& metric) {
    if (const auto* whole = std::get_if<std::uint64_t>(&metric.value)) {
        const bool wide = metric.datatype == 4 || metric.datatype == 8 || metric.datatype == 13;
        writer.whole(wide ? metric_long : metric_int, *whole);
    } else if (const auto* single = std::get_if<float>(&metric.value)) {
        writer.four(metric_float, std::bit_cast<std::uint32_t>(*single));
    } else if (const auto* real = std::get_if<double>(&metric.value)) {
        writer.eight(metric_double, std::bit_cast<std::uint64_t>(*real));
    } else if (const auto* truth = std::get_if<bool>(&metric.value)) {
        writer.whole(metric_boolean, *truth ? 1 : 0);
    } else if (const auto* text = std::get_if<std::string>(&metric.value)) {
        writer.text(metric_string, *text);
    }
}

std::string encode_metric(const SparkplugMetric& metric) {
    std::string bytes;
    {  // the writer cuts the text to its length when it goes
        Writer writer(bytes);
        if (!metric.name.empty()) writer.text(metric_name, metric.name);
        if (metric.alias) writer.whole(metric_alias, *metric.alias);
        if (metric.timestamp_ms) writer.whole(metric_timestamp, *metric.timestamp_ms);
        if (metric.datatype != 0) writer.whole(metric_datatype, metric.datatype);
        if (metric.historical) writer.whole(metric_historical, 1);
        if (metric.transient) writer.whole(metric_transient, 1);
        if (metric.null) writer.whole(metric_null, 1);
        write_value(writer, metric);
    }
    return bytes;
}

std::vector<std::string_view> levels_of(std::string_view topic) {
    std::vector<std::string_view> levels;
    while (true) {
        const auto slash = topic.find('/');
        levels.push_back(topic.substr(0, slash));
        if (slash == std::string_view::npos) return levels;
        topic.remove_prefix(slash + 1);
    }
}

}  // namespace

std::optional<SparkplugPayload> decode_sparkplug(std::string_view bytes) {
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return {};
    const auto size = static_cast<int>(bytes.size());
    wire::CodedInputStream input(reinterpret_cast<const std::uint8_t*>(bytes.data()), size);
    const auto whole_limit = input.PushLimit(size);
    static_cast<void>(whole_limit);
    SparkplugPayload payload;
    Reader reader(input);
    for (int field = reader.next(); field != 0; field = reader.next()) {
        bool good = true;
        if (field == payload_timestamp)
            good = reader.whole(payload.timestamp_ms.emplace());
        else if (field == payload_seq)
            good = reader.whole(payload.seq.emplace());
        else if (field == payload_metrics)
            good = payload.metrics.size() < most_metrics &&
                   reader.nested([&](wire::CodedInputStream& nested) {
                       return read_metric(nested, payload.metrics.emplace_back());
                   });
        else
            good = reader.skip();
        if (!good) return std::nullopt;
    }
    if (!input.ConsumedEntireMessage()) return std::nullopt;  // a tag that is none
    return payload;
}

std::string encode_sparkplug(const SparkplugPayload& payload) {
    std::string bytes;
    {
        Writer writer(bytes);
        if (payload.timestamp_ms) writer.whole(payload_timestamp, *payload.timestamp_ms);
        for (const SparkplugMetric& metric : payload.metrics)
            writer.text(payload_metrics, encode_metric(metric));
        if (payload.seq) writer.whole(payload_seq, *payload.seq);
    }
    return bytes;
}

std::optional<double> number_of(const SparkplugValue& value, std::uint32_t datatype) {
    if (const auto* single = std::get_if<float>(&value)) return static_cast<double>(*single);
    if (const auto* real = std::get_if<double>(&value)) return *real;
    if (const auto* truth = std::get_if<bool>(&value)) return *truth ? 1.0 : 0.0;
    const auto* whole = std::get_if<std::uint64_t>(&value);
    if (whole == nullptr) return std::nullopt;
    switch (static_cast<SparkplugType>(datatype)) {
        case SparkplugType::int8:
            return static_cast<std::int8_t>(*whole);
        case SparkplugType::int16:
            return static_cast<std::int16_t>(*whole);
        case SparkplugType::int32:
            return static_cast<std::int32_t>(*whole);
        case SparkplugType::int64:
            return static_cast<double>(static_cast<std::int64_t>(*whole));
        case SparkplugType::boolean:
            return *whole != 0 ? 1.0 : 0.0;
        default:
            return static_cast<double>(*whole);
    }
}

std::optional<SparkplugTopic> parse_sparkplug_topic(std::string_view topic) {
    using Kind = SparkplugTopic::Kind;
    const std::vector<std::string_view> levels = levels_of(topic);
    if (levels.front() != "spBv1.0") return std::nullopt;
    if (levels.size() == 3 && levels[1] == "STATE" && !levels[2].empty())
        return SparkplugTopic{Kind::state, "", "", std::string(levels[2])};
    if (levels.size() < 4 || levels.size() > 5) return std::nullopt;
    for (const std::string_view level : levels)
        if (level.empty()) return std::nullopt;
    struct Word {
        std::string_view name;
        Kind kind;
        std::size_t levels;
    };
    constexpr std::array<Word, 8> words{{{"NBIRTH", Kind::nbirth, 4},
                                         {"NDEATH", Kind::ndeath, 4},
                                         {"NDATA", Kind::ndata, 4},
                                         {"NCMD", Kind::command, 4},
                                         {"DBIRTH", Kind::dbirth, 5},
                                         {"DDEATH", Kind::ddeath, 5},
                                         {"DDATA", Kind::ddata, 5},
                                         {"DCMD", Kind::command, 5}}};
    for (const Word& word : words)
        if (levels[2] == word.name && levels.size() == word.levels)
            return SparkplugTopic{word.kind, std::string(levels[1]), std::string(levels[3]),
                                  levels.size() == 5 ? std::string(levels[4]) : ""};
    return std::nullopt;
}

}  // namespace foretwin::live
