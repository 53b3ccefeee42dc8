#pragma once

#include <filesystem>

#include "engine/live/source_description.hpp"
#include "engine/telemetry/ingest_description.hpp"
#include "scenarios/loader/value.hpp"

namespace foretwin::scenarios {

/// Reads the `source` of a description of telemetry that comes from a broker (the other keys:
/// ingest_description.hpp). `folder` is where files are looked for.
///
///   source:
///     mqtt:
///       host: broker.plant.example           # localhost
///       port: 8883                           # 1883, and 8883 with tls
///       tls: {authority: ca.pem, certificate: us.pem, key: us.key, key_password_env: KEY}
///       user: foretwin
///       password_file: secret                # or password_env: a variable; its first line
///       client_id: foretwin press shop       # the name of our session at the broker
///       session: 7 days                      # the broker keeps messages so long for us; 0 h
///       in_flight: 2000                      # messages that come unacknowledged
///       keepalive: 30 s
///       topics: [plant/+/telemetry]
///     payload: json                          # or text (the value alone), or sparkplug
///     records: data/samples                  # json: path to a list of records; the message itself
///     time: {field: ts, unit: ms}            # s, ms, us or ns since 1970 UTC
///     time: {field: ts, zone: Europe/Berlin} # or text, in this zone unless it names one; UTC
///     time: arrival                          # or when the message came
///     device: {field: machine}               # or {level: 2} of the topic, {name: Press 7}, {key:
///     yes} signal: {level: 3}                     # or {field: sensor}, {name: power} value:
///     {field: v}                      # with a signal; the record itself ahead_at_most: 1 h # what
///     is further ahead of our clock is rejected
///
/// Without `signal` each signal's `column` is the path of its value in the record. A path goes
/// through maps by key and through lists by number, with / between them; device, time and signal
/// are looked for in the record, then in the whole message.
///
///     payload: sparkplug                     # Sparkplug B 3.0, as a host application
///     host_id: foretwin                      # our name in spBv1.0/STATE
///     groups: [Plant 1]                      # all
///     reorder_for: 5 s                       # how long a missing message is waited for
///     device_names: full                     # "group node device"; or short: "device"; short
///
/// In the place of `mqtt`, where it was built in:
///
///     kafka:
///       brokers: "broker1:9092,broker2:9092"
///       group: foretwin                      # whose offsets are committed
///       topics: [telemetry]
///       window: 10000                        # records that are read before offsets are committed
///       session: 45 s                        # a member that is silent so long is out of the group
///       tls: {authority: ca.pem, certificate: us.pem, key: us.key}
///       user: foretwin                       # SASL PLAIN
///       password_env: PASSWORD
///
/// Secrets do not stand in the description. Strict: every unknown, missing or malformed key becomes
/// a problem with its place.
live::SourceDescription read_live_source(const loader::Value& value,
                                         const std::filesystem::path& folder,
                                         telemetry::IngestDescription& rules,
                                         loader::Problems& problems);

/// Where forecasts go: below `topic` of a broker.
struct Publishing {
    live::MqttOptions mqtt;
    std::string topic;
};

/// Reads `publish: {mqtt: {host: ..., tls: ...}, topic: plant/forecasts}`; the keys of `mqtt` are
/// those of a source, without topics and session.
Publishing read_publishing(const loader::Value& value, const std::filesystem::path& folder,
                           loader::Problems& problems);

}  // namespace foretwin::scenarios
