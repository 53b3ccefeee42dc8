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

std::shared_ptr<experiments::Checkpoint> open_checkpoint(const CheckpointOptions& options,
                                                         const experiments::StudyPlan& plan) {
    if (options.file.empty()) return nullptr;
    const std::filesystem::path path = options.file;
    const double every_s = seconds_of(options.every);
    std::error_code ignored;
    const bool is_there = std::filesystem::exists(path, ignored);
    if (is_there && !std::filesystem::is_regular_file(path, ignored)) {
        throw InputError(Place{path.string(), 0, 0}, "a checkpoint is a file of its own",
                         "name another one with --checkpoint");
    }
    if (is_there && !options.resume) {
        throw InputError(Place{path.string(), 0, 0}, "this checkpoint is there already",
                         "add --resume to go on from it, or remove it to begin anew");
    }
    refuse_unwritable_folder(path.has_parent_path() ? path.parent_path() : ".", "--checkpoint");
    const auto save = [path](const snapshot::Bytes& bytes) {
        std::error_code told_by_what_follows;
        std::filesystem::create_directories(path.parent_path(), told_by_what_follows);
        report::write_whole_file(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    };
    const auto complain = [every = options.every](const std::string& what) {
        std::cerr << "\nno checkpoint: " << what << "; the study goes on, and tries again in "
                  << every << '\n';
    };
    auto checkpoint = std::make_shared<experiments::Checkpoint>(plan, every_s, save, complain);
    if (is_there) {
        resume(*checkpoint, path);
        std::cerr << "going on from " << path.string() << '\n';
    } else if (options.resume) {
        std::cerr << "no checkpoint " << path.string() << ": beginning anew\n";
    }
    return checkpoint;
}

void remove_checkpoint(const CheckpointOptions& options) {
    std::error_code ignored;
    if (!options.file.empty()) std::filesystem::remove(options.file, ignored);
}

}  // namespace foretwin::tool
