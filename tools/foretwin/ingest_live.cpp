#include "tools/foretwin/ingest_live.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>

#include "engine/core/quantity.hpp"
#include "engine/live/kafka_source.hpp"
#include "engine/live/live_ingest.hpp"
#include "engine/live/mqtt_connection.hpp"
#include "tools/foretwin/interrupt.hpp"

namespace foretwin::tool {
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

void say(const std::string& line) {
    std::cerr << line << std::endl;  // NOLINT(performance-avoid-endl): whoever watches waits for it
}

/// A line about how it goes: on a terminal every second in one place, else every ten seconds.
class Pulse {
  public:
    void beat(const live::LiveIngest& ingest) {
        const auto now = std::chrono::steady_clock::now();
        const double passed = std::chrono::duration<double>(now - last_).count();
        if (passed < (terminal_ ? 1.0 : 10.0)) return;
        const double rate = static_cast<double>(ingest.messages() - messages_) / passed;
        std::fprintf(stderr, "%s%lld messages, %.0f a second%s%s", terminal_ ? "\r" : "",
                     static_cast<long long>(ingest.messages()), rate,
                     ingest.stalled() ? ", waiting for room" : "", terminal_ ? "    " : "\n");
        std::fflush(stderr);
        last_ = now;
        messages_ = ingest.messages();
    }

  private:
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
    std::int64_t messages_ = 0;
    bool terminal_ = isatty(STDERR_FILENO) != 0;
};

/// The source and its codec, as described; and what they need of each other.
struct Line {
    std::unique_ptr<live::PayloadReader> reader;
    std::unique_ptr<live::MessageSource> source;
    live::SparkplugHost* host = nullptr;
    MqttConnection* mqtt = nullptr;

    explicit Line(const live::SourceDescription& described) {
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

void tell_of_host(const live::SparkplugHost::Counts& counts) {
    say("Sparkplug: " + std::to_string(counts.births) + " births, " +
        std::to_string(counts.deaths) + " deaths, " + std::to_string(counts.old_deaths) +
        " deaths of earlier lives, " + std::to_string(counts.reordered) + " messages reordered, " +
        std::to_string(counts.gaps) + " gaps, " + std::to_string(counts.unborn) +
        " without a birth, " + std::to_string(counts.rebirths) + " rebirths asked for, " +
        std::to_string(counts.transient) + " transient values");
}

}  // namespace

telemetry::QualityReport ingest_live(const scenarios::IngestPlan& plan,
                                     const std::filesystem::path& path, const LiveTimes& times,
                                     const telemetry::SetAsideSink& set_aside,
                                     const std::function<void(const telemetry::Store&)>& check) {
    const Time run_for = duration_of("--for", times.run_for);
    const Time until_idle = duration_of("--until-idle", times.until_idle);
    const std::atomic<bool>& stop = interrupted();
    telemetry::Store store(path);
    check(store);
    Line line(*plan.source);
    live::LiveIngest ingest(
        {plan.rules, store, *line.source, *line.reader, line.publish(), say, set_aside, {}},
        path.string() + ".held", plan.source->name());
    if (line.mqtt != nullptr) line.mqtt->on_connected([&] { ingest.connected(our_clock()); });
    const auto begin = std::chrono::steady_clock::now();
    const auto passed = [&] {
        return std::chrono::nanoseconds(std::chrono::steady_clock::now() - begin).count();
    };
    Pulse pulse;
    while (!stop.load() && passed() < run_for && ingest.idle() < until_idle) {
        ingest.turn(our_clock(), longest_wait);
        pulse.beat(ingest);
    }
    ingest.finish(our_clock());
    say(std::to_string(ingest.messages()) + " messages, " + std::to_string(ingest.unreadable()) +
        " of them unreadable; " + std::to_string(ingest.intake().others()) +
        " states, messages and values that were not there");
    if (line.host != nullptr) tell_of_host(line.host->counts());
    telemetry::QualityReport report = ingest.intake().report();
    report.source = plan.source->name();
    return report;
}

}  // namespace foretwin::tool
