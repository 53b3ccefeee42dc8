#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/time.hpp"
#include "engine/live/payload_reader.hpp"
#include "engine/live/sparkplug.hpp"

namespace foretwin::live {

struct SparkplugOptions {
    std::string host_id;              ///< of this host application: one level of a topic
    std::vector<std::string> groups;  ///< that are listened to; none: all
    Time reorder_for = 5 * second;    ///< a missing message is waited for so long
    /// Devices are called "group node device"; else by the last of these that there is.
    bool full_names = false;

    /// What a host subscribes to.
    std::vector<std::string> topics() const;
};

/// A Sparkplug B 3.0 host application, without a network and without a clock:
///
///   unborn --NBIRTH--> online --NDEATH with the bdSeq of the birth--> offline
///
/// Of every edge node it keeps the metrics and aliases of the births, the sequence number and what
/// came too early. A message that is missing is waited for; when it does not come, what came is
/// taken as it is, and the node is asked for a rebirth. So is a node that speaks without a birth,
/// or of an alias that no birth had. After a new connection every node must be born again, because
/// deaths may have been missed. Metrics of the dead are told as unavailable ("stale"),
/// from right behind their newest value on.
class SparkplugHost : public PayloadReader {
  public:
    struct Counts {
        std::int64_t births = 0;  ///< of nodes and devices
        std::int64_t deaths = 0;  ///< told of nodes and devices; those with an old bdSeq left out
        std::int64_t reordered = 0;   ///< messages that came in time, though not in order
        std::int64_t gaps = 0;        ///< times that a missing message did not come
        std::int64_t unborn = 0;      ///< messages and metrics without a birth, not taken
        std::int64_t transient = 0;   ///< metrics that ask not to be stored
        std::int64_t rebirths = 0;    ///< asked for
        std::int64_t old_deaths = 0;  ///< with another bdSeq than the birth
    };

    explicit SparkplugHost(SparkplugOptions options);

    /// The message that the broker sends when we vanish: to be left before each connection.
    Outgoing will(telemetry::Instant now);
    void read(const Message& message, telemetry::Instant now, Outcome& outcome) override;
    void tick(telemetry::Instant now, Outcome& outcome) override;
    void connected(telemetry::Instant now, Outcome& outcome) override;
    void leaving(telemetry::Instant now, Outcome& outcome) override;

    const Counts& counts() const { return counts_; }
    /// Whether an edge node has been born and has not died.
    bool is_online(const std::string& group, const std::string& node) const;

  private:
    struct Metric {
        std::string device;  ///< empty: the node's own
        std::string name;
        std::uint32_t datatype = 0;
    };
    struct Early {
        SparkplugTopic topic;
        SparkplugPayload payload;
    };
    struct Node {
        bool born = false;
        int seq = 0;  ///< of the last message in order
        /// By device and name: the newest instant of which a value was told.
        std::map<std::pair<std::string, std::string>, telemetry::Instant> newest;
        std::optional<std::uint64_t> bd_seq;
        std::map<std::uint64_t, Metric> aliases;
        /// Types by name, by device; a device is there while it is online.
        std::map<std::string, std::map<std::string, std::uint32_t>> devices;
        std::map<int, Early> early;  ///< by how far ahead of the last one in order
        telemetry::Instant early_since = 0;
        std::optional<telemetry::Instant> asked;  ///< for a rebirth, the last time
    };
    using NodeName = std::pair<std::string, std::string>;
    struct Turn;  ///< a node, our clock and the outcome: what every step works on

    Outgoing state(bool online, std::int64_t at_ms) const;
    void read_state(const SparkplugTopic& topic, const Message& message, Outcome& outcome);
    void take(Turn& turn, const SparkplugTopic& topic, const SparkplugPayload& payload);
    void node_birth(Turn& turn, const SparkplugTopic& topic, const SparkplugPayload& payload);
    void node_death(Turn& turn, const SparkplugTopic& topic, const SparkplugPayload& payload);
    void in_order(Turn& turn, const SparkplugTopic& topic, const SparkplugPayload& payload);
    void take_early(Turn& turn, bool all);
    void apply(Turn& turn, const SparkplugTopic& topic, const SparkplugPayload& payload);
    void learn(Turn& turn, const std::string& device, const SparkplugPayload& payload);
    void tell_birth(Turn& turn, const std::string& device, SparkplugPayload payload);
    void tell(Turn& turn, const std::string& device, const SparkplugPayload& payload);
    void tell_metric(Turn& turn, const std::string& device, const SparkplugMetric& metric,
                     telemetry::Instant otherwise);
    void mark_stale(Turn& turn, const std::string& device);
    void ask_for_rebirth(Turn& turn);
    std::string device_name(const NodeName& node, const std::string& device) const;

    SparkplugOptions options_;
    std::map<NodeName, Node> nodes_;
    std::int64_t will_ms_ = 0;  ///< the time in our will, and in the birth that belongs to it
    bool online_ = false;
    Counts counts_;
};

}  // namespace foretwin::live
