#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "engine/core/name_hash.hpp"
#include "engine/random/stream.hpp"
#include "tests/support/plant.hpp"

using namespace foretwin;
using nlohmann::json;
using Row = std::vector<double>;
using Table = std::vector<Row>;  ///< row = station, column = part

namespace {

constexpr random::Key key{1, 0};

std::vector<json> paths() {
    std::ifstream file(std::string(FORETWIN_SOURCE_DIR) + "/tests/known_answers/lines.json");
    REQUIRE(file.good());
    const json all = json::parse(file);
    std::vector<json> cases;
    for (const json& one : all.at("cases")) {
        if (one.at("id").get<std::string>().starts_with("L-SP")) cases.push_back(one);
    }
    REQUIRE(cases.size() == 2);
    return cases;
}

Time instant(double minutes) {
    return static_cast<Time>(minutes * 60e9);
}

/// A scenario knows processing times only as a law. So the law of a station is the list of its
/// times, each as likely, and every part comes from a source of its own whose name is chosen so
/// that the draw of the part at each station picks just the time that the path wants.
std::string source_for(const Table& times, std::size_t part) {
    for (std::uint32_t number = 0;; ++number) {
        const std::string name = "P" + std::to_string(part + 1) + " " + std::to_string(number);
        const auto fits = [&](std::size_t station) {
            const std::string stream = "S" + std::to_string(station) + "/" + name + "/processing";
            Row sorted = times[station];
            std::sort(sorted.begin(), sorted.end());
            const double u = random::draws(key, name_hash(stream), 0).uniform();
            const auto place = static_cast<std::size_t>(u * static_cast<double>(sorted.size()));
            return sorted[place] == times[station][part];
        };
        bool all = true;
        for (std::size_t station = 0; all && station < times.size(); ++station) all = fits(station);
        if (all) return name;
    }
}

/// All parts are there from the start: part k comes at k ns, and its source then closes.
test::Run line_of(const Table& times, const std::vector<int>& buffers) {
    std::string devices = "  Sink: {type: sink}\n";
    std::string calendars = "calendars:\n";
    for (std::size_t part = 0; part < times[0].size(); ++part) {
        const std::string k = std::to_string(part + 1);
        calendars += "  first " + k + ": {period: 5000 h, open: [[0 ns, " +
                     std::to_string(part + 2) + " ns]]}\n";
        devices += "  " + source_for(times, part) + ": {type: source, every: " + k +
                   " ns, when_full: wait, calendar: first " + k + ", next: S0}\n";
    }
    for (std::size_t station = 0; station < times.size(); ++station) {
        std::string values;
        for (const double time : times[station]) {
            values += (values.empty() ? "" : ", ") + std::to_string(time) + " min";
        }
        const bool last = station + 1 == times.size();
        devices += "  S" + std::to_string(station) + ": {type: station, buffer: " +
                   (station == 0 ? "unlimited" : std::to_string(buffers[station])) +
                   ", cycle: {empirical: {values: [" + values +
                   "]}}, next: " + (last ? "Sink" : "S" + std::to_string(station + 1)) + "}\n";
    }
    return test::Run::of(devices, calendars, key);
}

std::int64_t happened(const Row& instants, Time until) {
    return std::count_if(instants.begin(), instants.end(),
                         [&](double at) { return instant(at) <= until; });
}

}  // namespace

TEST_CASE("a saturated line with blocking follows its exact path, to the nanosecond (L-SP)") {
    for (const json& path : paths()) {
        CAPTURE(path.at("id"));
        const Table times = path.at("params").at("service_times");
        test::Run run = line_of(times, path.at("params").at("buffers_before_station"));
        const json& answers = path.at("answers");
        const std::map<std::string, Table> told{{"loaded", answers.at("start")},
                                                {"completed", answers.at("complete")},
                                                {"left", answers.at("depart")}};
        std::set<Time> instants;
        for (const auto& [figure, table] : told) {
            for (const Row& row : table) {
                for (const double at : row) instants.insert(instant(at));
            }
        }
        for (const Time at : instants) {
            // The first part comes at 1 ns, so that everything happens 1 ns late.
            for (const Time now : {at, at + 1}) {
                if (now == 0) continue;
                CAPTURE(now);
                run.to(now);
                for (const auto& [figure, table] : told) {
                    for (std::size_t station = 0; station < times.size(); ++station) {
                        const std::string name = "S" + std::to_string(station) + "/" + figure;
                        CAPTURE(name);
                        CHECK(run.count(name) == happened(table[station], now - 1));
                    }
                }
            }
        }
        CHECK(*instants.rbegin() == instant(answers.at("makespan")));
        for (std::size_t station = 0; station < times.size(); ++station) {
            const std::string states = "S" + std::to_string(station) + "/states/";
            CHECK(run.value(states + "busy") == instant(answers.at("busy_time")[station]));
            CHECK(run.value(states + "blocked") == instant(answers.at("blocked_time")[station]));
        }
    }
}
