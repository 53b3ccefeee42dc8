#include <algorithm>

#include "scenarios/report/backtest.hpp"
#include "scenarios/report/number.hpp"
#include "scenarios/report/picture.hpp"

namespace foretwin::report {

namespace {

constexpr double width = 1000, left = 60, right = 985;
constexpr double square = 300;  // both pictures of the calibration chart

using Fan = BacktestResult::Fan;

/// Corners of the band between two quantiles: to the right along `high`, back along `low`.
std::vector<Picture::Point> band(const Fan& fan, const Axis& x, const Axis& y,
                                 double Fan::Point::*low, double Fan::Point::*high) {
    std::vector<Picture::Point> corners;
    const auto at = [&](std::size_t i, double Fan::Point::*what) {
        return Picture::Point{x.at(static_cast<double>(i)), y.at(fan.points[i].*what)};
    };
    for (std::size_t i = 0; i < fan.points.size(); ++i) corners.push_back(at(i, high));
    for (std::size_t i = fan.points.size(); i-- > 0;) corners.push_back(at(i, low));
    return corners;
}

void draw_scale(Picture& picture, const Axis& y, int wanted) {
    const std::vector<double> marks = ticks(y.low, y.high, wanted);
    const Shown shown{1, "", false, tick_decimals(marks, 1)};
    for (const double mark : marks) {
        picture.line(left, y.at(mark), right, y.at(mark), "grid");
        picture.text(left - 8, y.at(mark) + 4, number(mark, shown), "end small");
    }
}

void draw_reliability(Picture& picture, const BacktestResult::Stops& stops) {
    const Axis x{0, 1, 60, 60 + square}, y{0, 1, 30 + square, 30};
    for (const double mark : {0.0, 0.25, 0.5, 0.75, 1.0}) {
        picture.line(x.at(mark), y.at(0), x.at(mark), y.at(1), "grid");
        picture.line(x.at(0), y.at(mark), x.at(1), y.at(mark), "grid");
        picture.text(x.at(mark), y.at(0) + 18, number(mark, Shown{100, "%", false, 0}),
                     "middle small");
        picture.text(x.at(0) - 8, y.at(mark) + 4, number(mark, Shown{100, "%", false, 0}),
                     "end small");
    }
    picture.line(x.at(0), y.at(0), x.at(1), y.at(1), "centre");
    for (const auto& bin : stops.reliability) {
        picture.line(x.at(bin.foretold), y.at(bin.observed.low), x.at(bin.foretold),
                     y.at(bin.observed.high), "whisker");
        picture.circle(x.at(bin.foretold), y.at(bin.observed.estimate), 5, "dot better");
    }
    picture.text(x.at(0.5), 16, "a device stops: came, in % of foretold chances in %",
                 "middle strong");
}

void draw_pits(Picture& picture, const Fan& fan, double from) {
    const auto bins = static_cast<double>(fan.pit_histogram.size());
    const auto most = *std::max_element(fan.pit_histogram.begin(), fan.pit_histogram.end());
    const double even = static_cast<double>(fan.points.size()) / bins;
    const double top = std::max(static_cast<double>(most), 2 * even);
    const Axis x{0, bins, from, from + 400}, y{0, top, 30 + square, 30};
    for (std::size_t i = 0; i < fan.pit_histogram.size(); ++i) {
        const auto at = static_cast<double>(i);
        const auto count = static_cast<double>(fan.pit_histogram[i]);
        picture.rectangle(x.at(at) + 2, y.at(count), x.at(1) - x.at(0) - 4, y.at(0) - y.at(count),
                          "bar neutral");
    }
    picture.line(x.at(0), y.at(even), x.at(bins), y.at(even), "centre");
    picture.line(x.at(0), y.at(0), x.at(bins), y.at(0), "zero");
    for (const double mark : {0.0, 0.5, 1.0})
        picture.text(x.at(mark * bins), y.at(0) + 18, number(mark, Shown{1, "", false, 1}),
                     "middle small");
    picture.text(x.at(bins / 2), 16, "where the truth lay in its forecast (PIT), " + fan.target,
                 "middle strong");
}

}  // namespace

std::string fan_chart(const Fan& fan) {
    if (fan.points.empty()) return "";
    double most = fan.unit.empty() ? 1 : 0;
    for (const auto& point : fan.points) most = std::max({most, point.high, point.truth});
    constexpr double top = 30, bottom = 250;
    const std::string what = fan.unit.empty() ? "Failures" : fan.target + " in " + fan.unit;
    Picture picture(width, bottom + 28, what + " within " + fan.horizon + ", " + fan.forecaster);
    const auto last = static_cast<double>(fan.points.size() - 1);
    const Axis x{0, std::max(last, 1.0), left + 10, right - 10};
    const Axis y{0, most > 0 ? most * 1.05 : 1, bottom, top};
    draw_scale(picture, y, 5);
    using Point = Fan::Point;
    picture.area(band(fan, x, y, &Point::low, &Point::high), "fan outer");
    picture.area(band(fan, x, y, &Point::quarter, &Point::three_quarters), "fan inner");
    std::vector<Picture::Point> median;
    for (std::size_t i = 0; i < fan.points.size(); ++i)
        median.emplace_back(x.at(static_cast<double>(i)), y.at(fan.points[i].median));
    picture.path(median, "curve");
    for (std::size_t i = 0; i < fan.points.size(); ++i) {
        const Point& point = fan.points[i];
        const bool inside = point.low <= point.truth && point.truth <= point.high;
        picture.diamond(x.at(static_cast<double>(i)), y.at(point.truth), 4,
                        inside ? "hollow" : "dot worse");
    }
    picture.text(left, 16, fan.forecaster + (fan.unit.empty() ? "" : ", " + fan.unit), "strong");
    picture.text(x.at(0), bottom + 20, fan.points.front().origin, "small");
    picture.text(x.at(last), bottom + 20, fan.points.back().origin, "end small");
    return picture.markup();
}

std::string calibration_chart(const BacktestResult::Stops& stops, const Fan& fan) {
    if (fan.points.empty() || fan.pit_histogram.empty()) return "";
    Picture picture(width, square + 60,
                    "Reliability and PIT within " + stops.horizon + ", " + stops.forecaster);
    draw_reliability(picture, stops);
    draw_pits(picture, fan, 560);
    return picture.markup();
}

std::string pit_chart(const Fan& fan, const Fan& reference) {
    if (fan.points.empty() || reference.points.empty()) return "";
    Picture picture(width, square + 80, "PIT of " + fan.target + " within " + fan.horizon);
    draw_pits(picture, fan, 60);
    draw_pits(picture, reference, 560);
    picture.text(260, square + 70, fan.forecaster, "middle small");
    picture.text(760, square + 70, reference.forecaster, "middle small");
    return picture.markup();
}

}  // namespace foretwin::report
