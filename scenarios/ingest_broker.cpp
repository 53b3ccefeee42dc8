#include "scenarios/ingest_broker.hpp"

#include <chrono>
#include <memory>

#include "engine/core/quantity.hpp"
#include "engine/live/kafka_source.hpp"
#include "engine/live/live_ingest.hpp"
#include "engine/live/mqtt_connection.hpp"

namespace foretwin::scenarios {

namespace {

using live::MqttConnection;
using live::Outgoing;
using telemetry::Instant;

constexpr Time longest_wait = 100 * millisecond;

Instant our_clock() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

/// `never` when there is none.
Time duration_of(const std::string& option, const std::string& text) {
    if (text.empty()) return never;
    const auto read = parse_quantity(text);
    if (read && read->dimension == parse_unit("s")->dimension && read->value > 0)
        return from_seconds(read->value);
    throw InputError({}, option + ": '" + text + "' is no duration above 0",
                     "for instance " + option + " \"30 s\"");
}

using Say = std::function<void(const std::string&)>;

/// The source and its codec, as described; and what they need of each other.
struct Line {
    std::unique_ptr<live::PayloadReader> reader;
    std::unique_ptr<live::MessageSource> source;
    live::SparkplugHost* host = nullptr;
    MqttConnection* mqtt = nullptr;

    Line(const live::SourceDescription& described, const Say& say) {
        if (described.sparkplug) {
            auto made = std::make_unique<live::SparkplugHost>(described.host);
            host = made.get();
            reader = std::move(made);
        } else {
            reader = std::make_unique<live::MappedPayload>(described.mapping);
        }
        if (described.kafka) {
            source = live::open_kafka(described.records, described.topics, say);
            return;
        }
        auto made = std::make_unique<MqttConnection>(described.mqtt, described.topics, say);
        mqtt = made.get();
        source = std::move(made);
        if (host != nullptr)
            mqtt->before_connecting(
                [this](live::MqttOptions& options) { options.will = host->will(our_clock()); });
    }

    std::function<void(const Outgoing&)> publish() const {
        if (mqtt == nullptr) return {};
        return [connection = mqtt](const Outgoing& message) { connection->publish(message); };
    }
};

void tell_of_host(const live::SparkplugHost::Counts& counts, const Say& say) {
    say("Sparkplug: " + std::to_string(counts.births) + " births, " +
        std::to_string(counts.deaths) + " deaths, " + std::to_string(counts.old_deaths) +
        " deaths of earlier lives, " + std::to_string(counts.reordered) + " messages reordered, " +
        std::to_string(counts.gaps) + " gaps, " + std::to_string(counts.unborn) +
        " without a birth, " + std::to_string(counts.rebirths) + " rebirths asked for, " +
        std::to_string(counts.transient) + " transient values");
}

}  // namespace

telemetry::QualityReport ingest_live(const IngestPlan& plan, const IngestQuestion& question,
                                     const IngestTold& told,
                                     const telemetry::SetAsideSink& set_aside,
                                     const std::function<void(const telemetry::Store&)>& check) {
    const Time run_for = duration_of("--for", question.run_for);
    const Time until_idle = duration_of("--until-idle", question.until_idle);
    const Say say = told.message ? told.message : [](const std::string&) {};
    telemetry::Store store(question.store);
    check(store);
    Line line(*plan.source, say);
    live::LiveIngest ingest(
        {plan.rules, store, *line.source, *line.reader, line.publish(), say, set_aside, {}},
        question.store.string() + ".held", plan.source->name());
    if (line.mqtt != nullptr) line.mqtt->on_connected([&] { ingest.connected(our_clock()); });
    const auto begin = std::chrono::steady_clock::now();
    const auto passed = [&] {
        return std::chrono::nanoseconds(std::chrono::steady_clock::now() - begin).count();
    };
    const auto stopped = [&] { return told.stop != nullptr && told.stop->load(); };
    while (!stopped() && passed() < run_for && ingest.idle() < until_idle) {
        ingest.turn(our_clock(), longest_wait);
        if (told.pulse) told.pulse(ingest.messages(), ingest.stalled());
    }
    ingest.finish(our_clock());
    say(std::to_string(ingest.messages()) + " messages, " + std::to_string(ingest.unreadable()) +
        " of them unreadable; " + std::to_string(ingest.intake().others()) +
        " states, messages and values that were not there");
    if (line.host != nullptr) tell_of_host(line.host->counts(), say);
    telemetry::QualityReport report = ingest.intake().report();
    report.source = plan.source->name();
    return report;
}

}  // namespace foretwin::scenarios
