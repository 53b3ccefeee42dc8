#include "engine/executors/parallel.hpp"

#include <tbb/parallel_for.h>
#include <tbb/partitioner.h>

#include <algorithm>
#include <cfenv>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "engine/executors/event_loop.hpp"

namespace foretwin::executors {
namespace {

using kernel::Event;

/// Below so many events in a window, waking a second thread costs more than it saves.
constexpr std::uint64_t least_events_per_round = 200;
/// So many rounds are watched before one decides whether they pay.
constexpr std::uint64_t rounds_watched = 64;
/// The first stretch run sequentially holds about so many events; each further one twice as many.
constexpr std::uint64_t first_stretch = 50'000;

Time plus(Time at, Time delay) {
    return at == never || delay >= never - at ? never : at + delay;
}

/// What one group sends to another.
struct Mail {
    std::vector<Event> events;
    std::vector<kernel::Cargo> cargo;  ///< of those events that bring some, in their order

    void append(Mail& more) {
        if (events.empty()) {
            events.swap(more.events);
            cargo.swap(more.cargo);
        } else {
            events.insert(events.end(), more.events.begin(), more.events.end());
            cargo.insert(cargo.end(), more.cargo.begin(), more.cargo.end());
        }
        more.clear();
    }
    void clear() {
        events.clear();
        cargo.clear();
    }
};

/// One group of cells: all that a thread needs to run it alone.
struct alignas(128) Group {
    kernel::EventQueue queue;
    std::unique_ptr<kernel::Context> context;
    std::vector<Mail> sent;           ///< by receiving group
    std::vector<Mail> received;       ///< by sending group
    std::vector<Time> earliest_sent;  ///< by receiving group, of this round
    Time next = never;                ///< its earliest pending event
    Time limit = 0;                   ///< the last instant it may handle in this round
    std::uint64_t handled = 0;
};

class Window {
  public:
    Window(kernel::Simulation& simulation, int groups, bool traced);

    /// Runs rounds until the end, or until they do not pay.
    bool run(Time until, ParallelReport& report);
    /// Gives everything back to the simulation, whose clock then stands just before the earliest
    /// pending event. Returns how many were handled.
    std::uint64_t finish(ParallelReport& report);

  private:
    void measure_distances();
    void fill_queues();
    /// Sets every group's limit; false when nothing is left to do until then.
    bool open_round(Time until, std::vector<std::size_t>& busy);
    void run_round(const std::vector<std::size_t>& busy);
    void close_round();
    void run_group(std::size_t number);
    void absorb(Group& group);
    void route(std::size_t number, const Event& event);

