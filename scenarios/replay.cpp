#include "scenarios/replay.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "engine/core/fingerprint.hpp"
#include "engine/core/quantity.hpp"
#include "engine/core/rule.hpp"
#include "models/observed/follower.hpp"
#include "scenarios/history_figures.hpp"
#include "scenarios/kpis/formula.hpp"
#include "scenarios/loader/resolver.hpp"
#include "scenarios/study.hpp"

namespace foretwin::scenarios {

using experiments::ReplayResult;
using observed::Accounts;
using observed::DeviceFollower;
using observed::DeviceProfile;
using observed::Profile;
using telemetry::Instant;
using telemetry::no_instant;
using telemetry::Observation;

namespace {

/// A clock of the profile's zone whose run is so long (kpis measure rates over it).
loader::Clock clock_of(const std::string& zone, Time horizon) {
    const loader::Value nothing = loader::Value::map();
    const std::vector<loader::Value> no_files;
    const loader::CentralResolver resolver(nothing, no_files);
    const loader::Reader reader(resolver);
    loader::Value time = loader::Value::map();
    time.set("zone", loader::Value::scalar(zone));
    time.set("horizon", loader::Value::scalar(shortest_text(to_seconds(horizon)) + " s"));
    return {time, reader};
}

/// The civil days of a zone.
class Days {
  public:
    explicit Days(const std::string& zone) : clock_(clock_of(zone, 0)) {}
    std::int64_t day_of(Instant at) const { return clock_.civil_day(clock_.from_unix(at)); }
    Instant midnight_after(Instant at) const { return clock_.unix_of_day(day_of(at) + 1, 0); }
    std::string label(Instant at) const {
        return clock_.to_text(clock_.from_unix(at)).substr(0, 10);
    }
    Time offset(Instant at) const {
        const loader::LocalTime local = clock_.local(clock_.from_unix(at));
        const Time of_day = local.hour * hour + local.minute * minute;
        return day_of(at) * day + of_day - at / minute * minute;
    }
    Instant read(const std::string& text, const char* option) const {
        try {
            return clock_.unix_of(text, {});
        } catch (const InputError& error) {
            throw InputError({}, std::string(option) + ": " + error.problems().front().what,
                             error.problems().front().hint);
        }
    }

  private:
    loader::Clock clock_;
};

/// What one device did on one day; the last day is open.
struct DayOfDevice {
    Instant from = 0, to = 0;
    Accounts accounts;
};

/// One device on its way through history.
struct Track {
    Instant boundary = no_instant;  ///< the next midnight, once its accounts began
    Instant from = 0;               ///< of the day that is open
    Accounts before;                ///< up to there
    std::vector<DayOfDevice> days;
    std::vector<observed::StateInterval> intervals;
};

class Drive : public observed::HistorySink {
  public:
    Drive(const Profile& profile, const ReplayOptions& options)
        : profile_(profile),
          options_(options),
          days_(profile.zone),
          begin_(options.from.empty() ? no_instant : days_.read(options.from, "--from")),
          end_(options.to.empty() ? no_instant : days_.read(options.to, "--to")),
          follower_(profile, this, begin_),
          tracks_(profile.devices.size()) {
        if (begin_ != no_instant && end_ != no_instant && end_ <= begin_)
            throw InputError({}, "--to is not after --from", "swap them, or leave one out");
    }

    void take_all(telemetry::ObservationSource& source) {
        Observation observation;
        Instant newest = std::numeric_limits<Instant>::min();
        while (source.next(observation)) {
            if (observation.at >= end_) continue;
            if (options_.before && observation.at > newest) {
                newest = observation.at;
                options_.before(newest);
            }
            DeviceFollower* device = follower_.find(observation.device);
            if (device == nullptr) {
                follower_.take(observation);
                continue;
            }
            Track& track = track_of(device->profile());
            if (observation.at >= track.boundary && !device->is_beyond_reach(observation.at))
                close_days(*device, track, observation.at);
            device->take(observation);
            if (track.boundary == no_instant && device->begun()) begin(*device, track);
        }
    }

    ReplayResult result();

    void interval(const DeviceProfile& device, const observed::StateInterval& interval) override {
        track_of(device).intervals.push_back(interval);
        if (options_.ended) options_.ended(device.device, interval);
    }

