#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/wide.hpp"
#include "engine/kernel/event.hpp"
#include "engine/kernel/memory.hpp"
#include "engine/kernel/partition.hpp"

namespace foretwin::kernel {

class Context;

/// Collects the figures of one replication. Each figure is an integer (ns, parts, mW ns, ...); its
/// unit and the factor to that unit are told once per model, not once per replication.
struct FigureSpec {
    std::string device;  ///< full name; empty for figures of the whole plant
    std::string name;    ///< path below the device, e.g. "failures/valve jam/count"
    std::string unit;    ///< SI, e.g. "s", "J", "part", "1"
    double factor = 1;   ///< figure in `unit` = integer x factor
};

class FigureSink {
  public:
    explicit FigureSink(bool with_names) : with_names_(with_names) {}

    /// Names are only built when they are wanted: `name` may be any callable that returns one.
    template <class Name>
    void add(const Name& name, Wide value, std::string_view unit, double factor) {
        if (with_names_) {
            if constexpr (std::is_convertible_v<Name, std::string_view>) {
                specs.push_back({device, std::string(name), std::string(unit), factor});
            } else {
                specs.push_back({device, name(), std::string(unit), factor});
            }
        }
        values.push_back(value);
    }

    std::string device;
    std::vector<FigureSpec> specs;
    std::vector<Wide> values;

  private:
    bool with_names_;
};

/// The behaviour of one device type: free functions on (parameters, state, event, context).
struct Behaviour {
    std::string_view type;
    /// Called once at time 0, in name order, before any event.
    void (*start)(Context&, DeviceIndex) = nullptr;
    void (*handle)(Context&, DeviceIndex, const Event&) = nullptr;
    /// A zero-delay call from another device, taken from the worklist.
    void (*call)(Context&, DeviceIndex, const Event&) = nullptr;
    /// Measuring begins now: clear what was accumulated, keep what the plant is doing.
    void (*begin_measuring)(Context&, DeviceIndex) = nullptr;
    /// Bring accumulators up to now and tell the figures, always in the same order.
    void (*report)(Context&, DeviceIndex, FigureSink&) = nullptr;
    /// Table of ports for other devices; its type is agreed in models/contract.
    const void* ports = nullptr;
    /// Folds into the device what each cell wrote for it (ModelBuilder::reserve_in_cells): every
    /// cell has handled all before `until`. Must give the same figures whenever it is called;
    /// executors call it now and then, so that what the cells wrote does not pile up.
    void (*merge)(Context&, DeviceIndex, Time until) = nullptr;
    /// Bytes of a device's state, when this is promised: `handle` and `call` change nothing but
    /// these, the timers and, as sender, the event counter of the device they are called for. They
    /// reach others by Context::call or by messages without cargo alone, and keep no rings. An
    /// optimistic executor may then undo what they did. 0: not promised.
    std::uint32_t plain_state = 0;
    /// Raised by hand when the bytes of a state come to mean something else, though they may lie as
    /// before: snapshots and checkpoints of another revision are refused.
    std::uint32_t revision = 1;
    /// Tells what the device is doing at this instant, always in the same order. No figure of a
    /// result: fingerprints do not contain it.
    void (*present)(Context&, DeviceIndex, FigureSink&) = nullptr;

    std::size_t plain_words() const { return (plain_state + 7) / 8; }
};

/// One device of a model: constant while the model runs.
struct Device {
    std::string name;  ///< full name, unique
    const Behaviour* behaviour = nullptr;
    std::uint32_t state = 0;  ///< offset of its state in the memory
};

/// What handling an event needs of a device, side by side.
struct DispatchEntry {
    const Behaviour* behaviour = nullptr;
    const void* parameters = nullptr;
    std::uint32_t state = 0;
    std::uint32_t cell = 0;  ///< of the partition; chooses the pool of its rings
};

/// A pending event, cancellable in O(1): cancelling moves the generation on.
struct Timer {
    Time at = never;  ///< `never` when nothing is pending
    std::uint32_t generation = 0;
    std::uint32_t unused = 0;
};

/// Constant description of what is simulated, with the memory as it is before time 0. Devices are
/// sorted by name, so that the index of a device is its rank.
struct Model {
    std::vector<Device> devices;
    std::vector<DispatchEntry> dispatch;  ///< per device
    Partition partition;                  ///< what may run side by side
    /// Keeps the parameters alive, each once, also where a fleet of devices shares them.
    std::vector<std::shared_ptr<const void>> parameters;
    Memory memory;
    std::uint32_t timers = 0;  ///< offset of the timer table
    std::uint32_t timer_count = 0;
    std::uint32_t counters = 0;           ///< offset of one event counter (u64) per device
    std::uint32_t traces = 0;             ///< offset of one trace hash (u64) per device
    std::uint32_t cell_states = 0;        ///< offset of what cells write for others, cell by cell
    std::uint32_t cell_stride = 0;        ///< bytes from one cell's to the next one's
    std::vector<DeviceIndex> merging;     ///< devices whose behaviour has `merge`
    std::uint32_t series_count = 0;       ///< of draws that are computed ahead
    std::uint32_t pair_series_count = 0;  ///< of those that give a value and a uniform each
    Time least_delay = 0;                 ///< of all channels; `never` where there is none
    /// Why an executor could not undo what was handled; empty when it could.
    std::string not_undoable;
    /// Of a model that can be undone: who stays together. Empty otherwise.
    std::vector<std::pair<DeviceIndex, DeviceIndex>> joined;

    /// Hash of who is there, what each one is in which revision, and where its state lies: equal
    /// for models whose captured bytes mean the same. Parameters stay out.
    std::uint64_t identity = 0;

    DeviceIndex find(std::string_view name) const;
};

/// What finish() writes into `identity`.
std::uint64_t identity_of(const Model& model);

}  // namespace foretwin::kernel
