#include "engine/live/sparkplug_host.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/core/rule.hpp"

namespace foretwin::live {

using telemetry::Instant;
using telemetry::Observation;

namespace {

constexpr int sequence_numbers = 256;
constexpr int behind_from = sequence_numbers / 2;  ///< so far "ahead" is behind
constexpr std::int64_t quality_bad = 0;
constexpr std::int64_t quality_stale = 500;
constexpr std::size_t most_nodes = 100'000;

Instant instant_of(std::optional<std::uint64_t> ms, Instant otherwise) {
    constexpr std::uint64_t latest = 9'000'000'000'000;  // the year 2255
    if (!ms) return otherwise;
    return *ms <= latest ? static_cast<Instant>(*ms) * millisecond : telemetry::no_instant;
}

/// Whether so much time has passed; also when the clock was set back meanwhile.
bool is_over(Instant since, Instant now, Time wait) {
    return now < since || now - since >= wait;
}

/// What belongs to the protocol and not to the plant.
bool is_control(const std::string& name) {
    return name == "bdSeq" || name.starts_with("Node Control/") ||
           name.starts_with("Device Control/");
}

std::optional<std::uint64_t> bd_seq_of(const SparkplugPayload& payload) {
    for (const SparkplugMetric& metric : payload.metrics)
        if (metric.name == "bdSeq")
            if (const auto* number = std::get_if<std::uint64_t>(&metric.value)) return *number;
    return std::nullopt;
}

}  // namespace

struct SparkplugHost::Turn {
    const NodeName& name;
    Node& node;
    Instant now;
    Outcome& outcome;
};

std::vector<std::string> SparkplugOptions::topics() const {
    std::vector<std::string> all;
    for (const std::string& group : groups) all.push_back("spBv1.0/" + group + "/#");
    if (groups.empty()) return {"spBv1.0/#"};
    all.push_back("spBv1.0/STATE/" + host_id);
    return all;
}

SparkplugHost::SparkplugHost(SparkplugOptions options) : options_(std::move(options)) {
    FORETWIN_RULE(!options_.host_id.empty(), "a Sparkplug host has a name");
}

Outgoing SparkplugHost::state(bool online, std::int64_t at_ms) const {
    const nlohmann::ordered_json payload{{"online", online}, {"timestamp", at_ms}};
    return {"spBv1.0/STATE/" + options_.host_id, payload.dump(), 1, true};
}

Outgoing SparkplugHost::will(Instant now) {
    will_ms_ = now / millisecond;
    online_ = false;
    return state(false, will_ms_);
}

void SparkplugHost::connected(Instant now, Outcome& outcome) {
    for (auto& [name, node] : nodes_) node.born = false;  // its death may have been missed
    static_cast<void>(now);
    online_ = true;
    outcome.answers.push_back(state(true, will_ms_));
}

void SparkplugHost::leaving(Instant now, Outcome& outcome) {
    if (!online_) return;
    online_ = false;
    outcome.answers.push_back(state(false, now / millisecond));
}

bool SparkplugHost::is_online(const std::string& group, const std::string& node) const {
    const auto found = nodes_.find({group, node});
    return found != nodes_.end() && found->second.born;
}

std::string SparkplugHost::device_name(const NodeName& node, const std::string& device) const {
    if (!options_.full_names) return device.empty() ? node.second : device;
    return node.first + " " + node.second + (device.empty() ? "" : " " + device);
}

void SparkplugHost::read(const Message& message, Instant now, Outcome& outcome) {
    const auto topic = parse_sparkplug_topic(message.topic);
    if (!topic) {
        outcome.unreadable = "no topic of Sparkplug B";
        return;
    }
    using Kind = SparkplugTopic::Kind;
    if (topic->kind == Kind::command) return;  // to others
    if (topic->kind == Kind::state) return read_state(*topic, message, outcome);
    const auto payload = decode_sparkplug(message.payload);
    if (!payload) {
        outcome.unreadable = "no payload of Sparkplug B";
        return;
    }
    const NodeName name{topic->group, topic->node};
    if (nodes_.size() >= most_nodes && nodes_.count(name) == 0) {
        outcome.unreadable = "too many edge nodes";
        return;
    }
    Turn turn{name, nodes_[name], now, outcome};
    take(turn, *topic, *payload);
}

/// Somebody says that we are gone, such as the will of an earlier connection: we are not.
void SparkplugHost::read_state(const SparkplugTopic& topic, const Message& message,
                               Outcome& outcome) {
    if (topic.device != options_.host_id || !online_) return;
    const auto told = nlohmann::json::parse(message.payload, nullptr, false);
    if (!told.is_object() || !told.contains("online") || told["online"] != false) return;
    outcome.answers.push_back(state(true, will_ms_));
}

void SparkplugHost::take(Turn& turn, const SparkplugTopic& topic, const SparkplugPayload& payload) {
    using Kind = SparkplugTopic::Kind;
    if (topic.kind == Kind::nbirth) return node_birth(turn, topic, payload);
    if (topic.kind == Kind::ndeath) return node_death(turn, topic, payload);
    Node& node = turn.node;
    if (!node.born) {
        ++counts_.unborn;
        return ask_for_rebirth(turn);
    }
    if (!payload.seq || *payload.seq >= sequence_numbers) {
        turn.outcome.unreadable = "no sequence number";
        return;
    }
    const int next = (node.seq + 1) % sequence_numbers;
    const int ahead = (static_cast<int>(*payload.seq) - next + sequence_numbers) % sequence_numbers;
    if (ahead == 0) {
        in_order(turn, topic, payload);
        return take_early(turn, false);
    }
    if (ahead >= behind_from) {  // waited for in vain, and come all the same: what it tells is true
        if (topic.kind == Kind::ndata || topic.kind == Kind::ddata) apply(turn, topic, payload);
        return;
    }
    if (node.early.empty()) node.early_since = turn.now;
    node.early.emplace(ahead, Early{topic, payload});
}

void SparkplugHost::node_birth(Turn& turn, const SparkplugTopic& topic,
                               const SparkplugPayload& payload) {
    Node& node = turn.node;
    for (const auto& [device, metrics] : node.devices)
        if (!device.empty()) mark_stale(turn, device);
    const auto asked = node.asked;
    node = {};
    node.asked = asked;
    node.born = true;
    node.seq = static_cast<int>(payload.seq.value_or(0) % sequence_numbers);
    node.bd_seq = bd_seq_of(payload);
    ++counts_.births;
    learn(turn, topic.device, payload);
    tell_birth(turn, topic.device, payload);
}

/// A death without the number of the birth is of an earlier life.
void SparkplugHost::node_death(Turn& turn, const SparkplugTopic& /*topic*/,
                               const SparkplugPayload& payload) {
    Node& node = turn.node;
    if (!node.born || bd_seq_of(payload) != node.bd_seq) {
        ++counts_.old_deaths;
        return;
    }
    ++counts_.deaths;
    take_early(turn, true);
    for (const auto& [device, metrics] : node.devices) mark_stale(turn, device);
    node = {};
}

void SparkplugHost::in_order(Turn& turn, const SparkplugTopic& topic,
                             const SparkplugPayload& payload) {
    turn.node.seq = (turn.node.seq + 1) % sequence_numbers;
    apply(turn, topic, payload);
    // The others are one step nearer now.
    std::map<int, Early> nearer;
    for (auto& [ahead, early] : turn.node.early) nearer.emplace(ahead - 1, std::move(early));
    turn.node.early = std::move(nearer);
}

/// What came too early and is due now; or all of it, because the missing did not come.
void SparkplugHost::take_early(Turn& turn, bool all) {
    Node& node = turn.node;
    while (!node.early.empty() && (all || node.early.begin()->first == 0)) {
        const int ahead = node.early.begin()->first;
        const Early next = std::move(node.early.begin()->second);
        node.early.erase(node.early.begin());
        if (ahead == 0) {
            ++counts_.reordered;
            in_order(turn, next.topic, next.payload);
            continue;
        }
        node.seq = (node.seq + ahead) % sequence_numbers;
        std::map<int, Early> nearer;
        for (auto& [distance, early] : node.early)
            nearer.emplace(distance - ahead, std::move(early));
        node.early = std::move(nearer);
        in_order(turn, next.topic, next.payload);
    }
}

void SparkplugHost::apply(Turn& turn, const SparkplugTopic& topic,
                          const SparkplugPayload& payload) {
    using Kind = SparkplugTopic::Kind;
    Node& node = turn.node;
    if (topic.kind == Kind::dbirth) {
        ++counts_.births;
        learn(turn, topic.device, payload);
        return tell_birth(turn, topic.device, payload);
    }
    const bool known = node.devices.count(topic.device) > 0;
    if (topic.kind == Kind::ddeath) {
        if (!known) return;
        ++counts_.deaths;
        mark_stale(turn, topic.device);
        node.devices.erase(topic.device);
        return;
    }
    if (known) return tell(turn, topic.device, payload);
    ++counts_.unborn;
    ask_for_rebirth(turn);
}

/// What a birth says of the metrics that will come.
void SparkplugHost::learn(Turn& turn, const std::string& device, const SparkplugPayload& payload) {
    auto& types = turn.node.devices[device];
    types.clear();
    for (const SparkplugMetric& metric : payload.metrics) {
        types[metric.name] = metric.datatype;
        if (metric.alias) turn.node.aliases[*metric.alias] = {device, metric.name, metric.datatype};
    }
}

/// A birth names a metric that has no value yet: nothing was known of it, and nothing is new.
void SparkplugHost::tell_birth(Turn& turn, const std::string& device, SparkplugPayload payload) {
    std::erase_if(payload.metrics, [](const SparkplugMetric& metric) { return metric.null; });
    tell(turn, device, payload);
}

void SparkplugHost::tell(Turn& turn, const std::string& device, const SparkplugPayload& payload) {
    const Instant at = instant_of(payload.timestamp_ms, turn.now);
    for (const SparkplugMetric& metric : payload.metrics) tell_metric(turn, device, metric, at);
}

void SparkplugHost::tell_metric(Turn& turn, const std::string& device,
                                const SparkplugMetric& metric, Instant otherwise) {
    Metric known{device, metric.name, metric.datatype};
    if (metric.name.empty()) {
        const auto found = turn.node.aliases.find(metric.alias.value_or(0));
        if (!metric.alias || found == turn.node.aliases.end() || found->second.device != device) {
            ++counts_.unborn;
            return ask_for_rebirth(turn);
        }
        known.name = found->second.name;
    }
    if (is_control(known.name)) return;
    if (metric.transient) {
        ++counts_.transient;
        return;
    }
    if (known.datatype == 0) known.datatype = turn.node.devices[device][known.name];
    Observation one;
    one.device = device_name(turn.name, device);
    one.item = known.name;
    one.at = instant_of(metric.timestamp_ms, otherwise);
    const bool good = !metric.null && metric.quality.value_or(192) != quality_bad &&
                      metric.quality.value_or(192) != quality_stale;
    if (const auto number = number_of(metric.value, known.datatype); good && number) {
        one.kind = Observation::Kind::number;
        one.number = *number;
    } else if (const auto* text = std::get_if<std::string>(&metric.value);
               good && text != nullptr) {
        one.kind = Observation::Kind::text;
        one.text = *text;
    }
    Instant& newest = turn.node.newest.try_emplace({device, one.item}, one.at).first->second;
    newest = std::max(newest, one.at);
    turn.outcome.observations.push_back(std::move(one));
}

/// Right behind its newest value, not when we hear of the death: what the node has kept meanwhile
/// comes later, with its own times, and must not find the way barred. What never had a value is
/// not known to be anything.
void SparkplugHost::mark_stale(Turn& turn, const std::string& device) {
    for (const auto& [name, type] : turn.node.devices[device]) {
        const auto newest = turn.node.newest.find({device, name});
        if (is_control(name) || newest == turn.node.newest.end()) continue;
        Observation one;
        one.device = device_name(turn.name, device);
        one.item = name;
        one.at = newest->second + 1;
        one.detail = "stale";
        turn.outcome.observations.push_back(std::move(one));
        turn.node.newest.erase(newest);
    }
}

void SparkplugHost::ask_for_rebirth(Turn& turn) {
    // Not with every message: a birth takes its time.
    if (turn.node.asked && !is_over(*turn.node.asked, turn.now, options_.reorder_for)) return;
    turn.node.asked = turn.now;
    ++counts_.rebirths;
    const auto now_ms = static_cast<std::uint64_t>(turn.now / millisecond);
    SparkplugMetric rebirth;
    rebirth.name = "Node Control/Rebirth";
    rebirth.timestamp_ms = now_ms;
    rebirth.datatype = static_cast<std::uint32_t>(SparkplugType::boolean);
    rebirth.value = true;
    turn.outcome.answers.push_back({"spBv1.0/" + turn.name.first + "/NCMD/" + turn.name.second,
                                    encode_sparkplug({now_ms, std::nullopt, {rebirth}}), 0, false});
}

void SparkplugHost::tick(Instant now, Outcome& outcome) {
    for (auto& [name, node] : nodes_) {
        if (node.early.empty() || !is_over(node.early_since, now, options_.reorder_for)) continue;
        ++counts_.gaps;
        Turn turn{name, node, now, outcome};
        take_early(turn, true);
        ask_for_rebirth(turn);
    }
}

}  // namespace foretwin::live
