#include "engine/executors/stretch.hpp"

#include <algorithm>

#include "engine/executors/pace.hpp"

namespace foretwin::executors {

Stretch run_stretch(kernel::Simulation& simulation, Time until, Trace trace, Observer* observer) {
    const Stopwatch watch;
    const std::uint64_t before = simulation.events_handled();
    run_sequential(simulation, until, trace, observer);
    const std::uint64_t handled = simulation.events_handled() - before;
    return {handled, watch.seconds() / static_cast<double>(std::max<std::uint64_t>(1, handled))};
}

}  // namespace foretwin::executors
