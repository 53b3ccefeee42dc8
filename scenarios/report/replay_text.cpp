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

std::string figure_text(const ReplayResult::Figure* figure) {
    if (figure == nullptr || std::isnan(figure->value)) return "-";
    return with_unit(figure->value,
                     shown_as(figure->name, figure->unit, "", std::fabs(figure->value), 0));
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
    for (const char* name : {"availability", "utilisation", "failures"}) head.emplace_back(name);
    grid.add_row(head);
    grid.add_line();
    std::size_t blank = 0;
    const auto add = [&](const Stretch& stretch) {
        const auto& own = stretch.devices[device];
        Row row{stretch.label};
        for (const std::size_t state : states) row.push_back(hours(own.accounts.in_state[state]));
        const auto share = [&](const ReplayResult::Figure* figure) { return figure_text(figure); };
        row.push_back(share(find_figure(own.kpis, "availability")));
        row.push_back(share(find_figure(stretch.kpis, "utilisation")));
        row.push_back(share(find_figure(own.kpis, "failures")));
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
    TextGrid grid(columns, 18);
    grid.add_row({"KPI, all of it", "value", "formula, or why there is none"});
    grid.add_line();
    for (const auto& figure : result.total.kpis)
        grid.add_row({figure.name, figure_text(&figure),
                      figure.undefined.empty() ? figure.formula : figure.undefined});
    return grid.text();
}

std::string values_text(const ReplayResult& result, std::size_t device) {
    std::string text;
    const auto& items = result.devices[device].items;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (items[i].empty()) continue;
        std::string values;
        for (const auto& one : result.total.devices[device].accounts.values[i]) {
            if (one.time == 0) continue;
            char seconds[40];
            std::snprintf(seconds, sizeof seconds, " %.3f s", static_cast<double>(one.time) / 1e9);
            values += (values.empty() ? "" : ", ") + printable(one.value) + seconds;
        }
        if (!values.empty()) text += "  " + items[i] + ": " + values + "\n";
    }
    return text;
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

std::string replay_text(const ReplayResult& result, int columns) {
    std::string text = result.name + ", " + clock_text(result.from, result.utc_offset) + " to " +
                       clock_text(result.to, result.utc_offset) + " (" + result.zone + ")\n";
    for (std::size_t i = 0; i < result.devices.size(); ++i) {
        text += "\n" + result.devices[i].name + "\n" + days_table(result, i, columns);
        text += wrapped(elements_line(result.total.devices[i].accounts), columns, 2) + "\n";
        const std::string values = values_text(result, i);
        if (!values.empty()) text += "Time by value of an item:\n" + values;
    }
    text += "\n" + kpis_table(result, columns);
    constexpr std::size_t most_names = 6;
    const std::vector<std::string> findings = replay_findings(result, most_names);
    if (!findings.empty()) text += "\n";
    for (const std::string& one : findings)
        text += wrapped("- " + printable(one), columns, 2) + "\n";
    return text + "\nFingerprint " + result.fingerprint + "\n";
}

}  // namespace foretwin::report
