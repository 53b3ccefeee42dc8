#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foretwin::report {

/// A straight scale from values to picture coordinates.
struct Axis {
    double low = 0, high = 1;  ///< values at the ends
    double from = 0, to = 1;   ///< coordinates of the ends
    double at(double value) const;
};

/// Round values (1, 2 or 5 times a power of ten apart) inside low..high, about `wanted` of them.
std::vector<double> ticks(double low, double high, int wanted);
/// Decimals that tell neighbouring ticks apart.
int tick_decimals(const std::vector<double>& values, double factor);

/// A drawing in SVG, coordinates in points from the top left. Classes are those of style.cpp.
/// Shapes with a coordinate that is not finite are left out, so no "nan" reaches the page.
class Picture {
  public:
    using Point = std::pair<double, double>;

    Picture(double width, double height, std::string title)
        : width_(width), height_(height), title_(std::move(title)) {}

    void rectangle(double x, double y, double width, double height, const std::string& css);
    void line(double x1, double y1, double x2, double y2, const std::string& css);
    void area(const std::vector<Point>& points, const std::string& css);
    void path(const std::vector<Point>& points, const std::string& css);
    void circle(double x, double y, double radius, const std::string& css);
    void diamond(double x, double y, double radius, const std::string& css);
    void text(double x, double y, std::string_view text, const std::string& css = "");
    /// At most two lines around `y`, each at most `characters` long; what is longer is shortened.
    void label(double x, double y, const std::string& text, std::size_t characters,
               const std::string& css = "");
    std::string markup() const;

  private:
    void points(const std::string& shape, const std::vector<Point>& points, const std::string& css);
    double width_, height_;
    std::string title_;
    std::string body_;
};

}  // namespace foretwin::report
