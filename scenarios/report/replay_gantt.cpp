#include <algorithm>
#include <string>

#include "scenarios/report/picture.hpp"
#include "scenarios/report/replay.hpp"

namespace foretwin::report {

using experiments::ReplayResult;

namespace {

constexpr double width = 1000, left = 96, right = 990, top = 40, pitch = 26, height = 19;
constexpr double narrowest_stop = 2.5;  ///< a stop of seconds is seen on a day
constexpr std::size_t most_days = 62;

/// The days that the picture shows, and the hours of the day that any of them needs.
struct Frame {
    std::vector<const ReplayResult::Stretch*> days;
    Time first = 24 * hour, last = 0;  ///< since local midnight
};

Time of_day(telemetry::Instant at, Time utc_offset) {
    const Time local = (at + utc_offset) % day;
    return local < 0 ? local + day : local;
}

bool is_known(const observed::StateInterval& one) {
    return one.state != observed::unknown_state;
}

Frame frame_of(const ReplayResult& result, std::size_t device) {
    Frame frame;
    for (const auto& stretch : result.days) {
        const Time midnight = stretch.from - of_day(stretch.from, result.utc_offset);
        bool any = false;
        for (const auto& one : result.devices[device].intervals) {
            if (!is_known(one) || one.to <= stretch.from || one.from >= stretch.to) continue;
            any = true;
            frame.first = std::min(frame.first, std::max(one.from, stretch.from) - midnight);
            frame.last = std::max(frame.last, std::min(one.to, stretch.to) - midnight);
        }
        if (any && frame.days.size() < most_days) frame.days.push_back(&stretch);
    }
    frame.first = frame.first / hour * hour;
    frame.last = std::max(frame.first + hour, (frame.last + hour - 1) / hour * hour);
    return frame;
}

void draw_hours(Picture& picture, const Frame& frame, double bottom) {
    const Time span = frame.last - frame.first;
    const Time step = span > 14 * hour ? 2 * hour : hour;
    for (Time at = (frame.first + step - 1) / step * step; at <= frame.last; at += step) {
        const double x = left + (right - left) * static_cast<double>(at - frame.first) /
                                    static_cast<double>(span);
        picture.line(x, top - 6, x, bottom, "grid");
        const std::string clock = (at < 10 * hour ? "0" : "") + std::to_string(at / hour) + ":00";
        picture.text(x, bottom + 16, clock, at == frame.last ? "small end" : "small middle");
    }
}

/// Stops last, so that they lie on top.
void draw_day(Picture& picture, const ReplayResult& result, std::size_t device, const Frame& frame,
              const ReplayResult::Stretch& stretch, double y) {
    const Time midnight = stretch.from - of_day(stretch.from, result.utc_offset);
    const double scale = (right - left) / static_cast<double>(frame.last - frame.first);
    for (const bool stops : {false, true}) {
        for (const auto& one : result.devices[device].intervals) {
            if (!is_known(one) || observed::is_down(one.state) != stops) continue;
            if (one.to <= stretch.from || one.from >= stretch.to) continue;
            const Time from = std::max(one.from, stretch.from) - midnight - frame.first;
            const Time to = std::min(one.to, stretch.to) - midnight - frame.first;
            double wide = scale * static_cast<double>(to - from);
            if (stops) wide = std::max(wide, narrowest_stop);
            picture.rectangle(left + scale * static_cast<double>(from), y, wide, height,
                              "state " + std::string(observed::state_name(one.state)));
        }
    }
}

void draw_legend(Picture& picture, const ReplayResult& result, std::size_t device) {
    double x = left;
    const auto& in_state = result.total.devices[device].accounts.in_state;
    for (std::size_t state = 0; state < observed::state_count; ++state) {
        if (in_state[state] == 0) continue;
        const std::string words = state_words(state);
        picture.rectangle(x, 8, 14, 12,
                          state == observed::unknown_state
                              ? "track"
                              : "state " + std::string(observed::state_name(state)));
        picture.text(x + 19, 19, words, "small");
        x += 38 + 6.9 * static_cast<double>(words.size());
    }
}

}  // namespace

std::string state_words(observed::StateIndex state) {
    static const char* const words[observed::state_count] = {"failed, not in repair",
                                                             "stopped by a fault",
                                                             "in maintenance",
                                                             "off shift",
                                                             "blocked",
                                                             "being set up",
                                                             "working",
                                                             "program held",
                                                             "ready without work",
                                                             "switched down",
                                                             "nothing known"};
    return words[state];
}

std::string replay_gantt(const ReplayResult& result, std::size_t device) {
    const Frame frame = frame_of(result, device);
    if (frame.days.empty()) return "";
    const double bottom = top + pitch * static_cast<double>(frame.days.size());
    Picture picture(width, bottom + 22, "What " + result.devices[device].name + " did, day by day");
    draw_legend(picture, result, device);
    for (std::size_t i = 0; i < frame.days.size(); ++i) {
        const double y = top + pitch * static_cast<double>(i);
        picture.text(0, y + 14, frame.days[i]->label, "small");
        picture.rectangle(left, y, right - left, height, "track");
        draw_day(picture, result, device, frame, *frame.days[i], y);
    }
    draw_hours(picture, frame, bottom);
    return picture.markup();
}

}  // namespace foretwin::report
