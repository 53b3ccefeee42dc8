#include "scenarios/replay.hpp"

#include <iostream>

#include "scenarios/experiments/study_plan.hpp"
#include "scenarios/report/replay.hpp"
#include "scenarios/report/whole_file.hpp"
#include "tools/foretwin/interrupt.hpp"
#include "tools/foretwin/pace.hpp"
#include "tools/foretwin/progress.hpp"
#include "tools/foretwin/terminal.hpp"
#include "tools/foretwin/verbs.hpp"

namespace foretwin::tool {
namespace {

using telemetry::Instant;

struct ReplayVerb {
    std::filesystem::path profile;
    std::vector<std::string> logs;
    std::string from, to;
    std::string speed = "as-fast";
    std::filesystem::path report;
    bool json = false;
};

void stop_if_asked() {
    if (interrupted().load())
        throw experiments::Cancelled("stopped; the same command replays from the begin");
}

scenarios::LogFiles::Told progress() {
    return [file_of_bar = std::string(), bar = experiments::Progress()](
               const std::string& file, std::int64_t done, std::int64_t all) mutable {
        stop_if_asked();
        if (!bar || file != file_of_bar) {
            file_of_bar = file;
            bar = progress_bar("KiB of " + std::filesystem::path(file).filename().string());
        }
        constexpr std::int64_t kib = 1024;
        bar(done / kib, all / kib);
    };
}

experiments::ReplayResult run(const ReplayVerb& options) {
    Pace pace(options.speed);
    scenarios::ReplayOptions how;
    how.from = options.from;
    how.to = options.to;
    if (!pace.as_fast()) {
        how.before = [&pace](Instant at) {
            if (!pace.wait_for(at)) stop_if_asked();
        };
        how.ended = [](const std::string& device, const observed::StateInterval& one) {
            std::cerr << telemetry::instant_text(one.from) << "  " << device << "  "
                      << observed::state_name(one.state)
                      << (one.cause.empty() ? "" : " (" + one.cause + ")") << "  until "
                      << telemetry::instant_text(one.to) << '\n';
        };
    }
    return scenarios::replay_logs(options.profile, options.logs, how,
                                  pace.as_fast() ? progress() : scenarios::LogFiles::Told());
}

int replay(const ReplayVerb& options) {
    if (!options.report.empty()) refuse_unwritable_folder(options.report, "--report");
    const experiments::ReplayResult result = run(options);
    constexpr int columns_of_file = 100;
    const std::string json = report::replay_json_text(result);
    if (!options.report.empty()) {
        make_folder(options.report, "--report");
        report::write_whole_files(
            {{options.report / "replay.html", report::replay_page(result)},
             {options.report / "replay.json", json},
             {options.report / "replay.txt", report::replay_text(result, columns_of_file)}});
    }
    if (!options.report.empty())
        std::cerr << "Report: " << (options.report / "replay.html").string() << '\n';
    std::cout << (options.json ? json : report::replay_text(result, columns_of_terminal()));
    return good;
}

}  // namespace

void add_replay(CLI::App& app, Action& action) {
    auto options = std::make_shared<ReplayVerb>();
    CLI::App* verb = app.add_subcommand(
        "replay", "what did the machines do? Drives the twin of the past with their own logs");
    verb->add_option("profile", options->profile,
                     "what the logs' items mean, and where the logs are (YAML)")
        ->required();
    verb->add_option("logs", options->logs,
                     "SHDR or MTConnect logs in the order of time, packed with gzip or not; else "
                     "those that the profile names");
    verb->add_option("--from", options->from,
                     "local time, as in 2016-10-20T06:00; else with the first value that is told");
    verb->add_option("--to", options->to, "local time; else up to the last observation");
    verb->add_option("--speed", options->speed,
                     "as-fast, or so many times as fast as it was: 60x is an hour in a minute");
    verb->add_option("--report", options->report,
                     "folder for replay.html, replay.txt and replay.json; made when missing");
    verb->add_flag("--json", options->json, "as JSON on standard output");
    verb->callback([options, &action] { action = [options] { return replay(*options); }; });
}

}  // namespace foretwin::tool
