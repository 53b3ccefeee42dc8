#pragma once

#include <cstdint>

#include "engine/kernel/model.hpp"

/// PHOLD, the benchmark of event loops (Fujimoto 1990): logical processes that do nothing but wake
/// one another. Handling an event at t causes one event at t + lookahead + exp(1 s), with chance
/// `remote` at a process chosen uniformly among all, else at the same process. So every one of the
/// processes x events chains is a renewal process of its own, wherever it runs, and the number of
/// events up to t has a known mean and variance.
/// Not for: anything but measuring and testing the kernel.
namespace foretwin::reference {

struct Phold {
    std::uint32_t processes = 1024;  ///< 1 to 10^7
    std::uint32_t events = 8;        ///< of each process at the start, due at lookahead + exp(1 s)
    double remote = 0.1;             ///< chance that the next event is sent on, 0 to 1
    double lookahead = 0.1;          ///< s, >= 0
};

/// One device per process, named by its number, with the random stream "number/next": one draw per
/// event, of which the first half gives the delay and the second one the destination.
/// Figures of each process: events handled, events sent on.
kernel::Model phold(const Phold& plan);

/// Mean and variance of the number of events up to `seconds`, by the renewal theorem (Feller 1971,
/// XI.3 and XI.8): what is left out decays exponentially with the time.
double phold_mean_events(const Phold& plan, double seconds);
double phold_variance_of_events(const Phold& plan, double seconds);

}  // namespace foretwin::reference
