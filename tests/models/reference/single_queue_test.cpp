#include "models/reference/single_queue.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/core/name_hash.hpp"
#include "engine/executors/reference.hpp"
#include "engine/executors/sequential.hpp"
#include "engine/random/distribution.hpp"

using namespace foretwin;
using reference::SingleQueue;

namespace {

constexpr random::Key key{3, 0};

enum Figure : std::size_t { arrived, departed, in_system, wait };

std::vector<Wide> after(const kernel::Model& model, Time until) {
    kernel::Simulation simulation(model, key);
    simulation.start();
    executors::run_sequential(simulation, until);
    return simulation.report(false).values;
}

}  // namespace

TEST_CASE("every wait is Lindley's, part by part, from the same draws") {
    // wait(n + 1) = max(0, wait(n) + service(n) - gap(n + 1)) (Lindley 1952), in whole nanoseconds.
    const SingleQueue plan;
    const random::Distribution gap = random::exponential(plan.between_arrivals);
    const random::Distribution service = random::exponential(plan.service);
    const Time until = 2'000 * second;
    const auto time_of = [&](const char* stream, const random::Distribution& law,
                             std::uint32_t number) {
        random::Draws draws = random::draws(key, name_hash(stream), number);
        return random::sample_time(law, draws);
    };
    Time at = time_of("queue/arrival", gap, 0);
    Time waits = 0;
    Wide sum = 0;
    Wide came = 0;
    Wide left = 0;
    for (std::uint32_t n = 0; at <= until; ++n) {
        const Time serves = time_of("queue/service", service, n);
        ++came;
        if (at + waits <= until) sum += waits;  // began service by then
        if (at + waits + serves <= until) ++left;
        const Time next = time_of("queue/arrival", gap, n + 1);
        waits = std::max<Time>(0, waits + serves - next);
        at += next;
    }
    const std::vector<Wide> figures = after(reference::single_queue(plan), until);
    CHECK(figures[arrived] == came);
    CHECK(figures[departed] == left);
    CHECK(figures[in_system] == came - left);
    CHECK(figures[wait] == sum);
    CHECK(came > 1'500);
}

TEST_CASE("the mean wait is what theory says") {
    // M/M/1 at load rho = 0.8: 4 s. The mean of n waits has the variance s / n with
    // s = rho (2 + 5 rho - 4 rho^2 + rho^3) / (1 - rho)^4 / mu^2 = 1,976 s^2 (Whitt 1989), here for
    // 800,000 waits a standard error of 0.05 s.
    const SingleQueue plan;
    CHECK(reference::single_queue_mean_wait(plan) == doctest::Approx(4));
    const std::vector<Wide> figures = after(reference::single_queue(plan), 1'000'000 * second);
    const double mean =
        static_cast<double>(figures[wait]) * 1e-9 / static_cast<double>(figures[departed]);
    CHECK(std::abs(mean - 4) < 4 * 0.05);
}

TEST_CASE("the plain executor tells the same story of the queue") {
    const kernel::Model model = reference::single_queue({});
    kernel::Simulation plain(model, key);
    plain.start();
    executors::run_reference(plain, 5'000 * second);
    CHECK(plain.report(false).values == after(model, 5'000 * second));
}
