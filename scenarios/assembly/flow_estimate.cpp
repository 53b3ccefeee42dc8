#include "scenarios/assembly/flow_estimate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "engine/random/distribution.hpp"

namespace foretwin::assembly {
namespace {

using loader::Reader;
using loader::Value;

constexpr double without_end = std::numeric_limits<double>::infinity();

struct Way {
    std::size_t to = 0;
    double share = 0;
};

struct Node {
    const Value::Entry* device = nullptr;
    double limit = without_end;  ///< parts per second that it can work off
    double good = 1;             ///< share of its parts that go on
    bool queues = false;         ///< whether any number of parts may wait before it
    bool is_source = false;
    std::vector<Way> ways;
};

/// Sources, stations, buffers and sinks, with the ways of parts between them.
class Network {
  public:
    Network(const Value& devices, const Reader& reader) : reader_(reader) {
        std::map<std::string, std::size_t, std::less<>> index;
        for (const Value::Entry& entry : devices.entries()) index.emplace(entry.key, index.size());
        for (const Value::Entry& entry : devices.entries()) {
            nodes_.push_back(node(entry));
            const Value* next = entry.value.find("next");
            if (next == nullptr) continue;
            for (const Reader::Share& share : reader.shares(*next))
                nodes_.back().ways.push_back({index.find(share.name)->second, share.share});
        }
        sort_downstream();
    }

    const std::vector<Node>& nodes() const { return nodes_; }

    /// Parts per second into every node, when these come in; each passes on no more than it can.
    std::vector<double> inflow(const std::vector<double>& entering, bool limited) const {
        constexpr int most_sweeps = 1000;
        std::vector<double> flow = entering;
        for (int sweep = 0; sweep < most_sweeps; ++sweep) {
            std::vector<double> next = entering;
            // Downstream order: without loops the first sweep is final, the second confirms it.
            for (const std::size_t at : order_) pass_on(at, limited, next, flow);
            double change = 0;
            for (std::size_t i = 0; i < flow.size(); ++i) {
                if (flow[i] != next[i]) change = std::max(change, std::fabs(next[i] / flow[i] - 1));
            }
            flow = std::move(next);
            if (!(change > 1e-6)) break;
        }
        return flow;
    }

    /// Parts per second that a node takes from one who waits for its place.
    double accepts(std::size_t at, int depth = 0) const {
        const Node& node = nodes_[at];
        constexpr int deepest = 64;
        if (node.queues || depth > deepest) return without_end;
        if (std::isfinite(node.limit) || node.ways.empty()) return node.limit;
        return through(node, depth + 1);
    }
    /// The slowest way decides: a part that finds no place keeps the others waiting.
    double through(const Node& node, int depth = 0) const {
        double slowest = without_end;
        for (const Way& way : node.ways)
            if (way.share > 0) slowest = std::min(slowest, accepts(way.to, depth) / way.share);
        return slowest;
    }

  private:
    Node node(const Value::Entry& entry) const {
        Node node;
        node.device = &entry;
        const Value& device = entry.value;
        const std::string type = device.text_of("type");
        node.is_source = type == "source";
        if (type == "station") {
            const double cycle_s = random::mean(reader_.distribution(*device.find("cycle")));
            const auto machines = static_cast<double>(reader_.count_of(device, "machines", 1));
            node.limit = cycle_s > 0 ? machines / cycle_s : without_end;
            node.good = 1 - reader_.fraction_of(device, "scrap", 0);
        }
        const char* places = type == "station" ? "buffer" : "capacity";
        const bool stores = type == "station" || type == "buffer";
        node.queues = (stores && device.text_of(places) == "unlimited") || type == "sink";
        return node;
    }

    void pass_on(std::size_t at, bool limited, std::vector<double>& next,
                 const std::vector<double>& before) const {
        const Node& node = nodes_[at];
        double in = std::max(next[at], before[at]);
        if (limited) in = std::min(in, node.limit);
        for (const Way& way : node.ways)
            if (way.share > 0 && node.good > 0) next[way.to] += in * node.good * way.share;
    }