  private:
    Track& track_of(const DeviceProfile& device) {
        return tracks_[static_cast<std::size_t>(&device - profile_.devices.data())];
    }
    void begin(const DeviceFollower& device, Track& track) {
        track.from = device.begin();
        track.boundary = days_.midnight_after(track.from);
        // Told to begin long before the first observation: whole days of which nothing is known.
        if (device.clock() >= track.boundary)
            close_days(follower_.device(index(track)), track, device.clock());
    }
    std::size_t index(const Track& track) const {
        return static_cast<std::size_t>(&track - tracks_.data());
    }
    void close_days(DeviceFollower& device, Track& track, Instant until);
    void close(DeviceFollower& device, Track& track, Instant at);
    void finish();
    void tell_device(std::size_t index, ReplayResult& result);

    const Profile& profile_;
    const ReplayOptions& options_;
    Days days_;
    Instant begin_, end_;
    observed::Follower follower_;
    std::vector<Track> tracks_;
};

void Drive::close(DeviceFollower& device, Track& track, Instant at) {
    device.advance_to(at);
    const Accounts now = device.accounts();
    track.days.push_back({track.from, at, difference(now, track.before)});
    track.before = now;
    track.from = at;
}

void Drive::close_days(DeviceFollower& device, Track& track, Instant until) {
    while (until >= track.boundary) {
        close(device, track, track.boundary);
        track.boundary = days_.midnight_after(track.boundary);
    }
}

void Drive::finish() {
    Instant last = std::numeric_limits<Instant>::min();
    bool any = false;
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
        if (end_ != no_instant && begin_ != no_instant && !follower_.device(i).begun())
            follower_.device(i).advance_to(begin_);
        if (!follower_.device(i).begun()) continue;
        any = true;
        last = std::max(last, follower_.device(i).clock());
    }
    if (!any)
        throw InputError({}, "the logs tell nothing of the profile's devices in this time",
                         "do the devices' sources and --from, --to fit the logs?");
    if (end_ != no_instant) last = end_;
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
        DeviceFollower& device = follower_.device(i);
        if (!device.begun()) continue;
        if (tracks_[i].boundary == no_instant) begin(device, tracks_[i]);
        close_days(device, tracks_[i], last);
        if (tracks_[i].from < last) close(device, tracks_[i], last);
        device.cut_interval();
    }
}

/// As if it had been looked at from `from` on: nothing was known.
void reach_back(Accounts& accounts, Time missing) {
    accounts.in_state[observed::unknown_state] += missing;
}

std::vector<ReplayResult::Figure> figures_of(const std::vector<kpis::Formula>& formulas,
                                             const std::string& device,
                                             const HistoryFigures& history) {
    const std::vector<double> raw = kpis::in_units(history.specs, history.values);
    std::vector<ReplayResult::Figure> figures;
    for (const kpis::Formula& formula : formulas) {
        if (formula.device != device) continue;
        figures.push_back(
            {formula.name, formula.unit, formula.formula, kpis::evaluate(formula, raw)});
    }
    return figures;
}

/// KPIs that every page tells, with the reason where there is none.
constexpr const char* always_told[] = {"availability", "utilisation", "oee",       "mtbf",
                                       "mttr",         "energy",      "production"};

void add_reasons(std::vector<ReplayResult::Figure>& figures, const Profile& profile,
                 const std::vector<const Accounts*>& accounts, const DeviceProfile* device) {
    for (const char* name : always_told) {
        const bool told = std::any_of(figures.begin(), figures.end(),
                                      [&](const auto& one) { return one.name == name; });
        if (!told && device == nullptr)
            figures.push_back({name, "1", "", std::numeric_limits<double>::quiet_NaN()});
    }
    for (ReplayResult::Figure& figure : figures)
        if (std::isnan(figure.value))
            figure.undefined = why_undefined(figure.name, profile, accounts, device);
}

