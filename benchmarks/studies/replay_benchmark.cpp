// A week of 1-second telemetry of 100 signals, as an adapter writes it (one line a second, 840 MB
// in all), through `foretwin replay` but for the file: decoded, followed, accounted day by day.
// One thread. Prints CSV: seconds (CPU),million_observations_per_second,peak_mb; medians.
// Arguments: [ROUNDS].
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <vector>

#include "benchmarks/clock.hpp"
#include "benchmarks/median.hpp"
#include "engine/telemetry/shdr.hpp"
#include "scenarios/loader/value.hpp"
#include "scenarios/replay.hpp"

namespace {

using namespace foretwin;

constexpr int signals = 100, hours = 7 * 24, seconds_per_hour = 3600;

constexpr const char* profile_text = R"(foretwin_profile: 1
name: week
device: M
devices:
  M:
    states:
      - {state: repair, when: {any condition: FAULT}}
      - {state: busy, when: {execution: ACTIVE, load: "> 5"}}
      - {state: setup, when: {mode: MANUAL}}
      - {state: starved, when: {execution: [ACTIVE, READY]}}
    conditions: [system]
    parts: {produced: count}
    power: {item: kW, unit: kW}
)";

/// An hour of lines; the date and hour are put in when they are read.
std::string lines_of_an_hour() {
    std::string text;
    for (int s = 0; s < seconds_per_hour; ++s) {
        char clock[40];
        std::snprintf(clock, sizeof clock, "2016-10-00T00:%02d:%02d.125Z", s / 60, s % 60);
        text += clock;
        text += std::string("|execution|") + (s / 300 % 2 == 0 ? "ACTIVE" : "READY");
        text += std::string("|mode|") + (s / 900 % 2 == 0 ? "AUTOMATIC" : "MANUAL");
        text += "|load|" + std::to_string(s * 7 % 100) + "|count|" + std::to_string(s / 60);
        text += "|kW|" + std::to_string(s * 13 % 40) + ".25";
        for (int i = 5; i < signals; ++i)
            text += "|S" + std::to_string(i) + "pos|" + std::to_string(s * (i + 3) % 977) + "." +
                    std::to_string(1000 + s * i % 9000);
        text += "\n";
    }
    return text;
}

/// The bytes of a week, hour by hour.
class Week {
  public:
    Week() : hour_(lines_of_an_hour()) {
        for (std::size_t at = 0; at != std::string::npos && at < hour_.size();
             at = hour_.find('\n', at) + 1)
            begins_.push_back(at);
    }
    telemetry::ByteSource bytes() {
        number_ = 0;
        stamp();
        return [this, at = std::size_t{0}](char* into, std::size_t size) mutable {
            if (at == hour_.size() && ++number_ < hours) {
                stamp();
                at = 0;
            }
            const std::size_t part = std::min(size, hour_.size() - at);
            std::memcpy(into, hour_.data() + at, part);
            at += part;
            return part;
        };
    }

  private:
    void stamp() {
        char clock[32];
        std::snprintf(clock, sizeof clock, "%02dT%02d", 1 + number_ / 24, number_ % 24);
        for (const std::size_t begin : begins_) std::memcpy(hour_.data() + begin + 8, clock, 5);
    }
    std::string hour_;
    std::vector<std::size_t> begins_;
    int number_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 3;
    loader::Problems problems;
    const loader::Value tree = loader::read_yaml(profile_text, "profile", problems);
    const scenarios::ProfileFile profile = scenarios::read_profile(tree, problems);
    loader::throw_if_any(problems);
    Week week;
    std::vector<double> replays;
    double observations = 0;
    std::string fingerprint;
    for (int i = 0; i < rounds; ++i) {
        const double begin = benchmarks::cpu_seconds();
        telemetry::ShdrDescription description;
        description.device = "M";
        telemetry::ShdrDecoder decoder(description);
        telemetry::ShdrLog log(week.bytes(), "week", decoder);
        const auto result = scenarios::replay(profile, log);
        replays.push_back(benchmarks::cpu_seconds() - begin);
        observations = static_cast<double>(decoder.counts().observations);
        const bool same = fingerprint.empty() || fingerprint == result.fingerprint;
        fingerprint = result.fingerprint;
        if (!same || observations != 1.0 * signals * hours * seconds_per_hour) return 1;
    }
    const double seconds = benchmarks::median(replays);
    std::cout << "seconds,million_observations_per_second,peak_mb\n"
              << seconds << ',' << observations / seconds * 1e-6 << ','
              << benchmarks::peak_memory_mb() << '\n';
}
