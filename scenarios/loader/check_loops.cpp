#include <algorithm>
#include <limits>
#include <map>
#include <queue>
#include <set>

#include "scenarios/loader/check.hpp"
#include "scenarios/loader/read.hpp"

namespace foretwin::loader {
namespace {

using Number = std::size_t;  ///< of a device in the file
constexpr std::size_t most_searches = 1000;
constexpr std::size_t most_names = 12;

struct Node {
    std::string name;
    std::int64_t places = 0;  ///< most parts inside; unlimited: loops through it cannot lock
    std::vector<Number> next;
};

/// A count as written; what only a parameter draw knows counts as the least.
std::int64_t count_of(const Value& device, std::string_view key, std::int64_t least) {
    const Value* value = device.find(key);
    if (value == nullptr) return least;
    if (value->text() == "unlimited") return unlimited;
    const Parsed<Quantity> count = parse_quantity(value->text());
    return count ? static_cast<std::int64_t>(count->value) : least;
}

std::int64_t places_of(const Value& device, bool saturated) {
    const std::string type = device.text_of("type");
    // Also of a type that was declared while the program runs.
    if (device.has("capacity")) return count_of(device, "capacity", 1);
    if (type != "station") return unlimited;
    const std::int64_t machines = count_of(device, "machines", 1);
    const std::int64_t buffer = saturated ? 0 : count_of(device, "buffer", 0);
    return buffer == unlimited ? unlimited : machines + buffer;
}

class Flow {
  public:
    explicit Flow(const Value& devices) : devices_(devices) {
        std::map<std::string, Number> number_of;
        std::set<std::string> saturated;
        for (const Value::Entry& entry : devices.entries()) {
            number_of.emplace(entry.key, number_of.size());
            const Value* kind = entry.value.find("saturated");
            const Value* next = entry.value.find("next");
            if (kind == nullptr || !kind->is_true() || next == nullptr) continue;
            for (const std::string& to : successors(*next)) saturated.insert(to);
        }
        before_.resize(number_of.size());
        for (const Value::Entry& entry : devices.entries()) {
            Node node{entry.key, places_of(entry.value, saturated.count(entry.key) > 0), {}};
            const Value* next = entry.value.find("next");
            for (const std::string& to :
                 next == nullptr ? std::vector<std::string>{} : successors(*next)) {
                const auto found = number_of.find(to);
                if (found == number_of.end()) continue;
                node.next.push_back(found->second);
                before_[found->second].push_back(nodes_.size());
            }
            nodes_.push_back(std::move(node));
        }
    }

    Problems warnings() const {
        Problems warnings;
        std::vector<bool> told(nodes_.size(), false);
        const std::vector<Number> candidates = near_loops();
        for (Number i = 0; i < std::min(candidates.size(), most_searches); ++i) {
            if (told[candidates[i]]) continue;
            const std::vector<Number> loop = tightest_loop(candidates[i]);
            if (loop.empty()) continue;
            for (const Number device : loop) told[device] = true;
            const std::int64_t places = places_in(loop);
            const std::int64_t parts = most_parts_in(loop);
            if (parts >= places) warnings.push_back(warning(loop, places));
        }
        return warnings;
    }

  private:
    bool finite(Number device) const { return nodes_[device].places != unlimited; }

    std::int64_t places_in(const std::vector<Number>& loop) const {
        std::int64_t sum = 0;
        for (const Number device : loop) sum += nodes_[device].places;
        return sum;
    }

