#include "scenarios/present/tracker.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "engine/core/math_special.hpp"
#include "engine/random/stream.hpp"
#include "tests/support/plant.hpp"

/// A plant that is simulated, masked and given to the tracker as telemetry: what was hidden is
/// known to the test alone.

using namespace foretwin;
using namespace foretwin::present;
using test::Run;

namespace {

/// A feeds B over a buffer of 20. Telemetry shows when they stop and run again, and now and then,
/// roughly, how many parts have left. Hidden: what lies between them, and how much they have
/// worked.
const char* const plant_text =
    "foretwin: 1\nname: line\ntime: {start: 2026-01-05T00:00, horizon: 100 h}\ndevices:\n"
    "  In: {type: source, saturated: true, next: A}\n"
    "  A: {type: station, cycle: {lognormal: {mean: 60 s, sd: 30 s}}, next: B,\n"
    "      failures: {jam: {clock: operating, time_to_failure: {weibull: {shape: 2, scale: 90 "
    "min}},\n"
    "                       repair: {lognormal: {mean: 15 min, sd: 15 min}}}}}\n"
    "  B: {type: station, buffer: 20, cycle: {lognormal: {mean: 58 s, sd: 30 s}}, next: Out,\n"
    "      failures: {crack: {clock: operating, time_to_failure: {weibull: {shape: 2, scale: 2 "
    "h}},\n"
    "                         repair: {lognormal: {mean: 15 min, sd: 15 min}}}}}\n"
    "  Out: {type: sink}\n";

constexpr Time step = 5 * second;
constexpr Time reads_every = 10 * minute;

std::shared_ptr<const assembly::Plant> plant() {
    static const auto shared = test::assembled(test::read_text(plant_text));
    return shared;
}

Wide present(kernel::Simulation& twin, const std::string& name) {
    static const std::vector<kernel::FigureSpec> specs = twin.present(true).specs;
    const kernel::FigureSink sink = twin.present(false);
    for (std::size_t i = 0; i < specs.size(); ++i) {
        if (specs[i].device + "/" + specs[i].name == name) return sink.values[i];
    }
    throw std::out_of_range(name);
}

struct Truth {
    std::vector<Statement> statements;  ///< as telemetry tells them
    double in_buffer = 0;               ///< at B, at the end
    double worked = 0;                  ///< age of A at the end, s
    double arrived = 0;
};

/// Lives through some hours and keeps a diary. Readings of the counter have a normal error.
Truth live(std::uint32_t number, Time until, double sd) {
    const auto model = plant();
    kernel::Simulation twin(model->model, {99, number});
    twin.start();
    Truth truth;
    std::array<bool, 2> down{};
    std::array<Wide, 2> repair{};
    const auto figure = [&](const std::string& name) {
        static const std::vector<kernel::FigureSpec> specs = twin.report(true).specs;
        const kernel::FigureSink sink = twin.report(false);
        for (std::size_t i = 0; i < specs.size(); ++i) {
            if (specs[i].device + "/" + specs[i].name == name) return sink.values[i];
        }
        throw std::out_of_range(name);
    };
    for (Time at = step; at <= until; at += step) {
        executors::run_sequential(twin, at);
        for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
            const std::string device = i == 0 ? "A" : "B";
            const bool now_down =
                present(twin, device + "/1/state") == Wide{index_of(MachineState::repair)};
            const Wide before = repair[i];
            if (now_down || down[i]) repair[i] = figure(device + "/states/repair");
            if (now_down == down[i]) continue;
            down[i] = now_down;
            // To the nanosecond: what of the last step was repair.
            const auto changed = static_cast<Time>(repair[i] - before);
            truth.statements.push_back(
                {now_down ? at - changed : at - step + changed,
                 now_down ? Statement::Kind::failed : Statement::Kind::repaired,
                 model->model.find(device)});
        }
        if (at % reads_every != 0) continue;
        random::Draws draws({5, number}, 17, static_cast<std::uint32_t>(at / reads_every), 0);
        for (const std::size_t gauge : {std::size_t{0}, std::size_t{1}}) {
            const double error = sd * math::normal_quantile(draws.uniform());
            Statement reading{at, Statement::Kind::gauge};
            reading.gauge = gauge;
            reading.value = to_double(figure(gauge == 0 ? "A/completed" : "Out/arrived")) + error;
            truth.statements.push_back(reading);
        }
    }
    std::stable_sort(truth.statements.begin(), truth.statements.end(),
                     [](const Statement& a, const Statement& b) { return a.at < b.at; });
    truth.in_buffer = to_double(present(twin, "B/inside"));
    truth.worked = to_double(present(twin, "A/1/jam/age")) * 1e-9;
    truth.arrived = static_cast<double>(test::figures_of(twin)["Out/arrived"]);
    return truth;
}

