#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/kernel/model.hpp"
#include "engine/random/ahead.hpp"

namespace foretwin::kernel {

/// Builds a Model: first every device is named (so that indices are ranks), then each lays out its
/// state and timers in name order.
class ModelBuilder {
  public:
    /// Names must be unique; sorts them in byte order.
    explicit ModelBuilder(std::vector<std::string> names);

    DeviceIndex index(const std::string& name) const;

    /// The two act on one another without delay, or share state: they run in one logical process.
    /// `why` is what a report of the partition names, e.g. "next" or "crew".
    void join(DeviceIndex one, DeviceIndex other, std::string_view why);
    /// Whatever `from` sends to `to` arrives at least `least_delay` later (>= 0).
    void channel(DeviceIndex from, DeviceIndex to, Time least_delay);
    /// `from` may send to every device, each message at least `least_delay` on its way.
    void channel_to_all(DeviceIndex from, Time least_delay);
    /// Every device may send to every other: one entry where each of a million would need its own.
    void channel_among_all(Time least_delay);
    /// Reports count this device with the one that it is a part of.
    void part(DeviceIndex device) { connections_.parts.push_back(device); }
    /// Every connection has been declared. Without this promise the model stays in one piece.
    void connections_are_complete() { connections_.complete = true; }
    std::size_t size() const { return model_.devices.size(); }

    template <class State>
    std::uint32_t reserve(std::size_t count = 1) {
        return model_.memory.reserve<State>(count);
    }
    TimerIndex reserve_timers(std::uint32_t count);
    /// Lays out a State in every cell, all bytes zero, for what devices anywhere write for a meter
    /// or recorder: so it joins nobody, and `Behaviour::merge` brings together what was written.
    /// Returns what Context::state_in_cell is asked with.
    template <class State>
    std::uint32_t reserve_in_cells() {
        static_assert(std::is_trivially_copyable_v<State> && alignof(State) <= Memory::grain);
        const std::uint32_t offset = cell_bytes_;
        cell_bytes_ += (sizeof(State) + Memory::grain - 1) / Memory::grain * Memory::grain;
        return offset;
    }

    void set(DeviceIndex device, const Behaviour& behaviour, std::shared_ptr<const void> parameters,
             std::uint32_t state);

    /// Declares the name of a random stream; finish() refuses two names with equal hashes.
    std::uint64_t stream(const std::string& name);
    /// The same for a stream whose draw numbers mostly ascend.
    random::Series series(const std::string& name);
    /// The same for Context::sample_pair; draw numbers strictly ascend.
    random::Series pair_series(const std::string& name);

    /// Throws InputError when two names share their random numbers.
    Model finish();

  private:
    /// Names lie end to end in one text: a fleet has millions of them.
    struct Stream {
        std::uint64_t hash = 0;
        std::uint64_t name = 0;  ///< where it begins in the text
    };
    void refuse_equal_hashes();
    void lay_out_cells();
    void tell_what_can_be_undone();

    Model model_;
    Connections connections_;
    std::uint32_t cell_bytes_ = 0;
    std::vector<Stream> streams_;
    std::string stream_names_;  ///< each one followed by a zero
};

}  // namespace foretwin::kernel
