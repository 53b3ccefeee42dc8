#include <map>

#include "models/contract/machine_state.hpp"
#include "scenarios/kpis/figure_index.hpp"

namespace foretwin::kpis {
namespace {

constexpr double h = hours_per_second;

/// Figures of one device, or sums over the members of one fleet.
struct Teller {
    const FigureIndex& own;
    std::string device;
    double horizon_h;
    std::vector<Formula>& out;
    const std::vector<kernel::FigureSpec>& specs;

    void add(std::string name, std::string unit, Terms over, Terms under = {},
             double constant_under = 1) const {
        if (over.empty()) return;
        out.push_back({device, std::move(name), std::move(unit), "", true, std::move(over),
                       std::move(under), constant_under});
    }

    void states() const {
        for (const std::string_view state : machine_state_names) {
            add("state_shares/" + std::string(state), "1", time_in(own, {state}), all_time(own));
            add("state_hours/" + std::string(state), "h", time_in(own, {state}, h));
        }
        if (!own.has("states/busy")) return;
        add("downtime", "h", time_in(own, {"down_waiting", "repair"}, h));
        add("planned_maintenance", "h", time_in(own, {"maintenance"}, h));
        add("availability", "1", time_in(own, {"busy"}), planned_busy_time(own));
        add("energy", "kWh",
            own.named("energy", kwh_per_joule) + own.named("energy_of_parts", kwh_per_joule));
    }

    void causes() const {
        const Terms all = own.between("failures/", "/failures");
        add("failures", "1", all);
        add("repairs", "1", own.between("failures/", "/repairs"));
        add("replacements", "1", own.between("failures/", "/preventive"));
        if (!all.empty()) {
            add("mtbf", "h", time_in(own, {"busy", "setup"}, h), all);
            add("mttr", "h", time_in(own, {"repair"}, h), all);
            add("mean_down_time", "h", time_in(own, {"down_waiting", "repair"}, h), all);
        }
        for (const std::string& cause : own.middles("failures/", "/failures")) {
            const std::string raw = "failures/" + cause + "/";
            const std::string told = "downtime_by_cause/" + cause + "/";
            add(told + "waiting", "h", own.named(raw + "waiting", h));
            add(told + "repair", "h", own.named(raw + "repair", h));
            add(told + "total", "h", own.named(raw + "waiting", h) + own.named(raw + "repair", h));
            add(told + "failures", "1", own.named(raw + "failures"));
            add(told + "repairs", "1", own.named(raw + "repairs"));
            add(told + "replacements", "1", own.named(raw + "preventive"));
        }
        for (const std::string& plan : own.middles("maintenance/", "/jobs")) {
            add("maintenance/" + plan + "/jobs", "1", own.named("maintenance/" + plan + "/jobs"));
            add("maintenance/" + plan + "/replaced", "1",
                own.named("maintenance/" + plan + "/replaced"));
        }
        for (const std::string& sensor : own.middles("sensors/", "/missed")) {
            for (const char* what : {"true_alarms", "false_alarms", "missed"}) {
                add("sensors/" + sensor + "/" + what, "1",
                    own.named("sensors/" + sensor + "/" + what));
            }
        }
    }

    void parts() const {
        add("work_in_process", "part", own.named("wip_time", h), {}, horizon_h);
        if (own.has("loaded")) {
            add("queue_length", "part", own.named("queue_time", h), {}, horizon_h);
            add("wait", "h", own.named("waited", h), own.named("loaded"));
            add("waited_share", "1", own.named("waited_parts"), own.named("loaded"));
            add("effectiveness", "1", own.named("planned_run_time"), time_in(own, {"busy"}));
            add("quality_ratio", "1", own.named("good_run_time"), own.named("planned_run_time"));
            add("oee", "1", own.named("good_run_time"), planned_busy_time(own));
            add("scrap_rate", "part/h", own.named("scrapped"), {}, horizon_h);
            add("wakes", "1", own.named("wakes"));
        }
        add("sojourn", "h", own.named("sojourn", h), own.named("left"));
        for (const char* count :
             {"entered", "completed", "scrapped", "left", "inside", "offered", "lost", "waiting"}) {
            add(count, "part", own.named(count));
        }
        add("lost_rate", "part/h", own.named("lost"), {}, horizon_h);
        add("parts", "part", own.between("parts/", ""));
        add("throughput", "part/h", own.between("parts/", ""), {}, horizon_h);
        if (own.has("lead_time_sum")) {
            add("lead_time/mean", "h", own.named("lead_time_sum", h), own.named("arrived"));
            for (const char* level : {"p50", "p90", "p95", "p99"}) {
                add(std::string("lead_time/") + level, "h",
                    own.named(std::string("lead_time_") + level, h));
            }
        }
    }

