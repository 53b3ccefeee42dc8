#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/executors/parallel.hpp"
#include "engine/executors/parking.hpp"
#include "engine/kernel/context.hpp"
#include "engine/kernel/event_queue.hpp"

namespace foretwin::executors {

class Team;

/// What one group sends to another.
struct Mail {
    std::vector<kernel::Event> events;
    std::vector<kernel::Cargo> cargo;  ///< of those events that bring some, in their order

    void append(Mail& more);
    void clear();
};

/// What was sent from one group to another and not yet taken.
struct alignas(64) MailBox {
    std::atomic<bool> is_full{false};
    std::mutex mutex;
    Mail mail;
};

/// One group of cells: all that a thread needs to run it alone.
struct alignas(128) Group {
    /// A promise to the others: whatever this group still handles is not before this instant.
    std::atomic<Time> clock{0};
    alignas(128) kernel::EventQueue queue;
    std::unique_ptr<kernel::Context> context;
    std::vector<std::uint32_t> senders;  ///< groups with a channel to this one
    std::vector<Mail> sent;              ///< by receiving group, not yet in its box
    Time base_arrival = never;           ///< nothing arrives sooner, known when the round began
    Time arrival = never;                ///< the same, by the clocks that were last looked at
    std::uint64_t handled = 0;
    std::uint64_t deepest = 0;     ///< most events in its queue
    std::uint64_t waits = 0;       ///< times it had nothing it was allowed to do
    std::uint64_t waiting_ns = 0;  ///< how long its thread waited so, when observed

    Time next() const { return queue.empty() ? never : queue.top().at; }
};

/// The model cut into groups that run side by side (README of this folder: why that is right).
/// Exists for a stretch of the run; the simulation's events are in its queues meanwhile.
class Groups {
  public:
    /// `load`: of every cell, in any unit.
    Groups(kernel::Simulation& simulation, std::uint32_t groups, const std::vector<double>& load,
           bool traced, Observer* observer);

    enum class End {
        reached,     ///< nothing is left to do until then
        slow,        ///< waiting for one another costs more than it saves
        unbalanced,  ///< one group has much more to do than the others
    };
    /// Advances round by round. `sequential_cost` in seconds per event: what does not beat it
    /// clearly is slow; 0: not known, so that only plentiful windows are kept. Balance is looked at
    /// after `events_to_balance` events.
    End run(Time until, double sequential_cost, std::uint64_t events_to_balance);

    /// Gives everything back to the simulation, whose clock then stands just before the earliest
    /// pending event. Returns how many events were handled.
    std::uint64_t finish(ParallelReport& report);

  private:
    End run_rounds(Team& team, Time until, double sequential_cost, std::uint64_t events_to_balance);
    void measure_distances();
    void fill_queues();
    /// False when nothing is left to do until then.
    bool open_round(Time until);
    /// Runs the groups of one member to the end of the round.
    void run_share(unsigned member, unsigned members);
    /// The same, watched by the observer.
    void run_share_observed(unsigned member, unsigned members);
    /// Lets the thread of a member wait for others.
    template <class Ready>
    void wait(unsigned member, Ready ready);
    enum class Step {
        none,     ///< nothing, until another group's clock has moved
        creeped,  ///< only its clock has moved
        handled,
    };
    /// Handles what a group may handle now.
    Step advance(std::uint32_t number);
    void cut_short();
    bool is_through(const Group& group) const;
    /// Nothing arrives at the group sooner, by the clocks as they are.
    Time arrival_at(std::uint32_t number) const;
    void take_mail(std::uint32_t number);
    void post_mail(std::uint32_t number);
    void keep_cargo_and_push(Group& group, Mail& mail);
    /// Whether the event stays in the group.
    bool route(std::uint32_t number, const kernel::Event& event);
    /// A round has ended: counts it, and what happened since the last one.
    void observe_round(std::uint64_t opened_ns);
    std::uint64_t wall() const { return observer_ == nullptr ? 0 : observer_->now(); }
    std::uint64_t handled() const;
    bool is_unbalanced() const;
    MailBox& box(std::size_t from, std::size_t to) { return boxes_[from * groups_.size() + to]; }

    kernel::Simulation& simulation_;
    std::uint64_t* traces_;
    bool traced_;
    Observer* observer_;                   ///< may be null
    std::uint64_t made_ns_ = 0;            ///< when it was made
    std::uint64_t ended_ns_ = 0;           ///< when the last round ended
    std::vector<std::uint32_t> group_of_;  ///< by cell
    kernel::Context between_rounds_;       ///< of no group
    std::vector<Group> groups_;
    std::vector<MailBox> boxes_;   ///< from x groups + to
    std::vector<Time> lookahead_;  ///< from x groups + to: of one channel
    std::vector<Time> distance_;   ///< the same over any number of channels, at least one
    Time least_lookahead_ = never;
    Time round_begin_ = 0, round_end_ = 0;  ///< the end included
    Time span_ = 1;                         ///< of a round, so that it holds enough events
    std::uint64_t rounds_ = 0;
    Parking parking_;
    /// Everybody leaves the round where they stand: a share has failed, or clocks only creep.
    std::atomic<bool> is_cut_short_{false};
};

}  // namespace foretwin::executors
