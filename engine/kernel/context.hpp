#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include "engine/core/rule.hpp"
#include "engine/kernel/event.hpp"
#include "engine/kernel/memory.hpp"
#include "engine/kernel/model.hpp"
#include "engine/kernel/undo_log.hpp"
#include "engine/random/ahead.hpp"

namespace foretwin::kernel {

/// Builds for debugging and the sanitizers hold devices to the cells that they may look into.
#ifdef FORETWIN_CHECK_CELLS
inline constexpr bool cells_are_checked = true;
#else
inline constexpr bool cells_are_checked = false;
#endif

/// What a behaviour sees while it handles one event: the clock, its own parameters and state, the
/// random streams, and an outbox. It never sees the queue, so no executor can influence it.
class Context {
  public:
    Context(const Model& model, Memory& memory, random::Key key)
        : model_(&model),
          memory_(&memory),
          dispatch_(model.dispatch.data()),
          fixed_(memory.at<std::byte>(0)),
          pools_(&memory.pool(0)),
          pool_(pools_),
          key_(key) {
        timers_ = memory.at<Timer>(model.timers);
        counters_ = memory.at<std::uint64_t>(model.counters);
        outbox_.reserve(64);
    }

    Time now() const { return now_; }
    random::Key key() const { return key_; }
    random::Draws draws(std::uint64_t name, std::uint32_t draw, std::uint32_t position = 0) const {
        return random::draws(key_, name, draw, position);
    }
    /// sample(law, draws(series.name, draw, position)). One series, one law.
    double sample(const random::Distribution& law, const random::Series& series, std::uint32_t draw,
                  std::uint32_t position = 0) {
        if (position == 0 && !ahead_.empty()) {
            return ahead_[series.number].sample(law, key_, series.name, draw);
        }
        random::Draws at = draws(series.name, draw, position);
        return random::sample(law, at);
    }
    /// The same as a duration, the law being in seconds.
    Time sample_time(const random::Distribution& law, const random::Series& series,
                     std::uint32_t draw, std::uint32_t position = 0) {
        return from_seconds(sample(law, series, draw, position));
    }

    /// sample_pair(law, draws(series.name, draw)) of a pair series. One series, one law.
    random::Pair sample_pair(const random::Distribution& law, const random::Series& series,
                             std::uint32_t draw) {
        if (pairs_ahead_.empty()) return random::sample_pair(law, draws(series.name, draw));
        return pairs_ahead_[series.number].sample(law, key_, series.name, draw);
    }

    template <class T>
    const T& parameters(DeviceIndex device) const {
        return *static_cast<const T*>(dispatch_[device].parameters);
    }
    template <class T>
    T& state(DeviceIndex device) {
        if constexpr (cells_are_checked) {
            FORETWIN_RULE(group_of_ == nullptr || group_of_[dispatch_[device].cell] == group_,
                          "a device looks at the state of others only where it is joined to them");
        }
        return *at<T>(dispatch_[device].state);
    }
    /// What Memory::reserve laid out at an offset.
    template <class T>
    T* at(std::uint32_t offset) {
        return std::launder(reinterpret_cast<T*>(fixed_ + offset));
    }
    /// What ModelBuilder::reserve_in_cells laid out, of the cell at work or of another one.
    template <class T>
    T& state_in_cell(std::uint32_t reserved) {
        return state_in_cell<T>(reserved, static_cast<std::uint32_t>(pool_ - pools_));
    }
    template <class T>
    T& state_in_cell(std::uint32_t reserved, std::uint32_t cell) {
        return *at<T>(model_->cell_states + cell * model_->cell_stride + reserved);
    }
    template <class T>
    const T& ports(DeviceIndex device) const {
        return *static_cast<const T*>(dispatch_[device].behaviour->ports);
    }
    /// Whether both have the same functions, and the same ports.
    bool are_alike(DeviceIndex a, DeviceIndex b) const {
        return dispatch_[a].behaviour == dispatch_[b].behaviour;
    }
    /// Where the rings of the device at work live.
    Pool& memory() { return *pool_; }
    /// Those of another cell; for Behaviour::merge.
    Pool& memory_of_cell(std::uint32_t cell) { return memory_->pool(cell); }
    const Model& model() const { return *model_; }