    void people_and_meter() const {
        if (own.has("staffed")) {
            add("working_hours", "h", own.named("working", h));
            add("staffed_hours", "h", own.named("staffed", h));
            add("overtime_hours", "h", own.named("overtime", h));
            add("utilisation", "1", own.named("working"),
                own.named("staffed") + own.named("overtime"));
            add("jobs", "1", own.named("jobs"));
            add("queue_length", "1", own.named("queue_time", h), {}, horizon_h);
        }
        add("labour_cost", "money", own.named("labour_cost"));
        for (const char* count : {"taken", "issued", "from_stock", "orders"}) {
            add(count, "part", own.named(count));
        }
        if (own.has("on_hand_time")) {
            add("on_hand", "part", own.named("on_hand_time", h), {}, horizon_h);
            add("owed", "part", own.named("owed_time", h), {}, horizon_h);
            if (own.has("issued"))
                add("fill_rate", "1", own.named("from_stock"), own.named("issued"));
        }
        add("spare_cost", "money", own.named("spares_cost"));
        if (!own.has("peak_power")) return;
        add("energy", "kWh", own.named("energy", kwh_per_joule));
        // Without the demand charge; the KPI `energy_cost` is the sum of the two charges.
        add("energy_charge", "money", own.named("energy_cost"));
        add("demand_charge", "money", own.named("demand_charge"));
        add("peak", "kW", own.named("peak_power", 1e-3));
        add("carbon", "kg", own.named("carbon"));
    }

    /// Of a type that was declared while the program runs: its own figures, in their own units.
    void declared() const {
        for (const std::string& name : own.middles("declared/total/", ""))
            add(name, unit_of("declared/total/" + name), own.named("declared/total/" + name));
        for (const std::string& name : own.middles("declared/sum/", ""))
            add(name, unit_of("declared/sum/" + name), own.named("declared/sum/" + name),
                own.named("declared/count/" + name));
        for (const std::string& name : own.middles("declared/integral/", ""))
            add(name, unit_of("declared/integral/" + name),
                own.named("declared/integral/" + name, h), {}, horizon_h);
        for (const std::string& name : own.middles("declared/last/", ""))
            add(name, unit_of("declared/last/" + name), own.named("declared/last/" + name));
        // Machines and the meter tell their energy elsewhere.
        if (!own.has("states/busy") && !own.has("peak_power"))
            add("energy", "kWh", own.named("energy", kwh_per_joule));
    }

    std::string unit_of(const std::string& raw) const {
        return specs[own.named(raw).front().figure].unit;
    }

    void tell() const {
        states();
        causes();
        parts();
        people_and_meter();
        declared();
    }
};

}  // namespace

std::vector<Formula> device_figures(const std::vector<kernel::FigureSpec>& specs,
                                    const assembly::Plant& plant) {
    std::vector<Formula> out;
    const double horizon_h = to_hours(plant.clock.horizon());
    std::map<std::string, std::string> group_of;
    for (const assembly::DeviceNote& device : plant.devices) {
        group_of[device.name] = device.fleet.empty() ? device.name : device.fleet;
    }
    std::map<std::string, std::vector<std::size_t>> figures_of;
    for (std::size_t i = 0; i < specs.size(); ++i) {
        figures_of[group_of.at(specs[i].device)].push_back(i);
    }
    for (const auto& [group, figures] : figures_of) {
        const FigureIndex own(specs, figures);
        Teller{own, group, horizon_h, out, specs}.tell();
    }
    return out;
}

}  // namespace foretwin::kpis
