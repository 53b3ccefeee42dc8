#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "benchmarks/clock.hpp"
#include "engine/core/math.hpp"
#include "engine/core/time.hpp"
#include "engine/random/stream.hpp"

namespace foretwin::benchmarks {

/// The floor of any event loop on this machine at this moment: CPU ns of one hold operation (remove
/// the earliest, insert one later) on a bare std::priority_queue of 24-byte events with so many of
/// them pending and exponential gaps, the gaps drawn beforehand. Median of five stretches.
inline double floor_ns(std::size_t pending) {
    struct Event {
        Time at;
        std::uint64_t order;
        std::uint64_t device;
        bool operator>(const Event& other) const {
            return at != other.at ? at > other.at : order > other.order;
        }
    };
    constexpr std::size_t gap_count = 1 << 18;
    std::vector<Time> gaps;
    random::Draws draws = random::draws({1, 0}, 1, 0);
    while (gaps.size() < gap_count) gaps.push_back(from_seconds(-math::log(draws.uniform())));
    std::priority_queue<Event, std::vector<Event>, std::greater<>> queue;
    std::uint64_t order = 0;
    for (std::size_t i = 0; i < pending; ++i) {
        queue.push({gaps[order % gap_count], order, i});
        ++order;
    }
    const auto hold = [&](std::size_t operations) {
        for (std::size_t i = 0; i < operations; ++i) {
            Event event = queue.top();
            queue.pop();
            event.at += gaps[order % gap_count];
            event.order = order++;
            queue.push(event);
        }
    };
    hold(std::max<std::size_t>(pending, 200'000));
    constexpr std::size_t stretch = 300'000;
    std::vector<double> ns;
    for (int round = 0; round < 5; ++round) {
        const double begin = cpu_seconds();
        hold(stretch);
        ns.push_back((cpu_seconds() - begin) / stretch * 1e9);
    }
    std::sort(ns.begin(), ns.end());
    return ns[2];
}

}  // namespace foretwin::benchmarks
