#include "tools/foretwin/pace.hpp"

#include <algorithm>
#include <thread>

#include "engine/core/error.hpp"
#include "engine/core/quantity.hpp"
#include "tools/foretwin/interrupt.hpp"

namespace foretwin::tool {

Pace::Pace(const std::string& speed) {
    if (speed == "as-fast") return;
    std::string number = speed;
    if (number.ends_with('x')) number.pop_back();
    const auto read = parse_number(number);
    if (!read || *read <= 0)
        throw InputError({}, "--speed: '" + speed + "' is no speed",
                         "write as-fast, or so many times the real one, as in 60x");
    speed_ = *read;
}

bool Pace::wait_for(telemetry::Instant at) {
    if (as_fast()) return !interrupted().load();
    if (!first_) {
        first_ = at;
        start_ = Clock::now();
    }
    const std::chrono::duration<double> due(to_seconds(telemetry::time_between(*first_, at)) /
                                            speed_);
    constexpr std::chrono::duration<double> longest_nap(0.2);
    while (!interrupted().load()) {
        const std::chrono::duration<double> left = due - (Clock::now() - start_);
        if (left.count() <= 0) return true;
        std::this_thread::sleep_for(std::min(left, longest_nap));
    }
    return false;
}

}  // namespace foretwin::tool
