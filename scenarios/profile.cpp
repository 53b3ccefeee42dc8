#include "scenarios/profile.hpp"

#include <algorithm>
#include <map>

#include "engine/core/quantity.hpp"
#include "engine/core/suggestion.hpp"
#include "engine/telemetry/instant.hpp"
#include "engine/telemetry/observation_source.hpp"
#include "engine/telemetry/sample_reader.hpp"
#include "scenarios/section.hpp"

namespace foretwin::scenarios {
namespace {

using loader::Problems;
using loader::Value;
using observed::BoundItem;
using observed::Clause;
using observed::CounterUse;
using observed::DeviceProfile;
using observed::StateRule;
using observed::Test;

std::string upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

Time duration(Section& section, const std::string& key, Time otherwise) {
    constexpr double longest_h = 24 * 36525;
    const double hours = section.hours(key, -1);
    if (hours < 0) return otherwise;
    if (hours > longest_h)
        section.add(section.find(key)->place(), "longer than a century", "as in 10 s");
    return from_seconds(std::min(hours, longest_h) * 3600);
}

std::vector<std::string> texts(Section& section, const Value* value, const std::string& key) {
    std::vector<std::string> all;
    if (value == nullptr) return all;
    if (!value->is_list())
        section.add(value->place(), "'" + key + "' must be a list", "as in [name, another]");
    for (const Value& item : value->items()) all.push_back(section.text_of(item, key));
    return all;
}

/// Reads one device; knows which of its items have been bound.
class DeviceReader {
  public:
    DeviceReader(const std::string& name, const Value& value, Problems& problems)
        : problems_(problems),
          section_(value, "device '" + name + "'",
                   {"source", "conditions", "states", "known", "causes", "parts",
                    "planned_run_time", "power", "energy", "watch", "ignore"},
                   problems) {
        device_.device = name;
        device_.source = section_.find("source") == nullptr ? name : section_.text("source");
    }

    DeviceProfile read() {
        for (const std::string& name : texts(section_, section_.find("conditions"), "conditions"))
            device_.items[bind(name)].condition = true;
        read_states();
        if (const Value* known = section_.find("known")) {
            if (!known->is_map())
                section_.add(known->place(), "'known' must be a map of items to their values",
                             "as in known: {estop: [ARMED]}");
            for (const auto& entry : known->entries()) device_.known.push_back(read_clause(entry));
        }
        read_causes();
        read_parts();
        read_power();
        for (const std::string& name : texts(section_, section_.find("watch"), "watch"))
            device_.items[bind(name)].watched = true;
        device_.ignored = texts(section_, section_.find("ignore"), "ignore");
        const bool conditions = std::any_of(device_.items.begin(), device_.items.end(),
                                            [](const BoundItem& one) { return one.condition; });
        if (device_.worst && !conditions)
            section_.add(section_.place(), "'any condition' needs 'conditions'",
                         "as in conditions: [system_cond]");
        for (BoundItem& item : device_.items)
            item.watched = item.watched || item.in_rule || item.condition;
        return std::move(device_);
    }

  private:
    std::size_t bind(const std::string& name) {
        for (std::size_t i = 0; i < device_.items.size(); ++i)
            if (device_.items[i].name == name) return i;
        BoundItem item;
        item.name = name;
        device_.items.push_back(std::move(item));
        if (name == observed::any_condition) device_.worst = device_.items.size() - 1;
        return device_.items.size() - 1;
    }

    /// "ACTIVE", "< 3", ">= 0.5", UNAVAILABLE.
    Test read_test(const Value& value) {
        Test test;
        std::string_view text = value.text();
        if (!value.is_scalar() || text.empty()) {
            section_.add(value.place(), "a value of an item must be a text or a number",
                         "as in ACTIVE, or \"> 3\"");
            return test;
        }
        const std::pair<std::string_view, Test::Compare> signs[] = {{"<=", Test::Compare::at_most},
                                                                    {">=", Test::Compare::at_least},
                                                                    {"<", Test::Compare::below},
                                                                    {">", Test::Compare::above}};
        for (const auto& [sign, compare] : signs) {
            if (test.compare != Test::Compare::equal || !text.starts_with(sign)) continue;
            test.compare = compare;
            text.remove_prefix(sign.size());
        }
        text = telemetry::trimmed(text);
        double number = 0;
        if (telemetry::read_number(text, number)) test.number = number;
        test.text = upper(std::string(text));
        if (test.compare != Test::Compare::equal && !test.number)
            section_.add(value.place(), "'" + value.text() + "' compares with no number",
                         "as in \"> 3\"");
        if (test.compare == Test::Compare::equal && test.text == "UNAVAILABLE")
            test.compare = Test::Compare::unavailable;
        return test;
    }

