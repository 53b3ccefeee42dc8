// What a description of fits may say, and what is answered to one that says it wrongly.
#include "scenarios/fit_description.hpp"

#include <doctest/doctest.h>

#include "engine/core/error.hpp"

using namespace foretwin;
using namespace foretwin::scenarios;
using calibration::FitKind;
using calibration::FitPlan;

namespace {

FitPlan plan_of(const std::string& yaml, loader::Problems& problems) {
    const auto tree = loader::read_yaml(yaml, "fits.yaml", problems);
    REQUIRE(problems.empty());
    return read_fit_description(tree, problems);
}

std::string complaints(const std::string& yaml) {
    loader::Problems problems;
    plan_of(yaml, problems);
    std::string all;
    for (const Problem& problem : problems) all += to_text(problem) + "\n";
    return all;
}

/// What is wrong with one fit.
std::string refused(const std::string& keys) {
    return complaints("foretwin_fit: 1\nfits:\n  it: {" + keys + "}\n");
}

void says(const std::string& complaint, const std::string& part) {
    CHECK_MESSAGE(complaint.find(part) != std::string::npos, complaint);
}

}  // namespace

TEST_CASE("a whole description is read") {
    loader::Problems problems;
    const FitPlan plan = plan_of(R"(
foretwin_fit: 1
name: Line 3
out: fitted.yaml
seed: 7
window: 90 days
refit: every 30 days
fits:
  repair:
    file: data/repairs.csv
    where: {device: Filler}
    begin: began
    end: ended
    group: machine
    covariates: [load]
    unit: min
    resolution: 30 s
  power:
    kind: power
    file: power.csv
    time: t
    value: kW
    unit: kW
    resolution: 0.1 kW
    settle: 5 s
    states: {file: states.csv, time: t, state: state}
  wear: {kind: degradation, file: w.csv, device: d, age: a, value: v, unit: km,
         threshold: 1.6 mm, path: power}
)",
                                 problems);
    CHECK(problems.empty());
    CHECK(plan.seed == 7);
    CHECK(plan.window_s == 90 * 86400);
    CHECK(plan.refit_every_s == 30 * 86400);
    REQUIRE(plan.tasks.size() == 3);
    CHECK(plan.tasks[0].kind == FitKind::lifetimes);
    CHECK(plan.tasks[0].resolution == 0.5);  // 30 s in minutes
    CHECK(plan.tasks[0].in_seconds == 60);
    CHECK(plan.tasks[0].records.columns.at("begin") == "began");
    CHECK(plan.tasks[1].settle_s == 5);
    CHECK(plan.tasks[1].states.columns.at("state") == "state");
    CHECK(plan.tasks[2].records.columns.at("unit") == "d");
    CHECK(plan.tasks[2].threshold == 1.6);
    CHECK(plan.tasks[2].path == calibration::WearPath::power);
}

TEST_CASE("what a description gets wrong is told with its place and a way out") {
    says(complaints("foretwin_fit: 2\nfits: {}\n"),
         "fits.yaml:1:1: this is no description of fits");
    says(complaints("foretwin_fit: 1\n"), "the description needs 'fits'");
    says(complaints("foretwin_fit: 1\nfits: [a]\n"), "fits.yaml:2:7: fits must be a map");
    says(complaints("foretwin_fit: 1\nwindow: 0 days\nfits: {}\n"), "a window is a duration");
    says(complaints("foretwin_fit: 1\nrefit: 30 kW\nfits: {}\n"), "is no duration");
    says(complaints("foretwin_fit: 1\nseed: -1\nfits: {}\n"), "'-1' is no whole number");
    says(complaints("foretwin_fit: 1\nout: /tmp/x\nfits: {}\n"), "is an absolute path");
    says(refused("kind: lifetme, file: a.csv, unit: h"), "known are lifetimes, inspected, found");
    says(refused("file: a.csv, tme: t, unit: h"), "did you mean 'time'?");
    says(refused("file: a.csv, time: t"), "needs 'unit'");
    says(refused("file: a.csv, unit: h"), "a life is told in one of three ways");
    says(refused("file: a.csv, time: t, from: a, to: b, unit: h"), "one of three ways");
    says(refused("file: a.csv, begin: t, unit: h"), "one of three ways");
    says(refused("file: a.csv, begin: t, end: e, unit: Mcycles"), "'Mcycles' is no unit of time");
    says(refused("file: a.csv, begin: t, end: e, status: s, unit: h"), "tell at, entry and status");
    says(refused("file: a.csv, from: t, to: e, status: s, unit: h"), "tells its status itself");
    says(refused("file: a.csv, time: t, unit: h, resolution: 1 kW"), "is no number in h");
    says(refused("file: a.csv, time: t, unit: h, covariates: a"), "covariates is a list");
    says(refused("file: a.csv, time: t, unit: h, where: a"), "where must be a map");
    says(refused("file: a.csv, time: t, unit: h, shifts: perhaps"), "shifts is true or false");
    says(refused("file: a.csv, time: t, unit: h, bootstrap: 2.5"),
         "no whole number from 0 to 9999");
    says(refused("kind: found, file: a.csv, age: a, found: f, unit: h"), "needs 'units'");
    says(refused("kind: power, file: a.csv, time: t, value: v, unit: kW"), "needs 'states'");
    says(refused("kind: degradation, file: a.csv, device: d, age: a, value: v, unit: h, "
                 "threshold: much, path: bent"),
         "known are linear, exponential, power");
}