void add_kpis(const Profile& profile, ReplayResult::Stretch& stretch) {
    std::vector<const Accounts*> accounts;
    for (const auto& one : stretch.devices) accounts.push_back(&one.accounts);
    const HistoryFigures history = history_figures(profile, accounts);
    assembly::Plant plant;
    plant.clock = clock_of(profile.zone, stretch.to - stretch.from);
    for (const DeviceProfile& device : profile.devices)
        plant.devices.push_back({device.device, "machine", "", 1});
    stretch.kpis = figures_of(kpis::plant_kpis(history.specs, plant), "", history);
    add_reasons(stretch.kpis, profile, accounts, nullptr);
    const auto formulas = kpis::device_figures(history.specs, plant);
    for (std::size_t i = 0; i < profile.devices.size(); ++i) {
        auto& own = stretch.devices[i].kpis;
        own = figures_of(formulas, profile.devices[i].device, history);
        add_reasons(own, profile, accounts, &profile.devices[i]);
    }
}

bool is_ignored(const DeviceProfile& device, const std::string& item) {
    return std::any_of(device.ignored.begin(), device.ignored.end(), [&](const std::string& one) {
        if (!one.ends_with('*')) return one == item;
        return item.starts_with(std::string_view(one).substr(0, one.size() - 1));
    });
}

}  // namespace

void Drive::tell_device(std::size_t index, ReplayResult& result) {
    const DeviceProfile& profile = profile_.devices[index];
    DeviceFollower& follower = follower_.device(index);
    ReplayResult::Device device;
    device.name = profile.device;
    for (const auto& item : profile.items) device.items.push_back(item.watched ? item.name : "");
    device.intervals = std::move(tracks_[index].intervals);
    device.order = follower.order();
    std::vector<bool> told(profile.items.size());
    for (const auto& seen : follower.seen()) {
        if (seen.bound >= 0)
            told[static_cast<std::size_t>(seen.bound)] = true;
        else if (!is_ignored(profile, seen.name))
            device.items_not_mapped.push_back({seen.name, seen.count, 0});
    }
    std::sort(device.items_not_mapped.begin(), device.items_not_mapped.end(),
              [](const auto& a, const auto& b) { return a.what < b.what; });
    const Accounts& accounts = result.total.devices[index].accounts;
    for (std::size_t i = 0; i < profile.items.size(); ++i) {
        if (!told[i] && profile.worst != i)
            device.items_not_told.push_back({profile.items[i].name, 0, 0});
        for (const auto& value : accounts.values[i])
            if (!value.mapped)
                device.values_not_mapped.push_back(
                    {profile.items[i].name + " = " + value.value, value.times, value.time});
    }
    if ((profile.produced || profile.good) && accounts.produced == 0 && accounts.good == 0)
        result.notes.push_back(profile.device + ": the counter of parts never rose.");
    if (accounts.energy_unknown > 0)
        result.notes.push_back(profile.device + ": the power is not known for " +
                               format_quantity(to_seconds(accounts.energy_unknown), "s") +
                               ", which count as none.");
    for (const auto& one : accounts.unmapped)
        device.combinations_not_mapped.push_back({one.values, one.times, one.time});
    result.devices.push_back(std::move(device));
}

ReplayResult Drive::result() {
    finish();
    ReplayResult result;
    result.name = profile_.name;
    result.zone = profile_.zone;
    result.version = version();
    result.from = no_instant;
    for (std::size_t i = 0; i < tracks_.size(); ++i)
        if (follower_.device(i).begun())
            result.from = std::min(result.from, follower_.device(i).begin());
    for (const Track& track : tracks_)
        if (!track.days.empty()) result.to = std::max(result.to, track.days.back().to);
    if (result.to <= result.from)
        throw InputError({}, "the logs tell of a single instant", "give logs of some time");
    result.utc_offset = days_.offset(result.from);
    result.total = {"total", result.from, result.to, {}, {}};
    for (Instant from = result.from; from < result.to;) {
        const Instant to = std::min(days_.midnight_after(from), result.to);
        result.days.push_back({days_.label(from), from, to, {}, {}});
        for (std::size_t i = 0; i < tracks_.size(); ++i) {
            Accounts accounts =
                difference(follower_.device(i).accounts(), follower_.device(i).accounts());
            for (const DayOfDevice& one : tracks_[i].days)
                if (one.from >= from && one.to <= to) accounts = one.accounts;
            const auto& causes = follower_.device(i).accounts().causes;
            for (std::size_t k = accounts.causes.size(); k < causes.size(); ++k)
                accounts.causes.push_back({causes[k].cause});
            reach_back(accounts, to - from - accounts.calendar());
            result.days.back().devices.push_back({std::move(accounts), {}});
        }
        add_kpis(profile_, result.days.back());
        from = to;
    }
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
        Accounts accounts = follower_.device(i).accounts();
        reach_back(accounts, result.to - result.from - accounts.calendar());
        result.total.devices.push_back({std::move(accounts), {}});
        tell_device(i, result);
    }
    add_kpis(profile_, result.total);
    Time unknown = 0, all = 0;
    for (const auto& one : result.total.devices) {
        unknown += one.accounts.in_state[observed::unknown_state];
        all += one.accounts.calendar();
    }
    if (unknown > 0)
        result.notes.push_back("Of " + format_quantity(to_seconds(all), "s") + ", " +
                               format_quantity(to_seconds(unknown), "s") +
                               " are not known; shares relate to the rest, rates (throughput) to "
                               "all of it.");
    for (const auto& [name, count] : follower_.strangers())
        result.strangers.push_back({name, count, 0});
    result.fingerprint = replay_fingerprint(result);
    return result;
}