    /// Sets a timer: at most one event per timer is pending, an earlier one is replaced. An instant
    /// of `never` schedules nothing.
    [[gnu::always_inline]] void set_timer(TimerIndex timer, Time at, EventClass event_class,
                                          Event event) {
        Timer& slot = timers_[timer];
        if (undo_ != nullptr) [[unlikely]] {
            save(slot);
        }
        if (slot.at != never) count_cancelled();
        ++slot.generation;
        slot.at = at;
        if (at == never) return;
        event.timer = timer;
        event.generation = slot.generation;
        schedule(at, event_class, event);
    }
    void cancel(TimerIndex timer) {
        Timer& slot = timers_[timer];
        if (slot.at == never) return;
        if (undo_ != nullptr) save(slot);
        slot.at = never;
        ++slot.generation;
        count_cancelled();
    }
    /// The instant a timer will fire, or `never`.
    Time timer_at(TimerIndex timer) const { return timers_[timer].at; }

    /// Schedules an event of the device itself that cannot be cancelled.
    [[gnu::always_inline]] void schedule(Time at, EventClass event_class, const Event& event) {
        send(event.device, at, event_class, event);
    }
    /// Schedules an event for another device, over a channel that promised the least delay: it is
    /// ordered by its sender and the sender's counter.
    [[gnu::always_inline]] void send(DeviceIndex sender, Time at, EventClass event_class,
                                     const Event& event) {
        FORETWIN_RULE(at >= now_, "an event never happens before the one that caused it");
        const std::uint64_t step = at == now_ ? step_ + 1 : 0;
        FORETWIN_RULE(step <= Event::last_step, "a chain of zero-delay events has an end");
        const FreshEvent fresh(event, at, pack_order(step, event_class, sender),
                               counters_[sender]++);
        outbox_.emplace_back(fresh);
    }
    /// The same with values that travel along; the receiver's handler takes them out, once.
    template <class T>
    void send(DeviceIndex sender, Time at, EventClass event_class, Event event, const T& values) {
        static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof(Cargo));
        Cargo cargo;
        std::memcpy(cargo.bytes.data(), &values, sizeof(T));
        const std::uint32_t cell = dispatch_[event.device].cell;
        if (group_of_ == nullptr || group_of_[cell] == group_) {
            event.generation = memory_->pool(cell).keep(cargo) + 1;
        } else {
            abroad_.push_back(cargo);
            event.generation = static_cast<std::uint32_t>(abroad_.size());
        }
        send(sender, at, event_class, event);
    }
    template <class T>
    T take_cargo(const Event& event) {
        FORETWIN_RULE(event.has_cargo(), "only a message that was sent with cargo brings any");
        const Cargo cargo = pool_->take<Cargo>(event.generation - 1);
        T values;
        std::memcpy(&values, cargo.bytes.data(), sizeof(T));
        return values;
    }

    /// A zero-delay call to another device, run after the present handler from a worklist: first in
    /// first out, so that cascades never recurse.
    void call(DeviceIndex device, std::uint8_t kind, std::uint16_t unit = 0,
              std::uint8_t index = 0) {
        worklist_.push_back(device | std::uint64_t{kind} << 32 | std::uint64_t{index} << 40 |
                            std::uint64_t{unit} << 48);
    }

    /// Whether no call waits: one that a device made now would be the next thing that happens.
    bool calls_nothing() const { return worklist_.empty(); }

    // -- for executors ---------------------------------------------------------------------------
    /// Draws of ascending numbers are computed several at a time. They are pure functions of
    /// their numbers, so this changes no value; without it, the plain way is taken.
    /// So it is where there are too many series to keep their next draws near the processor.
    void draw_ahead() {
        constexpr std::uint32_t most_series = 1U << 16;
        constexpr std::uint32_t most_pair_series = 1U << 13;
        if (model_->series_count <= most_series) ahead_.resize(model_->series_count);
        if (model_->pair_series_count <= most_pair_series) {
            pairs_ahead_.resize(model_->pair_series_count);
        }
    }
    std::vector<Event>& outbox() { return outbox_; }
    /// This context runs one group of cells and touches no other. Cargo for a device elsewhere then
    /// waits in `abroad`, in the order of the outbox, for the executor to carry it over.
    void stay_within(const std::uint32_t* group_of_cell, std::uint32_t group) {
        group_of_ = group_of_cell;
        group_ = group;
    }
    std::vector<Cargo>& abroad() { return abroad_; }
    std::uint64_t stale_events() const { return stale_; }
    bool is_stale(const Event& event) const {
        return event.timer != no_timer && timers_[event.timer].generation != event.generation;
    }
    void forget_stale(std::uint64_t count) { stale_ -= count; }
    /// Events that were cancelled or replaced before they were due, in this context.
    std::uint64_t cancelled_events() const { return cancelled_; }