Tracker tracked(const Truth& truth, std::uint32_t seed, double sd, std::size_t particles,
                int threads = 2) {
    TrackerOptions options;
    options.particles = particles;
    options.seed = seed;
    options.threads = threads;
    Tracker tracker({&plant()->model}, options);
    tracker.follow(plant()->model.find("A"));
    tracker.follow(plant()->model.find("B"));
    tracker.add({"A", "completed", sd, false});
    tracker.add({"Out", "arrived", sd, false});
    for (const Statement& statement : truth.statements) tracker.take(statement);
    tracker.advance(truth.statements.back().at);
    return tracker;
}

/// Where the truth lies among the particles: uniform on (0, 1) for an honest filter.
double transform(Tracker& tracker, const std::string& device, const std::string& figure,
                 double truth, double u) {
    const std::vector<double> values = tracker.present(device, figure);
    double below = 0, equal = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i] < truth) below += tracker.weights().values()[i];
        if (values[i] == truth) equal += tracker.weights().values()[i];
    }
    return below + u * equal;
}

/// Chi-square of a histogram with ten classes against the uniform law.
double chi_square(const std::vector<double>& transforms) {
    std::array<int, 10> histogram{};
    for (const double at : transforms) {
        ++histogram[std::min<std::size_t>(static_cast<std::size_t>(at * 10), 9)];
    }
    const double expected = static_cast<double>(transforms.size()) / 10;
    double sum = 0;
    for (const int count : histogram) sum += (count - expected) * (count - expected) / expected;
    return sum;
}

/// 1 % of chi-squares with nine degrees of freedom are larger.
constexpr double chi_square_9 = 21.666;

double spread(Tracker& tracker, const std::vector<double>& values) {
    const double mean = tracker.weights().mean(values);
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        sum += tracker.weights().values()[i] * (values[i] - mean) * (values[i] - mean);
    }
    return std::sqrt(sum);
}

}  // namespace

TEST_CASE("rank histograms of hidden states are uniform, and flat-out wrong if errors are denied") {
    constexpr bool at_full_length = FORETWIN_ORACLE_LENGTH >= 1;
    constexpr std::uint32_t truths = at_full_length ? 120 : 3;
    constexpr double sd = 3;
    std::vector<double> buffer, wear, denied;
    double with = 0, without = 0;
    for (std::uint32_t number = 0; number < truths; ++number) {
        const Truth truth = live(number, 5 * hour, sd);
        random::Draws draws({6, number}, 18, 0, 0);
        const double u = draws.uniform();
        Tracker tracker = tracked(truth, 1000 + number, sd, 150);
        buffer.push_back(transform(tracker, "B", "inside", truth.in_buffer, u));
        wear.push_back(transform(tracker, "A", "1/jam/age", truth.worked, u));
        with += spread(tracker, tracker.present("B", "inside"));
        // The same telemetry, believed to be ten times better than it is, or not at all.
        Tracker proud = tracked(truth, 1000 + number, sd / 10, 150);
        denied.push_back(transform(proud, "B", "inside", truth.in_buffer, u));
        Tracker blind = tracked(truth, 1000 + number, 1e6, 150);
        without += spread(blind, blind.present("B", "inside"));
    }
    CHECK(buffer.size() == truths);
    if (!at_full_length) return;
    CHECK(chi_square(buffer) < chi_square_9);
    CHECK(chi_square(wear) < chi_square_9);
    CHECK(chi_square(denied) > chi_square_9);
    // Counters on both sides of the buffer tell something of what lies in it.
    MESSAGE("spread of the buffer with and without the counters: " << with / truths << ", "
                                                                   << without / truths);
    CHECK(with < 0.7 * without);
}

