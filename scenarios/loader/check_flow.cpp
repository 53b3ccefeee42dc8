#include <map>
#include <set>
#include <vector>

#include "scenarios/loader/calendar.hpp"
#include "scenarios/loader/check.hpp"
#include "scenarios/loader/read.hpp"

namespace foretwin::loader {
namespace {

const ParameterSpec* next_spec(const schema::Schema& schema, const Value& device) {
    const DeviceSpec* spec = schema.device(device.text_of("type"));
    const ParameterSpec* next = spec == nullptr ? nullptr : schema::find(spec->parameters, "next");
    return next != nullptr && next->kind == ParameterKind::shares ? next : nullptr;
}

void check_calendars_of(const Value& value, std::span<const ParameterSpec> keys,
                        const std::set<std::string>& never_open, const std::string& path,
                        Problems& problems) {
    for (const Value::Entry& entry : value.entries()) {
        const ParameterSpec* spec = schema::find(keys, entry.key);
        if (spec == nullptr) continue;
        const std::string here = path + "/" + entry.key;
        if (spec->kind == ParameterKind::calendar && never_open.count(entry.value.text()) > 0)
            problems.push_back({entry.value.place(),
                                here + ": calendar '" + entry.value.text() +
                                    "' never opens during the run: '" +
                                    path.substr(0, path.find('/')) + "' is never on shift",
                                "give it a shift, or lengthen the horizon"});
        if (spec->kind == ParameterKind::section)
            check_calendars_of(entry.value, spec->children, never_open, here, problems);
        if (spec->kind == ParameterKind::sections)
            for (const Value::Entry& inner : entry.value.entries())
                check_calendars_of(inner.value, spec->children, never_open, here + "/" + inner.key,
                                   problems);
    }
}

}  // namespace

std::vector<std::string> successors(const Value& next) {
    if (next.is_scalar()) return {next.text()};
    std::vector<std::string> result;
    for (const Value::Entry& entry : next.entries()) {
        const Parsed<Quantity> share = parse_quantity(entry.value.text());
        const bool never = share && share->value == 0;
        if (!never) result.push_back(entry.key);
    }
    return result;
}

void check_flow(const Value& tree, const schema::Schema& schema, Problems& problems) {
    const Value* devices = tree.find("devices");
    if (devices == nullptr) return;
    // Walk backwards from where parts leave; whoever is not met has no way out.
    std::map<std::string, std::vector<std::string>> predecessors;
    std::vector<std::string> reached;
    std::set<std::string> drains;
    for (const Value::Entry& entry : devices->entries()) {
        const ParameterSpec* spec = next_spec(schema, entry.value);
        const Value* next = entry.value.find("next");
        if (spec == nullptr || (next == nullptr && !spec->required)) {
            reached.push_back(entry.key);
            drains.insert(entry.key);
        } else if (next != nullptr) {
            for (const std::string& to : successors(*next)) predecessors[to].push_back(entry.key);
        }
    }
    while (!reached.empty()) {
        const std::string at = std::move(reached.back());
        reached.pop_back();
        for (const std::string& from : predecessors[at])
            if (drains.insert(from).second) reached.push_back(from);
    }
    for (const Value::Entry& entry : devices->entries())
        if (drains.count(entry.key) == 0 && entry.value.has("next"))
            problems.push_back({entry.value.place_of_key("next"),
                                entry.key + ": no part can ever leave the plant from here",
                                "give its flow a way to a sink"});
}

void check_calendars(const Value& tree, const schema::Schema& schema, const Resolver& resolver,
                     Problems& problems) {
    const Value* calendars = tree.find("calendars");
    const Value* devices = tree.find("devices");
    const Value* time = tree.find("time");
    if (calendars == nullptr || devices == nullptr || time == nullptr) return;
    const Reader reader(resolver, currency_of(tree));
    std::set<std::string> never_open;
    try {
        const Clock clock(*time, reader);
        for (const Value::Entry& entry : calendars->entries())
            if (open_intervals(entry.value, clock, reader).on.empty()) never_open.insert(entry.key);
    } catch (const InputError& error) {
        problems.insert(problems.end(), error.problems().begin(), error.problems().end());
        return;
    }
    if (never_open.empty()) return;
    for (const Value::Entry& entry : devices->entries())
        if (const DeviceSpec* spec = schema.device(entry.value.text_of("type")))
            check_calendars_of(entry.value, spec->parameters, never_open, entry.key, problems);
}

}  // namespace foretwin::loader
