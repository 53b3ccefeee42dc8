#pragma once

#include <cstdint>

#include "engine/kernel/model.hpp"
#include "engine/kernel/simulation.hpp"

/// The single queue M/M/1 in the kernel alone, as one device: parts arrive exponentially, wait
/// first come first served without limit, and are served exponentially by one server. Without any
/// machine of models/flow it shows what the kernel itself costs. Mean wait before service: rho /
/// (mu - lambda) in the long run (Kleinrock 1975, 3.2).
namespace foretwin::reference {

struct SingleQueue {
    double between_arrivals = 1.25;  ///< s, mean, > 0
    double service = 1.0;            ///< s, mean, > 0
};

/// One device "queue" with the streams "queue/arrival" and "queue/service". Figures: arrived,
/// departed, in_system, and wait of those that began service, in s.
kernel::Model single_queue(const SingleQueue& plan);

/// Mean wait before service in the long run, s.
double single_queue_mean_wait(const SingleQueue& plan);

}  // namespace foretwin::reference