    Clause read_clause(const Value::Entry& entry) {
        Clause clause;
        clause.item = bind(entry.key);
        device_.items[clause.item].in_rule = true;
        for (const Value& one : entry.value.items()) clause.any_of.push_back(read_test(one));
        if (!entry.value.is_list()) clause.any_of.push_back(read_test(entry.value));
        if (clause.any_of.empty())
            section_.add(entry.value.place(), "no value of '" + entry.key + "' is named",
                         "as in " + entry.key + ": [ACTIVE, READY]");
        return clause;
    }

    void read_states() {
        const Value* states = section_.need("states");
        if (states == nullptr) return;
        if (!states->is_list() || states->items().empty())
            section_.add(states->place(), "'states' must be a list of rules, the first wins",
                         "as in - {state: busy, when: {execution: ACTIVE}}");
        for (const Value& value : states->items()) read_rule(value);
    }

    void read_rule(const Value& value) {
        Section rule(value, "a rule of states", {"state", "when", "cause"}, problems_);
        StateRule read;
        const std::string name = rule.text("state");
        std::vector<std::string> known;
        for (std::size_t i = 0; i < observed::state_count; ++i)
            known.emplace_back(observed::state_name(i));
        const auto found = std::find(known.begin(), known.end(), name);
        if (found == known.end() && !name.empty())
            rule.add(rule.find("state")->place(), "unknown state '" + name + "'",
                     suggestion(name, known));
        else
            read.state = static_cast<observed::StateIndex>(found - known.begin());
        if (rule.find("cause") != nullptr) {
            read.cause = rule.text("cause");
            if (!observed::is_down(read.state))
                rule.add(rule.find("cause")->place(), "only down states have a cause",
                         "leave it out, or say down_waiting or repair");
            if (read.cause.find('/') != std::string::npos)
                rule.add(rule.find("cause")->place(), "a cause has no '/'", "write 'or'");
        }
        const Value* when = rule.need("when");
        if (when == nullptr) return;
        if (!when->is_map() || when->entries().empty())
            rule.add(when->place(), "'when' must be a map of items to their values",
                     "as in when: {execution: ACTIVE}");
        for (const auto& entry : when->entries()) read.all_of.push_back(read_clause(entry));
        device_.rules.push_back(std::move(read));
    }

    void read_causes() {
        const Value* causes = section_.find("causes");
        if (causes == nullptr) return;
        if (!causes->is_map())
            section_.add(causes->place(), "'causes' must be a map of native codes to causes",
                         "as in causes: {\"1101\": collision}");
        for (const auto& entry : causes->entries()) {
            const std::string cause = section_.text_of(entry.value, "causes");
            if (cause.find('/') != std::string::npos)
                section_.add(entry.value.place(), "a cause has no '/'", "write 'or'");
            device_.causes.emplace_back(entry.key, cause);
        }
    }

    /// `item`, or {item: name, wraps_at: 65536, unit: kWh}.
    CounterUse read_counter(const Value& value, const std::string& title,
                            std::vector<std::string> keys = {"item", "wraps_at"}) {
        CounterUse use;
        if (value.is_scalar()) {
            use.item = bind(section_.text_of(value, title));
            return use;
        }
        Section counter(value, title, std::move(keys), problems_);
        const std::string name = counter.text("item");
        if (!name.empty()) use.item = bind(name);
        if (const auto end = counter.number("wraps_at")) {
            use.wraps_at = *end;
            if (*end <= 0)
                counter.add(counter.find("wraps_at")->place(), "a counter wraps above 0",
                            "as in wraps_at: 65536, the first number that it never shows");
        }
        return use;
    }

    void read_parts() {
        if (const Value* parts = section_.find("parts")) {
            Section map(*parts, "parts", {"produced", "good", "scrapped"}, problems_);
            if (const Value* one = map.find("produced"))
                device_.produced = read_counter(*one, "produced");
            if (const Value* one = map.find("good")) device_.good = read_counter(*one, "good");
            if (const Value* one = map.find("scrapped"))
                device_.scrapped = read_counter(*one, "scrapped");
            if (!device_.produced && !device_.good)
                map.add(map.place(), "parts needs a counter", "name 'produced' or 'good'");
        }
        device_.planned_run_time = duration(section_, "planned_run_time", 0);
        if (device_.planned_run_time > 0 && !device_.produced && !device_.good)
            section_.add(section_.find("planned_run_time")->place(),
                         "a planned run time per part, and no counter of parts",
                         "as in parts: {produced: PartCountAct}");
    }

    /// What one of a unit is, in SI.
    double unit(const Value& value, const std::string& title, const std::string& like) {
        Section section(value, title, {"item", "unit", "wraps_at"}, problems_);
        const std::string text = section.text("unit");
        if (text.empty()) return 1;
        const auto unit = parse_unit(text);
        if (unit && unit->dimension == parse_unit(like)->dimension) return unit->factor;
        section.add(section.find("unit")->place(), "'" + text + "' is no unit like " + like,
                    "as in unit: " + like);
        return 1;
    }

