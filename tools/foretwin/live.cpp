#include <algorithm>
#include <chrono>
#include <iostream>
#include <thread>

#include "engine/live/mqtt_publisher.hpp"
#include "scenarios/experiments/study_plan.hpp"
#include "scenarios/good_scenario.hpp"
#include "scenarios/live_description.hpp"
#include "scenarios/living/page.hpp"
#include "scenarios/living/store_source.hpp"
#include "scenarios/profile.hpp"
#include "scenarios/report/whole_file.hpp"
#include "tools/foretwin/file_lock.hpp"
#include "tools/foretwin/interrupt.hpp"
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
    Live(const LiveVerb& options, scenarios::LiveFile file)
        : options_(options),
          description_(std::move(file.twin)),
          publish_(std::move(file.publish)),
          scenario_(read_good_scenario(description_.folder / description_.scenario)),
          profile_(scenarios::read_profile(description_.folder / description_.profile)),
          lock_(options.folder / "forecasts.jsonl", "--out"),
          ledger_(options.folder / "forecasts.jsonl", description_.level),
          plan_{description_, scenario_, profile_.profile} {
        plan_.threads = options.threads;
        plan_.issued = [this](const Issue& issue) {
            tell(issue);
            publish(issue);
        };
        if (publish_) publisher_ = std::make_unique<live::MqttPublisher>(publish_->mqtt);
    }

    int run() {
        await_store();
        telemetry::StoreReader store(store_path());
        refresh(store);
        choose_begin(store);
        for (;;) {
            catch_up(store);
            if (options_.once || interrupted().load()) break;
            nap();
            refresh(store);
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

    /// A writer adds to one series after the other: looks until nothing has changed for a moment,
    /// so that what belongs together is seen together.
    static void refresh(telemetry::StoreReader& store) {
        constexpr auto moment = std::chrono::milliseconds(20);
        constexpr int most_looks = 50;
        std::size_t before = 0;
        for (int look = 0; look < most_looks; ++look) {
            store.refresh();
            std::size_t samples = 0;
            for (const telemetry::SeriesInfo& info : store.series()) samples += info.samples;
            if (look > 0 && samples == before) return;
            before = samples;
            std::this_thread::sleep_for(moment);
        }
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
        std::cerr << "next forecast: "
                  << telemetry::instant_text((from + every - 1) / every * every) << '\n';
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
            // Written after what was told, and before it in time: the twin lives through it again.
            if (!source_->look_again()) make_twin(store, twin_->from());
            const Instant known = source_->last() - description_.wait;
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

    /// Retained, so that who comes later hears the latest. The ledger has it in any case.
    void publish(const Issue& issue) {
        if (!publisher_) return;
        constexpr Time patience = 2 * second;
        bool heard = true;
        for (const Issue::Item& item : issue.items) {
            std::string topic =
                publish_->topic + "/" + item.alternative + "/" + item.figure + "/" + item.horizon;
            std::replace(topic.begin(), topic.end(), '+', '_');
            // Who waited once in vain waits no more for this issue; all is sent when it can be.
            heard &= publisher_->publish(
                {topic, living::message_of(issue, item, description_.level), 1, true},
                heard ? patience : 0);
        }
        if (heard == told_publishing_) return;
        told_publishing_ = heard;
        std::cerr << (heard ? "published again at " : "not published: ")
                  << (heard ? publish_->mqtt.name() : publisher_->trouble()) << '\n';
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
        if (ledger_.latest() == nullptr)
            std::cerr << "No forecast was issued: the next one is due at "
                      << telemetry::instant_text(plan_.issue_from)
                      << " (--since issues those of the past, too)\n";
        else
            std::cerr << "Page: " << (options_.folder / "live.html").string() << '\n';
    }

    const LiveVerb& options_;
    living::Description description_;
    std::optional<scenarios::Publishing> publish_;
    std::unique_ptr<live::MqttPublisher> publisher_;
    bool told_publishing_ = true;
    loader::ScenarioFile scenario_;
    scenarios::ProfileFile profile_;
    FileLock lock_;
    living::Ledger ledger_;
    LivingTwin::Plan plan_;
    std::unique_ptr<LivingTwin> twin_;
    std::unique_ptr<living::StoreSource> source_;
};

int run_live(const LiveVerb& options) {
    scenarios::LiveFile file = scenarios::read_live_file(options.description);
    if (options.store.empty() && file.twin.store.empty())
        throw InputError({}, "which store? neither --store nor the description says it",
                         "as in --store telemetry.h5, which foretwin ingest fills");
    refuse_unwritable_folder(options.folder, "--out");
    make_folder(options.folder, "--out");
    return Live(options, std::move(file)).run();
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
    verb->callback([options, &action] { action = [options] { return run_live(*options); }; });
}

}  // namespace foretwin::tool
