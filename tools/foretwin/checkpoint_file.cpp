#include "tools/foretwin/checkpoint_file.hpp"

#include <fstream>
#include <iostream>
#include <system_error>

#include "engine/core/error.hpp"
#include "engine/core/quantity.hpp"
#include "scenarios/report/whole_file.hpp"
#include "tools/foretwin/terminal.hpp"

namespace foretwin::tool {
namespace {

constexpr double shortest_interval_s = 0.01;

double seconds_of(const std::string& text) {
    const Parsed<Quantity> parsed = parse_quantity(text);
    const bool is_time = parsed && parsed->dimension == parse_unit("s")->dimension;
    if (is_time && parsed->value >= shortest_interval_s) return parsed->value;
    throw InputError({}, "--checkpoint-every: '" + text + "' is no duration of 10 ms or more",
                     "for instance --checkpoint-every \"60 s\"");
}

snapshot::Bytes bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    const std::streamoff size = file.tellg();
    snapshot::Bytes bytes(size > 0 ? static_cast<std::size_t>(size) : 0);
    file.seekg(0);
    file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (file.good()) return bytes;
    throw EnvironmentError("cannot read the checkpoint '" + path.string() +
                           "' (is it a file that you may read?)");
}

void resume(experiments::Checkpoint& checkpoint, const std::filesystem::path& path) {
    try {
        checkpoint.resume(bytes_of(path));
    } catch (const InputError& error) {
        std::vector<Problem> problems = error.problems();
        for (Problem& problem : problems) problem.place.file = path.string();
        throw InputError(std::move(problems));
    }
}

/// Whether the file is there; refused when that was not expected.
bool is_to_go_on_from(const CheckpointOptions& options) {
    std::error_code ignored;
    if (!std::filesystem::exists(options.file, ignored)) return false;
    const Place place{options.file.string(), 0, 0};
    if (!std::filesystem::is_regular_file(options.file, ignored)) {
        throw InputError(place, "a checkpoint is a file of its own",
                         "name another one with --checkpoint");
    }
    if (options.resume) return true;
    throw InputError(place, "this checkpoint is there already",
                     "add --resume to go on from it, or remove it to begin anew");
}

}  // namespace

void add_checkpoint_options(CLI::App& verb, CheckpointOptions& options) {
    CLI::Option* file =
        verb.add_option("--checkpoint", options.file,
                        "file that a study which was killed goes on from; removed when it is done");
    verb.add_option("--checkpoint-every", options.every, "how often, in wall time")
        ->needs(file)
        ->capture_default_str();
    verb.add_flag("--resume", options.resume,
                  "go on from the checkpoint where there is one, with the same answer")
        ->needs(file);
}

CheckpointFile::CheckpointFile(const CheckpointOptions& options, const experiments::StudyPlan& plan)
    : path_(options.file) {
    if (path_.empty()) return;
    const double every_s = seconds_of(options.every);
    const std::filesystem::path folder = path_.has_parent_path() ? path_.parent_path() : ".";
    refuse_unwritable_folder(folder, "--checkpoint");
    make_folder(folder, "--checkpoint");
    lock_ = std::make_unique<report::FileLock>(path_, "--checkpoint");
    const bool is_there = is_to_go_on_from(options);
    const auto save = [path = path_](const snapshot::Bytes& bytes) {
        report::write_whole_file(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    };
    const auto complain = [every = options.every, ending = is_ending_](const std::string& what) {
        std::cerr << "\nno checkpoint: " << what;
        if (!ending->load()) std::cerr << "; the study goes on, and tries again in " << every;
        std::cerr << '\n';
    };
    checkpoint_ = std::make_shared<experiments::Checkpoint>(plan, every_s, save, complain);
    if (is_there) {
        resume(*checkpoint_, path_);
        std::cerr << "going on from " << path_.string() << '\n';
    } else if (options.resume) {
        std::cerr << "no checkpoint " << path_.string() << ": beginning anew\n";
    }
}

experiments::Cancelled CheckpointFile::stopped() const {
    if (checkpoint_ == nullptr) return {};
    is_ending_->store(true);
    if (checkpoint_->save()) {
        return experiments::Cancelled("stopped; with --resume the study goes on from " +
                                      path_.string());
    }
    if (checkpoint_->is_saved()) {
        return experiments::Cancelled(
            "stopped; with --resume the study goes on from an earlier moment, which is all that " +
            path_.string() + " holds");
    }
    return experiments::Cancelled(
        "stopped; no checkpoint could be saved, so there is nothing to go on from");
}

void CheckpointFile::remove() const {
    if (path_.empty()) return;
    std::error_code error;
    std::filesystem::remove(path_, error);
    if (!error) return;
    std::cerr << "the study is done, but its checkpoint " << path_.string()
              << " could not be removed: " << error.message()
              << " (remove it before another study is kept there)\n";
}

}  // namespace foretwin::tool
