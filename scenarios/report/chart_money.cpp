#include <algorithm>
#include <cmath>

#include "scenarios/report/charts.hpp"
#include "scenarios/report/picture.hpp"
#include "scenarios/report/text_grid.hpp"
#include "scenarios/report/wording.hpp"

namespace foretwin::report {

namespace {

constexpr double width = 1000;

/// The scale of one money axis, and how its ticks are told.
struct MoneyScale {
    Axis axis;
    std::vector<double> marks;
    Shown shown;
};

MoneyScale money_scale(const StudyResult& study, double low, double high, double from, double to) {
    const double margin = high > low ? (high - low) * 0.06 : 1;
    MoneyScale scale;
    scale.axis = {low - margin, high + margin, from, to};
    scale.marks = ticks(scale.axis.low, scale.axis.high, 5);
    const double most = std::max(std::abs(low), std::abs(high));
    scale.shown = shown_as("", "money", study.currency, most, 0);
    scale.shown.decimals = tick_decimals(scale.marks, scale.shown.factor);
    return scale;
}

struct Canvas {
    double left = 110, right = 850, top = 24, bottom = 300;
};

using Quantile = double roi::FanYear::*;

void draw_band(Picture& picture, const std::vector<roi::FanYear>& fan, const Axis& x, const Axis& y,
               Quantile low, Quantile high, const std::string& css) {
    std::vector<Picture::Point> outline;
    outline.reserve(2 * fan.size());
    for (const roi::FanYear& year : fan) outline.emplace_back(x.at(year.year), y.at(year.*high));
    for (auto year = fan.rbegin(); year != fan.rend(); ++year)
        outline.emplace_back(x.at(year->year), y.at((*year).*low));
    picture.area(outline, css);
}

void draw_fan_axes(Picture& picture, const MoneyScale& scale, const Axis& x, const Canvas& canvas,
                   const std::vector<roi::FanYear>& fan) {
    for (const double mark : scale.marks) {
        picture.line(canvas.left, scale.axis.at(mark), canvas.right, scale.axis.at(mark), "grid");
        picture.text(canvas.left - 10, scale.axis.at(mark) + 4, number(mark, scale.shown),
                     "end small");
    }
    const std::size_t every = fan.size() / 12 + 1;
    for (std::size_t i = 0; i < fan.size(); i += every)
        picture.text(x.at(fan[i].year), canvas.bottom + 20,
                     fan[i].year == 0 ? "today" : "year " + std::to_string(fan[i].year),
                     "middle small");
    picture.line(canvas.left, scale.axis.at(0), canvas.right, scale.axis.at(0), "zero");
    picture.text(canvas.left - 10, canvas.top - 10, scale.shown.unit, "end small");
}

/// Labels at the right end, kept apart.
void draw_fan_labels(Picture& picture, const roi::FanYear& last, const Axis& y, double x) {
    const std::vector<std::pair<double, std::string>> labels{{last.q95, "95 % of futures below"},
                                                             {last.q75, "75 % below"},
                                                             {last.q50, "half of futures"},
                                                             {last.q25, "25 % below"},
                                                             {last.q05, "5 % below"}};
    double previous = -HUGE_VAL;
    for (const auto& [value, text] : labels) {
        const double at = std::max(y.at(value) + 4, previous + 15);
        picture.text(x + 10, at, text, value == last.q50 ? "small strong" : "small");
        previous = at;
    }
}

void draw_swing(Picture& picture, const roi::Swing& swing, const MoneyScale& scale, double centre,
                double y, const std::string& break_even) {
    const double x_low = scale.axis.at(swing.npv_at_low), x_high = scale.axis.at(swing.npv_at_high);
    const double x_centre = scale.axis.at(centre);
    const bool unsure = swing.within_noise();
    picture.label(270, y - 3, swing.name, 36, unsure ? "end neutral" : "end strong");
    const bool two_lines = wrapped(swing.name, 36, 0).find('\n') != std::string::npos;
    picture.text(270, y + (two_lines ? 22 : 15), swing.assumed ? "assumed" : "fitted to records",
                 "end small");
    picture.rectangle(x_centre, y - 9, x_low - x_centre, 18,
                      unsure ? "bar low-end unsure" : "bar low-end");
    picture.rectangle(x_centre, y - 9, x_high - x_centre, 18,
                      unsure ? "bar high-end unsure" : "bar high-end");
    const bool rises = x_high >= x_low;
    picture.text(x_low + (rises ? -8 : 8), y + 4, number(swing.low), rises ? "end small" : "small");
    picture.text(x_high + (rises ? 8 : -8), y + 4, number(swing.high),
                 rises ? "small" : "end small");
    if (unsure) {
        picture.text(width - 4, y - 3, "not known", "end neutral");
        picture.text(width - 4, y + 13, "within its error", "end small");
        return;
    }
    picture.text(width - 4, y - 3, break_even,
                 swing.break_even_in_range ? "end strong worse" : "end");
    if (!break_even.starts_with("no value"))
        picture.text(width - 4, y + 13,
                     swing.break_even_in_range ? "inside its range" : "outside its range",
                     "end small");
}

std::string break_even_text(const roi::Swing& swing) {
    if (!swing.break_even || !std::isfinite(*swing.break_even)) return "no value";
    if (*swing.break_even < 0 && swing.low >= 0) return "no value above 0";
    const std::string unit = swing.unit == "1" ? "" : " " + swing.unit;
    return number(*swing.break_even) + unit;
}

}  // namespace

std::string cash_fan(const StudyResult& study, const AlternativeResult& alternative) {
    if (!alternative.money || alternative.money->fan.size() < 2) return "";
    const std::vector<roi::FanYear>& fan = alternative.money->fan;
    double low = 0, high = 0;
    for (const roi::FanYear& year : fan) {
        low = std::min({low, year.q05, year.mean});
        high = std::max({high, year.q95, year.mean});
    }
    if (!std::isfinite(low) || !std::isfinite(high)) return "";
    const Canvas canvas;
    Picture picture(width, canvas.bottom + 34, "Cumulative cash flow");
    const MoneyScale scale = money_scale(study, low, high, canvas.bottom, canvas.top);
    const Axis x{static_cast<double>(fan.front().year), static_cast<double>(fan.back().year),
                 canvas.left, canvas.right};
    const Axis& y = scale.axis;
    draw_band(picture, fan, x, y, &roi::FanYear::q05, &roi::FanYear::q95, "fan outer");
    draw_band(picture, fan, x, y, &roi::FanYear::q25, &roi::FanYear::q75, "fan inner");
    draw_fan_axes(picture, scale, x, canvas, fan);
    std::vector<Picture::Point> median, mean;
    for (const roi::FanYear& year : fan) {
        median.emplace_back(x.at(year.year), y.at(year.q50));
        mean.emplace_back(x.at(year.year), y.at(year.mean));
    }
    picture.path(median, "curve");
    picture.path(mean, "curve dashed");
    draw_fan_labels(picture, fan.back(), y, canvas.right);
    if (const auto& back = alternative.money->payback) {
        picture.circle(x.at(back->years), y.at(0), 5, "dot better");
        picture.text(x.at(back->years) + 8, y.at(0) + 18,
                     (back->years < 1.0 / 12 ? "paid back in " : "paid back after ") +
                         payback(back, study.study_years),
                     "small strong");
    }
    return picture.markup();
}

std::string tornado_chart(const StudyResult& study, const AlternativeResult& alternative) {
    const std::vector<roi::Swing>& all = alternative.tornado.swings;
    if (all.empty() || !alternative.money) return "";
    constexpr double top = 44, row_height = 48, left = 330, right = 820;
    constexpr std::size_t most_rows = 10;
    const std::vector<roi::Swing> swings(
        all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), most_rows)));
    const double centre = alternative.money->npv.estimate;
    double low = std::min(0.0, centre), high = std::max(0.0, centre);
    for (const roi::Swing& swing : swings) {
        low = std::min({low, swing.npv_at_low, swing.npv_at_high});
        high = std::max({high, swing.npv_at_low, swing.npv_at_high});
    }
    if (!std::isfinite(low) || !std::isfinite(high)) return "";
    const double bottom = top + row_height * static_cast<double>(swings.size());
    Picture picture(width, bottom + 28, "What moves the net present value");
    const MoneyScale scale = money_scale(study, low, high, left, right);
    for (const double mark : scale.marks) {
        picture.line(scale.axis.at(mark), top - 6, scale.axis.at(mark), bottom, "grid");
        picture.text(scale.axis.at(mark), bottom + 18, number(mark, scale.shown), "middle small");
    }
    picture.text(scale.axis.at(centre), top - 28, "expected NPV", "middle small strong");
    picture.text(scale.axis.at(centre), top - 13, money(centre, study.currency), "middle small");
    picture.text(width - 4, top - 13, "NPV is zero at", "end small");
    double y = top + row_height / 2;
    for (const roi::Swing& swing : swings) {
        draw_swing(picture, swing, scale, centre, y, break_even_text(swing));
        y += row_height;
    }
    picture.line(scale.axis.at(centre), top - 8, scale.axis.at(centre), bottom, "centre");
    picture.line(scale.axis.at(0), top - 8, scale.axis.at(0), bottom, "zero");
    return picture.markup();
}

}  // namespace foretwin::report
