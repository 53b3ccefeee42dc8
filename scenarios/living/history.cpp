#include "scenarios/living/history.hpp"

#include <algorithm>

namespace foretwin::living {
namespace {

constexpr double kwh_per_mw_ns = 1e-12 / 3.6e6;
/// Where more of a stretch is unknown, nobody knows what came.
constexpr double most_unknown = 0.02;

bool known_well(Time unknown, Time of) {
    return to_seconds(unknown) <= most_unknown * to_seconds(of);
}

std::optional<std::size_t> index_of_name(const std::vector<std::string>& names,
                                         const std::string& name) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    return static_cast<std::size_t>(found - names.begin());
}

}  // namespace

History::History(const Description& description, const observed::Profile& profile,
                 std::vector<present::Figure> figures, Time window, const PowerUse& power)
    : figures_(std::move(figures)), window_(window) {
    for (std::size_t i = 0; i < profile.devices.size(); ++i) {
        const observed::DeviceProfile& device = profile.devices[i];
        names_.push_back(device.device);
        if (device.power || device.energy) metered_.push_back(i);
        counts_good_.push_back(device.good.has_value());
    }
    find_meters(power);
    for (const std::string& machine : description.machines)
        if (const auto index = index_of_name(names_, machine)) machines_.push_back(*index);
    output_ = index_of_name(names_, description.output_of);
}

/// Energy is scored where all of it is measured: at the meter, or at every device that draws.
void History::find_meters(const PowerUse& power) {
    const auto measured = [&](const std::string& name) {
        const auto index = index_of_name(names_, name);
        const bool has = index && std::count(metered_.begin(), metered_.end(), *index) > 0;
        return has ? index : std::nullopt;
    };
    std::vector<std::size_t> needed;
    if (const auto meter = measured(power.tariff)) {
        needed.push_back(*meter);
    } else {
        for (const std::string& name : power.devices)
            if (const auto index = measured(name)) needed.push_back(*index);
        if (needed.size() != power.devices.size()) needed.clear();
    }
    metered_ = std::move(needed);
}

void History::note(Instant at, observed::Follower& follower, bool kept) {
    Tick tick{at, {}, 0, silence_};
    double energy = 0;
    for (std::size_t i = 0; i < follower.size(); ++i) {
        observed::DeviceFollower& device = follower.device(i);
        const observed::Accounts& accounts = device.accounts();
        Device one;
        one.down = accounts.in_state[index_of(MachineState::down_waiting)] +
                   accounts.in_state[index_of(MachineState::repair)];
        one.unknown = accounts.in_state[observed::unknown_state];
        for (const observed::CauseAccount& cause : accounts.causes) one.failures += cause.failures;
        one.good = counts_good_[i] ? accounts.good : accounts.produced - accounts.scrapped;
        one.energy = accounts.energy;
        one.energy_unknown = accounts.energy_unknown;
        if (std::count(metered_.begin(), metered_.end(), i) > 0)
            energy += to_double(accounts.energy) * kwh_per_mw_ns;
        tick.devices.push_back(one);
    }
    if (at % window_ == 0) {
        if (demand_from_ != telemetry::no_instant && at == demand_from_ + window_)
            peak_kw_ = std::max(peak_kw_, (energy - demand_energy_) / to_hours(window_));
        demand_from_ = at;
        demand_energy_ = energy;
    }
    if (!kept) return;
    tick.peak_kw = peak_kw_;
    peak_kw_ = 0;
    ticks_.push_back(std::move(tick));
}

const History::Tick* History::tick(Instant at) const {
    const auto found = std::lower_bound(ticks_.begin(), ticks_.end(), at,
                                        [](const Tick& tick, Instant t) { return tick.at < t; });
    return found == ticks_.end() || found->at != at ? nullptr : &*found;
}

std::optional<double> History::down_time(const std::vector<std::size_t>& devices, const Tick& from,
                                         const Tick& to) const {
    Time down = 0;
    for (const std::size_t i : devices) {
        if (!known_well(to.devices[i].unknown - from.devices[i].unknown, to.at - from.at))
            return std::nullopt;
        down += to.devices[i].down - from.devices[i].down;
    }
    return to_hours(down);
}

std::optional<double> History::energy(const Tick& from, const Tick& to) const {
    if (metered_.empty()) return std::nullopt;
    Wide sum = 0;
    for (const std::size_t i : metered_) {
        if (!known_well(to.devices[i].energy_unknown - from.devices[i].energy_unknown,
                        to.at - from.at))
            return std::nullopt;
        sum += to.devices[i].energy - from.devices[i].energy;
    }
    return to_double(sum) * kwh_per_mw_ns;
}

std::optional<double> History::peak(const Tick& from, const Tick& to) const {
    // Windows that a forecast would share with its neighbour belong to neither.
    if (!energy(from, to) || from.at % window_ != 0 || to.at % window_ != 0) return std::nullopt;
    double peak = 0;
    for (const Tick& tick : ticks_)
        if (tick.at > from.at && tick.at <= to.at) peak = std::max(peak, tick.peak_kw);
    return peak;
}

std::optional<double> History::between(std::size_t figure, Instant from, Instant to) const {
    const Tick* first = tick(from);
    const Tick* last = tick(to);
    if (first == nullptr || last == nullptr || to <= from) return std::nullopt;
    if (!known_well(last->silence - first->silence, to - from)) return std::nullopt;
    const std::string& name = figures_[figure].name;
    if (name == "production") {
        if (!output_) return std::nullopt;
        if (!down_time({*output_}, *first, *last)) return std::nullopt;
        return static_cast<double>(last->devices[*output_].good - first->devices[*output_].good);
    }
    if (name == "downtime") return down_time(machines_, *first, *last);
    if (name == "energy") return energy(*first, *last);
    if (name == "peak_demand") return peak(*first, *last);
    const std::size_t slash = name.rfind('/');
    const auto device = index_of_name(names_, name.substr(0, slash));
    if (!device) return std::nullopt;
    const auto down = down_time({*device}, *first, *last);
    if (!down || name.substr(slash + 1) == "downtime") return down;
    return static_cast<double>(last->devices[*device].failures - first->devices[*device].failures);
}

}  // namespace foretwin::living
