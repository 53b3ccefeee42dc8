#pragma once

#include <CLI/CLI.hpp>
#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include "scenarios/experiments/checkpoint.hpp"
#include "scenarios/report/file_lock.hpp"

namespace foretwin::tool {

/// Where a long study is kept while it runs.
struct CheckpointOptions {
    std::filesystem::path file;  ///< empty: it is not kept
    std::string every = "60 s";
    bool resume = false;
};

void add_checkpoint_options(CLI::App& verb, CheckpointOptions& options);

/// The file of --checkpoint: of this process alone as long as this lives. Without --checkpoint
/// there is none, and nothing below does anything.
class CheckpointFile {
  public:
    /// Opens the checkpoint of this plan, with what the file holds when it is to go on. InputError
    /// when another process works on the file, or when it is there and was not asked for, is
    /// damaged or of another study; EnvironmentError when its folder cannot be written to.
    CheckpointFile(const CheckpointOptions& options, const experiments::StudyPlan& plan);

    /// nullptr when none was asked for.
    const std::shared_ptr<experiments::Checkpoint>& checkpoint() const { return checkpoint_; }
    /// Saves once more, and tells what there is to go on from.
    experiments::Cancelled stopped() const;
    /// The study is done and told: there is nothing to go on from. Says so when it cannot be
    /// removed.
    void remove() const;

  private:
    std::filesystem::path path_;
    std::unique_ptr<report::FileLock> lock_;
    std::shared_ptr<experiments::Checkpoint> checkpoint_;
    std::shared_ptr<std::atomic<bool>> is_ending_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace foretwin::tool