TEST_CASE("the same telemetry and seed give the same cloud on any number of threads") {
    const Truth truth = live(3, 3 * hour, 3);
    Tracker one = tracked(truth, 7, 3, 60, 1);
    for (const int threads : {2, 5}) {
        Tracker other = tracked(truth, 7, 3, 60, threads);
        CHECK(other.weights().values() == one.weights().values());
        CHECK(other.weights().generation() == one.weights().generation());
        CHECK(other.present("B", "inside") == one.present("B", "inside"));
        CHECK(other.present("A", "1/jam/age") == one.present("A", "1/jam/age"));
        kernel::Simulation future = one.future({3, 4});
        kernel::Simulation same = other.future({3, 4});
        executors::run_sequential(future, 10 * hour);
        executors::run_sequential(same, 10 * hour);
        CHECK(future.report(false).values == same.report(false).values);
    }
    CHECK(one.weights().generation() > 0);
}

TEST_CASE("telemetry in one stretch or in many makes the same twin") {
    const Truth truth = live(4, 2 * hour, 3);
    Tracker at_once = tracked(truth, 7, 3, 40);
    TrackerOptions options;
    options.particles = 40;
    options.seed = 7;
    Tracker pieces({&plant()->model}, options);
    for (const char* device : {"A", "B"}) pieces.follow(plant()->model.find(device));
    pieces.add({"A", "completed", 3, false});
    pieces.add({"Out", "arrived", 3, false});
    for (const Statement& statement : truth.statements) {
        // Looked at now and then on the way, as a living twin is.
        if (statement.at > pieces.now() + 3 * minute) pieces.advance(statement.at - minute);
        pieces.take(statement);
    }
    pieces.advance(at_once.now());
    CHECK(pieces.weights().values() == at_once.weights().values());
    CHECK(pieces.present("B", "inside") == at_once.present("B", "inside"));
}

TEST_CASE("futures start from the present and differ in chance alone") {
    const Truth truth = live(5, 3 * hour, 3);
    const Tracker tracker = tracked(truth, 7, 3, 50);
    // Nothing is measured of the past.
    kernel::Simulation future = tracker.future({1, 0});
    CHECK(future.now() == truth.statements.back().at);
    CHECK(test::figures_of(future)["Out/arrived"] == 0);
    // Futures of equal number and seed are equal; others are not; they are on their own.
    const auto outcome = [&](std::uint32_t seed, std::uint32_t number) {
        kernel::Simulation one = tracker.future({seed, number});
        executors::run_sequential(one, one.now() + 24 * hour);
        return test::figures_of(one);
    };
    CHECK(outcome(1, 3) == outcome(1, 3));
    CHECK(outcome(1, 3) != outcome(2, 3));
    CHECK(outcome(1, 3) != outcome(1, 4));
    CHECK(outcome(1, 3)["A/failures/jam/failures"] > 3);
}

TEST_CASE("a counter that nothing explains sets the twin right, and is told") {
    // The counter is exchanged: it begins at 100,000. The twin goes on from there.
    Truth truth = live(6, 4 * hour, 1);
    double jump = 0;
    for (Statement& statement : truth.statements) {
        if (statement.kind != Statement::Kind::gauge || statement.gauge != 1) continue;
        if (statement.at == 2 * hour) jump = 100'000;
        statement.value += jump;
    }
    TrackerOptions options;
    options.particles = 50;
    Tracker tracker({&plant()->model}, options);
    for (const char* device : {"A", "B"}) tracker.follow(plant()->model.find(device));
    tracker.add({"A", "completed", 2, true});
    tracker.add({"Out", "arrived", 2, true});
    for (const Statement& statement : truth.statements) tracker.take(statement);
    tracker.advance(4 * hour);
    const std::vector<Innovation> innovations = tracker.innovations();
    // 24 readings each; the first one is where a counter begins.
    CHECK(innovations[0].readings == 23);
    CHECK(innovations[0].lost == 0);
    CHECK(innovations[1].lost == 1);
    CHECK(innovations[0].spread < 2);
}

TEST_CASE("an unknown gauge is refused with what there is") {
    Tracker tracker({&plant()->model}, {});
    CHECK_THROWS_WITH_AS(tracker.add({"Out", "arived", 1, true}),
                         doctest::Contains("did you mean 'arrived'"), InputError);
}
