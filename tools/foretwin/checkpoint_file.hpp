#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "scenarios/experiments/checkpoint.hpp"

namespace foretwin::tool {

/// Where a long study is kept while it runs.
struct CheckpointOptions {
    std::filesystem::path file;  ///< empty: it is not kept
    std::string every = "60 s";
    bool resume = false;
};

void add_checkpoint_options(CLI::App& verb, CheckpointOptions& options);

/// The checkpoint of this plan, with what the file holds when it is to go on; nullptr when none was
/// asked for. InputError when the file is there and was not asked for, is damaged or of another
/// study; EnvironmentError when its folder cannot be written to.
std::shared_ptr<experiments::Checkpoint> open_checkpoint(const CheckpointOptions& options,
                                                         const experiments::StudyPlan& plan);

/// The study is done and told: there is nothing to go on from.
void remove_checkpoint(const CheckpointOptions& options);

}  // namespace foretwin::tool
