#include "scenarios/assembly/event_estimate.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <vector>

#include "engine/random/distribution.hpp"
#include "scenarios/assembly/flow_estimate.hpp"

namespace foretwin::assembly {
namespace {

using loader::Reader;
using loader::Value;

constexpr double without_end = std::numeric_limits<double>::infinity();

std::string rounded(double number) {
    if (!std::isfinite(number)) return "infinitely many";
    char text[32];
    std::snprintf(text, sizeof text, "about %.1e", number);
    return text;
}

std::size_t sub_devices(const Value& device) {
    std::size_t count = 1;
    for (const char* key : {"failures", "sensors", "maintenance"})
        if (const Value* section = device.find(key)) count += section->entries().size();
    return count;
}

double mean_of(const Value& section, const char* key, const Reader& reader, const char* unit) {
    return random::mean(reader.distribution(*section.find(key), unit));
}

/// Events per second, by the value that causes them.
class Tally {
  public:
    void add(double per_s, std::string name, const Value& value) {
        if (!(per_s > 0)) return;
        total_ += per_s;
        if (per_s <= largest_) return;
        largest_ = per_s;
        name_ = std::move(name);
        blamed_ = value.place();
    }
    double total() const { return total_; }

    void refuse_beyond(double most, double span_s) const {
        if (!(total_ * span_s > most)) return;
        throw InputError(blamed_,
                         name_ + ": one future would have " + rounded(total_ * span_s) +
                             " events, most of them from here; at most 1e10 are simulated",
                         "check the unit, shorten the horizon, or let one part stand for many");
    }

  private:
    double total_ = 0;
    double largest_ = 0;
    std::string name_;
    Place blamed_;
};

/// How often a renewal happens that takes this long in the mean; 0 when it never does.
double rate_of(double machines, double mean_s) {
    if (!std::isfinite(mean_s)) return 0;
    return mean_s > 0 ? machines / mean_s : without_end;
}

/// How many machines a device has, and how much of the time they work on parts.
struct Machines {
    double count = 1;
    double cycle_s = 0;  ///< 0: works without parts
    double parts_per_s = 0;

