#include "engine/calibration/wear_paths.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace foretwin::calibration {

namespace {

struct Point {
    double x = 0, y = 0;
};

double scaled_age(double age, WearPath path) {
    return path == WearPath::power ? std::log(age) : age;
}

double scaled_value(double value, WearPath path) {
    return path == WearPath::linear ? value : std::log(value);
}

struct Line {
    double slope = 0, height = 0;
};

Line line_through(const std::vector<Point>& points) {
    double x = 0, y = 0, xx = 0, xy = 0;
    for (const Point& p : points) x += p.x, y += p.y;
    const auto n = static_cast<double>(points.size());
    x /= n, y /= n;
    for (const Point& p : points) xx += (p.x - x) * (p.x - x), xy += (p.x - x) * (p.y - y);
    const double slope = xx > 0 ? xy / xx : 0;
    return {slope, y - slope * x};
}

WornUnit worn(const std::string& unit, const std::vector<WearReading>& readings, WearPath path,
              double threshold) {
    WornUnit own;
    own.unit = unit;
    std::vector<Point> points;
    double first = readings.front().value;
    for (const WearReading& reading : readings) {
        own.age = std::max(own.age, reading.age);
        const Point point{scaled_age(reading.age, path), scaled_value(reading.value, path)};
        if (std::isfinite(point.x) && std::isfinite(point.y)) points.push_back(point);
        if (reading.age == 0) first = reading.value;
    }
    if (points.size() < 2) {
        own.remark = "fewer than two readings on its path: taken as running";
        return own;
    }
    const Line line = line_through(points);
    const bool towards = (threshold > first) == (line.slope > 0) && line.slope != 0;
    const double x = (scaled_value(threshold, path) - line.height) / line.slope;
    const double crossing = path == WearPath::power ? std::exp(x) : x;
    if (!towards || !(crossing > 0) || !std::isfinite(crossing)) {
        own.remark = "its path never reaches the threshold: running at its last age";
        return own;
    }
    own.age = crossing;
    own.crosses = true;
    return own;
}

}  // namespace

std::vector<WornUnit> lives_of_wear(std::span<const WearReading> readings, WearPath path,
                                    double threshold) {
    std::map<std::string, std::vector<WearReading>> by_unit;
    for (const WearReading& reading : readings) by_unit[reading.unit].push_back(reading);
    std::vector<WornUnit> units;
    units.reserve(by_unit.size());
    for (const auto& [unit, own] : by_unit) units.push_back(worn(unit, own, path, threshold));
    return units;
}

}  // namespace foretwin::calibration
