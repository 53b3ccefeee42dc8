#include "scenarios/living/living_twin.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/core/error.hpp"
#include "engine/core/name_hash.hpp"
#include "engine/core/suggestion.hpp"
#include "engine/random/stream.hpp"

namespace foretwin::living {
namespace {

using observed::DeviceFollower;
using present::Statement;

constexpr Time week = 7 * day;
/// Standard errors that readings may lie apart from what was expected, in the root mean square,
/// before the forecasts say so.
constexpr double spread_to_tell = 2;
/// What twin and plant drift apart between two readings, in errors of a reading.
constexpr double drift_share = 0.2;
/// A pace that moved by less stays as it is.
constexpr double least_change = 0.002;
/// Share of the states that may surprise the twin.
constexpr double surprise_to_tell = 0.2;

Instant floor_to(Instant at, Time step) {
    const Instant rest = at % step;
    return at - (rest < 0 ? rest + step : rest);
}

std::vector<std::size_t> strides(const Description& description) {
    std::vector<std::size_t> all;
    for (const Horizon& horizon : description.horizons)
        all.push_back(static_cast<std::size_t>(horizon.length / description.every));
    return all;
}

/// A draw of its own for every forecast.
double place_in_atom(std::uint32_t seed, Instant issued, const Issue::Item& item) {
    const auto number = static_cast<std::uint64_t>(issued);
    random::Draws draws({seed, static_cast<std::uint32_t>(number >> 32)},
                        name_hash("score/" + item.figure + "/" + item.horizon),
                        static_cast<std::uint32_t>(number), 0);
    return draws.uniform();
}

}  // namespace

/// A machine that is followed.
struct LivingTwin::Machine {
    std::size_t followed = 0;  ///< in the follower
    kernel::DeviceIndex device = kernel::no_device;
    std::vector<std::string> causes;
    observed::StateIndex state = observed::unknown_state;
    bool down = false;
    std::uint8_t cause = 0;  ///< while down
};

LivingTwin::LivingTwin(const Plan& plan, Ledger& ledger, Instant from)
    : plan_(plan),
      ledger_(ledger),
      from_(from),
      until_(floor_to(from, plan.description.memory) + 2 * plan.description.memory),
      now_(from),
      next_(from),
      window_(demand_window_of(plan.scenario)),
      step_(std::gcd(plan.description.readings, window_)),
      heard_(from),
      follower_(plan.profile, nullptr, from),
      scoreboard_(plan.description.level, strides(plan.description)) {
    const Description& description = plan_.description;
    check_alternatives(plan_.scenario, description);
    for (const std::string& name : description.paces) {
        const auto& devices = plan_.profile.devices;
        const auto found = std::find_if(devices.begin(), devices.end(),
                                        [&](const auto& one) { return one.device == name; });
        if (found == devices.end() || !found->produced)
            throw InputError({}, "paces: the profile counts no parts that '" + name + "' produced",
                             "name machines whose profile has parts: {produced: ...}");
        paces_.emplace_back(name, static_cast<std::size_t>(found - devices.begin()),
                            description.memory);
    }
    factors_.assign(paces_.size(), 1);
    plants_ = assemble_now();
    find_cycles();
    prepare_tracker();
    issuer_ = std::make_unique<present::Issuer>(plants_->alternatives, description.machines);
    history_ = std::make_unique<History>(description, plan_.profile, issuer_->figures(), window_,
                                         plants_->power);
    for (const Ledger::Entry& entry : ledger_.scores()) {
        Score score = entry.score;
        const auto find = [](const auto& all, const std::string& name) {
            const auto found = std::find_if(all.begin(), all.end(),
                                            [&](const auto& one) { return one.name == name; });
            return static_cast<std::size_t>(found - all.begin());
        };
        score.figure = find(issuer_->figures(), entry.figure);
        score.horizon = find(description.horizons, entry.horizon);
        if (score.figure < issuer_->figures().size() && score.horizon < description.horizons.size())
            scoreboard_.add(score);
    }
}

LivingTwin::~LivingTwin() = default;

/// At the paces that were learned.
std::unique_ptr<LivePlants> LivingTwin::assemble_now() const {
    std::vector<std::pair<std::string, double>> paces;
    for (std::size_t p = 0; p < paces_.size(); ++p)
        paces.emplace_back(paces_[p].device(), factors_[p]);
    const Time longest = plan_.description.horizons.back().length;
    return std::make_unique<LivePlants>(assemble(plan_.scenario, plan_.description, from_,
                                                 until_ - from_ + longest, paces, plan_.threads));
}

/// The mean cycles that the scenario has, in the mean over the draws.
void LivingTwin::find_cycles() {
    for (const Pace& pace : paces_) {
        double sum = 0;
        const auto& plants = plants_->alternatives.front().plants;
        for (const assembly::Plant& plant : plants) {
            kernel::Simulation twin(plant.model, {});
            const auto specs = twin.report(true).specs;
            const auto found = std::find_if(specs.begin(), specs.end(), [&](const auto& spec) {
                return spec.device == pace.device() && spec.name == "planned_run_time";
            });
            if (found == specs.end())
                throw InputError({}, "paces: '" + pace.device() + "' has no cycle",
                                 "name stations of the scenario");
            sum += found->factor;
        }
        cycles_s_.push_back(sum / static_cast<double>(plants.size()));
    }
}

/// The plant goes on at the pace that telemetry shows, in all particles.
void LivingTwin::learn_paces(Instant at) {
    bool changed = false;
    for (std::size_t p = 0; p < paces_.size(); ++p) {
        paces_[p].note(at, follower_);
        const double cycle = paces_[p].cycle_s();
        if (cycle <= 0) continue;
        const double factor = cycle / cycles_s_[p];
        if (std::abs(factor / factors_[p] - 1) < least_change) continue;
        factors_[p] = factor;
        changed = true;
    }
    if (!changed) return;
    auto plants = assemble_now();
    std::vector<const kernel::Model*> models;
    for (const assembly::Plant& plant : plants->alternatives.front().plants)
        models.push_back(&plant.model);
    tracker_->move_to(models);
    issuer_ = std::make_unique<present::Issuer>(plants->alternatives, plan_.description.machines);
    plants_ = std::move(plants);
}

void LivingTwin::prepare_tracker() {
    const Description& description = plan_.description;
    std::vector<const kernel::Model*> models;
    for (const assembly::Plant& plant : plants_->alternatives.front().plants)
        models.push_back(&plant.model);
    present::TrackerOptions options;
    options.particles = description.particles;
    options.seed = description.seed;
    options.threads = plan_.threads;
    tracker_ = std::make_unique<present::Tracker>(models, options);
    std::vector<std::string> known;
    for (const auto& device : plan_.profile.devices) known.push_back(device.device);
    const auto followed = [&](const std::string& name, const char* key) {
        const auto found = std::find(known.begin(), known.end(), name);
        if (found == known.end())
            throw InputError({}, std::string(key) + ": the profile has no device '" + name + "'",
                             suggestion(name, known));
        return static_cast<std::size_t>(found - known.begin());
    };
    std::vector<std::string> devices;
    for (const kernel::Device& device : models.front()->devices) devices.push_back(device.name);
    const auto simulated = [&](const std::string& name, const char* key) {
        if (std::find(devices.begin(), devices.end(), name) != devices.end()) return;
        throw InputError({}, std::string(key) + ": the scenario has no device '" + name + "'",
                         suggestion(name, devices));
    };
    for (const std::string& name : description.machines) {
        simulated(name, "machines");
        for (const assembly::DeviceNote& note :
             plants_->alternatives.front().plants.front().devices)
            if (note.name == name && note.machines != 1)
                throw InputError(
                    {},
                    "machines: '" + name + "' has " + std::to_string(note.machines) + " machines",
                    "follow stations and machines of one machine each");
        Machine machine{followed(name, "machines"), models.front()->find(name), {}};
        machine.causes = tracker_->causes(machine.device);
        machines_.push_back(std::move(machine));
        tracker_->follow(machines_.back().device);
    }
    const auto& profiles = plan_.profile.devices;
    if (!description.output_of.empty()) {
        const auto& device = profiles[followed(description.output_of, "output")];
        if (!device.good && !device.produced)
            throw InputError({}, "output: the profile counts no parts of '" + device.device + "'",
                             "add parts: {good: ...} to the profile, or leave output out");
    }
    for (const CounterUse& use : description.counters) {
        simulated(use.device, "counters");
        gauges_.push_back(followed(use.machine, "counters"));
        const auto& device = profiles[gauges_.back()];
        const bool good = use.counter == CounterUse::Counter::good;
        if (good ? !device.good : !device.produced)
            throw InputError({},
                             "counters: the profile has no counter '" +
                                 std::string(good ? "good" : "produced") + "' of '" +
                                 device.device + "'",
                             "name the one that its parts have, or leave it out");
        tracker_->add({use.device, use.figure, use.error, true, drift_share * use.error});
    }
    lost_before_.resize(gauges_.size());
}

Instant LivingTwin::begin_of(const Description& description, Instant first, Instant latest) {
    const Instant epoch = floor_to(latest, description.memory) - description.memory;
    return std::max(epoch, floor_to(first, description.every));
}

Time LivingTwin::run_time(Instant at) const {
    return at - from_;
}

const std::vector<present::Figure>& LivingTwin::figures() const {
    return issuer_->figures();
}

void LivingTwin::take(const telemetry::Observation& observation) {
    if (observation.at > now_) {
        advance(observation.at - 1);
        note_states();
        now_ = observation.at;
    }
    follower_.take(observation);
    heard_ = std::max(heard_, observation.at);
}

void LivingTwin::advance(Instant at) {
    for (; next_ <= at; next_ += step_) pass(next_);
    if (at > now_) {
        note_states();
        now_ = at;
    }
}

/// Everything up to this instant is known.
void LivingTwin::pass(Instant at) {
    note_states();
    now_ = std::max(now_, at);
    follower_.advance_to(at);
    note_states();
    if (at % plan_.description.readings == 0 && at > from_) read_plant(at);
    const bool due = at % plan_.description.every == 0;
    const Time silent_after = plan_.description.silent_after;
    const bool quiet = silent_after > 0 && at - heard_ > silent_after;
    if (quiet) history_->add_silence(step_);
    if (due || at % window_ == 0) history_->note(at, follower_, due);
    // What is due at the very end is the next twin's.
    if (!due || at == from_ || at >= until_) return;
    tracker_->advance(run_time(at));
    learn_paces(at);
    score(at);
    // A twin that hears nothing of its plant has nothing to say of it.
    if (!quiet) issue(at);
    // Also where the forecast was issued before a restart: each tells of the time since the last.
    const auto innovations = tracker_->innovations();
    for (std::size_t g = 0; g < innovations.size(); ++g) lost_before_[g] = innovations[g].lost;
}

/// What the telemetry so far means: failures and repairs are told to the twins.
void LivingTwin::note_states() {
    for (Machine& machine : machines_) {
        DeviceFollower& device = follower_.device(machine.followed);
        const observed::StateIndex state = device.state();
        if (state == machine.state || state == observed::unknown_state) continue;
        const Instant at = std::max(device.clock(), from_);
        machine.state = state;
        const bool down = observed::is_down(state);
        if (down == machine.down) continue;
        machine.down = down;
        Statement statement{std::max(run_time(at), tracker_->told_until()),
                            down ? Statement::Kind::failed : Statement::Kind::repaired,
                            machine.device};
        if (down) {
            const auto same =
                std::find(machine.causes.begin(), machine.causes.end(), device.cause());
            // With one cause there is no doubt; else the first by name stands for what is unknown.
            const bool known = same != machine.causes.end();
            if (!known && machine.causes.size() > 1) ++unknown_causes_;
            machine.cause = known ? static_cast<std::uint8_t>(same - machine.causes.begin()) : 0;
        }
        statement.cause = machine.cause;
        if (!machine.causes.empty()) tracker_->take(statement);
    }
}

/// Counters and states, as they stand between two changes.
void LivingTwin::read_plant(Instant at) {
    const Time now = run_time(at);
    for (std::size_t g = 0; g < gauges_.size(); ++g) {
        DeviceFollower& device = follower_.device(gauges_[g]);
        if (device.state() == observed::unknown_state) continue;
        const observed::Accounts& accounts = device.accounts();
        Statement statement{now, Statement::Kind::gauge};
        statement.gauge = g;
        const bool good = plan_.description.counters[g].counter == CounterUse::Counter::good;
        statement.value = static_cast<double>(good ? accounts.good : accounts.produced);
        tracker_->take(statement);
    }
    for (const Machine& machine : machines_) {
        const auto state = static_cast<MachineState>(machine.state);
        // Of the states that the twin can have; what is told is not compared.
        if (state != MachineState::busy && state != MachineState::starved &&
            state != MachineState::blocked)
            continue;
        if (follower_.device(machine.followed).state() != machine.state) continue;
        Statement statement{now, Statement::Kind::state, machine.device};
        statement.state = state;
        tracker_->take(statement);
    }
}

void LivingTwin::score(Instant at) {
    const Description& description = plan_.description;
    std::vector<Ledger::Entry> entries;
    for (std::size_t h = 0; h < description.horizons.size(); ++h) {
        const Horizon& horizon = description.horizons[h];
        const Instant issued = at - horizon.length;
        const Issue* issue = ledger_.issue(issued);
        if (issue == nullptr) continue;
        for (const Issue::Item& item : issue->items) {
            if (item.horizon != horizon.name || item.end != at ||
                item.alternative != plants_->alternatives.front().name ||
                (item.members.empty() && !item.is_chance) ||
                ledger_.has_score(issued, item.horizon, item.figure))
                continue;
            const auto& figures = issuer_->figures();
            const auto figure = std::find_if(figures.begin(), figures.end(), [&](const auto& one) {
                return one.name == item.figure;
            });
            if (figure == figures.end()) continue;
            const auto f = static_cast<std::size_t>(figure - figures.begin());
            const auto truth = history_->between(f, issued, at);
            if (!truth) continue;
            const auto before = history_->between(f, issued - horizon.length, issued);
            const auto week_before = history_->between(f, issued - week, at - week);
            Score score = item.is_chance ? scored_chance(item.chance, *truth, before, week_before)
                                         : scored(item.members, *truth, before, week_before,
                                                  place_in_atom(description.seed, issued, item));
            score.issued = issued;
            score.end = at;
            score.horizon = h;
            score.figure = f;
            entries.push_back({item.horizon, item.figure, score});
        }
    }
    ledger_.forget_members_before(at - description.horizons.back().length);
    if (entries.empty()) return;
    ledger_.add(entries);
    for (const Ledger::Entry& entry : entries) scoreboard_.add(entry.score);
}

std::vector<std::string> LivingTwin::warnings() const {
    std::vector<std::string> all;
    const auto innovations = tracker_->innovations();
    for (std::size_t g = 0; g < innovations.size(); ++g) {
        const std::string name = plan_.description.counters[g].device;
        if (innovations[g].lost > lost_before_[g])
            all.push_back(name + ": its counter left what any twin expected, " +
                          std::to_string(innovations[g].lost - lost_before_[g]) +
                          " times since the last forecast; the twins were set to it");
        if (innovations[g].readings > 20 && innovations[g].spread > spread_to_tell)
            all.push_back(name + ": its counter is further from the twins than chance explains");
    }
    if (now_ - heard_ > plan_.description.every)
        all.push_back("nothing was heard of the plant since " + telemetry::instant_text(heard_));
    for (const Machine& machine : machines_)
        if (follower_.device(machine.followed).state() == observed::unknown_state)
            all.push_back(follower_.device(machine.followed).profile().device +
                          ": telemetry does not tell its state now");
    if (tracker_->states_read() > 100 &&
        static_cast<double>(tracker_->states_surprising()) >
            surprise_to_tell * static_cast<double>(tracker_->states_read()))
        all.push_back("more than a fifth of the states that telemetry told surprised the twins");
    return all;
}

void LivingTwin::issue(Instant at) {
    const Description& description = plan_.description;
    if (at < plan_.issue_from || ledger_.has_issue(at)) return;
    present::Issuer::Order order;
    for (const Horizon& horizon : description.horizons) order.horizons.push_back(horizon.length);
    order.futures = description.futures;
    order.seed = description.seed + 1;
    // By the number of the issue since 1970: the same however the twin came here.
    order.first = static_cast<std::uint32_t>(at / description.every) * description.futures;
    order.threads = plan_.threads;
    Issue issue;
    issue.at = at;
    issue.warnings = warnings();
    const auto& figures = issuer_->figures();
    const std::vector<present::Forecast> forecasts = issuer_->issue(*tracker_, order);
    const std::size_t per_alternative = forecasts.size() / plants_->alternatives.size();
    for (std::size_t i = 0; i < forecasts.size(); ++i) {
        const present::Forecast& forecast = forecasts[i];
        const present::Figure& figure = figures[forecast.figure];
        const Horizon& horizon = description.horizons[forecast.horizon];
        Issue::Item item = item_of(forecast, figure, description.level,
                                   i < per_alternative ? nullptr : &forecasts[i % per_alternative]);
        item.alternative = plants_->alternatives[forecast.alternative].name;
        item.horizon = horizon.name;
        item.end = at + horizon.length;
        item.doubt = scoreboard_.doubt(forecast.figure, forecast.horizon, figure.chance);
        issue.items.push_back(std::move(item));
    }
    ledger_.add(issue);
    if (plan_.issued) plan_.issued(issue);
}

Agreement LivingTwin::agreement() const {
    Agreement all;
    const auto innovations = tracker_->innovations();
    for (std::size_t g = 0; g < innovations.size(); ++g) {
        const CounterUse& use = plan_.description.counters[g];
        all.counters.emplace_back(use.device + "/" + use.figure, innovations[g]);
    }
    all.states_read = tracker_->states_read();
    all.states_surprising = tracker_->states_surprising();
    all.unknown_causes = unknown_causes_;
    all.effective_particles = tracker_->weights().effective_size();
    for (std::size_t p = 0; p < paces_.size(); ++p)
        all.paces.emplace_back(paces_[p].device(), factors_[p]);
    return all;
}

std::vector<PresentFigure> LivingTwin::present() {
    std::vector<PresentFigure> all;
    const double tail = (1 - plan_.description.level) / 2;
    for (const auto& [device, figure] : tracker_->figures("inside")) {
        const std::vector<double> values = tracker_->present(device, figure);
        all.push_back({device, figure, tracker_->weights().mean(values),
                       tracker_->weights().quantile(values, tail),
                       tracker_->weights().quantile(values, 1 - tail)});
    }
    return all;
}

}  // namespace foretwin::living
