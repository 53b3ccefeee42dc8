#include <algorithm>
#include <cmath>
#include <utility>

#include "scenarios/assembly/builders.hpp"

namespace foretwin::assembly {
namespace {

using reliability::AfterRepair;
using reliability::FailureCause;
using reliability::FailureClock;
using reliability::MaintenancePlan;
using reliability::PartFate;
using reliability::Trigger;
using reliability::Upkeep;

constexpr double longest_quantity_s = 1e9;

Time travel_of(const Site& site, const loader::Value& job) {
    const std::string crew = job.text_of("crew");
    return crew.empty() ? 0 : site.reader.duration_of(site.device(crew), "travel", 0);
}

/// The first instant of a recurring grid as run time; a grid that began before the run goes on, one
/// that begins later begins then.
Time first_on_grid(const Site& site, const loader::Value& map, Time period) {
    const loader::Value* first = map.find("first");
    if (first == nullptr) return period;
    const loader::Resolved resolved(*first, site.reader.resolver());
    const loader::Value& plain = *resolved;
    const Time instant = site.clock.time_of(plain.text(), first->place());
    if (instant >= 0) return instant;
    const Time phase = instant % period;
    return phase < 0 ? phase + period : phase;
}

FailureClock clock_of(const std::string& text) {
    if (text == "operating") return FailureClock::operating;
    if (text == "on_shift") return FailureClock::on_shift;
    return text == "cycles" ? FailureClock::cycles : FailureClock::calendar;
}

PartFate fate_of(const std::string& text) {
    if (text == "restarts") return PartFate::restarts;
    return text == "scrapped" ? PartFate::scrapped : PartFate::resumes;
}

AfterRepair after_of(const loader::Value& cause) {
    const std::string text = cause.text_of("after_repair", "as_good_as_new");
    if (text == "as_bad_as_old") return AfterRepair::as_bad_as_old;
    if (text != "imperfect") return AfterRepair::as_good_as_new;
    return cause.text_of("kijima", "1") == "2" ? AfterRepair::kijima_2 : AfterRepair::kijima_1;
}

/// What imperfect repair needs, and nothing of it without.
void check_after_repair(const FailureCause& cause, const loader::Value& value) {
    if (cause.after == AfterRepair::as_good_as_new || cause.after == AfterRepair::as_bad_as_old) {
        for (const char* key : {"restoration", "kijima"})
            refuse_idle_key(value, key, "`after_repair: imperfect`");
    } else if (!value.has("restoration")) {
        throw InputError(value.find("after_repair")->place(),
                         "an imperfect repair takes away a share of the age: which?",
                         "e.g. restoration: 40 %");
    }
}

FailureCause read_cause(const Site& site, const std::string& name, const loader::Value& value) {
    const loader::Reader& reader = site.reader;
    FailureCause cause;
    cause.name = name;
    cause.clock = clock_of(value.text_of("clock"));
    const bool counts = cause.clock == FailureClock::cycles;
    cause.life = reader.distribution(*value.find("time_to_failure"), counts ? "cycle" : "s");
    cause.repair = reader.distribution(*value.find("repair"));
    cause.crew = site.reference(value, "crew");
    cause.travel = travel_of(site, value);
    cause.spares = site.reference(value, "spare");
    cause.priority = static_cast<std::int32_t>(reader.number_of(value, "priority", 0));
    cause.after = after_of(value);
    check_after_repair(cause, value);
    cause.restoration = reader.fraction_of(value, "restoration", 1);
    cause.part = fate_of(value.text_of("part", "resumes"));
    cause.cost = reader.quantity_of(value, "cost", "money", 0);
    cause.initial_age_s = reader.quantity_of(value, "age", counts ? "cycle" : "s", 0);
    cause.checked_age_s =
        reader.quantity_of(value, "checked_age", counts ? "cycle" : "s", cause.initial_age_s);
    if (cause.checked_age_s > cause.initial_age_s) {
        throw InputError(value.find("checked_age")->place(),
                         "a component cannot have been checked at an age that it has not reached",
                         "give a `checked_age` of at most its `age`");
    }
    if (const loader::Value* surfaces = value.find("surfaces")) {
        if (cause.clock != FailureClock::calendar) {
            throw InputError(surfaces->place(),
                             "only a cause on the calendar clock can surface at "
                             "visits, not one on " +
                                 value.text_of("clock"),
                             "set `clock: calendar` or take `surfaces` out");
        }
        cause.surfaces_at_visits = true;
        cause.visit_period = reader.duration(*surfaces->find("every"));
        cause.visit_first = first_on_grid(site, *surfaces, cause.visit_period);
    }
    return cause;
}

std::size_t cause_index(const Upkeep& upkeep, const std::string& name, const Place& place) {
    for (std::size_t cause = 0; cause < upkeep.causes.size(); ++cause) {
        if (upkeep.causes[cause].name == name) return cause;
    }
    std::string known;
    for (const FailureCause& cause : upkeep.causes) {
        known += (known.empty() ? "'" : ", '") + cause.name + "'";
    }
    throw InputError(place, "this device has no failure cause '" + name + "'",
                     known.empty() ? "describe it below `failures:`" : "it has " + known);
}

reliability::Sensor read_sensor(const Site& site, const Upkeep& upkeep, const std::string& name,
                                const loader::Value& value) {
    reliability::Sensor sensor;
    sensor.name = name;
    const loader::Value& detects = *value.find("detects");
    const std::size_t cause = cause_index(upkeep, detects.text(), detects.place());
    sensor.cause = static_cast<std::uint8_t>(cause);
    if (upkeep.causes[cause].clock == FailureClock::cycles) {
        throw InputError(detects.place(),
                         "a cause that ages in cycles gives no time to see it "
                         "coming",
                         "use the clock `operating` for it");
    }
    sensor.period = site.reader.duration_of(value, "period", 0);
    sensor.lead = site.reader.duration(*value.find("lead"));
    sensor.missed = site.reader.fraction_of(value, "missed", 0);
    sensor.false_alarms_per_s = site.reader.quantity_of(value, "false_alarms", "1/s", 0);
    return sensor;
}

std::vector<reliability::ReplacementChance> read_chances(const Site& site,
                                                         const loader::Value& rule, Time grace) {
    const loader::Resolved resolved(rule, site.reader.resolver());
    const loader::Value& plain = *resolved;
    std::vector<reliability::ReplacementChance> chances;
    if (const loader::Value* from_age = plain.find("from_age")) {
        // "From 15 days on" includes 15 days, and what was ordered by the visit 15 days ago but
        // done within the grace after it: ages are compared as older than.
        chances.push_back({site.reader.quantity(*from_age, "s") - to_seconds(grace) - 1, 1});
        return chances;
    }
    const loader::Value* list = plain.find("chances");
    if (list == nullptr) {
        throw InputError(rule.place(), "a visit rule needs `from_age`, `chances` or `fitted`",
                         "e.g. {from_age: 30 days}");
    }
    for (const loader::Value& step : list->items()) {
        chances.push_back({site.reader.quantity(*step.find("from"), "s"),
                           site.reader.fraction(*step.find("chance"))});
    }
    std::sort(chances.begin(), chances.end(),
              [](const auto& a, const auto& b) { return a.from_s < b.from_s; });
    return chances;
}

void read_trigger(const Site& site, const Upkeep& upkeep, const loader::Value& value,
                  MaintenancePlan& plan) {
    const int triggers = (value.has("every") ? 1 : 0) + (value.has("at_age") ? 1 : 0) +
                         (value.has("on_alarm") ? 1 : 0);
    if (triggers != 1) {
        throw InputError(
            value.place(),
            "maintenance '" + plan.name + "' needs exactly one of `every`, `at_age`, `on_alarm`",
            "say when it is due");
    }
    if (!value.has("every")) {
        for (const char* key : {"first", "replaces"}) refuse_idle_key(value, key, "`every`");
    }
    if (value.has("replaces")) refuse_idle_key(value, "renews", "plans without `replaces`");
    if (!value.has("replaces")) refuse_idle_key(value, "grace", "`replaces`");
    if (const loader::Value* every = value.find("every")) {
        plan.period = site.reader.duration(*every);
        plan.first = first_on_grid(site, value, plan.period);
    } else if (const loader::Value* at_age = value.find("at_age")) {
        plan.trigger = Trigger::at_age;
        if (plan.renews == 0) {
            throw InputError(at_age->place(), "whose age? `renews` is empty",
                             "name the cause in `renews`");
        }
        plan.cause = static_cast<std::uint8_t>(__builtin_ctz(plan.renews));
        const bool counts = upkeep.causes[plan.cause].clock == FailureClock::cycles;
        plan.age = counts ? static_cast<Time>(std::ceil(site.reader.quantity(*at_age, "cycle")))
                          : site.reader.duration(*at_age);
    } else {
        const loader::Value& sensor = *value.find("on_alarm");
        plan.trigger = Trigger::alarm;
        const auto found =
            std::find_if(upkeep.sensors.begin(), upkeep.sensors.end(),
                         [&](const auto& known) { return known.name == sensor.text(); });
        if (found == upkeep.sensors.end()) {
            throw InputError(sensor.place(), "this device has no sensor '" + sensor.text() + "'",
                             "describe it below `sensors:` of the same device");
        }
        plan.sensor = static_cast<std::uint8_t>(found - upkeep.sensors.begin());
    }
}

MaintenancePlan read_plan(const Site& site, const Upkeep& upkeep, const std::string& name,
                          const loader::Value& value) {
    MaintenancePlan plan;
    plan.name = name;
    for (const std::string& cause : site.reader.names_of(value, "renews")) {
        plan.renews |= 1U << cause_index(upkeep, cause, value.find("renews")->place());
    }
    read_trigger(site, upkeep, value, plan);
    if (const loader::Value* replaces = value.find("replaces")) {
        plan.trigger = Trigger::visits;
        plan.chances.resize(upkeep.causes.size());
        for (const loader::Value::Entry& rule : replaces->entries()) {
            const std::size_t cause = cause_index(upkeep, rule.key, rule.value.place());
            if (upkeep.causes[cause].clock == FailureClock::cycles) {
                throw InputError(
                    rule.value.place(),
                    "a visit judges age in time, and '" + rule.key + "' ages in cycles",
                    "use `at_age: 500 cycle` in a plan of its own");
            }
            plan.chances[cause] =
                read_chances(site, rule.value, site.reader.duration_of(value, "grace", 0));
        }
    }
    plan.takes = site.reader.distribution(*value.find("takes"));
    plan.crew = site.reference(value, "crew");
    plan.travel = travel_of(site, value);
    plan.priority = static_cast<std::int32_t>(site.reader.number_of(value, "priority", 10));
    plan.cost = site.reader.quantity_of(value, "cost", "money", 0);
    return plan;
}

/// Power of a state that is not named is taken from another (DESIGN, section 5).
StatePower read_power(Site& site, const std::string& name, const loader::Value& device) {
    StatePower power{};
    const loader::Value* section = device.find("power");
    if (section == nullptr) return power;
    std::string assumed;
    std::string nothing;
    const auto milliwatt = [&](std::string_view key, std::int64_t otherwise,
                               std::string_view from) {
        if (const loader::Value* value = section->find(key)) {
            return static_cast<std::int64_t>(std::llround(
                std::min(site.reader.quantity(*value, "W"), longest_quantity_s) * 1e3));
        }
        // A state that follows another one without power has none either: that one is told.
        if (otherwise != 0) assumed += " " + std::string(key) + " <- " + std::string(from);
        if (from == "0") nothing += " " + std::string(key) + " <- 0";
        return otherwise;
    };
    const auto set = [&](MachineState state, std::int64_t value) {
        power[index_of(state)] = value;
        return value;
    };
    const std::int64_t busy = set(MachineState::busy, milliwatt("busy", 0, "0"));
    const std::int64_t starved = set(MachineState::starved, milliwatt("starved", 0, "0"));
    const std::int64_t down = milliwatt("down", 0, "0");
    set(MachineState::setup, milliwatt("setup", busy, "busy"));
    set(MachineState::waiting, milliwatt("waiting", starved, "starved"));
    set(MachineState::blocked, milliwatt("blocked", starved, "starved"));
    set(MachineState::down_waiting, milliwatt("down_waiting", down, "down"));
    set(MachineState::repair, milliwatt("repair", down, "down"));
    set(MachineState::maintenance, milliwatt("maintenance", down, "down"));
    set(MachineState::standby, milliwatt("standby", down, "down"));
    set(MachineState::off_shift, milliwatt("off_shift", 0, "0"));
    assumed += nothing;
    if (!assumed.empty()) site.notes.push_back(name + ": power" + assumed);
    return power;
}

}  // namespace

void place_meter(Site& site) {
    if (site.meter == no_device || std::exchange(site.meter_is_placed, true)) return;
    site.join(site.meter, "tariff");
}

reliability::Upkeep read_upkeep(Site& site, const std::string& name, std::uint32_t machines) {
    const loader::Value& device = site.device(name);
    Upkeep upkeep;
    upkeep.units = machines;
    upkeep.calendar = site.calendar_of(device);
    upkeep.power = read_power(site, name, device);
    upkeep.meter = site.meter;
    place_meter(site);
    if (const loader::Value* power = device.find("power")) {
        const std::int64_t highest = *std::max_element(upkeep.power.begin(), upkeep.power.end());
        site.powers.push_back({name, static_cast<double>(highest) * machines, power->place()});
    }
    if (const loader::Value* failures = device.find("failures")) {
        for (const auto& entry : failures->entries()) {
            upkeep.causes.push_back(read_cause(site, entry.key, entry.value));
            const bool counts = upkeep.causes.back().clock == FailureClock::cycles;
            if (counts && device.text_of("type") == "machine") {
                throw InputError(entry.value.place(),
                                 "a machine without parts has no cycles to age in",
                                 "use the clock `operating`, or describe a station");
            }
        }
    }
    // Name order, so that the order in the file cannot matter.
    std::sort(upkeep.causes.begin(), upkeep.causes.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    if (const loader::Value* sensors = device.find("sensors")) {
        for (const auto& entry : sensors->entries()) {
            upkeep.sensors.push_back(read_sensor(site, upkeep, entry.key, entry.value));
        }
    }
    std::sort(upkeep.sensors.begin(), upkeep.sensors.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    if (const loader::Value* plans = device.find("maintenance")) {
        for (const auto& entry : plans->entries()) {
            upkeep.plans.push_back(read_plan(site, upkeep, entry.key, entry.value));
        }
    }
    std::sort(upkeep.plans.begin(), upkeep.plans.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return upkeep;
}

}  // namespace foretwin::assembly
