#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/statistics/summary.hpp"
#include "tests/support/plant.hpp"

/// Blocking before service (communication blocking) against exact answers: departures by recursion,
/// tick for tick, and stationary figures of Markov chains.
///
/// With K = machines + buffer places at the second station and n = parts there, the first may begin
/// while n + (parts in work for it) < K. So with exponential times its busy machines are
/// min(c1, K - n), and n is a birth-death chain on 0..K; after service with one place less has the
/// same chain, its last state being "first machine blocked with a finished part".

using namespace foretwin;
using test::Run;

namespace {

const std::string before = ", blocking: before_service";

/// -- Markov chains -------------------------------------------------------------------------------

using State = std::vector<int>;
struct Move {
    State to;
    double rate;
};

/// The stationary distribution of the chain that `moves` spans from `start`: balance equations with
/// the last one replaced by "probabilities sum to 1", solved by elimination.
std::map<State, double> stationary(const State& start,
                                   const std::function<std::vector<Move>(const State&)>& moves) {
    std::map<State, std::size_t> index{{start, 0}};
    std::vector<State> states{start};
    for (std::size_t i = 0; i < states.size(); ++i) {
        for (const Move& move : moves(State(states[i]))) {
            if (index.emplace(move.to, states.size()).second) states.push_back(move.to);
        }
    }
    const std::size_t n = states.size();
    std::vector<std::vector<double>> a(n, std::vector<double>(n + 1, 0.0));
    for (std::size_t i = 0; i < n; ++i) {
        for (const Move& move : moves(states[i])) {
            a[index.at(move.to)][i] += move.rate;
            a[i][i] -= move.rate;
        }
    }
    for (double& entry : a[n - 1]) entry = 1;
    for (std::size_t column = 0; column < n; ++column) {
        std::size_t pivot = column;
        for (std::size_t row = column; row < n; ++row) {
            if (std::abs(a[row][column]) > std::abs(a[pivot][column])) pivot = row;
        }
        std::swap(a[pivot], a[column]);
        for (std::size_t row = 0; row < n; ++row) {
            if (row == column || a[row][column] == 0) continue;
            const double factor = a[row][column] / a[column][column];
            for (std::size_t k = column; k <= n; ++k) a[row][k] -= factor * a[column][k];
        }
    }
    std::map<State, double> result;
    for (std::size_t i = 0; i < n; ++i) result[states[i]] = a[i][n] / a[i][i];
    return result;
}

double expected(const std::map<State, double>& chain,
                const std::function<double(const State&)>& value) {
    double sum = 0;
    for (const auto& [state, probability] : chain) sum += probability * value(state);
    return sum;
}

/// -- simulation ----------------------------------------------------------------------------------

constexpr int futures = 20;
const Time length = static_cast<Time>(100'000 * FORETWIN_ORACLE_LENGTH) * second;
constexpr Time warm_up = 1000 * second;

/// One machine works on a part for a second in the mean: figures are rates per second.
std::string exponential(double rate) {
    return "{exponential: {mean: " + std::to_string(1 / rate) + " s}}";
}

using Measure = std::function<double(const Run&)>;

/// Means over futures, each within 4.5 of its standard errors of the exact answer.
void compare(const std::string& devices,
             const std::map<std::string, std::pair<double, Measure>>& all) {
    std::map<std::string, statistics::Summary> found;
    for (std::uint32_t future = 0; future < futures; ++future) {
        Run run = Run::of(devices, "", {1, future});
        run.to(warm_up);
        run.simulation().begin_measuring();
        run.to(warm_up + length);
        for (const auto& [name, figure] : all) found[name].add(figure.second(run));
    }
    for (const auto& one : all) {
        const statistics::Summary& summary = found[one.first];
        const double exact = one.second.first;
        const double error = summary.standard_deviation() / std::sqrt(1.0 * futures);
        INFO(one.first, ": ", summary.mean, " +- ", error, " instead of ", exact);
        CHECK(error < 0.01 * std::max(exact, 0.1) / std::sqrt(FORETWIN_ORACLE_LENGTH));
        CHECK(std::abs(summary.mean - exact) < 4.5 * error + 1e-12);
    }
}

Measure rate_of(const std::string& figure) {
    return
        [=](const Run& run) { return static_cast<double>(run.count(figure)) / to_seconds(length); };
}
/// Mean number of machines in a state, or of parts in a place.
Measure mean_of(const std::string& figure) {
    return [=](const Run& run) { return run.seconds(figure) / to_seconds(length); };
}

struct Station {
    double rate = 1;
    int machines = 1;
    int buffer = 0;
    double scrap = 0;

    std::string text(const std::string& name, const std::string& next,
                     const std::string& more) const {
        return "  " + name + ": {type: station, machines: " + std::to_string(machines) +
               ", buffer: " + std::to_string(buffer) + ", cycle: " + exponential(rate) +
               ", scrap: " + std::to_string(100 * scrap) + " %, next: " + next + more + "}\n";
    }
};

const std::string saturated = "  In: {type: source, saturated: true, next: A}\n";
const std::string sink = "  Out: {type: sink}\n";

/// [station][part]: how long a part of source `In` takes at S0, S1, ...: each station alone, which
/// a part enters every 1000 s.
std::vector<std::vector<Time>> processing_times(const std::vector<std::string>& laws,
                                                std::uint32_t parts, random::Key key) {
    std::vector<std::vector<Time>> takes(laws.size(), std::vector<Time>(parts));
    for (std::size_t i = 0; i < laws.size(); ++i) {
        const std::string name = "S" + std::to_string(i);
        std::string devices = sink;
        devices += "  In: {type: source, every: 1000 s, when_full: wait, next: " + name + "}\n";
        devices += "  " + name + ": {type: station, cycle: " + laws[i] + ", next: Out}\n";
        Run alone = Run::of(devices, "", key);
        Wide so_far = 0;
        for (std::uint32_t k = 0; k < parts; ++k) {
            alone.to((k + 1) * 1000 * second + 999 * second);
            const Wide sum = alone.value("Out/lead_time_sum");
            takes[i][k] = static_cast<Time>(sum - so_far);
            so_far = sum;
        }
    }
    return takes;
}

}  // namespace

TEST_CASE("two stations, exponential times: before service is a birth-death chain") {
    struct Case {
        Station a, b;
    };
    const std::vector<Case> cases{
        {{1, 1, 0, 0}, {1, 1, 0, 0}},         // one place: they take turns, 1/2
        {{1, 1, 0, 0}, {1, 1, 3, 0}},         // 4 places at even rates: 4/5
        {{1.5, 1, 0, 0.1}, {1, 1, 2, 0}},     //
        {{0.4, 3, 0, 0.2}, {0.5, 2, 1, 0.1}}  //
    };
    for (const Case& one : cases) {
        const int places = one.b.machines + one.b.buffer;
        const auto busy_a = [&](int n) { return std::min(one.a.machines, places - n); };
        const auto busy_b = [&](int n) { return std::min(one.b.machines, n); };
        std::vector<double> weight{1};
        double total = 1;
        for (int n = 0; n < places; ++n) {
            weight.push_back(weight.back() * one.a.rate * (1 - one.a.scrap) * busy_a(n) /
                             (one.b.rate * busy_b(n + 1)));
            total += weight.back();
        }
        double working_a = 0;
        double working_b = 0;
        double inside = 0;
        for (int n = 0; n <= places; ++n) {
            working_a += weight[static_cast<std::size_t>(n)] / total * busy_a(n);
            working_b += weight[static_cast<std::size_t>(n)] / total * busy_b(n);
            inside += weight[static_cast<std::size_t>(n)] / total * n;
        }
        std::string devices = saturated + sink;
        devices += one.a.text("A", "B", before);
        devices += one.b.text("B", "Out", "");
        CAPTURE(devices);
        compare(devices,
                {{"out", {working_b * one.b.rate * (1 - one.b.scrap), rate_of("Out/arrived")}},
                 {"A busy", {working_a, mean_of("A/states/busy")}},
                 {"A blocked", {one.a.machines - working_a, mean_of("A/states/blocked")}},
                 {"B busy", {working_b, mean_of("B/states/busy")}},
                 {"in B", {inside, mean_of("B/wip_time")}}});
    }
}

TEST_CASE("before service with b places equals after service with b - 1") {
    // M/M/1/K with K = 4 and rate ratio 1.25: throughput = 1 - 1 / (sum of 1.25^n, n = 0..4).
    double sum = 0;
    for (int n = 0; n <= 4; ++n) sum += std::pow(1.25, n);
    const double out = 1 - 1 / sum;
    const Station a{1.25, 1, 0, 0};
    const std::string wide = Station{1, 1, 3, 0}.text("B", "Out", "") + sink;
    const std::string narrow = Station{1, 1, 2, 0}.text("B", "Out", "") + sink;
    compare(saturated + a.text("A", "B", before).append(wide),
            {{"out", {out, rate_of("Out/arrived")}}});
    compare(saturated + a.text("A", "B", "").append(narrow),
            {{"out", {out, rate_of("Out/arrived")}}});
}

TEST_CASE("with failures while working: parts in B, and which machine is up") {
    // States: parts at B (0..3), A up, B up. A machine ages and fails only while it works.
    const int places = 3;
    const double fail_a = 0.1, fix_a = 0.5, fail_b = 0.15, fix_b = 0.4, rate_a = 1.2, rate_b = 1;
    const auto chain = stationary({0, 1, 1}, [&](const State& s) {
        std::vector<Move> moves;
        if (s[1] != 0 && s[0] < places) {
            moves.push_back({{s[0] + 1, 1, s[2]}, rate_a});
            moves.push_back({{s[0], 0, s[2]}, fail_a});
        }
        if (s[2] != 0 && s[0] > 0) {
            moves.push_back({{s[0] - 1, s[1], 1}, rate_b});
            moves.push_back({{s[0], s[1], 0}, fail_b});
        }
        if (s[1] == 0) moves.push_back({{s[0], 1, s[2]}, fix_a});
        if (s[2] == 0) moves.push_back({{s[0], s[1], 1}, fix_b});
        return moves;
    });
    const auto failing = [](double fail, double fix) {
        return ", failures: {jam: {clock: operating, time_to_failure: " + exponential(fail) +
               ", repair: " + exponential(fix) + "}}";
    };
    const auto works_a = [&](const State& s) { return s[1] != 0 && s[0] < places ? 1.0 : 0.0; };
    compare(
        saturated + Station{rate_a, 1, 0, 0}.text("A", "B", before + failing(fail_a, fix_a)) +
            Station{rate_b, 1, 2, 0}.text("B", "Out", failing(fail_b, fix_b)) + sink,
        {{"out", {expected(chain, works_a) * rate_a, rate_of("Out/arrived")}},
         {"A blocked",
          {expected(chain, [&](const State& s) { return s[1] != 0 && s[0] == places; }),
           mean_of("A/states/blocked")}},
         {"A down",
          {expected(chain, [](const State& s) { return s[1] == 0; }), mean_of("A/states/repair")}},
         {"in B", {expected(chain, [](const State& s) { return s[0]; }), mean_of("B/wip_time")}}});
}

TEST_CASE("a split: the destination is drawn before service, and only its place counts") {
    // States: parts at B (0..2), at C (0..1), destination of the part on A (0: B, 1: C).
    const State places{2, 1};
    const std::vector<double> share{0.6, 0.4}, rate{0.7, 0.5};
    const auto chain = stationary({0, 0, 0}, [&](const State& s) {
        std::vector<Move> moves;
        const auto to = static_cast<std::size_t>(s[2]);
        for (int next = 0; next < 2 && s[to] < places[to]; ++next) {
            State after = s;
            ++after[to];
            after[2] = next;
            moves.push_back({after, share[static_cast<std::size_t>(next)]});
        }
        for (std::size_t at = 0; at < 2; ++at) {
            State after = s;
            if (s[at] == 0) continue;
            --after[at];
            moves.push_back({after, rate[at]});
        }
        return moves;
    });
    const auto works = [&](const State& s) {
        const auto to = static_cast<std::size_t>(s[2]);
        return s[to] < places[to] ? 1.0 : 0.0;
    };
    compare(
        saturated + Station{1, 1, 0, 0}.text("A", "{B: 60 %, C: 40 %}", before) +
            Station{rate[0], 1, 1, 0}.text("B", "Out", "") +
            Station{rate[1], 1, 0, 0}.text("C", "Out", "") + sink,
        {{"A busy", {expected(chain, works), mean_of("A/states/busy")}},
         {"out", {expected(chain, works), rate_of("Out/arrived")}},
         {"in B", {expected(chain, [](const State& s) { return s[0]; }), mean_of("B/wip_time")}},
         {"in C", {expected(chain, [](const State& s) { return s[1]; }), mean_of("C/wip_time")}}});
}

TEST_CASE("a merge: a freed place is kept for the machine that has waited longest") {
    // States: parts at C (0..2), A works, B works, who waits first when both wait (0: A, 1: B).
    // Whoever completes goes to the end of the line if there is one, else works on.
    const int places = 2;
    const double rate_a = 2, rate_b = 0.5, rate_c = 1;
    const auto taken = [](const State& s) { return s[0] + s[1] + s[2]; };
    // A freed place goes to the first in line.
    const auto fill = [&](State s) {
        while (taken(s) < places && s[1] + s[2] < 2) {
            const bool to_a = s[1] == 0 && (s[2] != 0 || s[3] == 0);
            s[to_a ? 1 : 2] = 1;
            s[3] = to_a && s[2] == 0 ? 1 : 0;  // the other one, if it still waits
        }
        if (s[1] + s[2] > 0) s[3] = 0;
        return s;
    };
    const auto chain = stationary({0, 1, 1, 0}, [&](const State& s) {
        std::vector<Move> moves;
        if (s[1] != 0) {  // A completes; if B waits, B is first in line
            moves.push_back({fill({s[0] + 1, 0, s[2], s[2] == 0 ? 1 : 0}), rate_a});
        }
        if (s[2] != 0) moves.push_back({fill({s[0] + 1, s[1], 0, 0}), rate_b});
        if (s[0] > 0) moves.push_back({fill({s[0] - 1, s[1], s[2], s[3]}), rate_c});
        return moves;
    });
    const auto works_a = [](const State& s) { return s[1]; };
    const auto works_b = [](const State& s) { return s[2]; };
    compare(
        "  In A: {type: source, saturated: true, part: a, next: A}\n"
        "  In B: {type: source, saturated: true, part: b, next: B}\n" +
            Station{rate_a, 1, 0, 0}.text("A", "C", before) +
            Station{rate_b, 1, 0, 0}.text("B", "C", before) +
            Station{rate_c, 1, 1, 0}.text("C", "Out", "") + sink,
        {{"a", {expected(chain, works_a) * rate_a, rate_of("Out/parts/a")}},
         {"b", {expected(chain, works_b) * rate_b, rate_of("Out/parts/b")}},
         {"A busy", {expected(chain, works_a), mean_of("A/states/busy")}},
         {"B busy", {expected(chain, works_b), mean_of("B/states/busy")}}});
}

TEST_CASE("a line of single machines follows its exact path, to the nanosecond") {
    // Part k is loaded at station i when part k-1 has left it and part k has left station i-1; its
    // processing begins when station i+1 has a place, i.e. part k - K[i+1] has left that one.
    const std::vector<int> buffers{0, 2, 0, 1, 5};
    const std::vector<std::string> laws{
        "{lognormal: {mean: 50 s, cv: 0.4}}", "{exponential: {mean: 40 s}}",
        "{uniform: {low: 20 s, high: 60 s}}", "{weibull: {shape: 2, scale: 45 s}}",
        "{gamma: {shape: 3, mean: 45 s}}"};
    const random::Key key{1, 0};
    constexpr std::uint32_t parts = 200;
    std::string devices = "  In: {type: source, saturated: true, next: S0}\n" + sink;
    for (std::size_t i = 0; i < laws.size(); ++i) {
        const bool last = i + 1 == laws.size();
        devices += "  S" + std::to_string(i) +
                   ": {type: station, buffer: " + std::to_string(buffers[i]) +
                   ", cycle: " + laws[i] + before +
                   ", next: " + (last ? "Out" : "S" + std::to_string(i + 1)) + "}\n";
    }
    const std::vector<std::vector<Time>> takes = processing_times(laws, parts, key);
    std::vector<std::vector<Time>> left(laws.size(), std::vector<Time>(parts));
    std::vector<Time> blocked(laws.size(), 0);
    std::map<Time, std::vector<std::size_t>> instants;
    for (std::uint32_t k = 0; k < parts; ++k) {
        for (std::size_t i = 0; i < laws.size(); ++i) {
            Time loaded = k > 0 ? left[i][k - 1] : 0;
            if (i > 0) loaded = std::max(loaded, left[i - 1][k]);
            Time begins = loaded;
            const int places = i + 1 < laws.size() ? 1 + buffers[i + 1] : 0;
            if (places > 0 && k >= static_cast<std::uint32_t>(places)) {
                begins = std::max(begins, left[i + 1][k - static_cast<std::uint32_t>(places)]);
            }
            blocked[i] += begins - loaded;
            left[i][k] = begins + takes[i][k];
            instants[left[i][k]].push_back(i);
        }
    }
    Run run = Run::of(devices, "", key);
    std::vector<std::int64_t> count(laws.size(), 0);
    const Time end = left[0][parts - 1];  // until then no further part matters
    for (const auto& [at, stations] : instants) {
        if (at > end) break;
        run.to(at - 1);
        for (std::size_t i = 0; i < laws.size(); ++i) {
            CHECK(run.count("S" + std::to_string(i) + "/left") == count[i]);
        }
        run.to(at);
        for (const std::size_t i : stations) ++count[i];
        for (std::size_t i = 0; i < laws.size(); ++i) {
            CHECK(run.count("S" + std::to_string(i) + "/left") == count[i]);
        }
    }
    CHECK(run.value("S0/states/blocked") == blocked[0]);
    CHECK(run.count("S1/states/blocked") > 0);
}
