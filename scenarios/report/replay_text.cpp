#include <algorithm>
#include <cmath>
#include <cstdio>

#include "scenarios/report/number.hpp"
#include "scenarios/report/replay.hpp"
#include "scenarios/report/text_grid.hpp"

namespace foretwin::report {

using experiments::ReplayResult;
using Stretch = ReplayResult::Stretch;

namespace {

using Row = std::vector<std::string>;

std::string hours(Time time) {
    char text[40];
    std::snprintf(text, sizeof text, "%.2f", to_hours(time));
    return time == 0 ? "-" : text;
}

/// States that some day has.
std::vector<std::size_t> states_met(const ReplayResult& result, std::size_t device) {
    std::vector<std::size_t> met;
    for (std::size_t i = 0; i < observed::state_count; ++i)
        if (result.total.devices[device].accounts.in_state[i] > 0) met.push_back(i);
    return met;
}

std::string days_table(const ReplayResult& result, std::size_t device, int columns) {
    const std::vector<std::size_t> states = states_met(result, device);
    TextGrid grid(columns, 10);
    Row head{"Hours"};
    for (const std::size_t state : states) head.emplace_back(observed::state_name(state));
    for (const char* name : {"availability", "busy share", "failures"}) head.emplace_back(name);
    grid.add_row(head);
    grid.add_line();
    std::size_t blank = 0;
    const auto add = [&](const Stretch& stretch) {
        const auto& own = stretch.devices[device];
        Row row{stretch.label};
        for (const std::size_t state : states) row.push_back(hours(own.accounts.in_state[state]));
        row.push_back(figure_text(find_figure(own.kpis, "availability")));
        row.push_back(figure_text(find_figure(own.kpis, "state_shares/busy")));
        row.push_back(figure_text(find_figure(own.kpis, "failures")));
        grid.add_row(row);
    };
    for (const Stretch& day : result.days) {
        if (ReplayResult::is_blank(day))
            ++blank;
        else
            add(day);
    }
    grid.add_line();
    add(result.total);
    return grid.text() + (blank == 0 ? ""
                                     : "Left out: " + std::to_string(blank) +
                                           " days of which nothing is known.\n");
}

std::string elements_line(const observed::Accounts& accounts) {
    std::string text;
    for (const auto& [name, time] : time_elements(accounts))
        text += (text.empty() ? "" : ", ") + name + " " + hours(time) + " h";
    return "Time elements (ISO 22400-2): " + text + ".";
}

std::string kpis_table(const ReplayResult& result, int columns) {
    TextGrid grid(columns, 22);
    grid.add_row({"KPI, all of it", "value", "formula, or why there is none"});
    grid.add_line();
    for (const auto& figure : result.total.kpis)
        grid.add_row({figure.name, figure_text(&figure), figure_note(figure)});
    return grid.text();
}

std::string alarms_text(const ReplayResult& result, std::size_t device) {
    std::string text;
    std::int64_t warnings = 0;
    for (const auto& one : result.total.devices[device].accounts.alarms) {
        if (one.level == "WARNING") warnings += one.times;
        if (one.level != "FAULT" || one.times == 0) continue;
        text += (text.empty() ? "" : "; ") + (one.message.empty() ? one.item : one.message) + " " +
                std::to_string(one.times) + " x, " + duration_text(one.time);
    }
    if (text.empty() && warnings == 0) return "";
    return "Faults: " + (text.empty() ? "none" : printable(text)) +
           ". Warnings: " + std::to_string(warnings) + ".";
}

}  // namespace

std::map<std::string, Time> time_elements(const observed::Accounts& accounts) {
    std::map<std::string, Time> elements;
    for (std::size_t i = 0; i < machine_state_count; ++i)
        elements[std::string(iso_22400_time_elements[i])] += accounts.in_state[i];
    elements["not known"] = accounts.in_state[observed::unknown_state];
    Time planned_busy = 0;
    for (const char* name : {"APT", "AUST", "ADET", "ADOT"}) planned_busy += elements[name];
    elements["PBT"] = planned_busy;
    return elements;
}

std::string clock_text(telemetry::Instant at, Time utc_offset) {
    std::string text = telemetry::instant_text((at + utc_offset) / second * second);
    text[10] = ' ';
    return text.substr(0, 19);
}

const ReplayResult::Figure* find_figure(const std::vector<ReplayResult::Figure>& figures,
                                        const std::string& name) {
    const auto found = std::find_if(figures.begin(), figures.end(),
                                    [&](const auto& one) { return one.name == name; });
    return found == figures.end() ? nullptr : &*found;
}

std::string duration_text(Time time) {
    const double seconds = to_seconds(time);
    char text[40];
    if (seconds < 60)
        std::snprintf(text, sizeof text, "%.1f s", seconds);
    else if (seconds < 3600)
        std::snprintf(text, sizeof text, "%.0f min", seconds / 60);
    else
        std::snprintf(text, sizeof text, "%.1f h", seconds / 3600);
    return text;
}

std::string figure_text(const ReplayResult::Figure* figure) {
    if (figure == nullptr || std::isnan(figure->value)) return "-";
    const double value = figure->value;
    if (figure->unit == "h" && value < 100) return duration_text(from_seconds(value * 3600));
    if (figure->unit == "part" || figure->name == "failures" || figure->name == "repairs" ||
        figure->name == "replacements")
        return count(value) + (figure->unit == "part" ? " parts" : "");
    const bool share = figure->name.starts_with("state_shares/");
    return with_unit(value, shown_as(share ? "utilisation" : figure->name, figure->unit, "",
                                     std::fabs(value), 0));
}

std::string figure_note(const ReplayResult::Figure& figure) {
    if (!figure.undefined.empty()) return "none: " + figure.undefined;
    // Forecasts know all of the time.
    if (figure.name == "utilisation") return figure.formula + " in which the machine is known";
    return figure.formula;
}

std::vector<std::pair<std::string, std::string>> told_values(const ReplayResult& result,
                                                             std::size_t device) {
    std::vector<std::pair<std::string, std::string>> told;
    const auto& items = result.devices[device].items;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (items[i].empty()) continue;
        std::string values;
        bool says_something = false;
        for (const auto& one : result.total.devices[device].accounts.values[i]) {
            if (one.time == 0) continue;
            char seconds[40];
            std::snprintf(seconds, sizeof seconds, " %.3f s", static_cast<double>(one.time) / 1e9);
            values += (values.empty() ? "" : ", ") + printable(one.value) + seconds;
            says_something |= one.value != "UNAVAILABLE" && one.value != "NORMAL";
        }
        if (says_something) told.emplace_back(items[i], values);
    }
    return told;
}

std::string replay_text(const ReplayResult& result, int columns) {
    std::string text = result.name + ", " + clock_text(result.from, result.utc_offset) + " to " +
                       clock_text(result.to, result.utc_offset) + " (" + result.zone + ")\n";
    for (std::size_t i = 0; i < result.devices.size(); ++i) {
        text += "\n" + result.devices[i].name + "\n" + days_table(result, i, columns);
        text += wrapped(elements_line(result.total.devices[i].accounts), columns, 2) + "\n";
        const std::string alarms = alarms_text(result, i);
        if (!alarms.empty()) text += wrapped(alarms, columns, 2) + "\n";
        for (const auto& [item, values] : told_values(result, i)) {
            std::string line = "Item ";
            line.append(item).append(": ").append(values);
            text += wrapped(line, columns, 2).append("\n");
        }
    }
    text += "\n" + kpis_table(result, columns);
    constexpr std::size_t most_names = 6;
    const std::vector<std::string> findings = replay_findings(result, most_names);
    if (!findings.empty()) text += "\n";
    for (const std::string& one : findings)
        text += wrapped("- " + printable(one), columns, 2).append("\n");
    return text + "\nFingerprint " + result.fingerprint + "\n";
}

}  // namespace foretwin::report