ReplayResult replay(const ProfileFile& file, telemetry::ObservationSource& source,
                    const ReplayOptions& options) {
    Drive drive(file.profile, options);
    drive.take_all(source);
    return drive.result();
}

namespace {

void add(Fingerprint& hash, const Accounts& accounts) {
    for (const Time time : accounts.in_state) hash.add(time);
    for (const auto& item : accounts.values)
        for (const auto& one : item) {
            hash.add(one.value);
            hash.add(one.time);
            hash.add(one.times);
        }
    for (const auto& one : accounts.causes) {
        hash.add(one.cause);
        hash.add(one.failures);
        hash.add(one.repairs);
        hash.add(one.waiting);
        hash.add(one.repair);
    }
    for (const auto& one : accounts.alarms) {
        hash.add(one.item + "/" + one.level + "/" + one.code);
        hash.add(one.times);
        hash.add(one.time);
    }
    hash.add(accounts.energy);
    hash.add(accounts.energy_unknown);
    hash.add(accounts.produced);
    hash.add(accounts.good);
    hash.add(accounts.scrapped);
}

void add(Fingerprint& hash, const ReplayResult::Stretch& stretch) {
    hash.add(stretch.from);
    hash.add(stretch.to);
    for (const auto& device : stretch.devices) {
        add(hash, device.accounts);
        for (const auto& figure : device.kpis) hash.add(figure.value);
    }
    for (const auto& figure : stretch.kpis) {
        hash.add(figure.name);
        hash.add(figure.value);
    }
}

void add(Fingerprint& hash, const std::vector<ReplayResult::Count>& counts) {
    hash.add(counts.size());
    for (const auto& one : counts) {
        hash.add(one.what);
        hash.add(one.times);
        hash.add(one.time);
    }
}

}  // namespace

ReplayResult replay_logs(const std::filesystem::path& profile, const std::vector<std::string>& logs,
                         const ReplayOptions& options, const LogFiles::Told& told) {
    const ProfileFile file = read_profile(profile);
    std::vector<LogFile> instead;
    for (const std::string& log : logs) {
        instead.emplace_back();
        instead.back().file = std::filesystem::absolute(log).string();
    }
    LogFiles source(file, instead, told);
    ReplayResult result = replay(file, source, options);
    result.logs = logs.empty() ? source.names() : logs;
    result.counts = source.counts();
    return result;
}

std::string replay_fingerprint(const ReplayResult& result) {
    Fingerprint hash;
    hash.add(result.zone);
    for (const auto& stretch : result.days) add(hash, stretch);
    add(hash, result.total);
    for (const auto& device : result.devices) {
        hash.add(device.name);
        for (const auto& one : device.intervals) {
            hash.add(one.state);
            hash.add(one.from);
            hash.add(one.to);
            hash.add(one.cause);
        }
        const auto& order = device.order;
        for (const std::int64_t count :
             {order.taken, order.not_mapped, order.initial, order.stepped_back, order.told_late,
              order.repeated, order.late, order.longest_step_back})
            hash.add(count);
        add(hash, device.items_not_mapped);
        add(hash, device.values_not_mapped);
        add(hash, device.combinations_not_mapped);
    }
    add(hash, result.strangers);
    return hash.text();
}

}  // namespace foretwin::scenarios
