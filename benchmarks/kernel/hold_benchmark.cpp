// The hold operation (remove the earliest event, insert one later) on the product's queue and on
// std::priority_queue with the same events and the same order, in turn, in one process.
// Prints CSV: gaps,pending,queue_ns,priority_queue_ns,ratio; medians of the rounds.
// Arguments: [ROUNDS [GAPS]].
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <queue>
#include <string>
#include <vector>

#include "benchmarks/clock.hpp"
#include "benchmarks/median.hpp"
#include "engine/core/math.hpp"
#include "engine/kernel/event_queue.hpp"
#include "engine/random/stream.hpp"

namespace {

using namespace foretwin;
using kernel::Event;

struct Later {
    bool operator()(const Event& a, const Event& b) const { return kernel::earlier(b, a); }
};
using Floor = std::priority_queue<Event, std::vector<Event>, Later>;

constexpr std::size_t gap_count = 1 << 20;
constexpr const char* all_gaps[] = {"exponential", "uniform", "bimodal",
                                    "bursty",      "equal",   "heavy-tailed"};

/// All with a mean near 1 s; drawn beforehand, so that only the queues are measured.
double gap_seconds(const std::string& gaps, double u, double v) {
    if (gaps == "exponential") return -math::log(u);
    if (gaps == "uniform") return 2 * u;
    if (gaps == "bimodal") return u < 0.9 ? 0.01 * v : 9.5 + v;
    if (gaps == "bursty") return u < 0.5 ? 0 : 1 + static_cast<int>(3 * v);
    if (gaps == "equal") return 1;
    return math::pow(u, -1 / 1.1) - 1;  // Pareto: infinite variance
}

std::vector<Time> draw_gaps(const std::string& gaps) {
    std::vector<Time> times;
    random::Draws draws = random::draws({1, 0}, 1, 0);
    while (times.size() < gap_count) {
        const double u = draws.uniform();
        times.push_back(from_seconds(std::min(gap_seconds(gaps, u, draws.uniform()), 1e8)));
    }
    return times;
}

struct Cost {
    double ns = 0;
    std::uint64_t order = 0;  ///< depends on every event that came out
};

/// Fills the queue, holds until the start is forgotten, then measures.
template <class Queue>
Cost hold(const std::vector<Time>& gaps, std::size_t pending) {
    Queue queue;
    Cost cost;
    std::uint64_t number = 0;
    const auto next_gap = [&] { return gaps[number % gap_count]; };
    for (std::size_t i = 0; i < pending; ++i) {
        const auto sender = static_cast<kernel::DeviceIndex>(i);
        Event event;
        event.at = next_gap();
        event.order = kernel::pack_order(0, kernel::EventClass::arrival, sender);
        event.counter = number++;
        queue.push(event);
    }
    const auto operate = [&](std::size_t operations) {
        for (std::size_t i = 0; i < operations; ++i) {
            Event event = queue.top();
            queue.pop();
            cost.order = cost.order * 31 + event.counter;
            event.at += next_gap();
            event.counter = number++;
            queue.push(event);
        }
    };
    operate(std::max<std::size_t>(3 * pending, 200'000));
    const std::size_t operations = std::max<std::size_t>(2 * pending, 1'000'000);
    const double begin = benchmarks::cpu_seconds();
    operate(operations);
    cost.ns = (benchmarks::cpu_seconds() - begin) / static_cast<double>(operations) * 1e9;
    return cost;
}

bool measure(const std::string& gaps, std::size_t pending, int rounds) {
    const std::vector<Time> times = draw_gaps(gaps);
    std::vector<double> queue;
    std::vector<double> floor;
    std::vector<double> ratio;
    for (int round = 0; round < rounds; ++round) {
        const Cost plain = hold<Floor>(times, pending);
        const Cost ours = hold<kernel::EventQueue>(times, pending);
        if (plain.order != ours.order) return false;
        floor.push_back(plain.ns);
        queue.push_back(ours.ns);
        ratio.push_back(ours.ns / plain.ns);
    }
    std::cout << gaps << ',' << pending << ',' << benchmarks::median(queue) << ','
              << benchmarks::median(floor) << ',' << benchmarks::median(ratio) << std::endl;
    return true;
}

}  // namespace

int main(int count, char** arguments) {
    const int rounds = count > 1 ? std::atoi(arguments[1]) : 5;
    std::cout.precision(4);
    std::cout << "gaps,pending,queue_ns,priority_queue_ns,ratio\n";
    for (const std::string gaps : all_gaps) {
        if (count > 2 && gaps != arguments[2]) continue;
        for (const std::size_t pending : {1'000U, 100'000U, 1'000'000U}) {
            if (measure(gaps, pending, rounds)) continue;
            std::cerr << "the queues disagree about the order of events\n";
            return 1;
        }
    }
}
