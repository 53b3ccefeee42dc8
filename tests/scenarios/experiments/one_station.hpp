#pragma once

#include <cstdint>
#include <string>

#include "scenarios/experiments/study_plan.hpp"
#include "tests/support/plant.hpp"

/// Studies of a plant that is small and yet has something of everything: parts that are lost, a
/// queue, a machine that fails.
namespace foretwin::test {

/// `changes`: what stands below `changes:`, with its indentation.
inline std::string one_station(int warm_up_h, int horizon_h, const std::string& changes) {
    return "foretwin: 1\nname: e\ntime: {warm_up: " + std::to_string(warm_up_h) +
           " h, horizon: " + std::to_string(horizon_h) +
           " h}\ndevices:\n"
           "  In: {type: source, every: {exponential: {mean: 60 s}}, when_full: lost, next: A}\n"
           "  A: {type: station, buffer: 3, cycle: {exponential: {mean: 50 s}}, next: Out,\n"
           "      failures: {jam: {clock: operating, time_to_failure: {exponential: {mean: 3 h}},\n"
           "                       repair: {exponential: {mean: 10 min}}}}}\n"
           "  Out: {type: sink}\n"
           "changes:\n" +
           changes;
}

/// All alternatives of the text, on two threads.
inline experiments::StudyPlan plan_of(const std::string& text, std::int64_t replications = 16) {
    experiments::StudyPlan plan;
    plan.file = read_text(text);
    plan.file.text = text;
    plan.alternatives = experiments::all_alternatives(plan.file.tree);
    plan.replications = replications;
    plan.threads = 2;
    return plan;
}

}  // namespace foretwin::test
