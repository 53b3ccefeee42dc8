#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/kernel/context.hpp"
#include "engine/kernel/model.hpp"

namespace foretwin::kernel {

/// One running twin: a constant model and everything that moves. Copying it is a fork: the copy
/// continues bit for bit. Executors (engine/executors) advance it; between their calls no queue
/// exists, only the list of pending events.
class Simulation {
  public:
    /// All that moves, besides the key.
    struct State {
        Memory memory;
        std::vector<Event> pending;
        /// Instead of `pending`: a list that several twins look at until each of them goes on.
        std::shared_ptr<const std::vector<Event>> shared_pending;
        Time now = 0;
        std::uint64_t step = 0;
        std::uint64_t events_handled = 0;
    };

    /// The twin at time 0, before anything has started. The model must outlive the simulation.
    Simulation(const Model& model, random::Key key);
    /// The twin as it stood elsewhere, with the same model: snapshots and forks.
    Simulation(const Model& model, random::Key key, State state);

    /// Starts every device in name order; call once, at time 0.
    void start();
    /// Measuring begins now: accumulators of all devices are cleared.
    void begin_measuring();
    /// The figures so far, in the canonical order (devices by name). Names only on request.
    FigureSink report(bool with_names);

    /// What every device is doing at this instant, by those that tell it.
    FigureSink present(bool with_names);
    /// A zero-delay call from outside the plant, at the present instant: what telemetry saw. Part
    /// of the twin's history like any event, so the same calls at the same instants give the same
    /// twin, bit for bit. Between runs of an executor only.
    void tell(DeviceIndex device, std::uint8_t call, std::uint16_t unit = 0,
              std::uint8_t index = 0);
    /// From now on, draws are those of another key: a copy becomes a future of its own.
    void draw_from(random::Key key) { key_ = key; }

    const Model& model() const { return *model_; }
    random::Key key() const { return key_; }
    Time now() const { return now_; }
    std::uint64_t events_handled() const { return events_handled_; }
    std::size_t pending_events() const { return pending().size(); }

    /// Hash over the chain of handled events per device, folded in name order. Meaningful only when
    /// the run was traced.
    std::uint64_t trace_fingerprint() const;

    // -- for executors and snapshots -------------------------------------------------------------
    Memory& memory() { return memory_; }
    const Memory& memory() const { return memory_; }
    std::vector<Event>& pending() {
        if (shared_pending_ != nullptr) own_pending();
        return pending_;
    }
    const std::vector<Event>& pending() const {
        return shared_pending_ != nullptr ? *shared_pending_ : pending_;
    }
    void count_events(std::uint64_t events) { events_handled_ += events; }
    /// A context at the present instant, to handle events with.
    Context context();
    /// Takes over where a context has arrived.
    void settle(Context& context);
    void move_clock(Time now) {
        now_ = now;
        step_ = 0;
    }
    std::uint64_t step() const { return step_; }

  private:
    void own_pending();
    FigureSink ask(bool with_names,
                   void (*Behaviour::*question)(Context&, DeviceIndex, FigureSink&));

    const Model* model_;
    random::Key key_;
    Memory memory_;
    std::vector<Event> pending_;
    std::shared_ptr<const std::vector<Event>> shared_pending_;  ///< until this twin goes on
    Time now_ = 0;
    std::uint64_t step_ = 0;
    std::uint64_t events_handled_ = 0;
};

}  // namespace foretwin::kernel
