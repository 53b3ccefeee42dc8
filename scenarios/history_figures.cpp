#include "scenarios/history_figures.hpp"

#include <algorithm>

#include "engine/core/rule.hpp"

namespace foretwin::scenarios {

using observed::Accounts;
using observed::DeviceProfile;

namespace {

constexpr double seconds_per_ns = 1e-9;
constexpr double joules_per_mw_ns = 1e-12;

struct Parts {
    std::int64_t produced = 0, good = 0, scrapped = 0;
};

/// Of the three counters a machine has one to three.
Parts parts_of(const DeviceProfile& device, const Accounts& accounts) {
    Parts parts{accounts.produced, accounts.good, accounts.scrapped};
    if (!device.produced) parts.produced = parts.good + parts.scrapped;
    if (!device.good) parts.good = parts.produced - parts.scrapped;
    if (device.produced && device.good && !device.scrapped)
        parts.scrapped = parts.produced - parts.good;
    return parts;
}

class Collector {
  public:
    Collector(HistoryFigures& out, const std::string& device) : out_(out), device_(device) {}
    void add(std::string name, Wide value, std::string unit, double factor = 1) {
        out_.specs.push_back({device_, std::move(name), std::move(unit), factor});
        out_.values.push_back(value);
    }

  private:
    HistoryFigures& out_;
    const std::string& device_;
};

bool has_down_state(const DeviceProfile& device) {
    return std::any_of(device.rules.begin(), device.rules.end(),
                       [](const auto& rule) { return observed::is_down(rule.state); });
}

void add_failures(const Accounts& accounts, Collector& figures) {
    for (const observed::CauseAccount& one : accounts.causes) {
        const std::string begin = "failures/" + one.cause + "/";
        figures.add(begin + "failures", one.failures, "1");
        figures.add(begin + "repairs", one.repairs, "1");
        figures.add(begin + "waiting", one.waiting, "s", seconds_per_ns);
        figures.add(begin + "repair", one.repair, "s", seconds_per_ns);
    }
}

void add_parts(const DeviceProfile& device, const Accounts& accounts, Collector& figures) {
    if (!device.produced && !device.good) return;
    const Parts parts = parts_of(device, accounts);
    figures.add("loaded", parts.produced, "part");
    figures.add("completed", parts.good + parts.scrapped, "part");
    if (device.scrapped || (device.produced && device.good))
        figures.add("scrapped", parts.scrapped, "part");
    figures.add("parts/good", parts.good, "part");
    if (device.planned_run_time == 0) return;
    const Wide each = device.planned_run_time;
    figures.add("planned_run_time", each * parts.produced, "s", seconds_per_ns);
    figures.add("good_run_time", each * parts.good, "s", seconds_per_ns);
}

}  // namespace

HistoryFigures history_figures(const observed::Profile& profile,
                               const std::vector<const Accounts*>& accounts) {
    FORETWIN_RULE(accounts.size() == profile.devices.size(), "one account per device");
    HistoryFigures out;
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        const DeviceProfile& device = profile.devices[i];
        Collector figures(out, device.device);
        for (std::size_t state = 0; state < machine_state_count; ++state)
            figures.add("states/" + std::string(machine_state_names[state]),
                        accounts[i]->in_state[state], "s", seconds_per_ns);
        add_failures(*accounts[i], figures);
        if (accounts[i]->causes.empty() && has_down_state(device))
            figures.add("failures/none yet/failures", 0, "1");
        add_parts(device, *accounts[i], figures);
        if (device.power || device.energy)
            figures.add("energy", accounts[i]->energy, "J", joules_per_mw_ns);
    }
    return out;
}

namespace {

/// Whether any of the devices that are asked for has something.
template <class Has>
bool any_has(const observed::Profile& profile, const DeviceProfile* device, Has has) {
    if (device != nullptr) return has(*device);
    return std::any_of(profile.devices.begin(), profile.devices.end(), has);
}

}  // namespace

std::string why_undefined(const std::string& kpi, const observed::Profile& profile,
                          const std::vector<const Accounts*>& accounts,
                          const DeviceProfile* device) {
    const auto any = [&](auto has) { return any_has(profile, device, has); };
    const bool parts = any([](const auto& d) { return d.produced || d.good; });
    if (kpi == "mtbf" || kpi == "mttr" || kpi == "mean_down_time")
        return any(has_down_state)
                   ? "no failure began in this time"
                   : "no rule of the profile tells a failure (down_waiting, repair)";
    if (kpi == "energy" || kpi == "energy_per_part") {
        if (!any([](const auto& d) { return d.power || d.energy; }))
            return "the profile names no item of power or energy";
        return "no good part was counted";
    }
    if (kpi == "oee" || kpi == "effectiveness" || kpi == "quality_ratio") {
        if (!parts) return "the profile names no counter of parts";
        if (!any([](const auto& d) { return d.planned_run_time > 0; }))
            return "the profile declares no planned run time per part";
    }
    if (kpi == "production" || kpi == "throughput") return "the profile names no counter of parts";
    Time known = 0;
    for (std::size_t i = 0; i < accounts.size(); ++i)
        if (device == nullptr || device == &profile.devices[i])
            known += accounts[i]->calendar() - accounts[i]->in_state[observed::unknown_state];
    if (known == 0) return "nothing is known of the machine in this time";
    if (kpi == "quality_ratio" && parts) return "no part was counted";
    return "no planned busy time in this time";
}

}  // namespace foretwin::scenarios
