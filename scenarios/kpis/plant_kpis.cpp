#include <functional>
#include <set>

#include "models/contract/machine_state.hpp"
#include "scenarios/kpis/figure_index.hpp"

namespace foretwin::kpis {
namespace {

constexpr double h = hours_per_second;

struct Collector {
    const FigureIndex& all;
    std::vector<Formula> kpis;

    /// Adds a KPI when the plant has what it is made of.
    void add(std::string name, std::string unit, std::string formula, bool more_is_better,
             Terms over, Terms under = {}, double constant_under = 1) {
        if (over.empty()) return;
        kpis.push_back({"", std::move(name), std::move(unit), std::move(formula), more_is_better,
                        std::move(over), std::move(under), constant_under});
    }
};

void add_time_kpis(Collector& c) {
    const FigureIndex& all = c.all;
    const Terms down = time_in(all, {"down_waiting", "repair"}, h);
    c.add("downtime", "h", "machine-hours failed: waiting + repair", false, down);
    c.add("downtime_waiting", "h", "failed, waiting for crew or spare", false,
          time_in(all, {"down_waiting"}, h));
    c.add("downtime_repair", "h", "failed, under repair", false, time_in(all, {"repair"}, h));
    c.add("planned_maintenance", "h", "machine-hours of planned work", false,
          time_in(all, {"maintenance"}, h));
    c.add("availability", "1", "production time / planned busy time (ISO 22400-2)", true,
          time_in(all, {"busy"}), planned_busy_time(all));
    c.add("oee", "1", "planned run time of good parts / planned busy time (ISO 22400-2)", true,
          all.named("good_run_time"), all.has("good_run_time") ? planned_busy_time(all) : Terms{});
    c.add("utilisation", "1", "busy / calendar time", true, time_in(all, {"busy"}), all_time(all));
}

void add_part_kpis(Collector& c, double horizon_h) {
    const FigureIndex& all = c.all;
    const Terms good = all.between("parts/", "");
    const Terms scrapped = all.named("scrapped");
    c.add("production", "part", "good parts", true, good);
    c.add("throughput", "part/h", "good parts / measured time", true, good, {}, horizon_h);
    if (!scrapped.empty()) {
        c.add("scrap", "part", "scrapped parts", false, scrapped);
        // One station alone: what it completed and did not scrap, by what it produced.
        if (good.empty())
            c.add("quality_ratio", "1", "good parts / produced parts", true,
                  all.named("good_run_time"), all.named("planned_run_time"));
        else
            c.add("quality_ratio", "1", "good parts / (good + scrapped)", true, good,
                  good + scrapped);
    }
    c.add("lost_parts", "part", "arrivals that found no place", false, all.named("lost"));
    if (all.has("lead_time_sum")) {
        c.add("lead_time", "h", "leave - enter, mean of good parts", false,
              all.named("lead_time_sum", h), all.named("arrived"));
    }
    c.add("work_in_process", "part", "parts inside, time average", false, all.named("wip_time", h),
          {}, horizon_h);
}

void add_upkeep_kpis(Collector& c) {
    const FigureIndex& all = c.all;
    const Terms failures = all.between("failures/", "/failures");
    if (!failures.empty()) {
        const Terms repairs = all.between("failures/", "/repairs");
        c.add("failures", "1", "failures", false, failures);
        c.add("repairs", "1", "completed repairs", false, repairs);
        c.add("replacements", "1", "components renewed before failing", false,
              all.between("failures/", "/preventive"));
        c.add("mtbf", "h", "operating time / failures", true, time_in(all, {"busy", "setup"}, h),
              failures);
        c.add("mttr", "h", "active repair / failures", false, time_in(all, {"repair"}, h),
              failures);
        c.add("mean_down_time", "h", "(repair + waiting) / failures", false,
              time_in(all, {"down_waiting", "repair"}, h), failures);
    }
    c.add("alarms", "1", "alarms raised, true and false", false,
          all.between("sensors/", "/true_alarms") + all.between("sensors/", "/false_alarms"));
    c.add("labour_cost", "money", "wage x (staffed + overtime)", false, all.named("labour_cost"));
    c.add("spare_cost", "money", "price x parts taken", false, all.named("spares_cost"));
    c.add("maintenance_cost", "money", "labour + spares + cost per job", false,
          all.named("labour_cost") + all.named("spares_cost") + all.between("failures/", "/cost") +
              all.between("maintenance/", "/cost"));
}

void add_energy_kpis(Collector& c, const FigureIndex& machines, const FigureIndex& meter,
                     double horizon_h) {
    const Terms energy =
        machines.named("energy", kwh_per_joule) + machines.named("energy_of_parts", kwh_per_joule);
    c.add("energy", "kWh", "integral of power over the run", false, energy);
    c.add("energy_per_part", "kWh/part", "energy / good parts", false,
          c.all.between("parts/", "").empty() ? Terms{} : energy, c.all.between("parts/", ""));
    c.add("energy_cost", "money", "energy charge + demand charge of the tariff", false,
          meter.named("energy_cost") + meter.named("demand_charge"));
    c.add("demand_charge", "money", "price x highest window mean per month", false,
          meter.named("demand_charge"));
    c.add("peak_demand", "kW", "highest clock-aligned window mean", false,
          meter.named("peak_power", 1e-3));
    c.add("load_factor", "1", "energy / (peak x measured time)", true,
          meter.named("energy", kwh_per_joule), meter.named("peak_power", 1e-3 * horizon_h));
    c.add("carbon", "kg", "energy x carbon intensity", false, meter.named("carbon"));
}

}  // namespace

Terms time_in(const FigureIndex& figures, std::initializer_list<std::string_view> states,
              double weight) {
    Terms terms;
    for (const std::string_view state : states) {
        terms = terms + figures.named("states/" + std::string(state), weight);
    }
    return terms;
}

Terms planned_busy_time(const FigureIndex& figures) {
    return time_in(figures, {"down_waiting"}) + figures.named("off_shift/down_waiting", -1) +
           time_in(figures, {"repair"}) + figures.named("off_shift/repair", -1) +
           time_in(figures, {"blocked", "setup", "busy", "waiting", "starved", "standby"});
}

Terms all_time(const FigureIndex& figures) {
    Terms terms;
    for (const std::string_view state : machine_state_names)
        terms = terms + time_in(figures, {state});
    return terms;
}

namespace {

using Belongs = std::function<bool(const std::string& device)>;

std::vector<Formula> kpis_of(const std::vector<kernel::FigureSpec>& specs,
                             const assembly::Plant& plant, const Belongs& belongs) {
    std::map<std::string, std::string> type_of;
    for (const assembly::DeviceNote& device : plant.devices) type_of[device.name] = device.type;
    const FigureIndex all(specs, belongs);
    const FigureIndex meter(
        specs, [&](const std::string& name) { return belongs(name) && type_of[name] == "tariff"; });
    const FigureIndex machines(
        specs, [&](const std::string& name) { return belongs(name) && type_of[name] != "tariff"; });
    const double horizon_h = to_hours(plant.clock.horizon());
    Collector collector{all, {}};
    add_time_kpis(collector);
    add_part_kpis(collector, horizon_h);
    add_upkeep_kpis(collector);
    add_energy_kpis(collector, machines, meter, horizon_h);
    return collector.kpis;
}

}  // namespace

std::vector<Formula> plant_kpis(const std::vector<kernel::FigureSpec>& specs,
                                const assembly::Plant& plant) {
    return kpis_of(specs, plant, [](const std::string&) { return true; });
}

std::optional<Formula> kpi_of(const std::vector<kernel::FigureSpec>& specs,
                              const assembly::Plant& plant, std::string_view kpi,
                              const std::vector<std::string>& of) {
    std::set<std::string> members(of.begin(), of.end());
    for (const assembly::DeviceNote& device : plant.devices)
        if (!device.fleet.empty() && members.count(device.fleet) > 0) members.insert(device.name);
    std::string whose;
    for (const std::string& name : of) whose += (whose.empty() ? "" : " + ") + name;
    for (Formula& formula :
         kpis_of(specs, plant, [&](const std::string& name) { return members.count(name) > 0; })) {
        if (formula.name != kpi) continue;
        formula.device = whose;
        formula.name = whose + "/" + formula.name;
        return std::move(formula);
    }
    return std::nullopt;
}

}  // namespace foretwin::kpis
