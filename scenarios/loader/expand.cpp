#include "scenarios/loader/expand.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "engine/core/suggestion.hpp"

namespace foretwin::loader {
namespace {

/// Expands the devices one by one, each sibling before the device that is like it.
class LikeExpander {
  public:
    LikeExpander(Value& devices, Problems& problems) : devices_(devices), problems_(problems) {
        for (std::size_t i = 0; i < devices.entries().size(); ++i)
            index_.emplace(devices.entries()[i].key, i);
    }

    void run() {
        for (std::size_t i = 0; i < devices_.entries().size(); ++i) follow(i);
    }

  private:
    /// Follows the chain from a device to one that is like nobody, then expands it backwards.
    void follow(std::size_t start) {
        std::vector<std::size_t> chain;
        std::set<std::size_t> on_chain;
        for (std::size_t at = start;;) {
            if (!on_chain.insert(at).second) return refuse_cycle(chain, at);
            Value& device = devices_.entries()[at].value;
            const Value* like = device.find("like");
            if (like == nullptr) break;
            chain.push_back(at);
            const auto sibling = index_.find(like->text());
            if (!like->is_scalar() || sibling == index_.end()) {
                problems_.push_back({like->place(),
                                     "there is no device '" + like->text() + "' to be like",
                                     suggestion(like->text(), devices_.keys())});
                device.erase("like");
                break;
            }
            at = sibling->second;
        }
        for (auto at = chain.rbegin(); at != chain.rend(); ++at) expand(*at);
    }

    void expand(std::size_t at) {
        Value& device = devices_.entries()[at].value;
        const Value* like = device.find("like");
        if (like == nullptr) return;
        const Value& sibling = devices_.entries()[index_.at(like->text())].value;
        if (!sibling.is_map()) return;
        Value result = sibling;
        result.put_as(device);
        for (Value::Entry& own : device.entries()) {
            if (own.key == "like") continue;
            if (Value* taken_over = result.find(own.key))
                *taken_over = std::move(own.value);
            else
                result.entries().push_back(std::move(own));
        }
        device = std::move(result);
    }

    void refuse_cycle(const std::vector<std::size_t>& chain, std::size_t again) {
        std::string names;
        const auto first = std::find(chain.begin(), chain.end(), again);
        for (auto at = first; at != chain.end(); ++at)
            names += "'" + devices_.entries()[*at].key + "' is like ";
        names += "'" + devices_.entries()[again].key + "'";
        problems_.push_back({devices_.entries()[again].value.find("like")->place(),
                             "devices are like each other in a circle: " + names,
                             "write one of them out"});
        for (const std::size_t at : chain) devices_.entries()[at].value.erase("like");
    }

    Value& devices_;
    Problems& problems_;
    std::map<std::string, std::size_t, std::less<>> index_;
};

}  // namespace

void expand_like(Value& tree, Problems& problems) {
    Value* devices = tree.find("devices");
    if (devices != nullptr && devices->is_map()) LikeExpander(*devices, problems).run();
}

void expand_flow(Value& tree, Problems& problems) {
    const Value* given = tree.find("flow");
    if (given == nullptr) return;
    const Value flow = *given;
    tree.erase("flow");
    Value* devices = tree.find("devices");
    if (!flow.is_list() || devices == nullptr || !devices->is_map()) {
        problems.push_back({flow.place(), "flow is a list of devices", "as in [A, B, C]"});
        return;
    }
    std::set<std::string> seen;
    for (std::size_t i = 0; i < flow.items().size(); ++i) {
        const Value& item = flow.items()[i];
        Value* device = item.is_scalar() ? devices->find(item.text()) : nullptr;
        if (device == nullptr) {
            problems.push_back({item.place(), "flow: there is no device '" + item.text() + "'",
                                suggestion(item.text(), devices->keys())});
            continue;
        }
        if (!seen.insert(item.text()).second)
            problems.push_back({item.place(), "'" + item.text() + "' stands in flow twice",
                                "keep one of the two"});
        if (i + 1 == flow.items().size() || !device->is_map()) continue;
        if (device->has("next"))
            problems.push_back({device->place_of_key("next"),
                                "'" + item.text() + "' has `next` and stands in `flow`",
                                "keep one of the two"});
        else
            device->set("next", flow.items()[i + 1]);
    }
}

}  // namespace foretwin::loader
