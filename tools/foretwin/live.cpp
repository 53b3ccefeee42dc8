#include <chrono>
#include <iostream>
#include <thread>

#include "engine/core/quantity.hpp"
#include "scenarios/experiments/study_plan.hpp"
#include "scenarios/live_description.hpp"
#include "scenarios/living/page.hpp"
#include "scenarios/living/store_source.hpp"
#include "scenarios/profile.hpp"
#include "scenarios/report/whole_file.hpp"
#include "tools/foretwin/file_lock.hpp"
#include "tools/foretwin/interrupt.hpp"
#include "tools/foretwin/read_scenario.hpp"
#include "tools/foretwin/terminal.hpp"
#include "tools/foretwin/verbs.hpp"

namespace foretwin::tool {
namespace {

using living::Issue;
using living::LivingTwin;
using telemetry::Instant;
using telemetry::no_instant;

struct LiveVerb {
    std::filesystem::path description;
    std::filesystem::path store;
    std::filesystem::path folder;
    std::string since;
    bool once = false;
    bool json = false;
    int threads = 0;
};

/// Everything that stays while twins come and go.
class Live {
  public:
    Live(const LiveVerb& options, living::Description description)
        : options_(options),
          description_(std::move(description)),
          scenario_(read_good_scenario(description_.folder / description_.scenario)),
          profile_(scenarios::read_profile(description_.folder / description_.profile)),
          lock_(options.folder / "forecasts.jsonl", "--out"),
          ledger_(options.folder / "forecasts.jsonl", description_.level),
          plan_{description_, scenario_, profile_.profile} {
        plan_.threads = options.threads;
        plan_.issued = [this](const Issue& issue) { tell(issue); };
    }

    int run() {
        await_store();
        telemetry::StoreReader store(store_path());
        choose_begin(store);
        for (;;) {
            catch_up(store);
            if (options_.once || interrupted().load()) break;
            nap();
            store.refresh();
        }
        finish();
        return good;
    }

  private:
    std::filesystem::path store_path() const {
        return options_.store.empty() ? description_.folder / description_.store : options_.store;
    }

    static void nap() {
        constexpr auto between_looks = std::chrono::milliseconds(500);
        std::this_thread::sleep_for(between_looks);
    }

    /// Ingest may not have made it yet.
    void await_store() {
        bool told = false;
        for (;;) {
            if (std::filesystem::exists(store_path())) {
                telemetry::StoreReader store(store_path());
                if (living::StoreSource(store, profile_.profile).last() != no_instant) return;
            }
            if (options_.once || interrupted().load())
                throw InputError({store_path().string(), 1, 1},
                                 "the store has nothing of the profile's devices",
                                 "foretwin ingest fills it; foretwin store FILE list shows it");
            if (!told) std::cerr << "waiting for telemetry in " << store_path().string() << '\n';
            told = true;
            nap();
        }
    }

    void choose_begin(const telemetry::StoreReader& store) {
        const living::StoreSource source(store, profile_.profile);
        const Time every = description_.every;
        // Without --since the next forecast is the first, or goes on behind the last one.
        Instant from = (source.last() / every + 1) * every;
        if (!options_.since.empty()) from = read_since();
        if (const Issue* latest = ledger_.latest())
            from = std::max(latest->at + every, source.first());
        if (!options_.since.empty() && ledger_.latest() != nullptr)
            from = std::max(from, read_since());
        plan_.issue_from = from;
        make_twin(store, LivingTwin::begin_of(description_, source.first(),
                                              std::min(from, source.last())));
    }

    Instant read_since() const {
        telemetry::ClockReader clock(profile_.profile.zone);
        const auto reading = clock.read(options_.since);
        if (reading.outcome == telemetry::ClockReader::Outcome::good) return reading.at;
        throw InputError({}, "--since: '" + options_.since + "' is no date and time",
                         "as in 2026-01-05T06:00, in the profile's zone");
    }

    void make_twin(const telemetry::StoreReader& store, Instant from) {
        twin_ = std::make_unique<LivingTwin>(plan_, ledger_, from);
        source_ = std::make_unique<living::StoreSource>(store, profile_.profile);
        source_->start(from);
    }

    /// Takes what the store has; a twin at the end of its stretch hands over to the next one.
    void catch_up(const telemetry::StoreReader& store) {
        for (;;) {
            const living::StoreSource fresh(store, profile_.profile);
            const Instant known = fresh.last() - description_.wait;
            if (known <= twin_->now()) return;
            const Instant until = std::min(known, twin_->until());
            source_->allow(until);
            telemetry::Observation observation;
            while (source_->next(observation)) {
                twin_->take(observation);
                if (interrupted().load()) return;
            }
            // Of the last instant more may come.
            twin_->advance(until == known ? until - 1 : until);
            if (until == known) break;
            make_twin(store, twin_->until() - description_.memory);
        }
        write_page();
    }

    void tell(const Issue& issue) {
        if (!options_.json) {
            std::cout << living::issue_text(issue);
        } else {
            for (const Issue::Item& item : issue.items)
                std::cout << living::message_of(issue, item, description_.level) << '\n';
        }
        flush_standard_output();
    }

    void write_page() {
        if (ledger_.latest() == nullptr) return;
        report::write_whole_file(
            options_.folder / "live.html",
            living::live_page(scenario_.tree.text_of("name", "Plant"), *twin_, ledger_));
    }

    void finish() {
        if (!options_.json)
            std::cout << '\n' << living::standing_text(*twin_, columns_of_terminal());
        std::cerr << "Page: " << (options_.folder / "live.html").string() << '\n';
    }

    const LiveVerb& options_;
    living::Description description_;
    loader::ScenarioFile scenario_;
    scenarios::ProfileFile profile_;
    FileLock lock_;
    living::Ledger ledger_;
    LivingTwin::Plan plan_;
    std::unique_ptr<LivingTwin> twin_;
    std::unique_ptr<living::StoreSource> source_;
};

int live(const LiveVerb& options) {
    living::Description description = scenarios::read_live_description(options.description);
    if (options.store.empty() && description.store.empty())
        throw InputError({}, "which store? neither --store nor the description says it",
                         "as in --store telemetry.h5, which foretwin ingest fills");
    refuse_unwritable_folder(options.folder, "--out");
    make_folder(options.folder, "--out");
    return Live(options, std::move(description)).run();
}

}  // namespace

void add_live(CLI::App& app, Action& action) {
    auto options = std::make_shared<LiveVerb>();
    CLI::App* verb = app.add_subcommand(
        "live",
        "keeps a twin current with the telemetry of a store, issues forecasts from the present "
        "state and scores them when the truth is there; until Ctrl-C");
    verb->add_option("description", options->description,
                     "scenario, profile, machines and horizons (YAML)")
        ->required();
    verb->add_option("--store", options->store, "HDF5 file that foretwin ingest fills");
    verb->add_option("--out", options->folder,
                     "folder for forecasts.jsonl and live.html; made when missing; the same "
                     "folder goes on where it was left")
        ->required();
    verb->add_option("--since", options->since,
                     "also issue the forecasts of the past since then, each from what was known at "
                     "its time; in the profile's zone");
    verb->add_flag("--once", options->once, "ends when the telemetry at hand is used up");
    verb->add_flag("--json", options->json, "each forecast as a line of JSON on standard output");
    verb->add_option("--threads", options->threads,
                     "as many as there are processors; no answer "
                     "depends on it");
    verb->callback([options, &action] { action = [options] { return live(*options); }; });
}

}  // namespace foretwin::tool
