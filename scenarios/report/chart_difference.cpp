#include <algorithm>
#include <array>
#include <cmath>

#include "scenarios/report/charts.hpp"
#include "scenarios/report/picture.hpp"
#include "scenarios/report/wording.hpp"

namespace foretwin::report {

namespace {

constexpr double width = 1000, panel_width = 480, gutter = 40, row_height = 26, head = 40;
constexpr double name_width = 190, value_width = 136;
constexpr std::array panels{"downtime",    "availability", "production",
                            "throughput",  "energy",       "energy_cost",
                            "peak_demand", "carbon",       "maintenance_cost"};

struct Bar {
    std::string name;
    const FigureResult* change;
};

std::vector<Bar> bars_of(const StudyResult& study, const std::string& kpi) {
    std::vector<Bar> bars;
    for (const AlternativeResult& alternative : study.alternatives) {
        const KpiResult* found = find_kpi(alternative, kpi);
        if (found != nullptr && found->difference && std::isfinite(found->difference->mean))
            bars.push_back({alternative.name, &*found->difference});
    }
    return bars;
}

Axis axis_of(const std::vector<Bar>& bars, double left) {
    double low = 0, high = 0;
    for (const Bar& bar : bars)
        for (const double value : {bar.change->mean, bar.change->low, bar.change->high})
            if (std::isfinite(value)) {
                low = std::min(low, value);
                high = std::max(high, value);
            }
    if (low == high) low = -1, high = 1;
    return {low, high, left + name_width, left + panel_width - value_width};
}

/// Blue when better, orange and hatched when worse, grey when no difference is seen.
std::string tone_of(const FigureResult& change, const Shown& shown) {
    if (!is_seen(change, shown)) return "neutral";
    return (change.mean > 0) == change.more_is_better ? "better" : "worse";
}

void draw_bar(Picture& picture, const Bar& bar, const Axis& axis, const Shown& shown, double y,
              double left) {
    const FigureResult& change = *bar.change;
    const std::string tone = tone_of(change, shown);
    picture.label(left + name_width - 10, y, bar.name, 27, "end small");
    picture.rectangle(axis.at(0), y - 7, axis.at(change.mean) - axis.at(0), 14, "bar " + tone);
    picture.line(axis.at(change.low), y, axis.at(change.high), y, "whisker");
    picture.line(axis.at(change.low), y - 4, axis.at(change.low), y + 4, "whisker");
    picture.line(axis.at(change.high), y - 4, axis.at(change.high), y + 4, "whisker");
    std::string text = signed_number(change.mean, shown);
    if (std::isfinite(half_width(change))) text += " ± " + number(half_width(change), shown);
    picture.text(left + panel_width, y + 4, text, "end small strong " + tone);
}

void draw_panel(Picture& picture, const StudyResult& study, const std::string& kpi,
                const std::vector<Bar>& bars, double left, double top) {
    const Shown shown = shown_difference(study, kpi);
    std::string title = label(kpi);
    if (!shown.unit.empty()) title += ", " + shown.unit;
    picture.text(left, top + 14, title, "strong");
    picture.text(left + panel_width, top + 14,
                 bars[0].change->more_is_better ? "more is better" : "less is better", "end small");
    picture.line(left, top + 22, left + panel_width, top + 22, "grid");
    const Axis axis = axis_of(bars, left);
    double y = top + head;
    for (const Bar& bar : bars) {
        draw_bar(picture, bar, axis, shown, y, left);
        y += row_height;
    }
    picture.line(axis.at(0), top + 26, axis.at(0), y - row_height / 2, "zero");
}

}  // namespace

std::string difference_chart(const StudyResult& study) {
    std::vector<std::pair<std::string, std::vector<Bar>>> filled;
    for (const char* kpi : panels)
        if (std::vector<Bar> bars = bars_of(study, kpi); !bars.empty())
            filled.emplace_back(kpi, std::move(bars));
    if (filled.empty()) return "";
    std::size_t rows = 0;
    for (const auto& [kpi, bars] : filled) rows = std::max(rows, bars.size());
    const double panel_height = head + row_height * static_cast<double>(rows) + 14;
    const std::size_t lines = (filled.size() + 1) / 2;
    Picture picture(width, panel_height * static_cast<double>(lines), "Paired differences");
    for (std::size_t i = 0; i < filled.size(); ++i) {
        const double left = i % 2 == 0 ? 0 : panel_width + gutter;
        const std::size_t line = i / 2;
        draw_panel(picture, study, filled[i].first, filled[i].second, left,
                   panel_height * static_cast<double>(line));
    }
    return picture.markup();
}

}  // namespace foretwin::report