    kernel::Simulation& simulation_;
    std::uint64_t* traces_;
    bool traced_;
    std::vector<std::uint32_t> group_of_;  ///< by cell
    std::vector<Group> groups_;
    std::vector<Time> lookahead_;  ///< from x groups + to: of one channel
    std::vector<Time> distance_;   ///< the same over any number of channels, at least one
    Time least_lookahead_ = never;
};

Window::Window(kernel::Simulation& simulation, int groups, bool traced)
    : simulation_(simulation),
      traces_(simulation.memory().at<std::uint64_t>(simulation.model().traces)),
      traced_(traced),
      group_of_(
          kernel::groups_of(simulation.model().partition, static_cast<std::uint32_t>(groups))),
      groups_(group_of_.back() + 1) {
    measure_distances();
    fill_queues();
}

/// Shortest way from group to group over the channels, a way back to itself included (Floyd 1962).
void Window::measure_distances() {
    const kernel::Partition& partition = simulation_.model().partition;
    const std::size_t count = groups_.size();
    lookahead_.assign(count * count, never);
    for (std::uint32_t from = 0; from < partition.cells(); ++from) {
        for (std::uint32_t to = 0; to < partition.cells(); ++to) {
            if (group_of_[from] == group_of_[to]) continue;
            Time& lookahead = lookahead_[group_of_[from] * count + group_of_[to]];
            lookahead = std::min(lookahead, partition.lookahead_between(from, to));
        }
    }
    least_lookahead_ = *std::min_element(lookahead_.begin(), lookahead_.end());
    distance_ = lookahead_;
    for (std::size_t over = 0; over < count; ++over) {
        for (std::size_t from = 0; from < count; ++from) {
            for (std::size_t to = 0; to < count; ++to) {
                Time& distance = distance_[from * count + to];
                distance = std::min(
                    distance, plus(distance_[from * count + over], distance_[over * count + to]));
            }
        }
    }
}

void Window::fill_queues() {
    std::vector<std::vector<Event>> pending(groups_.size());
    for (const Event& event : simulation_.pending()) {
        const std::uint32_t cell = simulation_.model().dispatch[event.device].cell;
        pending[group_of_[cell]].push_back(event);
    }
    simulation_.pending() = {};
    for (std::size_t number = 0; number < groups_.size(); ++number) {
        Group& group = groups_[number];
        group.context = std::make_unique<kernel::Context>(simulation_.context());
        group.context->draw_ahead();
        group.context->stay_within(group_of_.data(), static_cast<std::uint32_t>(number));
        group.sent.resize(groups_.size());
        group.received.resize(groups_.size());
        group.earliest_sent.assign(groups_.size(), never);
        std::erase_if(pending[number],
                      [&](const Event& event) { return group.context->is_stale(event); });
        group.queue.assign(std::move(pending[number]));
        group.next = group.queue.empty() ? never : group.queue.top().at;
    }
}

bool Window::open_round(Time until, std::vector<std::size_t>& busy) {
    const std::size_t count = groups_.size();
    busy.clear();
    bool left = false;
    for (std::size_t to = 0; to < count; ++to) {
        Time arrival = never;  // nothing from afar arrives sooner
        for (std::size_t from = 0; from < count; ++from) {
            arrival = std::min(arrival, plus(groups_[from].next, distance_[from * count + to]));
        }
        Group& group = groups_[to];
        group.limit = std::min(until, arrival - 1);
        if (group.next <= until) left = true;
        if (group.next <= group.limit) busy.push_back(to);
    }
    return left;
}

void Window::run_round(const std::vector<std::size_t>& busy) {
    if (busy.size() == 1) {
        run_group(busy.front());
        return;
    }
    tbb::parallel_for(
        std::size_t{0}, busy.size(), [&](std::size_t i) { run_group(busy[i]); },
        tbb::static_partitioner());
}

/// Hands over the mail. Only now does a group's earliest event include what was sent to it.
void Window::close_round() {
    for (std::size_t from = 0; from < groups_.size(); ++from) {
        for (std::size_t to = 0; to < groups_.size(); ++to) {
            Mail& sent = groups_[from].sent[to];
            if (sent.events.empty()) continue;
            groups_[to].received[from].append(sent);
            groups_[to].next = std::min(groups_[to].next, groups_[from].earliest_sent[to]);
            groups_[from].earliest_sent[to] = never;
        }
    }
}

bool Window::run(Time until, ParallelReport& report) {
    std::vector<std::size_t> busy;
    std::uint64_t before = 0;
    for (std::uint64_t round = 1; open_round(until, busy); ++round) {
        run_round(busy);
        close_round();
        ++(busy.size() > 1 ? report.rounds : report.narrow_rounds);
        if (round % rounds_watched != 0) continue;
        std::uint64_t handled = 0;
        for (const Group& group : groups_) handled += group.handled;
        if (handled - before < least_events_per_round * rounds_watched) return false;
        before = handled;
    }
    return true;
}

void Window::absorb(Group& group) {
    for (Mail& mail : group.received) {
        auto cargo = mail.cargo.begin();
        for (Event& event : mail.events) {
            if (event.has_cargo()) {
                const std::uint32_t cell = simulation_.model().dispatch[event.device].cell;
                event.generation = simulation_.memory().pool(cell).keep(*cargo++) + 1;
            }
            group.queue.push(event);
        }
        mail.clear();
    }
}

void Window::route(std::size_t number, const Event& event) {
    const std::uint32_t to = group_of_[simulation_.model().dispatch[event.device].cell];
    Group& group = groups_[number];
    if (to == number) {
        group.queue.push(event);
        return;
    }
    FORETWIN_RULE(event.at - group.context->now() >= lookahead_[number * groups_.size() + to],
                  "a message takes at least as long as its channel promised");
    Mail& mail = group.sent[to];
    mail.events.push_back(event);
    if (event.has_cargo()) {
        mail.cargo.push_back(group.context->abroad()[event.generation - 1]);
    }
    group.earliest_sent[to] = std::min(group.earliest_sent[to], event.at);
}

void Window::run_group(std::size_t number) {
    std::fesetenv(FE_DFL_ENV);
    Group& group = groups_[number];
    absorb(group);
    const auto push = [&](const Event& caused) { route(number, caused); };
    group.handled +=
        traced_ ? handle_events<true>(group.queue, *group.context, group.limit, traces_, push)
                : handle_events<false>(group.queue, *group.context, group.limit, traces_, push);
    group.context->abroad().clear();
    group.next = group.queue.empty() ? never : group.queue.top().at;
}

std::uint64_t Window::finish(ParallelReport& report) {
    std::uint64_t handled = 0;
    Time earliest = never;
    for (Group& group : groups_) {
        absorb(group);
        for (const Event& event : group.queue.release()) {
            if (group.context->is_stale(event)) continue;
            earliest = std::min(earliest, event.at);
            simulation_.pending().push_back(event);
        }
        handled += group.handled;
    }
    // Groups stand at different instants; the clock at the earliest never goes back.
    if (earliest != never) simulation_.move_clock(std::max(simulation_.now(), earliest - 1));
    simulation_.count_events(handled);
    report.groups = static_cast<int>(groups_.size());
    report.lookahead = least_lookahead_;
    report.parallel_events += handled;
    return handled;
}

std::uint64_t run_counted(kernel::Simulation& simulation, Time until, Trace trace) {
    const std::uint64_t before = simulation.events_handled();
    run_sequential(simulation, until, trace);
    return simulation.events_handled() - before;
}

}  // namespace

ParallelReport run_parallel(kernel::Simulation& simulation, Time until, int threads, Trace trace) {
    ParallelReport report;
    const auto cells = static_cast<int>(simulation.model().partition.cells());
    std::uint64_t stretch = first_stretch;
    while (std::min(threads, cells) > 1 && simulation.now() < until) {
        const Time begin = simulation.now();
        Window window(simulation, std::min(threads, cells), trace == Trace::on);
        const bool done = window.run(until, report);
        const std::uint64_t handled = window.finish(report);
        if (done) {
            simulation.move_clock(until);
            return report;
        }
        const double span = static_cast<double>(simulation.now() - begin) *
                            static_cast<double>(stretch) / static_cast<double>(handled + 1);
        stretch *= 2;
        const Time pause = span < static_cast<double>(until - simulation.now())
                               ? simulation.now() + static_cast<Time>(span)
                               : until;
        report.sequential_events += run_counted(simulation, pause, trace);
    }
    // Events of this very instant may be pending even when the clock is there already.
    report.sequential_events += run_counted(simulation, until, trace);
    return report;
}

}  // namespace foretwin::executors
