#include "scenarios/records.hpp"

#include <doctest/doctest.h>

#include "engine/calibration/calibrate.hpp"
#include "engine/core/error.hpp"

using namespace foretwin;
using namespace foretwin::scenarios;

namespace {

const char* const good = R"(
devices:      {file: data/machines.csv, device: machineID, model: model}
failures:     {file: data/failures.csv, time: datetime, device: machineID, cause: failure}
replacements: {file: data/maint.csv, time: datetime, device: machineID, cause: comp}
alarms:       {file: data/errors.csv, time: datetime, device: machineID, code: errorID}
observed: {from: 2015-01-01T06:00}
exclude:
  start-up artefact: {failures_at: 2015-01-02T03:00, why: all machines at one instant}
announcements:
  comp2: {codes: [error2, error3], within: 24 h, ahead: 1 day}
  belt: {cause: comp1, codes: error1}
)";

std::string complaints(const std::string& yaml) {
    loader::Problems problems;
    const auto tree = loader::read_yaml(yaml, "plant.yaml", problems);
    REQUIRE(problems.empty());
    read_records(tree, problems);
    std::string all;
    for (const Problem& problem : problems) all += to_text(problem) + "\n";
    return all;
}

std::string with(const std::string& from, const std::string& to) {
    std::string yaml = good;
    const auto at = yaml.find(from);
    REQUIRE(at != std::string::npos);
    return yaml.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("the records section names files, columns, window, exclusions and rules") {
    loader::Problems problems;
    const auto mapping = read_records(loader::read_yaml(good, "plant.yaml", problems), problems);
    REQUIRE(problems.empty());
    CHECK(mapping.devices.model == "model");
    CHECK(mapping.replacements.kind == "comp");
    CHECK(mapping.alarms.kind == "errorID");
    CHECK(mapping.failures.place.line == 3);
    CHECK(mapping.observed_from == *telemetry::parse_local_time("2015-01-01 06:00"));
    CHECK_FALSE(mapping.observed_to.has_value());
    REQUIRE(mapping.exclusions.size() == 1);
    CHECK(mapping.exclusions[0].name == "start-up artefact");
    REQUIRE(mapping.announcements.size() == 2);
    CHECK(mapping.announcements[0].cause == "comp2");
    CHECK(mapping.announcements[0].codes == std::vector<std::string>{"error2", "error3"});
    CHECK(mapping.announcements[0].ahead_hours == 24);
    CHECK(mapping.announcements[1].cause == "comp1");
    CHECK(mapping.announcements[1].within_hours == 24);
    CHECK(mapping.treatment == calibration::Treatment::automatic);
}

TEST_CASE("the mapping that a scenario declares drives the calibration of the machine park") {
    loader::Problems problems;
    const auto mapping = read_records(loader::read_yaml(good, "plant.yaml", problems), problems);
    const auto records = calibration::read_record_files(
        mapping, FORETWIN_SOURCE_DIR "/scenarios/library/machine_park");
    CHECK(records.failures.size() == 555);
    CHECK(records.replacements.size() == 2420);
    CHECK(records.alarms.size() == 2762);
}

TEST_CASE("what is wrong with the section is said with its place and a way out") {
    CHECK(complaints(good).empty());
    CHECK(
        complaints(with("failures:  ", "failurs:  "))
            .find("plant.yaml:3:1: unknown key 'failurs' in records (did you mean 'failures'?)") !=
        std::string::npos);
    CHECK(complaints(with("failures:  ", "failurs:  ")).find("records needs 'failures'") !=
          std::string::npos);
    CHECK(complaints(with("cause: failure", "kind: failure")).find("failures needs 'cause'") !=
          std::string::npos);
    CHECK(complaints(with("2015-01-01T06:00", "2015-01-32T06:00"))
              .find("plant.yaml:6:18: '2015-01-32T06:00' is no date and time") !=
          std::string::npos);
    CHECK(complaints(with("within: 24 h", "within: 24 kW")).find("'24 kW' is no duration") !=
          std::string::npos);
    CHECK(complaints(with("within: 24 h", "within: 24")).find("is no duration") !=
          std::string::npos);
    CHECK(complaints(with("[error2, error3]", "[]")).find("names no code") != std::string::npos);
    CHECK(complaints(with("file: data/maint.csv", "file: /data/maint.csv")).find("absolute path") !=
          std::string::npos);
    CHECK(complaints(with("observed: {", "treatment: guessed\nobserved: {"))
              .find("unknown treatment 'guessed'") != std::string::npos);
    CHECK(complaints("[1, 2]").find("records must be a map") != std::string::npos);
}