    /// From now on until told otherwise (nullptr), what is changed is saved before, so that it can
    /// be undone. Only for models that can be (Model::undoable).
    void keep_undo(UndoLog* undo) { undo_ = undo; }
    /// Before this event is dispatched.
    void save(const Event& event) {
        save(event.device);
        if (event.timer != no_timer) save(timers_[event.timer]);
    }
    /// After the changes since then were put back.
    void restore_cancelled(std::uint64_t stale, std::uint64_t cancelled) {
        stale_ = stale;
        cancelled_ = cancelled;
    }

    /// Where there are many devices, what an event needs is far from the processor: first the
    /// device's entry is fetched, and once that is here, its state. Changes nothing.
    void fetch_entry(DeviceIndex device) const {
        if (device == no_device) return;
        __builtin_prefetch(&dispatch_[device]);
        __builtin_prefetch(&counters_[device]);
    }
    void fetch_state(DeviceIndex device) const {
        if (device == no_device) return;
        __builtin_prefetch(fixed_ + dispatch_[device].state);
    }

    /// Handles one event and every zero-delay call it causes.
    void dispatch(const Event& event) {
        if (event.timer != no_timer) timers_[event.timer].at = never;
        dispatch_due(event);
    }
    /// Whether the event is not stale; its timer has then fired, and it is for dispatch_due.
    bool fire(const Event& event) {
        if (event.timer == no_timer) return true;
        Timer& timer = timers_[event.timer];
        if (timer.generation != event.generation) return false;
        timer.at = never;
        return true;
    }
    void dispatch_due(const Event& event) {
        now_ = event.at;
        step_ = event.step();
        enter(event.device);
        dispatch_[event.device].behaviour->handle(*this, event.device, event);
        if (!worklist_.empty()) drain_worklist();
    }
    void drain_worklist() {
        Event event;
        for (std::size_t next = 0; next < worklist_.size(); ++next) {
            const std::uint64_t call = worklist_[next];
            event.device = static_cast<DeviceIndex>(call);
            event.kind = static_cast<std::uint8_t>(call >> 32);
            event.index = static_cast<std::uint8_t>(call >> 40);
            event.unit = static_cast<std::uint16_t>(call >> 48);
            enter(event.device);
            if (undo_ != nullptr) save(event.device);
            dispatch_[event.device].behaviour->call(*this, event.device, event);
        }
        worklist_.clear();
    }
    /// What follows is the work of this device.
    void enter(DeviceIndex device) { pool_ = pools_ + dispatch_[device].cell; }
    /// Every cell has handled all before `until`: meters and recorders fold in what cells wrote.
    void merge(Time until) {
        for (const DeviceIndex device : model_->merging) {
            dispatch_[device].behaviour->merge(*this, device, until);
        }
    }
    void move_clock(Time now, std::uint64_t step) {
        now_ = now;
        step_ = step;
    }
    std::uint64_t step() const { return step_; }

  private:
    void count_cancelled() {
        ++stale_;
        ++cancelled_;
    }
    [[gnu::noinline, gnu::cold]] void save(const Timer& timer) { undo_->save(timer); }
    void save(DeviceIndex device) {
        const DispatchEntry& entry = dispatch_[device];
        undo_->save(fixed_ + entry.state, entry.behaviour->plain_words());
        undo_->save(counters_[device]);
    }

    const Model* model_;
    Memory* memory_;
    const DispatchEntry* dispatch_;
    std::byte* fixed_;
    Pool* pools_;  ///< by cell
    Pool* pool_;   ///< of the cell at work
    Timer* timers_;
    std::uint64_t* counters_;
    random::Key key_;
    Time now_ = 0;
    std::uint64_t step_ = 0;
    std::uint64_t stale_ = 0;  ///< cancelled events that still sit in the queue
    std::uint64_t cancelled_ = 0;
    std::vector<Event> outbox_;
    /// Calls, each as one word: device, kind, index, unit, as they lie in an event. What is written
    /// at once is read back without waiting for its parts.
    std::vector<std::uint64_t> worklist_;
    std::vector<Cargo> abroad_;
    const std::uint32_t* group_of_ = nullptr;  ///< by cell; nullptr: all cells are run here
    std::uint32_t group_ = 0;
    UndoLog* undo_ = nullptr;
    std::vector<random::Ahead> ahead_;
    std::vector<random::PairsAhead> pairs_ahead_;
};

}  // namespace foretwin::kernel
