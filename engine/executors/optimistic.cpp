#include "engine/executors/optimistic.hpp"

#include <algorithm>
#include <cfenv>
#include <memory>
#include <utility>
#include <vector>

#include "engine/executors/event_loop.hpp"
#include "engine/executors/pace.hpp"
#include "engine/executors/speculation.hpp"
#include "engine/executors/stretch.hpp"
#include "engine/executors/team.hpp"

namespace foretwin::executors {
namespace {

using kernel::Event;

/// The first stretch run sequentially holds about so many events; each further one twice as many.
constexpr double first_stretch = 2e5;
/// One event in so many may be undone before the next rounds look less far ahead.
constexpr std::uint64_t kept_per_undone = 16;

Time plus(Time at, Time delay) {
    return at == never || delay >= never - at ? never : at + delay;
}

/// The first round takes so many events per group: that shows how time runs in this model.
constexpr std::size_t first_round = 64;

/// How far beyond the horizon a round may look: so far that little is undone.
class Reach {
  public:
    bool is_known() const { return reach_ != never; }
    Time now() const { return reach_; }
    /// The last round moved the horizon on by `span`, from the last but one so many were undone.
    void learn(std::uint64_t handled, std::uint64_t undone, Time span) {
        if (!is_known()) mean_span_ = static_cast<double>(span);
        mean_span_ += (static_cast<double>(span) - mean_span_) / 16;
        const auto most = static_cast<Time>(std::min(4 * mean_span_, most_reach)) + 16;
        if (!is_known()) {
            reach_ = most;
        } else if (undone * kept_per_undone > handled) {
            reach_ -= reach_ / 8;
        } else {
            reach_ = std::min(plus(reach_, reach_ / 32 + 1), most);
        }
    }

  private:
    static constexpr double most_reach = 4e18;  // ns
    Time reach_ = never;                        // ns
    double mean_span_ = 0;                      // ns
};

class Rounds {
  public:
    Rounds(kernel::Simulation& simulation, const std::vector<std::uint8_t>& group_of, bool traced);

    /// Runs rounds until the end, or until they do not beat `sequential_cost` (seconds per event;
    /// 0: not known, so that only plentiful rounds are kept): then returns false.
    bool run(Time until, double sequential_cost, OptimisticReport& report);
    /// Gives everything back to the simulation, whose clock then stands just before the earliest
    /// pending event. Returns how many events were handled.
    std::uint64_t finish(OptimisticReport& report);
    /// After that: what was done since `begin_ns`.
    void tell(Observer& observer, std::uint64_t begin_ns) const;

  private:
    void open_round(Time until);
    void run_group(std::size_t number);
    void settle(std::size_t number);
    bool run_rounds(Team& team, Time until, double sequential_cost, OptimisticReport& report);
    void run_round(Team& team, OptimisticReport& report);

    /// Over all rounds so far.
    struct Counts {
        std::uint64_t handled = 0, undone = 0;  ///< up to the last round but one
    };

