#include <algorithm>
#include <functional>
#include <set>

#include "models/external/registry.hpp"
#include "models/flow/buffer.hpp"
#include "models/flow/conveyor.hpp"
#include "models/flow/machine.hpp"
#include "models/flow/sink.hpp"
#include "models/flow/source.hpp"
#include "models/flow/station.hpp"
#include "scenarios/assembly/builders.hpp"

namespace foretwin::assembly {
namespace {

/// Whether the connection from -> to closes a loop: `to` is an ancestor of `from` in the
/// depth-first tree that starts at the sources in name order. Every loop has such a connection.
bool leads_back(const Site& site, const std::string& from, const std::string& to) {
    std::set<std::string> open;
    std::set<std::string> done;
    bool found = false;
    const std::function<void(const std::string&)> walk = [&](const std::string& name) {
        open.insert(name);
        const loader::Value* next = site.device(name).find("next");
        std::set<std::string> names;
        if (next != nullptr) {
            for (const auto& share : site.reader.shares(*next)) names.insert(share.name);
        }
        for (const std::string& successor : names) {
            if (open.count(successor) > 0) {
                if (name == from && successor == to) found = true;
            } else if (done.count(successor) == 0) {
                walk(successor);
            }
        }
        open.erase(name);
        done.insert(name);
    };
    for (const flow::SourceEntry& source : *site.sources) {
        if (done.count(source.name) == 0) walk(source.name);
    }
    return found;
}

/// A part that is gone is replaced without delay: its source is joined to every device in which its
/// parts can end, also beyond conveyors.
void join_closed_loop(const Site& site, const std::string& source) {
    std::vector<std::string> open{source};
    std::set<std::string> met{source};
    while (!open.empty()) {
        const std::string at = std::move(open.back());
        open.pop_back();
        const std::string type = site.device(at).text_of("type");
        if (type == "station" || type == "sink" || external::find(type) != nullptr)
            site.join(site.builder.index(at), "conwip");
        const loader::Value* next = site.device(at).find("next");
        if (next == nullptr) continue;
        for (const auto& share : site.reader.shares(*next)) {
            if (met.insert(share.name).second) open.push_back(share.name);
        }
    }
}

bool is_true(const loader::Value& device, std::string_view key) {
    const loader::Value* value = device.find(key);
    return value != nullptr && value->is_true();
}

}  // namespace

std::int64_t machines_of(const Site& site, const loader::Value& device) {
    return site.reader.count_of(device, "machines", 1);
}

flow::Sources read_sources(const loader::Value& devices, const loader::Reader& reader,
                           const kernel::ModelBuilder& builder) {
    std::vector<flow::SourceEntry> sources;
    for (const loader::Value::Entry& entry : devices.entries()) {
        if (entry.value.text_of("type") != "source") continue;
        sources.push_back({entry.key, reader.text_of(entry.value, "part", "part"),
                           builder.index(entry.key), entry.value.has("conwip")});
    }
    std::sort(sources.begin(), sources.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return std::make_shared<const std::vector<flow::SourceEntry>>(std::move(sources));
}

flow::Routes read_routes(const Site& site, const std::string& name) {
    flow::Routes routes;
    const loader::Value* next = site.device(name).find("next");
    if (next == nullptr) {
        throw InputError(site.device(name).place(), "'" + name + "' has no `next`",
                         "name the device its parts go to, e.g. a sink");
    }
    double up_to = 0;
    std::vector<loader::Reader::Share> shares = site.reader.shares(*next);
    // File order must not matter: destinations divide [0, 1) in name order.
    std::sort(shares.begin(), shares.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    for (const loader::Reader::Share& share : shares) {
        up_to += share.share;
        const DeviceIndex to = site.builder.index(share.name);
        site.join(to, "next");
        routes.routes.push_back({to, up_to, leads_back(site, name, share.name)});
    }
    return routes;
}

DeviceIndex saturating_source(const Site& site, const std::string& station) {
    for (const flow::SourceEntry& source : *site.sources) {
        const loader::Value& device = site.device(source.name);
        const loader::Value* next = device.find("next");
        if (!is_true(device, "saturated") || next == nullptr) continue;
        for (const auto& share : site.reader.shares(*next)) {
            if (share.name == station) return source.device;
        }
    }
    return no_device;
}

void build_source(Site& site, const std::string& name, DeviceIndex index) {
    const loader::Value& device = site.device(name);
    flow::Source source;
    source.name = name;
    source.sources = site.sources;
    source.next = read_routes(site, name);
    source.calendar = site.calendar_of(device);
    for (std::uint32_t number = 0; number < site.sources->size(); ++number) {
        if ((*site.sources)[number].name == name) source.number = number;
    }
    const int kinds = (is_true(device, "saturated") ? 1 : 0) + (device.has("every") ? 1 : 0) +
                      (device.has("conwip") ? 1 : 0);
    if (kinds != 1) {
        throw InputError(device.place(),
                         "source '" + name +
                             "' needs exactly one of "
                             "`saturated: true`, `every`, `conwip`",
                         "say how parts come");
    }
    if (!device.has("every")) {
        for (const char* key : {"calendar", "when_full"}) refuse_idle_key(device, key, "`every`");
    }
    if (const loader::Value* every = device.find("every")) {
        source.kind = flow::Source::Kind::every;
        source.interval = site.reader.distribution(*every);
        const std::string when_full = device.text_of("when_full");
        if (when_full.empty()) {
            throw InputError(every->place(), "source '" + name + "' has no `when_full`",
                             "write `when_full: lost` or `when_full: wait`");
        }
        source.when_full =
            when_full == "lost" ? flow::Source::WhenFull::lost : flow::Source::WhenFull::wait;
    } else if (const loader::Value* conwip = device.find("conwip")) {
        source.kind = flow::Source::Kind::conwip;
        source.population = static_cast<std::uint32_t>(site.reader.count(*conwip));
        join_closed_loop(site, name);
    } else {
        const std::string first = site.reader.shares(*device.find("next")).front().name;
        if (source.next.routes.size() != 1 || site.device(first).text_of("type") != "station") {
            throw InputError(device.find("next")->place(),
                             "a saturated source feeds exactly one station",
                             "name one station in `next`");
        }
        source.population = static_cast<std::uint32_t>(machines_of(site, site.device(first)));
    }
    flow::add_source(site.builder, index, std::move(source));
}

void build_station(Site& site, const std::string& name, DeviceIndex index) {
    const loader::Value& device = site.device(name);
    const loader::Reader& reader = site.reader;
    flow::Station station;
    station.name = name;
    station.sources = site.sources;
    const std::int64_t machines = machines_of(site, device);
    const std::int64_t buffer = reader.count_of(device, "buffer", 0);
    station.saturated_by = saturating_source(site, name);
    station.capacity = buffer == loader::unlimited ? flow::Station::unlimited : machines + buffer;
    if (station.saturated_by != no_device) station.capacity = machines;
    station.cycle = reader.distribution(*device.find("cycle"));
    station.scrap = reader.fraction_of(device, "scrap", 0);
    station.energy_per_part_j = reader.quantity_of(device, "energy_per_part", "J/part", 0);
    station.next = read_routes(site, name);
    station.before_service = device.text_of("blocking") == "before_service";
    if (const loader::Value* standby = device.find("standby")) {
        station.standby = true;
        station.standby_after = reader.duration_of(*standby, "after", 0);
        station.wake = reader.distribution(*standby->find("wake"));
    }
    station.upkeep = read_upkeep(site, name, static_cast<std::uint32_t>(machines));
    flow::add_station(site.builder, index, std::move(station));
}

void build_machine(Site& site, const std::string& name, DeviceIndex index) {
    const loader::Value& device = site.device(name);
    flow::Machine machine;
    machine.name = name;
    machine.part = site.reader.text_of(device, "part", "part");
    machine.rate_per_s = site.reader.quantity(*device.find("rate"), "part/s");
    machine.upkeep = read_upkeep(site, name, 1);
    flow::add_machine(site.builder, index, std::move(machine));
}

void build_buffer(Site& site, const std::string& name, DeviceIndex index) {
    const loader::Value& device = site.device(name);
    flow::Buffer buffer;
    buffer.name = name;
    buffer.sources = site.sources;
    const std::int64_t capacity = site.reader.count(*device.find("capacity"));
    buffer.capacity = capacity == loader::unlimited ? flow::Station::unlimited : capacity;
    buffer.next = read_routes(site, name);
    flow::add_buffer(site.builder, index, std::move(buffer));
}

void build_conveyor(Site& site, const std::string& name, DeviceIndex index) {
    const loader::Value& device = site.device(name);
    flow::Conveyor conveyor;
    conveyor.name = name;
    conveyor.sources = site.sources;
    conveyor.delay = site.reader.duration(*device.find("delay"));
    if (conveyor.delay <= 0) {
        throw InputError(device.find("delay")->place(), "conveyor '" + name + "' takes no time",
                         "give it a delay above zero, or use a buffer");
    }
    conveyor.back = site.reader.duration_of(device, "return", conveyor.delay);
    const std::int64_t capacity = site.reader.count(*device.find("capacity"));
    conveyor.capacity = capacity == loader::unlimited ? flow::Conveyor::unlimited : capacity;
    conveyor.entry = index;
    conveyor.exit = site.builder.index(flow::exit_of(name));
    // Not the entry, but the exit hands parts to who comes next.
    site.current = conveyor.exit;
    conveyor.next = read_routes(site, name);
    flow::add_conveyor(site.builder, std::move(conveyor));
}

void build_sink(Site& site, const std::string&, DeviceIndex index) {
    flow::Sink sink;
    sink.sources = site.sources;
    for (const flow::SourceEntry& source : *site.sources) {
        const auto known = std::find(sink.part_types.begin(), sink.part_types.end(), source.part);
        sink.type_of.push_back(static_cast<std::uint32_t>(known - sink.part_types.begin()));
        if (known == sink.part_types.end()) sink.part_types.push_back(source.part);
    }
    flow::add_sink(site.builder, index, std::move(sink));
}

}  // namespace foretwin::assembly
