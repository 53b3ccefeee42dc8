#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "scenarios/experiments/study_plan.hpp"
#include "scenarios/experiments/study_result.hpp"
#include "tools/foretwin/checkpoint_file.hpp"

namespace foretwin::tool {

/// The options that run and compare share.
struct StudyOptions {
    std::filesystem::path scenario;
    std::filesystem::path out;  ///< folder for the files; empty: none are written
    std::uint32_t seed = 1;
    std::int64_t replications = 128;
    double precision = 0;  ///< relative half-width in percent; 0: not asked for
    std::string precision_kpi = "throughput";
    double level = 0.95;
    int threads = 0;
    bool json = false;
    bool trace_fingerprint = false;
    bool counters = false;
    std::filesystem::path trace;  ///< file for a trace of what ran when; empty: none
    std::string executor = "sequential";
    std::string life_model = "best";
    CheckpointOptions checkpoint;
};

void add_study_options(CLI::App& verb, StudyOptions& options);

/// Reads the scenario and checks the baseline and every change. Throws InputError with all
/// problems.
experiments::StudyPlan read_plan(const StudyOptions& options);

/// Runs the study, with a checkpoint when one was asked for, tells the answer to `question` on
/// standard output, writes the files that were asked for, those of --out all or none, and the
/// trace; then the checkpoint goes. When an alternative cannot be built, tells what is wrong in all
/// of them. Cancelled when the user stops it before the files have their names.
experiments::StudyResult answer(
    const StudyOptions& options, experiments::StudyPlan plan, const std::string& question,
    const std::function<experiments::StudyResult(const experiments::StudyPlan&)>& study);

}  // namespace foretwin::tool
