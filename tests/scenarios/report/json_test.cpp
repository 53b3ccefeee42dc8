#include "scenarios/report/json.hpp"

#include <doctest/doctest.h>

#include "scenarios/report/headline.hpp"
#include "tests/scenarios/report/fixture.hpp"

namespace foretwin::report {

namespace {
using nlohmann::ordered_json;
ordered_json at(const ordered_json& root, const char* path) {
    return root.at(ordered_json::json_pointer(path));
}
}  // namespace

TEST_CASE("every documented path of a comparison leads to its figure") {
    const ordered_json json = to_json(fixture::compare_study());
    CHECK(at(json, "/foretwin") == "0.1.0");
    CHECK(at(json, "/seed") == 1);
    CHECK(at(json, "/replications") == 64);
    CHECK(at(json, "/parameter_draws") == 32);
    CHECK(at(json, "/horizon/value") == 8760.0);
    CHECK(at(json, "/fingerprint") == "a91f04d2c37be655");
    CHECK(at(json, "/alternatives/baseline/kpis/downtime/mean") == 12480.0);
    CHECK(at(json, "/alternatives/baseline/kpis/downtime/unit") == "h");
    const char* change = "/alternatives/one more technician/kpis/downtime/difference/mean";
    CHECK(at(json, change).get<double>() == doctest::Approx(12480 * -0.07));
    CHECK(at(json, "/alternatives/act on errors/money/npv/mean") == 412000.0);
    CHECK(at(json, "/alternatives/act on errors/money/npv/low") == 381000.0);
    CHECK(at(json, "/alternatives/act on errors/money/probability_npv_positive/estimate") == 0.97);
    CHECK(at(json, "/alternatives/act on errors/money/irr/status") == "unique");
    CHECK(at(json, "/alternatives/act on errors/money/cash_flows/mean/0") == -60000.0);
    CHECK(at(json, "/alternatives/act on errors/tornado/0/name") == "margin of an hour");
    CHECK(at(json, "/alternatives/act on errors/tornado/0/kind") == "assumption");
    CHECK(at(json, "/alternatives/act on errors/tornado/2/kind") == "fitted");
    CHECK(at(json, "/assumptions/1/low") == 4.0);
    CHECK(at(json, "/inputs/0/fingerprint") == "3d1f7a5508c2e941");
    CHECK(at(json, "/validation/rows/5/inside") == false);
    CHECK(at(json, "/under_second_best/0/alternatives/act on errors/money/npv/mean") == 356000.0);
}

TEST_CASE(
    "the path of a device's figure is split at its slashes, also where one is inside another") {
    const ordered_json json = to_json(fixture::compare_study());
    const ordered_json& device = json["alternatives"]["baseline"]["devices"]["machines"];
    CHECK(device["downtime_by_cause"]["comp1"]["repair"]["unit"] == "h");
    CHECK(device["energy"]["mean"] == 3.2e7);
    CHECK(device["energy"]["busy"]["mean"] == 3.1e7);
}

TEST_CASE("the baseline has no difference and no money") {
    const ordered_json json = to_json(fixture::compare_study());
    const ordered_json& baseline = json["alternatives"]["baseline"];
    CHECK_FALSE(baseline.contains("money"));
    CHECK_FALSE(baseline["kpis"]["downtime"].contains("difference"));
    CHECK(json["alternatives"].items().begin().key() == "baseline");
}

TEST_CASE("the answer in words stands beside the figures") {
    experiments::StudyResult study = fixture::compare_study();
    const ordered_json json = to_json(study);
    CHECK(json["headline"] == headline(study));
    CHECK(json["headline_warnings"] == headline_warnings(study));
    CHECK(json["what_would_change"] == what_would_change(study));
    CHECK_FALSE(json["what_would_change"].empty());
    CHECK_FALSE(json.contains("stopped"));
    study.stopped = true;
    CHECK(to_json(study)["stopped"] == true);
}

TEST_CASE("what is unknown is null, with the reason beside it") {
    experiments::StudyResult study = fixture::run_study();
    experiments::FigureResult& figure = study.alternatives[0].kpis[0].value;
    figure.mean = figure.low = fixture::unknown;
    figure.high = std::numeric_limits<double>::infinity();
    figure.reason = "0/0: nothing was produced";
    const ordered_json json = to_json(study);
    const ordered_json& kpi = json["alternatives"]["baseline"]["kpis"]["downtime"];
    CHECK(kpi["mean"].is_null());
    CHECK(kpi["low"].is_null());
    CHECK(kpi["high"].is_null());
    CHECK(kpi["reason"] == "0/0: nothing was produced");
    CHECK(json["validation"].is_null());
    CHECK(ordered_json::parse(json.dump()) == json);
}

TEST_CASE("an unknown mean without a reason still says that it is undefined") {
    experiments::StudyResult study = fixture::run_study();
    study.alternatives[0].kpis[0].value.mean = fixture::unknown;
    const ordered_json json = to_json(study);
    CHECK(json["alternatives"]["baseline"]["kpis"]["downtime"].contains("reason"));
    CHECK_FALSE(json["alternatives"]["baseline"]["kpis"]["energy"].contains("reason"));
}

TEST_CASE("a net present value without interval is told with its reason") {
    experiments::StudyResult study = fixture::compare_study();
    study.alternatives[1].money->npv = {412000, {}, {}, 0.95, 1, "fewer than two draws"};
    const ordered_json json = to_json(study);
    const ordered_json& npv = json["alternatives"]["act on errors"]["money"]["npv"];
    CHECK(npv["low"].is_null());
    CHECK(npv["reason"] == "fewer than two draws");
}

TEST_CASE("numbers survive the way through text bit for bit") {
    experiments::StudyResult study = fixture::run_study();
    for (const double value : {0.1 + 0.2, 1.0 / 3.0, 5e-324, 1.7976931348623157e308}) {
        study.alternatives[0].kpis[0].value.mean = value;
        const ordered_json back = ordered_json::parse(to_json(study).dump());
        CHECK(back["alternatives"]["baseline"]["kpis"]["downtime"]["mean"].get<double>() == value);
    }
}

}  // namespace foretwin::report
