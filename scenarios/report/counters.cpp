#include "scenarios/report/counters.hpp"

#include <algorithm>
#include <cstdio>

#include "scenarios/report/number.hpp"

namespace foretwin::report {
namespace {

using executors::ParallelReport;
using experiments::RunCounters;
using nlohmann::ordered_json;

double seconds(std::uint64_t ns) {
    return static_cast<double>(ns) / 1e9;  // so that 120 ms is 0.12, not 0.12000000000000001
}

std::string seconds_text(std::uint64_t ns) {
    char text[40];
    std::snprintf(text, sizeof text, "%.3g s", seconds(ns));
    return text;
}

std::string whole(std::uint64_t value) {
    return count(static_cast<double>(value));
}

std::string times(std::uint64_t value, const char* what) {
    return whole(value) + " " + what + (value == 1 ? "" : "s");
}

double ratio(std::uint64_t part, std::uint64_t whole) {
    return static_cast<double>(part) / static_cast<double>(std::max<std::uint64_t>(1, whole));
}

/// Why a replication, or a part of it, had one thread only; empty when no part had.
std::string why_sequential(const RunCounters& run) {
    const bool on_threads = run.executor == "parallel" || run.executor == "optimistic";
    if (!on_threads) return "the executor has one thread per replication";
    if (!run.blame.empty()) return run.blame;
    if (run.parallel.groups < 2) return "there is one thread";
    if (run.parallel.stretches > 0) {
        return "side by side an event took more than nine tenths of what it takes alone";
    }
    return "";
}

std::string side_by_side(const RunCounters& run) {
    const ParallelReport& parallel = run.parallel;
    if (parallel.parallel_events == 0) return "One replication ran on one thread: ";
    std::string text = "One replication ran in " + std::to_string(parallel.groups) + " groups of " +
                       std::to_string(run.cells) + " cells";
    if (parallel.lookahead != never) {
        char lookahead[60];
        std::snprintf(lookahead, sizeof lookahead, ", lookahead %.4g s",
                      to_seconds(parallel.lookahead));
        text += lookahead;
    }
    text += ": " + times(parallel.rounds, "round") + " of " +
            count(ratio(parallel.parallel_events, parallel.rounds)) + " events, " +
            times(parallel.waits, "wait") + " for one another. ";
    if (parallel.stretches == 0) return text + "Nothing had to run on one thread";
    return text +
           percent(ratio(parallel.sequential_events,
                         parallel.sequential_events + parallel.parallel_events)) +
           " of the events ran on one thread, in " + times(parallel.stretches, "piece") + ": ";
}

std::string thread_times(const RunCounters& run) {
    const executors::Counters& counters = run.counters;
    std::string text = "one thread alone " + seconds_text(counters.sequential_ns);
    if (run.parallel.parallel_events > 0) {
        text += ", rounds " + seconds_text(counters.rounds_ns) + " (threads waited " +
                seconds_text(counters.waiting_ns) + " in them), between rounds " +
                seconds_text(counters.between_ns) + ", dividing the plant " +
                seconds_text(counters.dividing_ns);
    }
    return text;
}

ordered_json parallel_json(const RunCounters& run) {
    const ParallelReport& parallel = run.parallel;
    const ordered_json lookahead_s =
        parallel.lookahead == never
            ? ordered_json(nullptr)
            : ordered_json(seconds(static_cast<std::uint64_t>(parallel.lookahead)));
    return {{"cells", run.cells},
            {"groups", parallel.groups},
            {"lookahead_s", lookahead_s},
            {"rounds", parallel.rounds},
            {"waits", parallel.waits},
            {"events", parallel.parallel_events},
            {"sequential_events", parallel.sequential_events},
            {"sequential_stretches", parallel.stretches},
            {"why_sequential", why_sequential(run)},
            {"why_not_optimistic", run.why_not_optimistic}};
}

}  // namespace

std::string counters_text(const RunCounters& run) {
    const executors::Counters& counters = run.counters;
    std::string text = "What the run did\n";
    text += "  Events: " + whole(counters.events) + " handled in " +
            times(static_cast<std::uint64_t>(run.replications), "replication") + ", " +
            whole(counters.cancelled) + " cancelled before they were due.\n";
    text += "  Deepest queue: " + times(counters.deepest_queue, "pending event") +
            ", cancelled ones that still stood there included.\n";
    if (!run.why_not_optimistic.empty()) {
        text += "  The optimistic executor left this plant to the parallel one: " +
                run.why_not_optimistic + ".\n";
    }
    text += "  " + side_by_side(run) + why_sequential(run) + ".\n";
    text += "  Wall time: build " + seconds_text(run.build_ns) + ", run " +
            seconds_text(run.run_ns) + ", answer " + seconds_text(run.answer_ns) + ".\n";
    text += "  Time in event loops, all replications added up: " + thread_times(run) + ".\n";
    return text;
}

ordered_json counters_json(const RunCounters& run) {
    const executors::Counters& counters = run.counters;
    return {{"executor", run.executor},
            {"threads", run.threads},
            {"replications", run.replications},
            {"events", counters.events},
            {"cancelled_events", counters.cancelled},
            {"deepest_queue", counters.deepest_queue},
            {"parallel", parallel_json(run)},
            {"wall_s",
             {{"build", seconds(run.build_ns)},
              {"run", seconds(run.run_ns)},
              {"answer", seconds(run.answer_ns)}}},
            {"loop_s",
             {{"sequential", seconds(counters.sequential_ns)},
              {"rounds", seconds(counters.rounds_ns)},
              {"waiting", seconds(counters.waiting_ns)},
              {"between", seconds(counters.between_ns)},
              {"dividing", seconds(counters.dividing_ns)}}}};
}

}  // namespace foretwin::report