    /// Depth first, last left first: every node before those it feeds, loops aside.
    void sort_downstream() {
        std::vector<char> seen(nodes_.size(), 0);
        std::vector<std::pair<std::size_t, std::size_t>> open;
        for (std::size_t start = 0; start < nodes_.size(); ++start) {
            if (seen[start] != 0) continue;
            seen[start] = 1;
            open.emplace_back(start, 0);
            while (!open.empty()) {
                const std::size_t at = open.back().first;
                const std::size_t way = open.back().second++;
                if (way == nodes_[at].ways.size()) {
                    order_.push_back(at);
                    open.pop_back();
                    continue;
                }
                const std::size_t to = nodes_[at].ways[way].to;
                if (seen[to] != 0) continue;
                seen[to] = 1;
                open.emplace_back(to, 0);
            }
        }
        std::reverse(order_.begin(), order_.end());
    }

    const Reader& reader_;
    std::vector<Node> nodes_;
    std::vector<std::size_t> order_;
};

/// A closed loop turns no faster than its bottleneck lets it.
double loop_rate(const Network& network, std::size_t source) {
    std::vector<double> one(network.nodes().size(), 0.0);
    one[source] = 1;
    const std::vector<double> visits = network.inflow(one, false);
    double slowest = without_end;
    for (std::size_t i = 0; i < visits.size(); ++i)
        if (visits[i] > 0) slowest = std::min(slowest, network.nodes()[i].limit / visits[i]);
    return slowest;
}

FlowEstimate::Source source_rate(const Network& network, std::size_t at, const Reader& reader,
                                 const std::map<std::string, double>& open_share) {
    const Node& node = network.nodes()[at];
    const Value& device = node.device->value;
    if (const Value* every = device.find("every")) {
        const double mean_s = random::mean(reader.distribution(*every));
        const auto open = open_share.find(device.text_of("calendar"));
        const double share = open == open_share.end() ? 1 : open->second;
        const double per_s = mean_s > 0 ? share / mean_s : without_end;
        const bool waits = device.text_of("when_full") == "wait";
        return {node.device->key + "/every", waits ? std::min(per_s, network.through(node)) : per_s,
                every};
    }
    if (const Value* conwip = device.find("conwip"))
        return {node.device->key + "/conwip", loop_rate(network, at), conwip};
    const Node& first = network.nodes()[node.ways.front().to];
    return {first.device->key + "/cycle", first.limit, first.device->value.find("cycle")};
}

}  // namespace

FlowEstimate estimate_flow(const Value& devices, const Reader& reader,
                           const std::map<std::string, double>& open_share) {
    const Network network(devices, reader);
    FlowEstimate estimate;
    std::vector<double> entering(network.nodes().size(), 0.0);
    for (std::size_t at = 0; at < network.nodes().size(); ++at) {
        if (!network.nodes()[at].is_source) continue;
        estimate.sources.push_back(source_rate(network, at, reader, open_share));
        entering[at] = estimate.sources.back().per_s;
    }
    const std::vector<double> inflow = network.inflow(entering, true);
    for (std::size_t at = 0; at < network.nodes().size(); ++at) {
        const Node& node = network.nodes()[at];
        const std::string& name = node.device->key;
        if (const Value* cycle = node.device->value.find("cycle"))
            estimate.stations.push_back({name, std::min(inflow[at], node.limit), cycle});
        if (!node.queues || node.ways.empty()) continue;
        const char* places = node.device->value.has("cycle") ? "buffer" : "capacity";
        const double leaving = std::min(node.limit, network.through(node));
        if (inflow[at] > leaving)
            estimate.stores.push_back(
                {name + "/" + places, inflow[at] - leaving, node.device->value.find(places)});
    }
    return estimate;
}

}  // namespace foretwin::assembly
