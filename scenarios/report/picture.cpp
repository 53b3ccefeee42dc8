#include "scenarios/report/picture.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "scenarios/report/markup.hpp"
#include "scenarios/report/text_grid.hpp"

namespace foretwin::report {

namespace {

std::string coordinate(double value) {
    std::array<char, 400> buffer{};
    const auto [end, error] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::round(value * 10) / 10);
    return std::string(buffer.data(), end);
}

std::string attribute(const char* name, double value) {
    return std::string(" ") + name + "=\"" + coordinate(value) + "\"";
}

std::string class_of(const std::string& css) {
    return css.empty() ? "" : " class=\"" + css + "\"";
}

bool drawable(std::initializer_list<double> values) {
    return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

}  // namespace

double Axis::at(double value) const {
    if (high == low) return (from + to) / 2;
    return from + (value - low) / (high - low) * (to - from);
}

std::vector<double> ticks(double low, double high, int wanted) {
    std::vector<double> values;
    if (!(high > low) || !drawable({low, high, high - low})) return values;
    const double raw = (high - low) / std::max(wanted, 1);
    const double power = std::pow(10.0, std::floor(std::log10(raw)));
    double step = 10 * power;
    for (const double factor : {1.0, 2.0, 5.0})
        if (raw <= factor * power) {
            step = factor * power;
            break;
        }
    const double slack = step * 1e-9;
    for (double index = std::ceil((low - slack) / step); index * step <= high + slack; ++index)
        values.push_back(index * step);
    return values;
}

int tick_decimals(const std::vector<double>& values, double factor) {
    if (values.size() < 2) return 0;
    const double step = std::abs(values[1] - values[0]) * factor;
    return std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 9);
}

void Picture::rectangle(double x, double y, double width, double height, const std::string& css) {
    if (!drawable({x, y, width, height})) return;
    if (width < 0) x += width, width = -width;
    body_ += "<rect" + attribute("x", x) + attribute("y", y) + attribute("width", width) +
             attribute("height", height) + class_of(css) + "/>";
}

void Picture::line(double x1, double y1, double x2, double y2, const std::string& css) {
    if (!drawable({x1, y1, x2, y2})) return;
    body_ += "<line" + attribute("x1", x1) + attribute("y1", y1) + attribute("x2", x2) +
             attribute("y2", y2) + class_of(css) + "/>";
}

void Picture::points(const std::string& shape, const std::vector<Point>& points,
                     const std::string& css) {
    std::string list;
    for (const auto& [x, y] : points) {
        if (!drawable({x, y})) return;
        list += (list.empty() ? "" : " ") + coordinate(x) + "," + coordinate(y);
    }
    body_ += "<" + shape + " points=\"" + list + "\"" + class_of(css) + "/>";
}

void Picture::area(const std::vector<Point>& corners, const std::string& css) {
    points("polygon", corners, css);
}

void Picture::path(const std::vector<Point>& stations, const std::string& css) {
    points("polyline", stations, css);
}

void Picture::circle(double x, double y, double radius, const std::string& css) {
    if (!drawable({x, y})) return;
    body_ += "<circle" + attribute("cx", x) + attribute("cy", y) + attribute("r", radius) +
             class_of(css) + "/>";
}

void Picture::diamond(double x, double y, double radius, const std::string& css) {
    area({{x, y - radius}, {x + radius, y}, {x, y + radius}, {x - radius, y}}, css);
}

void Picture::text(double x, double y, std::string_view text, const std::string& css) {
    if (!drawable({x, y})) return;
    body_ += "<text" + attribute("x", x) + attribute("y", y) + class_of(css) + ">" +
             escaped(typeset(text)) + "</text>";
}

void Picture::label(double x, double y, const std::string& whole, std::size_t characters,
                    const std::string& css) {
    const std::string broken = wrapped(whole, static_cast<int>(characters), 0);
    const std::size_t end = broken.find('\n');
    if (end == std::string::npos) return text(x, y + 4, whole, css);
    std::string second = broken.substr(end + 1);
    if (const std::size_t more = second.find('\n'); more != std::string::npos)
        second = second.substr(0, more) + " …";
    text(x, y - 3, broken.substr(0, end), css);
    text(x, y + 11, second, css);
}

std::string Picture::markup() const {
    const std::string name = escaped(title_);
    return "<svg viewBox=\"0 0 " + coordinate(width_) + " " + coordinate(height_) +
           "\" role=\"img\" aria-label=\"" + name + "\"><title>" + name + "</title>" + body_ +
           "</svg>\n";
}

}  // namespace foretwin::report
