#pragma once

#include "models/external/device.hpp"

/// What the parts of models/external share; nobody outside this folder includes it.
namespace foretwin::external {

/// The device at work, as its handlers see it: the C head first.
struct Work : foretwin_device {
    Work(Context& at, DeviceIndex device);

    /// Notes what stops the study; the first one counts.
    void fail_with(std::string message);
    std::size_t held_at(std::int64_t ticket) const;  ///< place in `held`; its count if not there

    Context* context;
    const External* external;
    ExternalState* state;
    DeviceIndex index;
    bool only_looks = false;  ///< the handler `finish`
    std::string message;
};

/// What handlers may ask for.
const foretwin_services& services();

/// Counts the energy drawn so far.
void count_energy(ExternalState& state, Time now);
/// Brings a level up to now.
void count_level(FigureState& figure, Time now);

}  // namespace foretwin::external