    double busy() const { return cycle_s > 0 ? std::min(count, parts_per_s * cycle_s) : count; }
};

/// Failures per second of one cause, at most.
double failure_rate(const Value& cause, const Machines& machines, const Reader& reader) {
    const double repair_s = mean_of(cause, "repair", reader, "s");
    if (cause.text_of("clock") == "cycles") {
        const double cycles = mean_of(cause, "time_to_failure", reader, "cycle");
        const double worn = cycles > 0 ? machines.parts_per_s / cycles : machines.parts_per_s;
        return std::min(worn, rate_of(machines.count, cycles * machines.cycle_s + repair_s));
    }
    const double life_s = mean_of(cause, "time_to_failure", reader, "s");
    const double most = rate_of(machines.count, life_s + repair_s);
    if (cause.text_of("clock") != "operating") return most;
    return std::min(most, rate_of(machines.busy(), life_s));
}

void add_failures(const std::string& name, const Value& device, const Machines& machines,
                  const Reader& reader, Tally& tally) {
    const Value* failures = device.find("failures");
    if (failures == nullptr) return;
    constexpr double events_of_one = 3;
    for (const Value::Entry& cause : failures->entries()) {
        tally.add(events_of_one * failure_rate(cause.value, machines, reader),
                  name + "/failures/" + cause.key + "/time_to_failure",
                  *cause.value.find("time_to_failure"));
    }
}

/// Work on alarm renews the cause, whose next defect raises the next alarm: what is left of a life
/// when it becomes visible, from below, the wait for a sample, and the work.
double between_alarms(const Value& device, const Value& plan, const Value& sensor,
                      const Reader& reader) {
    const Value& cause = *device.find("failures")->find(sensor.text_of("detects"));
    const random::Distribution life = reader.distribution(*cause.find("time_to_failure"));
    const double lead_s = reader.quantity(*sensor.find("lead"), "s");
    const double step_s = random::mean(life) / 10;
    const double hidden_s =
        std::isfinite(step_s) ? random::survival(life, lead_s + step_s) * step_s : 0;
    const double sampling_s = to_seconds(reader.duration_of(sensor, "period", 0)) / 2;
    return hidden_s + sampling_s + mean_of(plan, "takes", reader, "s");
}

void add_upkeep(const std::string& name, const Value& device, const Machines& all,
                const Reader& reader, Tally& tally) {
    const double machines = all.count;
    add_failures(name, device, all, reader, tally);
    if (const Value* sensors = device.find("sensors"))
        for (const Value::Entry& sensor : sensors->entries())
            if (const Value* rate = sensor.value.find("false_alarms"))
                tally.add(machines * reader.quantity(*rate, "1/s"),
                          name + "/sensors/" + sensor.key + "/false_alarms", *rate);
    const Value* plans = device.find("maintenance");
    if (plans == nullptr) return;
    for (const Value::Entry& plan : plans->entries()) {
        const std::string path = name + "/maintenance/" + plan.key;
        if (const Value* every = plan.value.find("every"))
            tally.add(machines / reader.quantity(*every, "s"), path + "/every", *every);
        if (const Value* alarm = plan.value.find("on_alarm"))
            tally.add(
                2 * rate_of(machines,
                            between_alarms(device, plan.value,
                                           *device.find("sensors")->find(alarm->text()), reader)),
                path + "/on_alarm", *alarm);
        const Value* age = plan.value.find("at_age");
        if (age == nullptr) continue;
        const std::vector<std::string> renews = reader.names_of(plan.value, "renews");
        const Value& cause =
            *device.find("failures")->find(*std::min_element(renews.begin(), renews.end()));
        const double due = cause.text_of("clock") == "cycles"
                               ? all.cycle_s * reader.quantity(*age, "cycle")
                               : reader.quantity(*age, "s");
        tally.add(2 * rate_of(machines, due + mean_of(plan.value, "takes", reader, "s")),
                  path + "/at_age", *age);
    }
}

void add_calendars(const Value& tree, const Reader& reader, Tally& tally) {
    const Value* calendars = tree.find("calendars");
    if (calendars == nullptr) return;
    for (const Value::Entry& device : tree.find("devices")->entries()) {
        const Value* calendar = device.value.find("calendar");
        const Value* pattern = calendar == nullptr ? nullptr : calendars->find(calendar->text());
        const Value* period = pattern == nullptr ? nullptr : pattern->find("period");
        if (period == nullptr) continue;
        const double edges = 2 * static_cast<double>(pattern->find("open")->items().size());
        tally.add(edges / to_seconds(reader.duration(*period)), device.key + "/calendar",
                  *calendar);
    }
}

/// By calendar, the share of the whole run in which it is open.
std::map<std::string, double> open_shares(const Value& tree, const Reader& reader,
                                          const loader::Clock& clock) {
    std::map<std::string, double> shares;
    const Value* calendars = tree.find("calendars");
    if (calendars == nullptr) return shares;
    for (const Value::Entry& entry : calendars->entries()) {
        Time open = 0;
        const Calendar calendar = loader::open_intervals(entry.value, clock, reader);
        for (const Calendar::Interval& interval : calendar.on)
            open += std::min(interval.to, clock.end()) - std::min(interval.from, clock.end());
        shares[entry.key] = static_cast<double>(open) / static_cast<double>(clock.end());
    }
    return shares;
}

void refuse_parts(const FlowEstimate& flow, double span_s) {
    for (const FlowEstimate::Source& source : flow.sources)
        if (source.per_s * span_s > most_parts_of_a_source)
            throw InputError(source.blamed->place(),
                             source.name + ": one future would see " +
                                 rounded(source.per_s * span_s) +
                                 " parts; at most 4.2e9 of one source are told apart",
                             "check the unit, shorten the horizon, or let one part stand for many");
    for (const FlowEstimate::Store& store : flow.stores)
        if (store.grows_per_s * span_s > most_parts_waiting)
            throw InputError(store.blamed->place(),
                             store.name + ": " + rounded(store.grows_per_s * span_s) +
                                 " parts would pile up here; at most 1e8 fit",
                             "give it a limit, or let fewer parts come than it can work off");
}

}  // namespace

void refuse_huge_plant(const Value& devices, const Reader& reader) {
    double total = 0;
    const Value::Entry* largest = nullptr;
    double most = 0;
    for (const Value::Entry& device : devices.entries()) {
        const auto machines = static_cast<double>(reader.count_of(device.value, "machines", 1));
        const double own = machines * static_cast<double>(sub_devices(device.value));
        total += own;
        if (own <= most) continue;
        most = own;
        largest = &device;
    }
    if (!(total > most_machines)) return;
    throw InputError(largest->value.place(),
                     largest->key + ": the plant would have " + rounded(total) +
                         " machines, causes, sensors and plans; at most 5e6 fit into memory",
                     "split the plant into several scenarios");
}

void refuse_endless_run(const Value& tree, const Reader& reader, const loader::Clock& clock) {
    const double span_s = to_seconds(clock.end());
    const FlowEstimate flow =
        estimate_flow(*tree.find("devices"), reader, open_shares(tree, reader, clock));
    std::map<std::string, double> parts_per_s;
    for (const FlowEstimate::Station& station : flow.stations)
        parts_per_s[station.name] = station.per_s;
    refuse_parts(flow, span_s);
    Tally tally;
    for (const FlowEstimate::Source& source : flow.sources)
        tally.add(source.per_s, source.name, *source.blamed);
    for (const FlowEstimate::Station& station : flow.stations)
        tally.add(2 * station.per_s, station.name + "/cycle", *station.cycle);
    for (const Value::Entry& device : tree.find("devices")->entries()) {
        const auto machines = static_cast<double>(reader.count_of(device.value, "machines", 1));
        const Value* cycle = device.value.find("cycle");
        Machines all{machines, 0, 0};
        if (cycle != nullptr)
            all = {machines, random::mean(reader.distribution(*cycle)), parts_per_s[device.key]};
        add_upkeep(device.key, device.value, all, reader, tally);
    }
    add_calendars(tree, reader, tally);
    tally.refuse_beyond(most_events, span_s);
}

}  // namespace foretwin::assembly
