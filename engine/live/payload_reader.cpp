#include "engine/live/payload_reader.hpp"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace foretwin::live {

using nlohmann::json;
using telemetry::Instant;
using telemetry::no_instant;
using telemetry::Observation;

namespace {

constexpr std::size_t longest_text = 4096;  ///< of one value; what is longer is cut

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blank = " \t\r\n";
    const auto begin = text.find_first_not_of(blank);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

std::optional<double> number_of(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// What a text says: a number, nothing, or itself.
void set_text(Observation& one, std::string_view text) {
    text = trimmed(text);
    if (const auto number = number_of(text)) {
        one.kind = Observation::Kind::number;
        one.number = *number;
        return;
    }
    one.kind = Observation::Kind::text;
    one.text = text.substr(0, longest_text);
}

void set_value(Observation& one, const json& value) {
    one.kind = Observation::Kind::number;
    if (value.is_number())
        one.number = value.get<double>();
    else if (value.is_boolean())
        one.number = value.get<bool>() ? 1 : 0;
    else if (value.is_string())
        set_text(one, value.get_ref<const std::string&>());
    else
        one.kind = Observation::Kind::unavailable;
}

const json* step(const json& from, const std::string& key) {
    if (from.is_object()) {
        const auto found = from.find(key);
        return found == from.end() ? nullptr : &*found;
    }
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
    const bool good = error == std::errc{} && end == key.data() + key.size();
    return from.is_array() && good && index < from.size() ? &from[index] : nullptr;
}

const json* follow(const json& from, const std::vector<std::string>& path) {
    const json* at = &from;
    for (const std::string& key : path) {
        at = step(*at, key);
        if (at == nullptr) return nullptr;
    }
    return at;
}

std::string_view level_of(std::string_view topic, int level) {
    for (; level > 1; --level) {
        const auto slash = topic.find('/');
        if (slash == std::string_view::npos) return {};
        topic.remove_prefix(slash + 1);
    }
    return topic.substr(0, topic.find('/'));
}

double nanoseconds_in(TimeForm form) {
    switch (form) {
        case TimeForm::seconds:
            return 1e9;
        case TimeForm::milliseconds:
            return 1e6;
        case TimeForm::microseconds:
            return 1e3;
        default:
            return 1;
    }
}

/// Whole numbers stay exact: a double holds no nanoseconds since 1970.
Instant instant_of(const json& value, TimeForm form) {
    const double unit = nanoseconds_in(form);
    if (value.is_number_integer()) {
        std::int64_t at = 0;
        const bool beyond = value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX;
        const bool good = !beyond && !__builtin_mul_overflow(value.get<std::int64_t>(),
                                                             static_cast<std::int64_t>(unit), &at);
        return good ? at : no_instant;
    }
    if (!value.is_number()) return no_instant;
    const double at = value.get<double>() * unit;
    constexpr double end = 9.2e18;
    return at > -end && at < end ? static_cast<Instant>(std::nearbyint(at)) : no_instant;
}

}  // namespace

std::vector<std::string> split_path(const std::string& text) {
    std::vector<std::string> path;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t slash = std::min(text.find('/', at), text.size());
        if (slash > at) path.push_back(text.substr(at, slash - at));
        at = slash + 1;
    }
    return path;
}

/// One message while it is read.
struct MappedPayload::Reading {
    MappedPayload& owner;
    const Message& message;
    Instant now;
    json whole;
    std::vector<Observation>& observations;

    const json* find(const json& record, const std::vector<std::string>& path) const {
        const json* found = follow(record, path);
        return found != nullptr || path.empty() || &record == &whole ? found : follow(whole, path);
    }

    std::string name(const json& record, const FieldPlace& place) const {
        switch (place.kind) {
            case FieldPlace::Kind::name:
                return place.text;
            case FieldPlace::Kind::level:
                return std::string(level_of(message.topic, place.number));
            case FieldPlace::Kind::key:
                return std::string(message.key);
            case FieldPlace::Kind::field: {
                const json* found = find(record, place.path);
                if (found == nullptr) return {};
                if (found->is_string()) return found->get<std::string>();
                return found->is_number() ? found->dump() : std::string();
            }
            case FieldPlace::Kind::none:
                break;
        }
        return {};
    }

    Instant time(const json& record) const {
        const PayloadMapping& mapping = owner.mapping_;
        if (mapping.time_form == TimeForm::arrival) return now;
        const json* found = find(record, mapping.time.path);
        if (found == nullptr) return no_instant;
        if (mapping.time_form != TimeForm::text) return instant_of(*found, mapping.time_form);
        if (!found->is_string()) return no_instant;
        const auto reading = owner.clock_.read(found->get_ref<const std::string&>());
        return reading.outcome == telemetry::ClockReader::Outcome::good ? reading.at : no_instant;
    }

    void read_record(const json& record) {
        const PayloadMapping& mapping = owner.mapping_;
        Observation one;
        one.device = name(record, mapping.device);
        one.at = time(record);
        if (mapping.signal.kind != FieldPlace::Kind::none) {
            one.item = name(record, mapping.signal);
            const json* value = follow(record, mapping.value.path);
            if (value != nullptr) set_value(one, *value);
            observations.push_back(std::move(one));
            return;
        }
        for (std::size_t i = 0; i < mapping.items.size(); ++i) {
            const json* value = follow(record, owner.paths_[i]);
            if (value == nullptr) continue;
            observations.push_back(one);
            observations.back().item = mapping.items[i];
            set_value(observations.back(), *value);
        }
    }
};

MappedPayload::MappedPayload(PayloadMapping mapping)
    : mapping_(std::move(mapping)), clock_(mapping_.zone) {
    for (const std::string& item : mapping_.items) paths_.push_back(split_path(item));
}

MappedPayload::~MappedPayload() = default;

void MappedPayload::read(const Message& message, Instant now, Outcome& outcome) {
    Reading reading{*this, message, now, {}, outcome.observations};
    if (!mapping_.json) {
        Observation one;
        one.device = reading.name({}, mapping_.device);
        one.item = reading.name({}, mapping_.signal);
        one.at = now;
        set_text(one, message.payload);
        outcome.observations.push_back(std::move(one));
        return;
    }
    reading.whole = json::parse(message.payload, nullptr, false);
    if (reading.whole.is_discarded()) {
        outcome.unreadable = "no JSON";
        return;
    }
    const json* records = follow(reading.whole, mapping_.records);
    if (records == nullptr) {
        outcome.unreadable = "no records where they should be";
    } else if (records->is_array()) {
        for (const json& record : *records) reading.read_record(record);
    } else {
        reading.read_record(*records);
    }
}

}  // namespace foretwin::live
