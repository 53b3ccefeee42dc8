#include <algorithm>
#include <cmath>

#include "scenarios/report/markup.hpp"
#include "scenarios/report/number.hpp"
#include "scenarios/report/page.hpp"
#include "scenarios/report/replay.hpp"
#include "scenarios/report/sections.hpp"
#include "scenarios/report/wording.hpp"

namespace foretwin::report {

using experiments::ReplayResult;
using observed::Accounts;

namespace {

std::string cell(const std::string& text) {
    return text_element("td", "", typeset(text));
}

std::string row_of(const std::string& name, const std::vector<std::string>& cells,
                   const std::string& css = "") {
    std::string inside = "<th scope=\"row\">" + escaped(name) + "</th>";
    for (const std::string& one : cells) inside += cell(one);
    return element("tr", css, inside) + "\n";
}

std::string table(const std::vector<std::string>& names, const std::string& rows,
                  const std::string& css = "") {
    std::string head;
    for (const std::string& name : names) head += text_element("th", "", name);
    return element(
        "div", "scroll",
        element("table", css,
                element("thead", "", element("tr", "", head)) + element("tbody", "", rows)));
}

Time known_time(const Accounts& accounts) {
    return accounts.calendar() - accounts.in_state[observed::unknown_state];
}

std::string share(Time part, Time all) {
    return all == 0 ? "–" : percent(static_cast<double>(part) / static_cast<double>(all));
}

std::string time_text(Time time) {
    return time == 0 ? "–" : duration_text(time);
}

std::int64_t failures_of(const Accounts& accounts) {
    std::int64_t sum = 0;
    for (const auto& one : accounts.causes) sum += one.failures;
    return sum;
}

Time down_time(const Accounts& accounts) {
    return accounts.in_state[index_of(MachineState::repair)] +
           accounts.in_state[index_of(MachineState::down_waiting)];
}

std::string whole(std::int64_t number) {
    return count(static_cast<double>(number));
}

/// "Mazak01 worked 34 % of the 12.1 h in which it was seen; 37 % ready, no work; ..."
std::string headline(const ReplayResult& result, std::size_t device) {
    const Accounts& accounts = result.total.devices[device].accounts;
    const Time known = known_time(accounts);
    const std::string& name = result.devices[device].name;
    if (known == 0) return "Nothing is known of " + name + " in this time";
    const std::size_t busy = index_of(MachineState::busy);
    std::string text = name + " worked " + share(accounts.in_state[busy], known) + " of the " +
                       duration_text(known) + " in which it was seen";
    std::vector<std::size_t> others;
    for (std::size_t i = 0; i < machine_state_count; ++i)
        if (i != busy && accounts.in_state[i] * 20 > known) others.push_back(i);
    std::stable_sort(others.begin(), others.end(), [&](std::size_t a, std::size_t b) {
        return accounts.in_state[a] > accounts.in_state[b];
    });
    for (std::size_t i = 0; i < others.size(); ++i)
        text += (i == 0 ? "; the rest: " : ", ") + state_words(others[i]) + " " +
                share(accounts.in_state[others[i]], known);
    return text;
}

std::string tile(const std::string& name, const std::string& big, const std::string& note,
                 const std::string& tone) {
    return element("div", "tile " + tone,
                   text_element("div", "name", name) + text_element("div", "big", typeset(big)) +
                       text_element("div", "note", typeset(note)));
}

std::string tiles_of(const ReplayResult& result, std::size_t device) {
    const auto& stretch = result.total.devices[device];
    const Accounts& accounts = stretch.accounts;
    const auto time = [&](MachineState state) { return accounts.in_state[index_of(state)]; };
    const auto* availability = find_figure(stretch.kpis, "availability");
    std::string tiles =
        tile("Working", time_text(time(MachineState::busy)),
             "availability " + figure_text(availability) + " of planned busy time", "better");
    tiles += tile("Being set up", time_text(time(MachineState::setup)), "", "");
    tiles += tile("Ready without work", time_text(time(MachineState::starved)), "", "");
    tiles +=
        tile("Stopped by a fault", whole(failures_of(accounts)) + " times",
             time_text(down_time(accounts)) + " in all", failures_of(accounts) > 0 ? "worse" : "");
    const auto* energy = find_figure(stretch.kpis, "energy");
    if (energy != nullptr) tiles += tile("Energy", figure_text(energy), "", "");
    const auto* parts = find_figure(result.total.kpis, "production");
    if (result.devices.size() == 1 && parts != nullptr && parts->value > 0)
        tiles += tile("Good parts", figure_text(parts), "by the machine's counter", "");
    return element("div", "tiles", tiles);
}

std::string answer(const ReplayResult& result) {
    std::string inside =
        text_element("p", "eyebrow",
                     result.name + " · " + clock_text(result.from, result.utc_offset) + " to " +
                         clock_text(result.to, result.utc_offset) + " (" + result.zone + ") · " +
                         whole(result.counts.observations) + " observations");
    for (std::size_t i = 0; i < result.devices.size(); ++i) {
        inside += text_element("h1", "", typeset(headline(result, i)));
        inside += tiles_of(result, i);
    }
    return element("header", "", inside) + "\n";
}

std::string days_section(const ReplayResult& result, std::size_t device) {
    const Accounts& all = result.total.devices[device].accounts;
    std::vector<std::string> names{"day", "seen"};
    std::vector<std::size_t> states;
    for (std::size_t i = 0; i < machine_state_count; ++i) {
        if (all.in_state[i] == 0) continue;
        states.push_back(i);
        names.push_back(state_words(i));
    }
    for (const char* name : {"faults", "availability"}) names.emplace_back(name);
    std::string rows;
    const auto add = [&](const ReplayResult::Stretch& stretch) {
        const auto& own = stretch.devices[device];
        std::vector<std::string> cells{time_text(known_time(own.accounts))};
        for (const std::size_t state : states)
            cells.push_back(time_text(own.accounts.in_state[state]));
        cells.push_back(whole(failures_of(own.accounts)));
        cells.push_back(figure_text(find_figure(own.kpis, "availability")));
        rows += row_of(stretch.label, cells);
    };
    for (const auto& day : result.days)
        if (known_time(day.devices[device].accounts) > 0) add(day);
    add(result.total);
    return section("Day by day: " + result.devices[device].name,
                   "Each bar is a day; a fault is drawn wider than it was, so that it is seen. "
                   "Where the bar is empty, nothing is known.",
                   replay_gantt(result, device) + table(names, rows));
}

std::string alarms_section(const ReplayResult& result, std::size_t device) {
    std::vector<observed::AlarmAccount> alarms = result.total.devices[device].accounts.alarms;
    std::stable_sort(alarms.begin(), alarms.end(), [](const auto& a, const auto& b) {
        if ((a.level == "FAULT") != (b.level == "FAULT")) return a.level == "FAULT";
        return a.time > b.time;
    });
    constexpr std::size_t most = 20;
    std::string rows;
    for (std::size_t i = 0; i < alarms.size() && i < most; ++i)
        rows += row_of(alarms[i].message.empty() ? alarms[i].item : alarms[i].message,
                       {alarms[i].level == "FAULT" ? "fault" : "warning", alarms[i].item,
                        alarms[i].code, whole(alarms[i].times), time_text(alarms[i].time)});
    if (rows.empty()) return "";
    return section("Alarms: " + result.devices[device].name,
                   "Faults first, then the longest. " +
                       (alarms.size() > most ? "The first " + std::to_string(most) + " of " +
                                                   std::to_string(alarms.size()) + "."
                                             : std::string()),
                   table({"alarm", "level", "item", "code", "times", "time"}, rows));
}

std::string values_section(const ReplayResult& result, std::size_t device) {
    std::string rows;
    for (const auto& [name, text] : told_values(result, device)) rows += row_of(name, {text});
    return section("Time by value of an item: " + result.devices[device].name,
                   "From the first value that was told to the last observation.",
                   rows.empty() ? "" : table({"item", "values"}, rows, "plain"));
}

std::string elements_section(const ReplayResult& result, std::size_t device) {
    const std::pair<const char*, const char*> elements[] = {
        {"APT", "actual production time: working"},
        {"AUST", "actual unit setup time"},
        {"ADET", "actual unit delay time: blocked, waiting, without work, standby"},
        {"ADOT", "actual unit down time: failed"},
        {"PBT", "planned busy time, the sum of these"},
        {"planned down time", "maintenance"},
        {"off planned time", "off shift"},
        {"not known", "in none of the figures"}};
    std::string rows;
    for (const auto& [name, words] : elements) {
        const Time time = time_elements(result.total.devices[device].accounts)[name];
        rows += row_of(name, {words, time_text(time)});
    }
    return section("Time elements of ISO 22400-2: " + result.devices[device].name, "",
                   table({"element", "what it is", "time"}, rows));
}

std::string kpis_section(const ReplayResult& result) {
    std::string rows;
    for (const auto& figure : result.total.kpis)
        rows += row_of(label(figure.name), {figure_text(&figure), figure_note(figure)});
    return section("KPIs of all of it", "By the same formulas as the forecasts.",
                   table({"KPI", "value", "formula, or why there is none"}, rows));
}

std::string doubts_section(const ReplayResult& result) {
    constexpr std::size_t most_names = 30;
    std::string items;
    for (const std::string& one : replay_findings(result, most_names))
        items += text_element("li", "", typeset(one));
    return section("What was in doubt, or has no meaning here", "",
                   items.empty() ? "" : element("ul", "", items));
}

}  // namespace

std::string replay_page(const ReplayResult& result) {
    std::string body = answer(result);
    for (std::size_t i = 0; i < result.devices.size(); ++i) body += days_section(result, i);
    for (std::size_t i = 0; i < result.devices.size(); ++i) body += alarms_section(result, i);
    body += kpis_section(result);
    for (std::size_t i = 0; i < result.devices.size(); ++i)
        body += elements_section(result, i) + values_section(result, i);
    body += doubts_section(result);
    std::string provenance = text_element("p", "lead",
                                          "Fingerprint " + result.fingerprint +
                                              ": the same log and profile give the "
                                              "same one.");
    for (const std::string& log : result.logs) provenance += text_element("p", "lead", log);
    body += section("Where this comes from", "", provenance);
    return whole_page({result.name + " · Foretwin", "Foretwin " + result.version}, body);
}

}  // namespace foretwin::report
