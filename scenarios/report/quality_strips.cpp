#include <algorithm>
#include <limits>

#include "scenarios/report/picture.hpp"
#include "scenarios/report/quality_page.hpp"

namespace foretwin::report {

namespace {

using telemetry::Instant;
using telemetry::QualityReport;
using telemetry::SeriesCounts;
using telemetry::TimeProfile;

constexpr double width = 1000, left = 190, right = 990, top = 34, pitch = 24, height = 17;
constexpr std::size_t most_strips = 40;
constexpr std::int64_t most_stretches = 2 * TimeProfile::most;
constexpr double least = 4;  ///< a few samples among many are still seen

struct Strip {
    std::string name;
    TimeProfile profile;
    std::int64_t flawed = 0;
};

/// Numbers of the stretches that some strip has.
struct Reach {
    std::int64_t from = std::numeric_limits<std::int64_t>::max();
    std::int64_t to = std::numeric_limits<std::int64_t>::min();  ///< behind the last one
    std::int64_t count() const { return to - from; }
};

Reach reach_of(const std::vector<Strip>& strips) {
    Reach reach;
    for (const Strip& strip : strips) {
        const auto count = static_cast<std::int64_t>(strip.profile.stretches().size());
        reach.from = std::min(reach.from, strip.profile.first());
        reach.to = std::max(reach.to, strip.profile.first() + count);
    }
    return reach;
}

/// All with stretches of one length. Of too many, those with most that is wrong.
std::vector<Strip> strips_of(const QualityReport& report) {
    std::vector<Strip> strips;
    Time longest = TimeProfile::shortest;
    for (const SeriesCounts& one : report.series) {
        if (one.profile.stretches().empty()) continue;
        longest = std::max(longest, one.profile.width());
        const std::int64_t flawed = one.rejected + one.late + one.marked + one.missing;
        strips.push_back({one.signal + " of " + one.device, one.profile, flawed});
    }
    if (strips.size() > most_strips) {
        std::stable_sort(strips.begin(), strips.end(),
                         [](const Strip& a, const Strip& b) { return a.flawed > b.flawed; });
        strips.resize(most_strips);
    }
    for (Strip& strip : strips) strip.profile.widen(longest);
    // Series of different times: together they may still span too much.
    while (!strips.empty() && reach_of(strips).count() > most_stretches) {
        longest *= 2;
        for (Strip& strip : strips) strip.profile.widen(longest);
    }
    return strips;
}

/// Good below, then doubtful, bad on top, each as high as its share.
void draw_stretch(Picture& picture, const TimeProfile::Stretch& stretch, double x, double wide,
                  double y) {
    if (stretch.all() == 0) return;
    const double all = static_cast<double>(stretch.all());
    const auto part = [&](std::int64_t number) {
        return number == 0 ? 0 : std::max(least, height * static_cast<double>(number) / all);
    };
    const double bad = std::min(part(stretch.bad), height);
    const double doubtful = std::min(part(stretch.doubtful), height - bad);
    const double good = height - bad - doubtful;
    if (good > 0) picture.rectangle(x, y + bad + doubtful, wide, good, "fate good");
    if (doubtful > 0) picture.rectangle(x, y + bad, wide, doubtful, "fate doubtful");
    if (bad > 0) picture.rectangle(x, y, wide, bad, "fate bad");
}

void draw_legend(Picture& picture) {
    double x = left;
    const std::pair<const char*, const char*> kinds[] = {{"fate good", "good"},
                                                         {"fate doubtful", "doubtful"},
                                                         {"fate bad", "rejected or late"},
                                                         {"track", "no samples"}};
    for (const auto& [css, name] : kinds) {
        picture.rectangle(x, 6, 14, 12, css);
        picture.text(x + 20, 17, name, "small");
        x += 40 + 7.2 * static_cast<double>(std::string(name).size());
    }
}

/// Dates under the strips; with the time of day where a day is long.
void draw_axis(Picture& picture, Instant from, Instant to, double y) {
    constexpr int ticks = 5;
    const Time span = telemetry::time_between(from, to);
    const bool days = span > 10 * day;
    for (int i = 0; i <= ticks; ++i) {
        const double share = static_cast<double>(i) / ticks;
        const Instant at = from + span / ticks * i;
        const double x = left + share * (right - left);
        picture.line(x, y, x, y + 5, "whisker");
        std::string text = telemetry::instant_text(at / minute * minute);
        text = days ? text.substr(0, 10) : text.substr(5, 5) + " " + text.substr(11, 5);
        picture.text(x, y + 20, text, i == 0 ? "small" : i == ticks ? "small end" : "small middle");
    }
}

}  // namespace

std::string quality_strips(const QualityReport& report) {
    const std::vector<Strip> strips = strips_of(report);
    if (strips.empty()) return "";
    const Reach reach = reach_of(strips);
    const double bottom = top + pitch * static_cast<double>(strips.size());
    Picture picture(width, bottom + 30, "Samples over time, by device and signal");
    draw_legend(picture);
    const double scale = (right - left) / static_cast<double>(reach.count());
    for (std::size_t i = 0; i < strips.size(); ++i) {
        const double y = top + pitch * static_cast<double>(i);
        picture.label(0, y + 13, strips[i].name, 26, "small");
        picture.rectangle(left, y, right - left, height, "track");
        const auto& stretches = strips[i].profile.stretches();
        const auto first = static_cast<double>(strips[i].profile.first() - reach.from);
        for (std::size_t j = 0; j < stretches.size(); ++j)
            draw_stretch(picture, stretches[j], left + (first + static_cast<double>(j)) * scale,
                         scale, y);
    }
    const TimeProfile& any = strips.front().profile;
    draw_axis(picture, any.begin_of(reach.from), any.begin_of(reach.to), bottom);
    return picture.markup();
}

}  // namespace foretwin::report
