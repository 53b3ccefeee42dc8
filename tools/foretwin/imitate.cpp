#include <fstream>
#include <iostream>

#include "engine/core/quantity.hpp"
#include "engine/live/mqtt_publisher.hpp"
#include "scenarios/experiments/study_plan.hpp"
#include "scenarios/good_scenario.hpp"
#include "scenarios/living/imitation.hpp"
#include "scenarios/report/whole_file.hpp"
#include "tools/foretwin/interrupt.hpp"
#include "tools/foretwin/pace.hpp"
#include "tools/foretwin/terminal.hpp"
#include "tools/foretwin/verbs.hpp"

namespace foretwin::tool {
namespace {

struct ImitateVerb {
    std::filesystem::path scenario;
    std::filesystem::path out;
    std::string broker;
    std::string topic = "plant/telemetry";
    std::string from = "2026-01-05T00:00";
    std::string length = "14 days";
    std::string period = "10 s";
    std::string speed = "as-fast";
    std::uint32_t seed = 1;
};

/// Where the lines go.
class Outlet {
  public:
    explicit Outlet(const ImitateVerb& options) : options_(options) {
        if (!options.broker.empty()) {
            publisher_ = std::make_unique<live::MqttPublisher>(broker_of(options.broker));
        } else if (!options.out.empty()) {
            file_.open(options.out, std::ios::binary);
            if (!file_)
                throw EnvironmentError("cannot write " + options.out.string() +
                                       " (is there such a folder, and may you write to it?)");
        }
    }

    /// False when it was interrupted while the broker was away.
    bool tell(const std::string& line) {
        if (!publisher_) {
            stream() << line << '\n';
            if (options_.speed != "as-fast") stream().flush();
            return true;
        }
        constexpr Time patience = 2 * second;
        const live::Outgoing message{options_.topic, line, 1, false};
        bool heard = publisher_->publish(message, patience);
        // It is sent when the broker is back; nothing more is told before.
        while (!heard && !interrupted().load()) {
            std::cerr << "waiting for the broker: " << publisher_->trouble() << '\n';
            heard = publisher_->publish(message, patience);
        }
        return heard;
    }

    void finish() {
        if (publisher_) return;
        stream().flush();
        if (!stream())
            throw EnvironmentError("the telemetry could not be written whole (is the disk full?)");
    }

  private:
    static live::MqttOptions broker_of(const std::string& text) {
        live::MqttOptions mqtt;
        const std::size_t colon = text.rfind(':');
        mqtt.host = text.substr(0, colon);
        if (colon == std::string::npos) return mqtt;
        const auto port = parse_number(text.substr(colon + 1));
        constexpr double highest_port = 65535;
        if (!port || *port < 1 || *port > highest_port || mqtt.host.empty())
            throw InputError({}, "--broker: '" + text + "' is no broker", "as in localhost:1883");
        mqtt.port = static_cast<int>(*port);
        return mqtt;
    }
    std::ostream& stream() { return options_.out.empty() ? std::cout : file_; }

    const ImitateVerb& options_;
    std::ofstream file_;
    std::unique_ptr<live::MqttPublisher> publisher_;
};

int imitate(const ImitateVerb& options) {
    const loader::ScenarioFile scenario = read_good_scenario(options.scenario);
    living::Imitation::Plan plan;
    telemetry::ClockReader clock("UTC");
    const auto from = clock.read(options.from);
    if (from.outcome != telemetry::ClockReader::Outcome::good)
        throw InputError({}, "--from: '" + options.from + "' is no date and time",
                         "as in 2026-01-05T00:00, in UTC");
    plan.from = from.at;
    plan.length = living::imitated_time(options.length, "--for");
    plan.period = living::imitated_time(options.period, "--period");
    plan.seed = options.seed;
    Pace pace(options.speed);
    living::Imitation plant(scenario, plan);
    if (!options.broker.empty() && !options.out.empty())
        throw InputError({}, "--out and --broker: the telemetry goes one way",
                         "leave one of them out");
    Outlet outlet(options);
    telemetry::Observation one;
    while (plant.next(one))
        if (!pace.wait_for(one.at) || !outlet.tell(living::line_of(one))) break;
    outlet.finish();
    return good;
}

}  // namespace

void add_imitate(CLI::App& app, Action& action) {
    auto options = std::make_shared<ImitateVerb>();
    CLI::App* verb = app.add_subcommand(
        "imitate",
        "plays a scenario as if it were a real plant: one future, told as telemetry (JSON lines)");
    verb->add_option("scenario", options->scenario, "the plant (YAML)")->required();
    verb->add_option("--out", options->out, "file; else standard output");
    verb->add_option("--broker", options->broker,
                     "instead: a broker of MQTT 5 (localhost:1883), a message per line");
    verb->add_option("--topic", options->topic, "at the broker")->capture_default_str();
    verb->add_option("--from", options->from, "when the plant begins, in UTC")
        ->capture_default_str();
    verb->add_option("--for", options->length, "how long it runs")->capture_default_str();
    verb->add_option("--period", options->period, "how often its machines are looked at")
        ->capture_default_str();
    verb->add_option("--speed", options->speed,
                     "as-fast, or so many times the real one: 60x is an hour in a minute")
        ->capture_default_str();
    verb->add_option("--seed", options->seed, "another seed is another future")
        ->capture_default_str();
    verb->callback([options, &action] { action = [options] { return imitate(*options); }; });
}

}  // namespace foretwin::tool
