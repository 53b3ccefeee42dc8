#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "scenarios/report/chrome_trace.hpp"
#include "scenarios/report/counters.hpp"

namespace foretwin::report {

namespace {

using executors::Row;
using executors::Timeline;
using experiments::RunCounters;

RunCounters counters_of_a_parallel_run() {
    RunCounters run;
    run.executor = "parallel";
    run.threads = 2;
    run.replications = 3;
    run.counters.events = 1'234'567;
    run.counters.cancelled = 1'000;
    run.counters.deepest_queue = 640;
    run.counters.sequential_ns = 100'000'000;
    run.counters.rounds_ns = 2'500'000'000;
    run.counters.waiting_ns = 250'000'000;
    run.counters.between_ns = 50'000'000;
    run.counters.dividing_ns = 1'000'000;
    run.parallel.groups = 2;
    run.parallel.lookahead = 30 * second;
    run.parallel.rounds = 50;
    run.parallel.waits = 1'700;
    run.parallel.parallel_events = 1'000'000;
    run.parallel.sequential_events = 234'567;
    run.parallel.stretches = 2;
    run.cells = 64;
    run.build_ns = 120'000'000;
    run.run_ns = 1'400'000'000;
    run.answer_ns = 2'000'000;
    return run;
}

bool holds(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

/// Timeline of two threads, one replication and a round, as the executors would fill it.
void fill(Timeline& timeline) {
    timeline.span(Row{1, 4}, Row{1, 4}, "measured", 5'000'000, 9'000'000, 77);
    timeline.span(Row{Row::threads, 1}, Row{1, 4}, "round", 5'500'250, 5'600'000, 50);
    timeline.value(Row{1, 4}, "pending events", 5'600'000, 640);
}

}  // namespace

TEST_CASE("counters are told in sentences: what ran side by side, what did not, and why") {
    const std::string text = counters_text(counters_of_a_parallel_run());
    CHECK(holds(text, "1,234,567 handled in 3 replications, 1,000 cancelled"));
    CHECK(holds(text, "640 pending events"));
    CHECK(holds(text,
                "ran in 2 groups of 64 cells, lookahead 30 s: 50 rounds of 20,000 events, "
                "1,700 waits for one another."));
    // 234,567 of 1,234,567 is 19 %.
    CHECK(holds(text,
                "19 % of the events ran on one thread, in 2 pieces: side by side an event "
                "took more than nine tenths of what it takes alone."));
    CHECK(holds(text, "build 0.12 s, run 1.4 s, answer 0.002 s"));
    CHECK(holds(text, "rounds 2.5 s (threads waited 0.25 s"));
}

TEST_CASE("a run on one thread says why") {
    RunCounters run = counters_of_a_parallel_run();
    run.parallel = {};
    run.blame = "all devices are joined without delay, by 3 x next";
    CHECK(holds(counters_text(run), "on one thread: all devices are joined without delay, by 3"));
    CHECK(counters_json(run)["parallel"]["why_sequential"] == run.blame);
    run.blame.clear();
    run.threads = 1;
    CHECK(holds(counters_text(run), "on one thread: there is one thread"));
    run.executor = "sequential";
    CHECK(holds(counters_text(run), "on one thread: the executor has one thread"));
}

TEST_CASE("a plant that the optimistic executor leaves to the parallel one is told so") {
    RunCounters run = counters_of_a_parallel_run();
    CHECK(!holds(counters_text(run), "optimistic"));
    CHECK(counters_json(run)["parallel"]["why_not_optimistic"] == "");
    run.executor = "optimistic";
    run.why_not_optimistic = "devices of type 'sink' do not promise plain state of their own";
    CHECK(holds(counters_text(run),
                "The optimistic executor left this plant to the parallel one: devices of type "
                "'sink' do not promise plain state of their own."));
    // Its pieces on one thread have the reasons of the parallel one.
    CHECK(holds(counters_text(run), "in 2 pieces: side by side an event took more than"));
    CHECK(counters_json(run)["parallel"]["why_not_optimistic"] == run.why_not_optimistic);
}

TEST_CASE("every documented path of the counters leads to its number") {
    const nlohmann::ordered_json json = counters_json(counters_of_a_parallel_run());
    CHECK(json["events"] == 1'234'567);
    CHECK(json["cancelled_events"] == 1'000);
    CHECK(json["deepest_queue"] == 640);
    CHECK(json["parallel"]["groups"] == 2);
    CHECK(json["parallel"]["lookahead_s"] == 30.0);
    CHECK(json["parallel"]["rounds"] == 50);
    CHECK(json["parallel"]["waits"] == 1'700);
    CHECK(json["parallel"]["sequential_stretches"] == 2);
    CHECK(json["wall_s"]["build"] == 0.12);
    CHECK(json["loop_s"]["waiting"] == 0.25);
    RunCounters run = counters_of_a_parallel_run();
    run.parallel = {};
    CHECK(counters_json(run)["parallel"]["lookahead_s"].is_null());
}

TEST_CASE("a trace is one JSON object of named tracks, complete events and counters") {
    Timeline timeline(10);
    fill(timeline);
    const std::string text = chrome_trace(timeline, {"base \"line\""});
    const nlohmann::json json = nlohmann::json::parse(text);
    const nlohmann::json& events = json.at("traceEvents");
    // Two processes and two tracks have names; then come the three entries, in their order.
    REQUIRE(events.size() == 4 + 3);
    CHECK(events[0] == nlohmann::json::parse(R"({"name":"process_name","ph":"M","pid":0,"tid":0,
                                                 "args":{"name":"threads"}})"));
    CHECK(events[1]["args"]["name"] == "replications of base \"line\"");
    CHECK(events[2]["args"]["name"] == "thread 1");
    CHECK(events[3]["args"]["name"] == "replication 4");
    // The first entry begins at 0; times are microseconds.
    CHECK(events[4] == nlohmann::json::parse(R"({"name":"measured","ph":"X","pid":1,"tid":4,
                                   "ts":0.0,"dur":4000.0,"args":{"events":77}})"));
    CHECK(events[5] == nlohmann::json::parse(R"({"name":"round","ph":"X","pid":0,"tid":1,
        "ts":500.25,"dur":99.75,"args":{"events":50,"alternative":0,"replication":4}})"));
    CHECK(events[6] == nlohmann::json::parse(R"({"name":"pending events","ph":"C","pid":1,"tid":4,
        "ts":600.0,"id":"replication 4","args":{"events":640}})"));
    CHECK(json["otherData"]["left_out"] == 0);
}

TEST_CASE("a trace that was cut says so") {
    Timeline timeline(2);
    fill(timeline);
    const nlohmann::json json = nlohmann::json::parse(chrome_trace(timeline, {"baseline"}));
    CHECK(json["otherData"]["entries"] == 2);
    CHECK(json["otherData"]["most_entries"] == 2);
    CHECK(json["otherData"]["left_out"] == 1);
    const nlohmann::json& mark = json["traceEvents"].back();
    CHECK(mark["ph"] == "i");
    CHECK(mark["s"] == "g");
    CHECK(mark["ts"] == 4000.0);  // where the last entry ends
}

TEST_CASE("a trace of nothing is a trace") {
    const nlohmann::json json = nlohmann::json::parse(chrome_trace(Timeline(0), {}));
    CHECK(json["traceEvents"].size() == 1);
}

}  // namespace foretwin::report
