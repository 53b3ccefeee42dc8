#include "engine/executors/groups.hpp"

#include <algorithm>
#include <cfenv>
#include <utility>

#include "engine/executors/event_loop.hpp"
#include "engine/executors/pace.hpp"
#include "engine/executors/team.hpp"

namespace foretwin::executors {
namespace {

using kernel::Event;

/// A round holds about so many events per group: opening it costs a few microseconds.
constexpr std::uint64_t events_per_round = 8192;
/// A group tells the others how far it is after so many events, times the groups it listens to.
constexpr std::uint64_t events_per_promise = 128;

/// After so many steps without an event a new round finds out how far the next ones are: clocks
/// alone would get there by one delay at a time.
constexpr int most_creeping = 128;

Time plus(Time at, Time delay) {
    return at == never || delay >= never - at ? never : at + delay;
}

}  // namespace

void Mail::append(Mail& more) {
    if (events.empty()) {
        events.swap(more.events);
        cargo.swap(more.cargo);
    } else {
        events.insert(events.end(), more.events.begin(), more.events.end());
        cargo.insert(cargo.end(), more.cargo.begin(), more.cargo.end());
    }
    more.clear();
}

void Mail::clear() {
    events.clear();
    cargo.clear();
}

Groups::Groups(kernel::Simulation& simulation, std::uint32_t groups,
               const std::vector<double>& load, bool traced, Observer* observer)
    : simulation_(simulation),
      traces_(simulation.memory().at<std::uint64_t>(simulation.model().traces)),
      traced_(traced),
      observer_(observer),
      made_ns_(wall()),
      group_of_(kernel::groups_of(load, groups)),
      between_rounds_(simulation.context()),
      groups_(group_of_.back() + 1),
      boxes_(groups_.size() * groups_.size()) {
    measure_distances();
    fill_queues();
    ended_ns_ = wall();
    if (observer_ != nullptr) observer_->counters.dividing_ns += ended_ns_ - made_ns_;
}

/// Shortest way from group to group over the channels, a way back to itself included (Floyd 1962).
void Groups::measure_distances() {
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
    if (least_lookahead_ != never) span_ = least_lookahead_;
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

void Groups::fill_queues() {
    std::vector<std::vector<Event>> pending(groups_.size());
    for (std::vector<Event>& events : pending) {
        events.reserve(simulation_.pending_events() / groups_.size() * 5 / 4);
    }
    for (const Event& event : simulation_.pending()) {
        const std::uint32_t cell = simulation_.model().dispatch[event.device].cell;
        pending[group_of_[cell]].push_back(event);
    }
    simulation_.pending() = {};
    for (std::uint32_t number = 0; number < groups_.size(); ++number) {
        Group& group = groups_[number];
        group.context = std::make_unique<kernel::Context>(simulation_.context());
        group.context->draw_ahead();
        group.context->stay_within(group_of_.data(), number);
        group.sent.resize(groups_.size());
        for (std::uint32_t from = 0; from < groups_.size(); ++from) {
            if (lookahead_[from * groups_.size() + number] != never) group.senders.push_back(from);
        }
        std::erase_if(pending[number],
                      [&](const Event& event) { return group.context->is_stale(event); });
        group.queue.assign(std::move(pending[number]));
        group.clock.store(simulation_.now());
    }
}

bool Groups::open_round(Time until) {
    const std::size_t count = groups_.size();
    Time earliest = never;
    for (std::uint32_t number = 0; number < count; ++number) {
        take_mail(number);
        earliest = std::min(earliest, groups_[number].next());
    }
    // Meters fold in what all groups have passed.
    if (!simulation_.model().merging.empty()) between_rounds_.merge(std::min(earliest, until));
    Time safe = never;  // for all groups, without hearing from one another
    for (std::size_t to = 0; to < count; ++to) {
        Group& group = groups_[to];
        group.base_arrival = never;
        for (std::size_t from = 0; from < count; ++from) {
            group.base_arrival = std::min(group.base_arrival,
                                          plus(groups_[from].next(), distance_[from * count + to]));
        }
        safe = std::min(safe, group.base_arrival);
        const Time promise = std::min(group.next(), group.base_arrival);
        group.clock.store(std::max(group.clock.load(), promise));
        group.arrival = 0;
    }
    round_begin_ = earliest;
    round_end_ = plus(earliest, span_);
    if (safe != never) round_end_ = std::max(round_end_, safe - 1);
    round_end_ = std::min({round_end_, until, never - 1});
    is_cut_short_.store(false);
    return earliest <= until && earliest != never;
}

Time Groups::arrival_at(std::uint32_t number) const {
    const Group& group = groups_[number];
    Time arrival = never;
    for (const std::uint32_t from : group.senders) {
        arrival = std::min(
            arrival, plus(groups_[from].clock.load(), lookahead_[from * groups_.size() + number]));
    }
    return std::max(arrival, group.base_arrival);
}

bool Groups::is_through(const Group& group) const {
    return group.clock.load() > round_end_;
}

Groups::Step Groups::advance(std::uint32_t number) {
    Group& group = groups_[number];
    // First the clocks, then the mail: what was sent before a clock was set is there.
    group.arrival = arrival_at(number);
    take_mail(number);
    const Time limit = std::min(round_end_, group.arrival - 1);
    const std::uint64_t most = events_per_promise * (group.senders.size() + 1);
    const auto push = [&](const Event& caused) { return route(number, caused); };
    const std::uint64_t handled = traced_
                                      ? handle_events<true>(group.queue, *group.context, limit,
                                                            most, traces_, group.deepest, push)
                                      : handle_events<false>(group.queue, *group.context, limit,
                                                             most, traces_, group.deepest, push);
    group.handled += handled;
    post_mail(number);
    const Time promise = std::min(group.next(), group.arrival);
    const bool moves = promise > group.clock.load();
    if (moves) {
        group.clock.store(promise);
        parking_.wake();
    }
    if (handled > 0) return Step::handled;
    return moves ? Step::creeped : Step::none;
}

void Groups::run_share(unsigned member, unsigned members) {
    std::fesetenv(FE_DFL_ENV);
    const auto count = static_cast<std::uint32_t>(groups_.size());
    const auto can_go_on = [&] {
        if (is_cut_short_.load()) return true;
        for (std::uint32_t number = member; number < count; number += members) {
            const Group& group = groups_[number];
            if (!is_through(group) && arrival_at(number) > group.arrival) return true;
        }
        return false;
    };
    int creeped = 0;
    bool is_through_all = false;
    while (!is_through_all && !is_cut_short_.load()) {
        is_through_all = true;
        Step most = Step::none;
        for (std::uint32_t number = member; number < count; number += members) {
            if (is_through(groups_[number])) continue;
            is_through_all = false;
            most = std::max(most, advance(number));
        }
        if (most == Step::handled) creeped = 0;
        if (most == Step::creeped) ++creeped;
        if (creeped > most_creeping) cut_short();
        if (is_through_all || most != Step::none) continue;
        ++groups_[member].waits;
        wait(member, can_go_on);
    }
}

template <class Ready>
void Groups::wait(unsigned member, Ready ready) {
    if (observer_ == nullptr) {
        parking_.wait_until(ready);
        return;
    }
    const std::uint64_t begin = wall();
    parking_.wait_until(ready);
    const std::uint64_t end = wall();
    groups_[member].waiting_ns += end - begin;
    Timeline* timeline = observer_->timeline;
    if (timeline != nullptr && timeline->has_place_for_detail()) {
        timeline->span(Row::of_thread(), observer_->row, "waiting", begin, end, 0);
    }
}

void Groups::run_share_observed(unsigned member, unsigned members) {
    const auto handled_by_member = [&] {
        std::uint64_t sum = 0;
        for (std::size_t i = member; i < groups_.size(); i += members) sum += groups_[i].handled;
        return sum;
    };
    const std::uint64_t before = handled_by_member();
    const std::uint64_t begin = wall();
    run_share(member, members);
    Timeline* timeline = observer_->timeline;
    if (timeline != nullptr && timeline->has_place_for_detail()) {
        timeline->span(Row::of_thread(), observer_->row, "round", begin, wall(),
                       handled_by_member() - before);
    }
}

void Groups::observe_round(std::uint64_t opened_ns) {
    Counters& counters = observer_->counters;
    counters.between_ns += opened_ns - ended_ns_;
    ended_ns_ = wall();
    counters.rounds_ns += ended_ns_ - opened_ns;
    std::uint64_t pending = 0;
    for (const Group& group : groups_) pending += group.queue.size();
    for (const MailBox& mailbox : boxes_) pending += mailbox.mail.events.size();
    counters.deepest_queue = std::max(counters.deepest_queue, pending);
    Timeline* timeline = observer_->timeline;
    if (timeline != nullptr && timeline->has_place_for_detail()) {
        timeline->value(observer_->row, "pending events", ended_ns_, pending);
    }
}

void Groups::cut_short() {
    is_cut_short_.store(true);
    parking_.wake();
}

Groups::End Groups::run(Time until, double sequential_cost, std::uint64_t events_to_balance) {
    const auto share = [](void* self, unsigned member, unsigned members) {
        auto& groups = *static_cast<Groups*>(self);
        try {
            groups.observer_ == nullptr ? groups.run_share(member, members)
                                        : groups.run_share_observed(member, members);
        } catch (...) {
            groups.cut_short();
            throw;
        }
    };
    return lead_team(static_cast<unsigned>(groups_.size()), share, this, [&](Team& team) {
        return run_rounds(team, until, sequential_cost, events_to_balance);
    });
}

Groups::End Groups::run_rounds(Team& team, Time until, double sequential_cost,
                               std::uint64_t events_to_balance) {
    Pace pace(sequential_cost);
    const auto count = static_cast<double>(groups_.size());
    std::uint64_t before = 0;
    while (open_round(until)) {
        const std::uint64_t opened_ns = wall();
        team.round();
        if (observer_ != nullptr) observe_round(opened_ns);
        ++rounds_;
        const std::uint64_t all = handled();
        const auto events = static_cast<double>(all - before);
        before = all;
        if (events < count * events_per_round / 2) span_ = plus(span_, span_);
        if (events > count * events_per_round * 2) span_ = std::max<Time>(1, span_ / 2);
        const auto length = static_cast<double>(round_end_ - round_begin_ + 1);
        const double windows = length / static_cast<double>(least_lookahead_);
        if (pace.is_slow(all, events / count / std::max(1.0, windows))) return End::slow;
        if (all > events_to_balance && is_unbalanced()) return End::unbalanced;
    }
    return End::reached;
}

std::uint64_t Groups::handled() const {
    std::uint64_t all = 0;
    for (const Group& group : groups_) all += group.handled;
    return all;
}

bool Groups::is_unbalanced() const {
    constexpr double most = 1.25;  // of the busiest group, over an equal share
    std::uint64_t busiest = 0;
    for (const Group& group : groups_) busiest = std::max(busiest, group.handled);
    const auto equal = static_cast<double>(handled()) / static_cast<double>(groups_.size());
    return static_cast<double>(busiest) > most * equal;
}

void Groups::take_mail(std::uint32_t number) {
    Group& group = groups_[number];
    for (const std::uint32_t from : group.senders) {
        MailBox& in = box(from, number);
        if (!in.is_full.load(std::memory_order_acquire)) continue;
        const std::lock_guard lock(in.mutex);
        keep_cargo_and_push(group, in.mail);
        in.is_full.store(false, std::memory_order_relaxed);
    }
}

void Groups::keep_cargo_and_push(Group& group, Mail& mail) {
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

void Groups::post_mail(std::uint32_t number) {
    Group& group = groups_[number];
    for (std::size_t to = 0; to < groups_.size(); ++to) {
        if (group.sent[to].events.empty()) continue;
        MailBox& out = box(number, to);
        const std::lock_guard lock(out.mutex);
        out.mail.append(group.sent[to]);
        out.is_full.store(true, std::memory_order_release);
    }
    group.context->abroad().clear();
}

bool Groups::route(std::uint32_t number, const Event& event) {
    const std::uint32_t to = group_of_[simulation_.model().dispatch[event.device].cell];
    Group& group = groups_[number];
    if (to == number) {
        group.queue.push(event);
        return true;
    }
    FORETWIN_RULE(event.at >= plus(group.context->now(), lookahead_[number * groups_.size() + to]),
                  "a message takes at least as long as its channel promised");
    Mail& mail = group.sent[to];
    mail.events.push_back(event);
    if (event.has_cargo()) {
        mail.cargo.push_back(group.context->abroad()[event.generation - 1]);
    }
    return false;
}

std::uint64_t Groups::finish(ParallelReport& report) {
    const std::uint64_t begin = wall();
    Counters counters;
    Time earliest = never;
    std::size_t pending = 0;
    for (std::uint32_t number = 0; number < groups_.size(); ++number) {
        take_mail(number);
        pending += groups_[number].queue.size();
    }
    simulation_.pending().reserve(pending);
    for (Group& group : groups_) {
        for (const Event& event : group.queue.release()) {
            if (group.context->is_stale(event)) continue;
            earliest = std::min(earliest, event.at);
            simulation_.pending().push_back(event);
        }
        report.waits += group.waits;
        counters.cancelled += group.context->cancelled_events();
        counters.waiting_ns += group.waiting_ns;
    }
    // Groups stand at different instants; the clock at the earliest never goes back.
    if (earliest != never) simulation_.move_clock(std::max(simulation_.now(), earliest - 1));
    simulation_.count_events(handled());
    report.groups = static_cast<int>(groups_.size());
    report.lookahead = least_lookahead_;
    report.rounds += rounds_;
    report.parallel_events += handled();
    if (observer_ != nullptr) {
        counters.events = handled();
        counters.dividing_ns = observer_->phase("side by side", made_ns_, counters.events) - begin;
        observer_->counters.add(counters);
    }
    return handled();
}

}  // namespace foretwin::executors
