#include "scenarios/live_source.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>

#include "engine/core/quantity.hpp"
#include "engine/core/suggestion.hpp"
#include "engine/telemetry/sample_reader.hpp"
#include "scenarios/section.hpp"

namespace foretwin::scenarios {

namespace {

using live::FieldPlace;
using live::SourceDescription;
using live::TimeForm;
using loader::Problems;
using loader::Value;

constexpr double longest_hours = 100 * 365.25 * 24;

/// A section with where its files are.
struct Part {
    Section section;
    const std::filesystem::path& folder;
    Problems& problems;

    std::string text(const std::string& key, const std::string& otherwise = "") {
        const Value* value = section.find(key);
        return value == nullptr ? otherwise : section.text_of(*value, key);
    }

    int whole(const std::string& key, int lowest, int highest, int otherwise) {
        const Value* value = section.find(key);
        if (value == nullptr) return otherwise;
        const auto number = parse_number(value->text());
        if (number && *number == std::floor(*number) && *number >= lowest && *number <= highest)
            return static_cast<int>(*number);
        section.add(value->place(),
                    "'" + value->text() + "' is no whole number from " + std::to_string(lowest) +
                        " to " + std::to_string(highest),
                    "as in " + key + ": " + std::to_string(std::max(lowest, otherwise)));
        return otherwise;
    }

    Time duration(const std::string& key, Time otherwise) {
        const double hours = section.hours(key, -1);
        if (hours < 0) return otherwise;
        if (hours <= longest_hours) return from_seconds(hours * 3600);
        section.add(section.find(key)->place(), "'" + key + "' is longer than a century",
                    "as in 7 days");
        return otherwise;
    }

    std::filesystem::path file(const std::string& key) {
        const Value* value = section.find(key);
        if (value == nullptr) return {};
        const std::filesystem::path path = folder / section.text_of(*value, key);
        std::error_code ignored;
        if (!std::filesystem::is_regular_file(path, ignored))
            section.add(value->place(), "there is no file '" + value->text() + "'",
                        "paths are relative to the description's folder");
        return path;
    }

    /// `<name>_file` or `<name>_env`: the first line of a file, or a variable.
    std::string secret(const std::string& name) {
        const Value* from_file = section.find(name + "_file");
        const Value* from_variable = section.find(name + "_env");
        if (from_file != nullptr && from_variable != nullptr)
            section.add(from_variable->place(), "a " + name + " both by file and by variable",
                        "keep one of them");
        if (from_file != nullptr) {
            std::ifstream stream(file(name + "_file"));
            std::string line;
            std::getline(stream, line);
            if (!line.empty() && line.back() == '\r') line.pop_back();
            if (line.empty())
                section.add(from_file->place(), "'" + from_file->text() + "' holds no " + name,
                            "its first line is taken");
            return line;
        }
        if (from_variable == nullptr) return "";
        const char* found = std::getenv(section.text_of(*from_variable, name + "_env").c_str());
        if (found == nullptr || *found == '\0') {
            section.add(from_variable->place(),
                        "the variable '" + from_variable->text() + "' is not set",
                        "set it where Foretwin is started");
            return "";
        }
        return found;
    }

