#include <algorithm>
#include <cmath>

#include "scenarios/report/charts.hpp"
#include "scenarios/report/picture.hpp"
#include "scenarios/report/wording.hpp"

namespace foretwin::report {

namespace {

constexpr double width = 1000, row_height = 30, recorded_at = 775;

using Row = StudyResult::Validation::Row;

void draw_validation_row(Picture& picture, const Row& row, const Axis& axis, double y) {
    picture.label(230, y, row.group + ": " + row.quantity, 30, "end");
    picture.rectangle(axis.at(row.low), y - 7, axis.at(row.high) - axis.at(row.low), 14,
                      "pale neutral");
    picture.line(axis.at(row.simulated), y - 9, axis.at(row.simulated), y + 9, "centre");
    picture.diamond(axis.at(row.recorded), y, 6, row.inside ? "dot better" : "dot worse");
    const Shown shown = shown_as("", "1", "", row.simulated,
                                 half_width(FigureResult{.name = "",
                                                         .unit = "",
                                                         .formula = "",
                                                         .low = row.low,
                                                         .high = row.high,
                                                         .reason = ""}));
    // What was recorded is a count: whole, whatever the digits of what was simulated.
    picture.text(recorded_at, y + 4, number(row.recorded, Shown{}), "end strong");
    picture.text(925, y + 4,
                 number(row.simulated, shown) + " (" + range(row.low, row.high, shown) + ")",
                 "end small");
    picture.text(width, y + 4, row.inside ? "inside" : "outside",
                 row.inside ? "end small" : "end strong worse");
}

void draw_target_row(Picture& picture, const std::string& name,
                     const experiments::TargetResult& target, double y) {
    const Axis axis{0, 1, 300, 760};
    picture.label(284, y, name, 40, "end");
    picture.rectangle(axis.at(0), y - 7, axis.at(1) - axis.at(0), 14, "track");
    picture.rectangle(axis.at(0), y - 7, axis.at(target.met.estimate) - axis.at(0), 14,
                      "bar better");
    picture.line(axis.at(target.met.low), y, axis.at(target.met.high), y, "whisker");
    picture.line(axis.at(target.met.low), y - 4, axis.at(target.met.low), y + 4, "whisker");
    picture.line(axis.at(target.met.high), y - 4, axis.at(target.met.high), y + 4, "whisker");
    picture.text(width, y + 4,
                 percent(target.met.estimate) + " of futures (" +
                     number(target.met.low * 100, Shown{}) + " to " + percent(target.met.high) +
                     ")",
                 "end small strong");
}

}  // namespace

std::string validation_chart(const StudyResult& study) {
    if (!study.validation || study.validation->rows.empty()) return "";
    const std::vector<Row>& rows = study.validation->rows;
    double most = 0;
    for (const Row& row : rows)
        for (const double value : {row.recorded, row.high, row.simulated})
            if (std::isfinite(value)) most = std::max(most, value);
    constexpr double top = 26;
    const double bottom = top + row_height * static_cast<double>(rows.size());
    Picture picture(width, bottom + 24, "Recorded against simulated");
    const Axis axis{0, most > 0 ? most * 1.05 : 1, 250, 715};
    const std::vector<double> marks = ticks(axis.low, axis.high, 5);
    const Shown tick{1, "", false, tick_decimals(marks, 1)};
    for (const double mark : marks) {
        picture.line(axis.at(mark), top, axis.at(mark), bottom, "grid");
        picture.text(axis.at(mark), bottom + 18, number(mark, tick), "middle small");
    }
    picture.diamond(256, 10, 6, "dot better");
    picture.text(268, 14, "recorded", "small");
    picture.rectangle(340, 4, 30, 12, "pale neutral");
    picture.text(378, 14,
                 "simulated, " + level_text(study.validation->level) + " of single futures",
                 "small");
    picture.text(recorded_at, 14, "recorded", "end small");
    picture.text(925, 14, "simulated", "end small");
    double y = top + row_height / 2;
    for (const Row& row : rows) {
        draw_validation_row(picture, row, axis, y);
        y += row_height;
    }
    return picture.markup();
}

std::string target_chart(const StudyResult& study) {
    struct Line {
        std::string heading;  ///< empty: a row of the target above
        std::string name;
        const experiments::TargetResult* target;
    };
    std::vector<Line> lines;
    for (const std::string& name : kpi_order(study)) {
        bool first = true;
        for (const AlternativeResult& alternative : study.alternatives) {
            const KpiResult* kpi = find_kpi(alternative, name);
            if (kpi == nullptr || !kpi->target) continue;
            if (first) lines.push_back({label(name) + ": " + kpi->target->text, "", nullptr});
            first = false;
            lines.push_back({"", alternative.name, &*kpi->target});
        }
    }
    if (lines.empty()) return "";
    Picture picture(width, row_height * static_cast<double>(lines.size()) + 6, "Targets");
    double y = row_height / 2;
    for (const Line& line : lines) {
        if (line.target == nullptr)
            picture.text(0, y + 6, line.heading, "strong");
        else
            draw_target_row(picture, line.name, *line.target, y);
        y += row_height;
    }
    return picture.markup();
}

}  // namespace foretwin::report
