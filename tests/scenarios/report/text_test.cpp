#include <doctest/doctest.h>

#include <cmath>
#include <sstream>

#include "scenarios/report/csv.hpp"
#include "scenarios/report/headline.hpp"
#include "scenarios/report/number.hpp"
#include "scenarios/report/table.hpp"
#include "scenarios/report/text_grid.hpp"
#include "scenarios/report/wording.hpp"
#include "tests/scenarios/report/fixture.hpp"

namespace foretwin::report {

namespace {
bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}
int widest_line(const std::string& text) {
    std::istringstream lines(text);
    int widest = 0;
    for (std::string line; std::getline(lines, line);) widest = std::max(widest, shown_width(line));
    return widest;
}
}  // namespace

TEST_CASE("numbers for people carry 3 to 4 digits and thousands separators") {
    CHECK(number(0) == "0");
    CHECK(number(8) == "8");
    CHECK(number(0.041236) == "0.04124");
    CHECK(number(12345678) == "12,350,000");
    CHECK(number(-1234.4) == "-1,234");
    CHECK(number(fixture::unknown) == "unknown");
    CHECK(money(412345, "EUR") == "EUR 412,300");
    CHECK(money(-12.4e6, "EUR") == "-12.40 million EUR");
    CHECK(percent(0.9999) == "over 99 %");
    CHECK(percent(1) == "100 %");
    CHECK(percent(0.004) == "under 1 %");
    CHECK(level_text(0.95) == "95 %");
    CHECK(level_text(0.995) == "99.5 %");
}

TEST_CASE("a wide interval takes digits from a number, a narrow one never more than four") {
    // 12,345 +- 310: two digits of 310 are tens.
    CHECK(number(12345, shown_as("downtime", "h", "", 12345, 310)) == "12,350");
    CHECK(number(1234.6, shown_as("downtime", "h", "", 1234.6, 0.001)) == "1,235");
    CHECK(number(1234.5, shown_as("downtime", "h", "", 1234.5, 900)) == "1,230");
}

TEST_CASE("units are told as people say them") {
    CHECK(with_unit(3.214e7, shown_as("energy", "kWh", "EUR", 3.214e7, 0)) == "32.14 GWh");
    CHECK(with_unit(32140, shown_as("energy", "kWh", "EUR", 32140, 0)) == "32.14 MWh");
    CHECK(with_unit(0.9612, shown_as("availability", "1", "EUR", 0.9612, 0.001)) == "96.12 %");
    CHECK(with_unit(688, shown_as("failures", "1", "EUR", 688, 20)) == "688");
    CHECK(with_unit(9850, shown_as("production", "part", "EUR", 9850, 0)) == "9,850 parts");
    CHECK(with_unit(0.08, shown_as("x", "money/part", "EUR", 0.08, 0)) == "0.08000 EUR/part");
}

TEST_CASE("the headline tells the best alternative, its worth, its probability, its downtime") {
    const std::string text = headline(fixture::compare_study());
    CHECK(text ==
          "“Act on errors and replace by age” pays: EUR 438,000 over 5 years (95 %: 390,000 to "
          "486,000), P(NPV > 0) = 95 % given your assumptions; downtime falls by 45 %.");
}

TEST_CASE("when the sign turns under the second-best life model, the headline says so") {
    StudyResult study = fixture::compare_study();
    study.under_second_best[0].alternatives[4].money->npv.estimate = -32000;
    CHECK(holds(headline(study),
                "the sign turns under the second-best life model, where it loses "
                "EUR 32,000"));
    CHECK(turned_by_life_model(study) ==
          std::vector<std::string>{"replace by age at the same visits",
                                   "act on errors and replace by age"});
}

TEST_CASE("an interval that holds zero may pay; a best alternative below zero does not") {
    StudyResult study = fixture::compare_study();
    study.alternatives.resize(2);
    study.under_second_best.clear();
    roi::Interval& npv = study.alternatives[1].money->npv;
    npv = {20000, -15000, 55000, 0.95, 32, ""};
    CHECK(verdict(study) == Verdict::may_pay);
    CHECK(holds(headline(study), "“Act on errors” may pay, which is not certain"));
    npv = {20000, {}, {}, 0.95, 1, "fewer than two draws"};
    CHECK(verdict(study) == Verdict::may_pay);
    CHECK(holds(headline(study), "(interval unknown)"));
    CHECK(holds(headline_warnings(study).back(), "fewer than two draws"));
    npv = {-20000, -55000, 15000, 0.95, 32, ""};
    CHECK(verdict(study) == Verdict::loses);
    CHECK(holds(headline(study),
                "No change pays; the best, “act on errors”, is worth EUR "
                "-20,000"));
}

TEST_CASE("without money the leading KPI decides") {
    StudyResult study = fixture::compare_study();
    for (AlternativeResult& alternative : study.alternatives) alternative.money.reset();
    study.under_second_best.clear();
    CHECK(verdict(study) == Verdict::no_money);
    CHECK(best_alternative(study)->name == "act on errors and replace by age");
    CHECK(holds(headline(study), "Best is “act on errors and replace by age”"));
    CHECK(what_would_change(study).empty());
}

TEST_CASE("a run tells the target that is hardest to meet") {
    CHECK(headline(fixture::run_study()) ==
          "Production 41.82 million parts (95 %: 41.73 to 41.91) misses its target on average; "
          "36 % of futures meet the target “at least 115 000 part/day” (95 %: 25 % to 48 %).");
}