    std::vector<std::string> names(const std::string& key, bool needed) {
        const Value* value = needed ? section.need(key) : section.find(key);
        std::vector<std::string> all;
        if (value == nullptr) return all;
        for (const Value& item : value->items()) all.push_back(section.text_of(item, key));
        if (all.empty())
            section.add(value->place(), "'" + key + "' is a list of one or more texts",
                        "as in " + key + ": [plant]");
        return all;
    }
};

/// Whether a broker would take it: # at the end alone, + alone in its level.
bool is_topic_filter(const std::string& text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool begins = i == 0 || text[i - 1] == '/';
        const bool ends = i + 1 == text.size();
        if (text[i] == '#' && !(begins && ends)) return false;
        if (text[i] == '+' && !(begins && (ends || text[i + 1] == '/'))) return false;
    }
    return !text.empty();
}

void read_tls(const Value& value, Part& parent, live::MqttOptions& options) {
    Part part{{value,
               "tls",
               {"authority", "certificate", "key", "key_password_file", "key_password_env"},
               parent.problems},
              parent.folder,
              parent.problems};
    live::MqttTls tls;
    tls.authority = part.file("authority");
    tls.certificate = part.file("certificate");
    tls.key = part.file("key");
    tls.key_password = part.secret("key_password");
    if (tls.certificate.empty() != tls.key.empty())
        part.section.add(value.place(), "a certificate and its key belong together",
                         "name both, or none");
    options.tls = std::move(tls);
}

void refuse_password(Part& part) {
    if (const Value* open = part.section.find("password"))
        part.section.add(open->place(), "a password does not stand in a description",
                         "use password_file or password_env");
}

/// How the broker is reached.
void read_broker(const Value& value, Part& part, live::MqttOptions& mqtt) {
    mqtt.host = part.text("host", mqtt.host);
    mqtt.port = part.whole("port", 1, 65535, 0);
    if (const Value* tls = part.section.find("tls")) read_tls(*tls, part, mqtt);
    mqtt.user = part.text("user");
    refuse_password(part);
    mqtt.password = part.secret("password");
    mqtt.client_id = part.text("client_id");
    constexpr Time longest_session = (std::int64_t{1} << 32) * second - 2 * second;
    mqtt.session_s =
        static_cast<std::uint32_t>(std::min(part.duration("session", 0), longest_session) / second);
    mqtt.in_flight = part.whole("in_flight", 1, 65535, mqtt.in_flight);
    mqtt.keepalive_s = static_cast<int>(
        std::clamp<Time>(part.duration("keepalive", 30 * second) / second, 5, 65535));
    if (mqtt.session_s > 0 && mqtt.client_id.empty())
        part.section.add(value.place(), "a session needs a name, so that it is found again",
                         "add client_id: foretwin press shop");
    if (mqtt.password.empty() != mqtt.user.empty() && mqtt.user.empty())
        part.section.add(value.place(), "a password without a user", "add user: name");
}

void read_mqtt(const Value& value, Part& source, SourceDescription& description) {
    Part part{{value,
               "mqtt",
               {"host", "port", "tls", "user", "password", "password_file", "password_env",
                "client_id", "session", "in_flight", "keepalive", "topics"},
               source.problems},
              source.folder,
              source.problems};
    read_broker(value, part, description.mqtt);
    if (description.sparkplug && part.section.find("topics") == nullptr) return;
    description.topics = part.names("topics", true);
    for (const std::string& topic : description.topics)
        if (!is_topic_filter(topic))
            part.section.add(part.section.find("topics")->place(),
                             "'" + topic + "' is no filter of topics",
                             "+ stands for one whole level, # for the rest, as in plant/+/power");
}

void read_kafka(const Value& value, Part& source, SourceDescription& description) {
    Part part{{value,
               "kafka",
               {"brokers", "group", "topics", "window", "session", "tls", "user", "password",
                "password_file", "password_env"},
               source.problems},
              source.folder,
              source.problems};
    live::KafkaOptions& kafka = description.records;
    kafka.brokers = part.text("brokers", kafka.brokers);
    kafka.group = part.section.text("group");
    kafka.window = part.whole("window", 1, 1'000'000, kafka.window);
    kafka.session_ms = static_cast<int>(
        std::clamp<Time>(part.duration("session", 45 * second), 6 * second, hour) / millisecond);
    if (const Value* tls = part.section.find("tls")) {
        live::MqttOptions both;
        read_tls(*tls, part, both);
        kafka.tls = true;
        kafka.authority = both.tls->authority;
        kafka.certificate = both.tls->certificate;
        kafka.key = both.tls->key;
    }
    kafka.user = part.text("user");
    refuse_password(part);
    kafka.password = part.secret("password");
    description.kafka = true;
    description.topics = part.names("topics", true);
}

FieldPlace read_place(Part& source, const std::string& key, bool needed) {
    FieldPlace place;
    const Value* value = needed ? source.section.need(key) : source.section.find(key);
    if (value == nullptr) return place;
    Part part{{*value, key, {"field", "level", "name", "key"}, source.problems},
              source.folder,
              source.problems};
    if (value->is_map() && value->entries().size() != 1)
        part.section.add(value->place(), "'" + key + "' is found in one way",
                         "as in {field: machine}, {level: 2} or {name: Press 7}");
    if (part.section.find("field") != nullptr) {
        place.kind = FieldPlace::Kind::field;
        place.path = live::split_path(part.text("field"));
    } else if (part.section.find("level") != nullptr) {
        place.kind = FieldPlace::Kind::level;
        place.number = part.whole("level", 1, 100, 1);
    } else if (part.section.find("key") != nullptr) {
        place.kind = FieldPlace::Kind::key;
    } else if (const Value* name = part.section.find("name")) {
        place.kind = FieldPlace::Kind::name;
        place.text = part.text("name");
        if (key == "device" && !telemetry::is_series_name(place.text))
            part.section.add(name->place(), "'" + place.text + "' is no name for a device",
                             "1 to 64 characters, none of / . : , # quotes or brackets");
    }
    return place;
}

TimeForm unit_form(Part& part, const Value& unit) {
    const std::vector<std::string> known{"s", "ms", "us", "ns"};
    constexpr std::array forms{TimeForm::seconds, TimeForm::milliseconds, TimeForm::microseconds,
                               TimeForm::nanoseconds};
    const auto found = std::find(known.begin(), known.end(), unit.text());
    if (found != known.end()) return forms[static_cast<std::size_t>(found - known.begin())];
    part.section.add(unit.place(), "'" + unit.text() + "' is no unit of times here",
                     "one of s, ms, us, ns since 1970 UTC; none for times as text");
    return TimeForm::text;
}

void read_time(Part& source, live::PayloadMapping& mapping) {
    const Value* value = source.section.need("time");
    if (value == nullptr || value->text() == "arrival") return;
    Part part{{*value, "time", {"field", "unit", "zone"}, source.problems},
              source.folder,
              source.problems};
    mapping.time.kind = FieldPlace::Kind::field;
    mapping.time.path = live::split_path(part.section.text("field"));
    const Value* unit = part.section.find("unit");
    mapping.time_form = unit == nullptr ? TimeForm::text : unit_form(part, *unit);
    const Value* zone = part.section.find("zone");
    if (zone == nullptr) return;
    if (unit != nullptr)
        part.section.add(zone->place(), "numbers since 1970 UTC have no zone", "leave it out");
    mapping.zone = part.text("zone");
    try {
        const telemetry::ClockReader probe(mapping.zone);
    } catch (const InputError& error) {
        part.section.add(zone->place(), error.problems().front().what,
                         error.problems().front().hint);
        mapping.zone = "UTC";
    }
}

void read_mapping(Part& source, live::PayloadMapping& mapping) {
    if (mapping.json) {
        read_time(source, mapping);
        if (source.section.find("records") != nullptr)
            mapping.records = live::split_path(source.text("records"));
    } else {
        for (const char* key : {"records", "value"})
            if (const Value* value = source.section.find(key))
                source.section.add(value->place(),
                                   "'" + std::string(key) + "' is for payload: json",
                                   "leave it out");
        const Value* time = source.section.find("time");
        if (time != nullptr && time->text() != "arrival")
            source.section.add(time->place(), "a text has no time but that of its arrival",
                               "write time: arrival, or leave it out");
    }
    mapping.device = read_place(source, "device", true);
    mapping.signal = read_place(source, "signal", !mapping.json);
    if (!mapping.json) return;
    if (mapping.signal.kind == FieldPlace::Kind::none) {
        if (const Value* value = source.section.find("value"))
            source.section.add(value->place(), "a 'value' without a 'signal'",
                               "say where the signal's name is, or leave the value out: each "
                               "signal's column is a path");
        return;
    }
    mapping.value = read_place(source, "value", false);
    if (mapping.value.kind != FieldPlace::Kind::none &&
        mapping.value.kind != FieldPlace::Kind::field)
        source.section.add(source.section.find("value")->place(), "a value is a field",
                           "as in value: {field: v}");
}

void read_sparkplug(Part& source, SourceDescription& description) {
    live::SparkplugOptions& host = description.host;
    host.host_id = source.section.text("host_id");
    if (host.host_id.find_first_of("/+#") != std::string::npos)
        source.section.add(source.section.find("host_id")->place(),
                           "'" + host.host_id + "' is no level of a topic", "leave out / + and #");
    host.groups = source.names("groups", false);
    host.reorder_for = source.duration("reorder_for", host.reorder_for);
    const std::string names = source.text("device_names", "short");
    host.full_names = names == "full";
    if (names != "full" && names != "short")
        source.section.add(source.section.find("device_names")->place(),
                           "'" + names + "' is neither full nor short", "as in device_names: full");
    description.topics = host.topics();
    // The specification forbids a host a session that outlives its connection: edge nodes keep
    // what they have while the host's STATE is offline.
    if (description.mqtt.session_s > 0)
        source.section.add(source.section.find("mqtt")->place(),
                           "a Sparkplug host has no session that outlives its connection",
                           "leave out 'session': edge nodes keep what a host misses");
}

std::vector<std::string> keys_for(const std::string& payload) {
    std::vector<std::string> keys{"mqtt", "kafka", "payload", "ahead_at_most"};
    const std::vector<std::string> more =
        payload == "sparkplug"
            ? std::vector<std::string>{"host_id", "groups", "reorder_for", "device_names"}
            : std::vector<std::string>{"records", "time", "device", "signal", "value"};
    keys.insert(keys.end(), more.begin(), more.end());
    return keys;
}

}  // namespace

