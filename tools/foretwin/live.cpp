#include <iostream>

#include "scenarios/live_run.hpp"
#include "scenarios/living/page.hpp"
#include "tools/foretwin/interrupt.hpp"
#include "tools/foretwin/terminal.hpp"
#include "tools/foretwin/verbs.hpp"

namespace foretwin::tool {
namespace {

using living::Issue;

struct LiveVerb {
    scenarios::LiveQuestion question;
    bool json = false;
};

void tell(const Issue& issue, bool json, double level) {
    if (!json) {
        std::cout << living::issue_text(issue);
    } else {
        for (const Issue::Item& item : issue.items)
            std::cout << living::message_of(issue, item, level) << '\n';
    }
    flush_standard_output();
}

int run_live(const LiveVerb& options) {
    double level = 0;
    scenarios::LiveTold told;
    told.issued = [&](const Issue& issue) { tell(issue, options.json, level); };
    told.message = [](const std::string& line) { std::cerr << line << '\n'; };
    scenarios::LiveRun live(options.question, std::move(told));
    level = live.description().level;
    live.run(interrupted());
    if (!options.json)
        std::cout << '\n' << living::standing_text(live.twin(), columns_of_terminal());
    if (live.ledger().latest() == nullptr)
        std::cerr << "No forecast was issued: the next one is due at "
                  << telemetry::instant_text(live.issue_from())
                  << " (--since issues those of the past, too)\n";
    else
        std::cerr << "Page: " << live.page().string() << '\n';
    return good;
}

}  // namespace

void add_live(CLI::App& app, Action& action) {
    auto options = std::make_shared<LiveVerb>();
    CLI::App* verb = app.add_subcommand(
        "live",
        "keeps a twin current with the telemetry of a store, issues forecasts from the present "
        "state and scores them when the truth is there; until Ctrl-C");
    verb->add_option("description", options->question.description,
                     "scenario, profile, machines and horizons (YAML)")
        ->required();
    verb->add_option("--store", options->question.store, "HDF5 file that foretwin ingest fills");
    verb->add_option("--out", options->question.folder,
                     "folder for forecasts.jsonl and live.html; made when missing; the same "
                     "folder goes on where it was left")
        ->required();
    verb->add_option("--since", options->question.since,
                     "also issue the forecasts of the past since then, each from what was known at "
                     "its time; in the profile's zone");
    verb->add_flag("--once", options->question.once, "ends when the telemetry at hand is used up");
    verb->add_flag("--json", options->json, "each forecast as a line of JSON on standard output");
    verb->add_option("--threads", options->question.threads,
                     "as many as there are processors; no answer "
                     "depends on it");
    verb->callback([options, &action] { action = [options] { return run_live(*options); }; });
}

}  // namespace foretwin::tool