TEST_CASE("what would change the answer names the break-even of the two strongest assumptions") {
    StudyResult study = fixture::compare_study();
    study.alternatives[4].tornado.swings[0].break_even = 31.5;
    study.alternatives[4].tornado.swings[0].break_even_in_range = true;
    const std::vector<std::string> sentences = what_would_change(study);
    REQUIRE(sentences.size() == 2);
    CHECK(sentences[0] ==
          "“margin of an hour” (assumed 20 to 90 EUR/h): the answer turns below "
          "31.5 EUR/h, inside its range.");
    CHECK(holds(sentences[1], "no value above zero turns the answer"));
}

TEST_CASE("what is within its noise is named as such, neither ranked nor given a break-even") {
    StudyResult study = fixture::compare_study();
    std::vector<roi::Swing>& swings = study.alternatives[4].tornado.swings;
    for (roi::Swing& swing : swings) swing.slope_error = std::abs(swing.slope);
    std::vector<std::string> sentences = what_would_change(study);
    REQUIRE(sentences.size() == 1);
    CHECK(sentences[0] ==
          "Not told apart from chance (less than two standard errors), so not ranked: “margin of "
          "an hour”, “repair time”, “comp2 life” and 2 more; more replications would tell.");
    // One clear input is told, though it stands behind others of its kind.
    swings[1].slope_error = 0;
    sentences = what_would_change(study);
    REQUIRE(sentences.size() == 2);
    CHECK(holds(sentences[0], "“repair time”"));
    CHECK_FALSE(holds(sentences[1], "“repair time”"));
}

TEST_CASE("a payback is told in the unit that people would say it in") {
    const auto told = [](double years) {
        return payback(economics::Payback{years, years, false}, 5);
    };
    CHECK(told(0.0003) == "under 1 month");
    CHECK(told(0.083) == "under 1 month");  // 30 days
    CHECK(told(1.0 / 12) == "1 month");
    CHECK(told(0.15) == "2 months");   // 1.8
    CHECK(told(0.95) == "11 months");  // 11.4
    CHECK(told(0.96) == "1 year");     // 11.52
    CHECK(told(1) == "1 year");
    CHECK(told(1.44) == "1.4 years");
    CHECK(payback(economics::Payback{0.01, 0.01, true}, 5) == "under 1 month (falls below again)");
    CHECK(payback({}, 5) == "not within 5 years");
}

TEST_CASE("the terminal's table fits its columns, whatever the names") {
    StudyResult study = fixture::compare_study();
    CHECK(widest_line(table(study, 120)) <= 120);
    study.alternatives[2].name = std::string(64, 'W');
    study.alternatives[2].kpis[0].value.mean = 1.234e15;
    for (const int columns : {60, 80, 120, 200})
        CHECK(widest_line(table(study, columns)) <= columns);
    CHECK(widest_line(table(fixture::run_study(), 60)) <= 60);
}

TEST_CASE("the terminal's table carries differences, warnings, targets and break-evens") {
    const std::string text = table(fixture::compare_study(), 120);
    CHECK(holds(text, "-4,742 ±78"));
    CHECK(holds(text, "Energy prices are those of 2016."));
    CHECK(holds(text, "What would change this answer:"));
    CHECK(holds(table(fixture::run_study(), 200), "met in 36 % (25 % to 48 %)"));
}

TEST_CASE("no control character of a name reaches the terminal") {
    StudyResult study = fixture::compare_study();
    study.scenario = "evil\x1b[2J";
    study.alternatives[1].name = "red\x1b[31m";
    study.warnings = {"bell\a"};
    const std::string text = table(study, 120);
    CHECK_FALSE(holds(text, "\x1b"));
    CHECK_FALSE(holds(text, "\a"));
}

TEST_CASE("an empty study, unknown figures and differences do not break the table") {
    CHECK(holds(table(StudyResult{}, 80), "Nothing was simulated."));
    StudyResult study = fixture::compare_study();
    for (AlternativeResult& alternative : study.alternatives)
        for (KpiResult& kpi : alternative.kpis) {
            kpi.value.mean = kpi.value.low = kpi.value.high = fixture::unknown;
            if (kpi.difference) kpi.difference->mean = kpi.difference->low = fixture::unknown;
        }
    const std::string text = table(study, 120);
    CHECK(holds(text, "unknown"));
    CHECK_FALSE(holds(text, " nan"));
    CHECK_FALSE(holds(text, "±nan"));
}

TEST_CASE("CSV: one line per alternative and KPI; the baseline has no difference") {
    StudyResult study = fixture::run_study();
    study.alternatives[0].kpis.resize(1);
    study.alternatives[0].name = "a, \"b\"";
    CHECK(csv(study) ==
          "alternative,kpi,unit,mean,low,high,sd,difference_mean,difference_low,difference_high\n"
          "\"a, \"\"b\"\"\",downtime,h,12480,12170,12790,930,,,\n");
    study.alternatives[0].kpis[0].value.mean = fixture::unknown;
    study.alternatives[0].kpis[0].value.unit = "money";
    study.alternatives[0].kpis[0].difference = fixture::figure("downtime", "h", 0.1, 0);
    CHECK(holds(csv(study), ",downtime,EUR,,12170,12790,930,0.1,0.1,0.1\n"));
}

}  // namespace foretwin::report