SourceDescription read_live_source(const Value& value, const std::filesystem::path& folder,
                                   telemetry::IngestDescription& rules, Problems& problems) {
    SourceDescription description;
    const Value* payload = value.find("payload");
    const std::string form = payload == nullptr ? "json" : payload->text();
    Part part{{value, "source", keys_for(form), problems}, folder, problems};
    const std::vector<std::string> known{"json", "text", "sparkplug"};
    if (std::find(known.begin(), known.end(), form) == known.end())
        part.section.add(payload->place(), "unknown payload '" + form + "'",
                         suggestion(form, known));
    description.sparkplug = form == "sparkplug";
    const Value* mqtt = part.section.find("mqtt");
    const Value* kafka = part.section.find("kafka");
    if ((mqtt == nullptr) == (kafka == nullptr))
        part.section.add(value.place(), "a source is either 'mqtt' or 'kafka'",
                         "as in mqtt: {host: localhost, topics: [plant/#]}");
    if (mqtt != nullptr) read_mqtt(*mqtt, part, description);
    if (kafka != nullptr) read_kafka(*kafka, part, description);
    if (description.sparkplug && kafka != nullptr)
        part.section.add(payload->place(), "Sparkplug B goes by MQTT", "use mqtt");
    description.mapping.json = form != "text";
    rules.ahead_at_most = part.duration("ahead_at_most", hour);
    if (description.sparkplug)
        read_sparkplug(part, description);
    else
        read_mapping(part, description.mapping);
    for (const telemetry::SignalDescription& signal : rules.signals)
        description.mapping.items.push_back(signal.column);
    return description;
}

Publishing read_publishing(const Value& value, const std::filesystem::path& folder,
                           Problems& problems) {
    Publishing publishing;
    Section top(value, "publish", {"mqtt", "topic"}, problems);
    publishing.topic = top.text("topic");
    if (publishing.topic.find_first_of("+#") != std::string::npos)
        top.add(top.find("topic")->place(), "nothing is published at a topic with + or #",
                "as in topic: plant/forecasts");
    const Value* mqtt = top.need("mqtt");
    if (mqtt == nullptr) return publishing;
    Part part{{*mqtt,
               "mqtt",
               {"host", "port", "tls", "user", "password", "password_file", "password_env",
                "client_id", "keepalive"},
               problems},
              folder,
              problems};
    read_broker(*mqtt, part, publishing.mqtt);
    return publishing;
}

}  // namespace foretwin::scenarios