    /// Finite devices without those that no loop of finite devices can touch: what nobody enters,
    /// or nobody leaves, is taken away until nothing changes.
    std::vector<Number> near_loops() const {
        std::vector<bool> gone(nodes_.size());
        for (Number device = 0; device < nodes_.size(); ++device) gone[device] = !finite(device);
        const auto trim = [&](const auto& ahead, const auto& behind) {
            std::vector<std::size_t> left(nodes_.size(), 0);
            std::vector<Number> empty;
            for (Number device = 0; device < nodes_.size(); ++device) {
                if (gone[device]) continue;
                for (const Number to : ahead(device)) left[device] += gone[to] ? 0U : 1U;
                if (left[device] == 0) empty.push_back(device);
            }
            while (!empty.empty()) {
                const Number device = empty.back();
                empty.pop_back();
                gone[device] = true;
                for (const Number from : behind(device)) {
                    if (!gone[from] && --left[from] == 0) empty.push_back(from);
                }
            }
        };
        const auto next = [&](Number device) -> const auto& {
            return nodes_[device].next;
        };
        const auto before = [&](Number device) -> const auto& {
            return before_[device];
        };
        trim(next, before);
        trim(before, next);
        std::vector<Number> rest;
        for (Number device = 0; device < nodes_.size(); ++device) {
            if (!gone[device]) rest.push_back(device);
        }
        return rest;
    }

    /// The loop through a device with the fewest places (Dijkstra's search, each device weighing
    /// its places), in flow order; empty when there is none.
    std::vector<Number> tightest_loop(Number start) const {
        using Reached = std::pair<std::int64_t, Number>;
        std::priority_queue<Reached, std::vector<Reached>, std::greater<>> front;
        std::map<Number, std::int64_t> best;
        std::map<Number, Number> came_from;
        front.emplace(0, start);
        while (!front.empty()) {
            const auto [places, at] = front.top();
            front.pop();
            if (at == start && places > 0) break;
            if (const auto known = best.find(at); known != best.end() && known->second < places) {
                continue;
            }
            for (const Number to : nodes_[at].next) {
                if (!finite(to)) continue;
                const std::int64_t sum = places + nodes_[to].places;
                const auto known = best.find(to);
                if (known != best.end() && known->second <= sum) continue;
                best[to] = sum;
                came_from[to] = at;
                front.emplace(sum, to);
            }
        }
        if (came_from.count(start) == 0) return {};
        std::vector<Number> loop{start};
        for (Number at = came_from[start]; at != start; at = came_from[at]) loop.push_back(at);
        std::reverse(loop.begin() + 1, loop.end());
        return loop;
    }

    /// The parts that can be in a loop at once, as far as its sources bound them.
    std::int64_t most_parts_in(const std::vector<Number>& loop) const {
        std::set<Number> met(loop.begin(), loop.end());
        std::vector<Number> open = loop;
        std::int64_t parts = 0;
        while (!open.empty()) {
            const Number at = open.back();
            open.pop_back();
            const Value& device = devices_.entries()[at].value;
            if (device.text_of("type") == "source") {
                if (!device.has("conwip")) return std::numeric_limits<std::int64_t>::max();
                parts += count_of(device, "conwip", 1'000'000);
            }
            for (const Number from : before_[at]) {
                if (met.insert(from).second) open.push_back(from);
            }
        }
        return parts;
    }

    Problem warning(const std::vector<Number>& loop, std::int64_t places) const {
        std::string names;
        for (std::size_t i = 0; i < loop.size(); ++i) {
            if (i >= most_names && i + 1 < loop.size()) continue;
            names += nodes_[loop[i]].name + " -> ";
            if (i + 1 == most_names && i + 2 < loop.size()) names += "... -> ";
        }
        names += nodes_[loop.front()].name;
        const Value& back = devices_.entries()[loop.back()].value;
        return {back.place_of_key("next"),
                "the loop " + names + " has " + std::to_string(places) +
                    (places == 1 ? " place" : " places") +
                    " in all: when they are full of parts that wait for one another, nothing in "
                    "it moves again (deadlock)",
                places > 1 ? "make one buffer of the loop unlimited, or let conwip sources keep "
                             "fewer than " +
                                 std::to_string(places) + " parts"
                           : "make its buffer unlimited"};
    }

    const Value& devices_;
    std::vector<Node> nodes_;
    std::vector<std::vector<Number>> before_;
};

}  // namespace

Problems loop_warnings(const Value& tree) {
    const Value* devices = tree.find("devices");
    return devices == nullptr ? Problems{} : Flow(*devices).warnings();
}

}  // namespace foretwin::loader