    void read_power() {
        const Value* power = section_.find("power");
        const Value* energy = section_.find("energy");
        if (power != nullptr) {
            device_.watt = unit(*power, "power", "kW");
            device_.power = read_counter(*power, "power", {"item", "unit"}).item;
        }
        if (energy != nullptr) {
            device_.joule = unit(*energy, "energy", "kWh");
            device_.energy = read_counter(*energy, "energy", {"item", "unit", "wraps_at"});
        }
        if (power != nullptr && energy != nullptr)
            section_.add(energy->place(), "energy would be counted twice",
                         "keep the counter of energy, or the power");
    }

    Problems& problems_;
    Section section_;
    DeviceProfile device_;
};

void read_logs(Section& top, ProfileFile& file, Problems& problems) {
    const Value* logs = top.find("logs");
    if (logs == nullptr) return;
    if (!logs->is_list())
        top.add(logs->place(), "'logs' must be a list of files", "as in logs: [data/day.txt.gz]");
    for (const Value& value : logs->items()) {
        LogFile log;
        if (value.is_scalar()) {
            log.file = top.text_of(value, "logs");
        } else {
            Section map(value, "a log", {"file", "format", "device"}, problems);
            log.file = map.file("file");
            const std::vector<std::string> known{"shdr", "mtconnect"};
            const std::string format = value.text_of("format");
            if (format == "shdr") log.format = LogFile::Format::shdr;
            if (format == "mtconnect") log.format = LogFile::Format::mtconnect;
            if (map.find("format") != nullptr && log.format == LogFile::Format::unknown)
                map.add(map.find("format")->place(), "unknown format '" + format + "'",
                        suggestion(format, known));
            if (map.find("device") != nullptr) log.device = map.text("device");
        }
        file.logs.push_back(std::move(log));
    }
}

void check_devices(Section& top, const Value& devices, const observed::Profile& profile) {
    std::map<std::string, int> sources;
    for (std::size_t i = 0; i < profile.devices.size(); ++i) {
        const std::string& name = profile.devices[i].device;
        if (!telemetry::is_series_name(name))
            top.add(devices.place_of_key(name), "'" + name + "' is no name for a device",
                    "1 to 64 characters, none of / . : , # quotes or brackets");
        if (++sources[profile.devices[i].source] > 1)
            top.add(devices.entries()[i].value.place(),
                    "the source '" + profile.devices[i].source + "' is that of two devices",
                    "a source is the name of one machine in the log");
    }
}

}  // namespace

ProfileFile read_profile(const Value& tree, Problems& problems) {
    Section top(tree, "the profile",
                {"foretwin_profile", "name", "zone", "logs", "steps_back", "silent_after", "device",
                 "messages", "time_series", "devices"},
                problems);
    ProfileFile file;
    const Value* version = top.need("foretwin_profile");
    if (version != nullptr && version->text() != "1")
        top.add(version->place(), "this is version '" + version->text() + "' of a profile",
                "version 1 is understood");
    file.profile.name = top.text("name");
    if (top.find("zone") != nullptr) file.profile.zone = top.text("zone");
    try {
        const telemetry::ClockReader probe(file.profile.zone);
    } catch (const InputError& error) {
        top.add(top.find("zone")->place(), error.problems().front().what,
                error.problems().front().hint);
    }
    file.profile.steps_back = duration(top, "steps_back", file.profile.steps_back);
    file.profile.silent_after = duration(top, "silent_after", 0);
    read_logs(top, file, problems);
    file.messages = texts(top, top.find("messages"), "messages");
    file.time_series = texts(top, top.find("time_series"), "time_series");
    const Value* devices = top.need("devices");
    if (devices == nullptr) return file;
    if (!devices->is_map() || devices->entries().empty())
        top.add(devices->place(), "'devices' must be a map of devices",
                "as in devices: {Mill 1: {states: [...]}}");
    for (const auto& entry : devices->entries())
        file.profile.devices.push_back(DeviceReader(entry.key, entry.value, problems).read());
    check_devices(top, *devices, file.profile);
    for (const DeviceProfile& device : file.profile.devices)
        for (const BoundItem& item : device.items)
            if (item.condition) file.conditions.push_back(item.name);
    if (file.profile.devices.size() == 1) file.default_device = file.profile.devices[0].source;
    if (top.find("device") != nullptr) file.default_device = top.text("device");
    return file;
}

ProfileFile read_profile(const std::filesystem::path& path) {
    Problems problems;
    const Value tree = loader::read_file(path, problems);
    loader::throw_if_any(problems);
    ProfileFile file = read_profile(tree, problems);
    loader::throw_if_any(problems);
    file.folder = path.parent_path();
    file.text = loader::read_bytes(path, problems, {}, loader::Limits{}.bytes);
    return file;
}

}  // namespace foretwin::scenarios
