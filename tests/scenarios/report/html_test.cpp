#include "scenarios/report/html.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "scenarios/report/charts.hpp"
#include "scenarios/report/headline.hpp"
#include "scenarios/report/markup.hpp"
#include "scenarios/report/sections.hpp"
#include "scenarios/report/wording.hpp"
#include "tests/scenarios/report/fixture.hpp"

namespace foretwin::report {

namespace {

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// Every tag that is opened is closed in order; returns the first that is not, or "".
std::string unbalanced(const std::string& page) {
    std::vector<std::string> open;
    for (std::size_t at = page.find('<'); at != std::string::npos; at = page.find('<', at + 1)) {
        const std::size_t end = page.find('>', at);
        const std::string tag = page.substr(at + 1, end - at - 1);
        const std::string name = tag.substr(0, tag.find_first_of(" \n/", 1));
        if (tag[0] == '!' || tag.ends_with('/') || name == "meta") continue;
        if (tag[0] != '/') {
            open.push_back(name);
        } else {
            if (open.empty() || "/" + open.back() != tag) return tag;
            open.pop_back();
        }
    }
    return open.empty() ? "" : open.back();
}

}  // namespace

TEST_CASE("the page opens with the answer and has every section of a comparison") {
    const std::string page = html(fixture::compare_study());
    CHECK(holds(page, "<h1>“Act on errors and replace by age” pays: EUR 438,000 over 5 years"));
    for (const char* heading :
         {"Which change pays", "What changes", "The alternatives side by side", "Targets",
          "Where the downtime goes", "What would change this answer", "How the money comes back",
          "Does the twin repeat history", "What you assumed", "What was fitted to records",
          "Where this comes from", "What the figures mean"})
        CHECK_MESSAGE(holds(page, std::string("<h2>") + heading + "</h2>"), heading);
    CHECK(holds(page, "Energy prices are those of 2016."));
    CHECK(holds(page, "3d1f7a5508c2e941"));
    CHECK(holds(page, "no durations"));
    CHECK(unbalanced(page) == "");
}

TEST_CASE("a fitted value is told in words, with as many digits as a fit deserves") {
    CHECK(fitted_words("weibull:\n  shape: 0.535866\n  scale: 79.2243 days\n  shift: 36 days") ==
          "weibull, shape 0.536, scale 79.2 days, shift 36 days");
    CHECK(fitted_words("exponential:\n  mean: 12508 days\n") == "exponential, mean 12500 days");
    CHECK(fitted_words("piecewise:\n  edges:\n    - 30 days\n    - 75 days\n  rates:\n"
                       "    - 0 /day\n    - 0.00922447 /day\n") ==
          "piecewise, edges 30 days, 75 days, rates 0 /day, 0.00922 /day");
    CHECK(fitted_words("0.2804232804232804") == "0.28");
    CHECK(fitted_words("999.6 h") == "1000 h");
    CHECK(fitted_words("7 age classes of comp12345, 06:00") == "7 age classes of comp12345, 06:00");
    CHECK(fitted_words("") == "");
    CHECK(record_words("1272 of 4536, 3 late_entries") == "1272 of 4536, 3 late entries");
    CHECK(record_words("12 in 69.7467 years") == "12 in 69.7 years");
}

TEST_CASE("what was fitted stands on the page in words") {
    StudyResult study = fixture::compare_study();
    study.fitted = {{"life", "weibull:\n  shape: 0.535866", "21 failures, 13 late_entries"}};
    const std::string page = html(study);
    CHECK(holds(page, "<td>weibull, shape 0.536</td><td>21 failures, 13 late entries</td>"));
}

TEST_CASE("a difference that is shown as zero has neither arrow nor colour") {
    StudyResult study = fixture::compare_study();
    const auto change_of = [&](double mean, double half_width) {
        for (KpiResult& kpi : study.alternatives[1].kpis) {
            if (kpi.value.name != "energy") continue;
            kpi.difference = fixture::figure("energy", "kWh", mean, half_width, false);
        }
        const KpiResult& kpi = *find_kpi(study.alternatives[1], "energy");
        return is_seen(*kpi.difference, Shown{1e-6, "GWh", false, 2});
    };
    CHECK(change_of(-0.2e6, 0.1e6));
    CHECK(!change_of(-0.2e6, 0.3e6));  // its interval holds zero
    CHECK(!change_of(0, 0));
    CHECK(!change_of(-400, 100));  // surely below zero, and told as 0.00 GWh
    // So it is on the page, which tells the energies, some 30 GWh, to a hundredth or thousandth.
    const std::string table = alternatives_table(study);
    CHECK(holds(table, "<div class=\"change neutral\">0.00"));
    CHECK(!holds(table, "▼ 0.00"));
}

TEST_CASE("the page loads nothing and runs nothing") {
    const std::string page = html(fixture::compare_study());
    for (const char* part : {"<script", "<link", "<img", "@import", "http:", "https:", "src="})
        CHECK_MESSAGE(!holds(page, part), part);
}

TEST_CASE("all text of a study is escaped, wherever it comes from") {
    StudyResult study = fixture::compare_study();
    const std::string evil = "<script>alert(\"1\")</script>&'";
    study.scenario = study.description = study.file = study.version = study.fingerprint = evil;
    study.start = study.zone = study.currency = study.life_model = evil;
    study.warnings = study.notes = {evil};
    study.assumptions[0].name = study.assumptions[0].why = study.assumptions[0].unit = evil;
    study.fitted[0].name = study.fitted[0].text = study.fitted[0].records = evil;
    study.inputs[0].path = study.inputs[0].fingerprint = evil;
    study.validation->verdict = study.validation->period = study.validation->rows[0].group = evil;
    study.under_second_best[0].life_model = evil;
    for (AlternativeResult& alternative : study.alternatives) {
        alternative.name += evil;
        for (roi::Swing& swing : alternative.tornado.swings) swing.name = swing.unit = evil;
        for (experiments::KpiResult& kpi : alternative.kpis) {
            kpi.value.formula = evil;
            if (kpi.target) kpi.target->text = evil;
        }
        for (experiments::DeviceResult& device : alternative.devices) {
            device.name = evil;
            for (FigureResult& figure : device.figures)
                if (figure.name == "downtime_by_cause/comp1/repair")
                    figure.name = "downtime_by_cause/" + evil + "x/repair";
        }
    }
    const std::string page = html(study);
    CHECK_FALSE(holds(page, "<script"));
    CHECK_FALSE(holds(page, "alert(\"1\")"));
    CHECK(holds(page, "&lt;script&gt;alert(&quot;1&quot;)"));
    CHECK(unbalanced(page) == "");
}

TEST_CASE("bytes that are no UTF-8, and control characters, are replaced") {
    CHECK(escaped("a\xff"
                  "b") ==
          "a\xEF\xBF\xBD"
          "b");
    CHECK(escaped("\xC0\xAF") == "\xEF\xBF\xBD\xEF\xBF\xBD");          // an overlong slash
    CHECK(escaped("\xED\xA0\x80").find('\xED') == std::string::npos);  // half a surrogate pair
    CHECK(escaped("\xE2\x82") == "\xEF\xBF\xBD\xEF\xBF\xBD");          // cut short
    CHECK(escaped("Zürich 🏭\n") == "Zürich 🏭\n");
    CHECK(escaped(std::string_view("\0\x1b", 2)) == "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_CASE("a minus is a minus, and a hyphen stays one") {
    CHECK(typeset("-12 to -3 (-4)") == "−12 to −3 (−4)");
    CHECK(typeset("2015-09-14 second-best") == "2015-09-14 second-best");
}

TEST_CASE("the baseline alone has figures and targets, and no empty section") {
    const std::string page = html(fixture::run_study());
    CHECK(holds(page, "<h2>The figures</h2>"));
    CHECK(holds(page, "<h2>Targets</h2>"));
    CHECK(holds(page, "<h2>Where the downtime goes</h2>"));
    for (const char* heading : {"Which change pays", "What changes", "side by side",
                                "How the money comes back", "Does the twin", "What you assumed"})
        CHECK_MESSAGE(!holds(page, heading), heading);
    CHECK(unbalanced(page) == "");
}

TEST_CASE("a comparison without money tells no money") {
    StudyResult study = fixture::compare_study();
    for (AlternativeResult& alternative : study.alternatives) alternative.money.reset();
    study.under_second_best.clear();
    const std::string page = html(study);
    CHECK(holds(page, "<h2>What changes</h2>"));
    CHECK_FALSE(holds(page, "NPV"));
    CHECK(unbalanced(page) == "");
}

TEST_CASE("unknown figures and intervals reach neither text nor pictures as nan or inf") {
    StudyResult study = fixture::compare_study();
    const auto spoil = [](FigureResult& figure) {
        figure.mean = figure.low = figure.high = figure.future_low = fixture::unknown;
        figure.future_high = std::numeric_limits<double>::infinity();
        figure.reason = "undefined: 0/0";
    };
    for (AlternativeResult& alternative : study.alternatives) {
        for (experiments::KpiResult& kpi : alternative.kpis) {
            spoil(kpi.value);
            if (kpi.difference) spoil(*kpi.difference);
        }
        for (experiments::DeviceResult& device : alternative.devices)
            for (FigureResult& figure : device.figures) spoil(figure);
        if (!alternative.money) continue;
        alternative.money->npv.low.reset();
        alternative.money->npv.high.reset();
        alternative.money->npv.reason = "fewer than two draws";
        alternative.money->fan[2].q95 = fixture::unknown;
        alternative.tornado.swings[0].npv_at_low = fixture::unknown;
        alternative.tornado.swings[1].break_even.reset();
    }
    const std::string page = html(study);
    CHECK(holds(page, "undefined: 0/0"));
    CHECK(holds(page, "fewer than two draws"));
    for (const char* part : {"\"nan", "\"inf", "nan,", ">nan", ">inf", "-nan"})
        CHECK_MESSAGE(!holds(page, part), part);
    CHECK(unbalanced(page) == "");
}

TEST_CASE("an empty study still gives a page") {
    CHECK(unbalanced(html(StudyResult{})) == "");
}

TEST_CASE("devices inside a fleet are not counted beside it") {
    StudyResult study = fixture::run_study();
    experiments::DeviceResult member = study.alternatives[0].devices[0];
    member.name = "machine 7";
    member.is_fleet = false;
    member.fleet = "machines";
    study.alternatives[0].devices.push_back(member);
    CHECK_FALSE(holds(html(study), "machine 7"));
}

TEST_CASE("a recorded count is told whole, however few digits the simulated one has") {
    StudyResult study = fixture::compare_study();
    study.validation->rows = {{"comp3", "failures", 93, 91.8, 73.4, 109, true}};
    const std::string chart = validation_chart(study);
    CHECK(chart.find(">93<") != std::string::npos);
    CHECK(chart.find(">93.0<") == std::string::npos);
}

TEST_CASE("the kind of an input stands below a name of two lines, not across it") {
    StudyResult study = fixture::compare_study();
    roi::Swing& swing = study.alternatives.at(1).tornado.swings.at(0);
    const auto place_of_kind = [&](const std::string& name) {
        swing.name = name;
        const std::string chart = tornado_chart(study, study.alternatives.at(1));
        const std::size_t kind = chart.find(swing.assumed ? ">assumed<" : ">fitted to records<");
        const std::size_t y = chart.rfind(" y=\"", kind);
        return std::stod(chart.substr(y + 4));
    };
    CHECK(place_of_kind("fitted laws, relative to the estimate") == place_of_kind("wage") + 7);
}

TEST_CASE("a bar within its noise is muted: pale, no break-even, its name no longer strong") {
    StudyResult study = fixture::compare_study();
    AlternativeResult& best = study.alternatives.at(4);
    best.tornado.swings.resize(1);
    CHECK_FALSE(holds(tornado_chart(study, best), "unsure"));
    best.tornado.swings[0].slope_error = std::abs(best.tornado.swings[0].slope);
    const std::string chart = tornado_chart(study, best);
    CHECK(holds(chart, "bar low-end unsure"));
    CHECK(holds(chart, "bar high-end unsure"));
    CHECK(holds(chart, ">within its error<"));
    CHECK_FALSE(holds(chart, "side its range"));
    CHECK(holds(html(study), "Not told apart from chance"));
}

TEST_CASE("a payback of days is no payback of 0 years") {
    StudyResult study = fixture::compare_study();
    AlternativeResult& best = study.alternatives.at(4);
    best.money->payback = economics::Payback{0.004, 0.004, false};
    CHECK(holds(cash_fan(study, best), "paid back in under 1 month"));
    CHECK(holds(html(study), "under 1 month"));
    CHECK_FALSE(holds(html(study), "0 years"));
}

}  // namespace foretwin::report
