#include "scenarios/live_run.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "engine/live/mqtt_publisher.hpp"
#include "scenarios/good_scenario.hpp"
#include "scenarios/live_description.hpp"
#include "scenarios/living/page.hpp"
#include "scenarios/living/store_source.hpp"
#include "scenarios/profile.hpp"
#include "scenarios/report/file_lock.hpp"
#include "scenarios/report/folders.hpp"
#include "scenarios/report/whole_file.hpp"

namespace foretwin::scenarios {

namespace {

using living::Issue;
using living::LivingTwin;
using telemetry::Instant;
using telemetry::no_instant;

LiveFile read_checked(const LiveQuestion& question) {
    LiveFile file = read_live_file(question.description);
    if (question.store.empty() && file.twin.store.empty())
        throw InputError({}, "which store? neither --store nor the description says it",
                         "as in --store telemetry.h5, which foretwin ingest fills");
    report::refuse_unwritable_folder(question.folder, "--out");
    report::make_folder(question.folder, "--out");
    return file;
}

}  // namespace

/// Everything that stays while twins come and go.
struct LiveRun::Parts {
    Parts(const LiveQuestion& question, LiveFile file, LiveTold told)
        : question_(question),
          told_(std::move(told)),
          description_(std::move(file.twin)),
          publish_(std::move(file.publish)),
          scenario_(read_good_scenario(description_.folder / description_.scenario)),
          profile_(read_profile(description_.folder / description_.profile)),
          lock_(question_.folder / "forecasts.jsonl", "--out"),
          ledger_(question_.folder / "forecasts.jsonl", description_.level),
          plan_{description_, scenario_, profile_.profile} {
        plan_.threads = question_.threads;
        plan_.issued = [this](const Issue& issue) {
            if (told_.issued) told_.issued(issue);
            publish(issue);
        };
        if (publish_) publisher_ = std::make_unique<live::MqttPublisher>(publish_->mqtt);
    }

    void run(const std::atomic<bool>& stop) {
        stop_ = &stop;
        await_store();
        telemetry::StoreReader store(store_path());
        refresh(store);
        choose_begin(store);
        for (;;) {
            catch_up(store);
            if (question_.once || stop_->load()) break;
            nap();
            refresh(store);
        }
        source_.reset();  // it reads the store
    }

    std::filesystem::path store_path() const {
        return question_.store.empty() ? description_.folder / description_.store : question_.store;
    }

    void nap() const {
        const auto wait = [this] {
            constexpr auto moment = std::chrono::milliseconds(50);
            constexpr int moments = 10;
            for (int i = 0; i < moments && !stop_->load(); ++i) std::this_thread::sleep_for(moment);
        };
        if (told_.idle)
            told_.idle(wait);
        else
            wait();
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
            if (question_.once || stop_->load())
                throw InputError({store_path().string(), 1, 1},
                                 "the store has nothing of the profile's devices",
                                 "foretwin ingest fills it; foretwin store FILE list shows it");
            if (!told) say("waiting for telemetry in " + store_path().string());
            told = true;
            nap();
        }
    }

    void choose_begin(const telemetry::StoreReader& store) {
        const living::StoreSource source(store, profile_.profile);
        const Time every = description_.every;
        // Without --since the next forecast is the first, or goes on behind the last one.
        Instant from = (source.last() / every + 1) * every;
        if (!question_.since.empty()) from = read_since();
        if (const Issue* latest = ledger_.latest())
            from = std::max(latest->at + every, source.first());
        if (!question_.since.empty() && ledger_.latest() != nullptr)
            from = std::max(from, read_since());
        plan_.issue_from = from;
        say("next forecast: " + telemetry::instant_text((from + every - 1) / every * every));
        make_twin(store, LivingTwin::begin_of(description_, source.first(),
                                              std::min(from, source.last())));
    }

    Instant read_since() const {
        telemetry::ClockReader clock(profile_.profile.zone);
        const auto reading = clock.read(question_.since);
        if (reading.outcome == telemetry::ClockReader::Outcome::good) return reading.at;
        throw InputError({}, "--since: '" + question_.since + "' is no date and time",
                         "as in 2026-01-05T06:00, in the profile's zone");
    }

    void make_twin(const telemetry::StoreReader& store, Instant from) {
        if (!twin_) first_taken_ = from;
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
                passed(observation.at, known);
                if (stop_->load()) return;
            }
            // Of the last instant more may come.
            twin_->advance(until == known ? until - 1 : until);
            if (until == known) break;
            make_twin(store, twin_->until() - description_.memory);
        }
        write_page();
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
        say(heard ? "published again at " + publish_->mqtt.name()
                  : "not published: " + publisher_->trouble());
    }

    void passed(Instant at, Instant known) const {
        if (told_.passed && at >= first_taken_)
            told_.passed((at - first_taken_) / minute, (known - first_taken_) / minute);
    }

    std::filesystem::path page() const { return question_.folder / "live.html"; }

    void write_page() {
        if (ledger_.latest() == nullptr) return;
        report::write_whole_file(
            page(), living::live_page(scenario_.tree.text_of("name", "Plant"), *twin_, ledger_));
    }

    void say(const std::string& line) const {
        if (told_.message) told_.message(line);
    }

    const LiveQuestion question_;
    LiveTold told_;
    const std::atomic<bool>* stop_ = nullptr;
    Instant first_taken_ = 0;
    living::Description description_;
    std::optional<Publishing> publish_;
    std::unique_ptr<live::MqttPublisher> publisher_;
    bool told_publishing_ = true;
    loader::ScenarioFile scenario_;
    ProfileFile profile_;
    report::FileLock lock_;
    living::Ledger ledger_;
    LivingTwin::Plan plan_;
    std::unique_ptr<LivingTwin> twin_;
    std::unique_ptr<living::StoreSource> source_;
};

LiveRun::LiveRun(const LiveQuestion& question, LiveTold told)
    : parts_(std::make_unique<Parts>(question, read_checked(question), std::move(told))) {}

LiveRun::~LiveRun() = default;

void LiveRun::run(const std::atomic<bool>& stop) {
    parts_->run(stop);
}

const LivingTwin& LiveRun::twin() const {
    return *parts_->twin_;
}

const living::Ledger& LiveRun::ledger() const {
    return parts_->ledger_;
}

const living::Description& LiveRun::description() const {
    return parts_->description_;
}

Instant LiveRun::issue_from() const {
    return parts_->plan_.issue_from;
}

std::filesystem::path LiveRun::page() const {
    return parts_->page();
}

}  // namespace foretwin::scenarios