    kernel::Simulation& simulation_;
    std::vector<std::unique_ptr<Speculation>> groups_;
    RoundLimits limits_;
    Reach reach_;
    Counts counts_;
};

Rounds::Rounds(kernel::Simulation& simulation, const std::vector<std::uint8_t>& group_of,
               bool traced)
    : simulation_(simulation) {
    const std::size_t groups = *std::max_element(group_of.begin(), group_of.end()) + std::size_t{1};
    std::vector<std::vector<Event>> pending(groups);
    const std::size_t share = simulation_.pending().size() / groups;
    for (std::vector<Event>& events : pending) events.reserve(share + share / 8);
    for (const Event& event : simulation_.pending()) {
        pending[group_of[event.device]].push_back(event);
    }
    simulation_.pending() = {};
    for (std::size_t number = 0; number < groups; ++number) {
        groups_.push_back(std::make_unique<Speculation>(simulation, group_of,
                                                        static_cast<std::uint8_t>(number),
                                                        static_cast<std::uint8_t>(groups), traced));
        groups_.back()->give(std::move(pending[number]));
    }
}

/// Everything below the horizon is final: no letter of the last round is earlier, and whatever was
/// not handled in it is not earlier either, nor then what it will cause.
void Rounds::open_round(Time until) {
    limits_.horizon = {};
    for (const auto& group : groups_) {
        limits_.horizon = std::min(limits_.horizon, group->bound());
    }
    limits_.safe = plus(limits_.horizon.at, simulation_.model().least_delay);
    limits_.last = std::min(until, plus(limits_.horizon.at, reach_.now()));
    limits_.last = std::max(limits_.last, std::min(until, limits_.safe - 1));
    limits_.most_waiting = reach_.is_known() ? Speculation::most_waiting : first_round;
    limits_.known_horizon.store(never, std::memory_order_relaxed);
}

void Rounds::settle(std::size_t number) {
    Speculation& group = *groups_[number];
    group.settle(limits_.horizon);
    for (const auto& from : groups_) {
        if (from.get() != &group) group.receive(*from, limits_.horizon);
    }
}

void Rounds::run_group(std::size_t number) {
    std::fesetenv(FE_DFL_ENV);
    settle(number);
    groups_[number]->run(limits_);
}

void Rounds::run_round(Team& team, OptimisticReport& report) {
    team.round();
    ++report.rounds;
    counts_.handled = counts_.undone = 0;
    for (const auto& group : groups_) {
        counts_.handled += group->handled();
        counts_.undone += group->undone();
        report.most_waiting = std::max(report.most_waiting, group->waiting());
    }
}

bool Rounds::run(Time until, double sequential_cost, OptimisticReport& report) {
    const auto share = [](void* self, unsigned member, unsigned members) {
        auto& rounds = *static_cast<Rounds*>(self);
        for (std::size_t i = member; i < rounds.groups_.size(); i += members) rounds.run_group(i);
    };
    return lead_team(static_cast<unsigned>(groups_.size()), share, this,
                     [&](Team& team) { return run_rounds(team, until, sequential_cost, report); });
}

bool Rounds::run_rounds(Team& team, Time until, double sequential_cost, OptimisticReport& report) {
    Pace pace(sequential_cost);
    const auto groups = static_cast<double>(groups_.size());
    open_round(until);
    while (limits_.horizon.at <= until) {
        const Counts before = counts_;
        const Time horizon = limits_.horizon.at;
        run_round(team, report);
        open_round(until);
        const std::uint64_t handled = counts_.handled - before.handled;
        reach_.learn(handled, counts_.undone - before.undone, limits_.horizon.at - horizon);
        if (pace.is_slow(counts_.handled, static_cast<double>(handled) / groups)) return false;
    }
    return true;
}

std::uint64_t Rounds::finish(OptimisticReport& report) {
    std::uint64_t handled = 0;
    Time earliest = never;
    for (std::size_t number = 0; number < groups_.size(); ++number) settle(number);
    std::vector<Event>& pending = simulation_.pending();
    for (const auto& group : groups_) {
        std::vector<Event> events = group->release();
        for (const Event& event : events) earliest = std::min(earliest, event.at);
        if (pending.empty()) {
            pending = std::move(events);
            pending.reserve(pending.size() * groups_.size());
        } else {
            pending.insert(pending.end(), events.begin(), events.end());
        }
        handled += group->handled();
        report.undone_events += group->undone();
    }
    for (const kernel::Pool& pool : simulation_.memory().pools()) {
        FORETWIN_RULE(pool.bytes().empty(), "a device that promises plain state keeps no rings");
    }
    if (earliest != never) simulation_.move_clock(std::max(simulation_.now(), earliest - 1));
    simulation_.count_events(handled);
    report.groups = static_cast<int>(groups_.size());
    report.speculative_events += handled;
    return handled;
}

void Rounds::tell(Observer& observer, std::uint64_t begin_ns) const {
    Counters counters;
    for (const auto& group : groups_) {
        counters.events += group->handled();
        counters.cancelled += group->cancelled();
    }
    counters.deepest_queue = simulation_.pending_events();
    counters.rounds_ns = observer.now() - begin_ns;
    observer.counters.add(counters);
    if (observer.timeline != nullptr) observer.phase("ahead", begin_ns, counters.events);
}

}  // namespace

ParallelReport OptimisticReport::as_parallel() const {
    if (!fallback.empty()) return conservative;
    ParallelReport told;
    told.groups = groups;
    told.rounds = rounds;
    told.parallel_events = speculative_events;
    told.sequential_events = sequential_events;
    return told;
}

OptimisticReport run_optimistic(kernel::Simulation& simulation, Time until, int threads,
                                Trace trace, Observer* observer) {
    OptimisticReport report;
    const kernel::Model& model = simulation.model();
    if (!model.not_undoable.empty()) {
        report.fallback = model.not_undoable;
        report.conservative = run_parallel(simulation, until, threads, trace, observer);
        return report;
    }
    const std::vector<std::uint8_t> group_of =
        kernel::groups_of_devices(model.devices.size(), model.joined,
                                  static_cast<std::uint32_t>(std::clamp(threads, 1, 256)));
    const bool in_pieces = *std::max_element(group_of.begin(), group_of.end()) > 0;
    const auto run_alone = [&](Time pause) {
        const Stretch alone = run_stretch(simulation, pause, trace, observer);
        report.sequential_events += alone.handled;
        return alone.seconds_per_event;
    };
    double stretch = first_stretch;
    double sequential_cost = 0;
    while (in_pieces && simulation.now() < until) {
        const Time begin = simulation.now();
        Rounds rounds(simulation, group_of, trace == Trace::on);
        const std::uint64_t begin_ns = observer == nullptr ? 0 : observer->now();
        const bool done = rounds.run(until, sequential_cost, report);
        const auto handled = static_cast<double>(rounds.finish(report));
        if (observer != nullptr) rounds.tell(*observer, begin_ns);
        if (done) {
            simulation.move_clock(until);
            return report;
        }
        const double span = static_cast<double>(simulation.now() - begin) * stretch / (handled + 1);
        // Another program's fault does not stay for ever.
        stretch = handled > 4 * stretch ? first_stretch : 2 * stretch;
        const Time pause = span < static_cast<double>(until - simulation.now())
                               ? simulation.now() + static_cast<Time>(span)
                               : until;
        sequential_cost = run_alone(pause);
    }
    // Events of this very instant may be pending even when the clock is there already.
    run_alone(until);
    return report;
}

}  // namespace foretwin::executors
