
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "scenarios/experiments/parameter_draws.hpp"
#include "scenarios/good_scenario.hpp"
#include "scenarios/loader/calendar.hpp"
#include "scenarios/report/text_grid.hpp"
#include "tools/foretwin/terminal.hpp"
#include "tools/foretwin/verbs.hpp"

namespace foretwin::tool {
namespace {

using loader::Value;
using nlohmann::ordered_json;

struct CheckOptions {
    std::filesystem::path scenario;
    bool json = false;
};

/// A scenario that is right in all its alternatives, and the baseline as it would run.
struct Checked {
    loader::ScenarioFile file;
    std::vector<experiments::PreparedAlternative> alternatives;
    std::vector<std::pair<std::string, double>> open_hours_per_week;
    std::vector<std::pair<std::string, std::string>> assumptions;

    const Value& tree() const { return alternatives.front().tree; }
    const assembly::Plant& plant() const { return alternatives.front().plants.front(); }
};

double hours_per_week(const Calendar& calendar, const loader::Clock& clock) {
    constexpr double hours_of_week = 168;
    Time open = 0;
    for (const Calendar::Interval& interval : calendar.on)
        open += std::min(interval.to, clock.end()) - std::min(interval.from, clock.end());
    return hours_of_week * static_cast<double>(open) / static_cast<double>(clock.end());
}

void describe_baseline(Checked& checked, const loader::Reader& reader) {
    if (const Value* calendars = checked.tree().find("calendars")) {
        for (const Value::Entry& entry : calendars->entries()) {
            const Calendar calendar =
                loader::open_intervals(entry.value, checked.plant().clock, reader);
            checked.open_hours_per_week.emplace_back(
                entry.key, hours_per_week(calendar, checked.plant().clock));
        }
    }
    if (const Value* assumptions = checked.tree().find("assumptions")) {
        for (const Value::Entry& entry : assumptions->entries()) {
            const Value& value = *entry.value.find("value");
            std::string text = value.is_scalar() ? value.text() : loader::to_yaml(value);
            if (entry.value.has("low") || entry.value.has("high")) {
                text += " (" + entry.value.text_of("low", text) + " to " +
                        entry.value.text_of("high", text) + ")";
            }
            checked.assumptions.emplace_back(entry.key, text);
        }
    }
}

Checked read_checked(const CheckOptions& options) {
    Checked checked;
    checked.file = read_good_scenario(options.scenario);
    checked.alternatives = build_alternatives(checked.file);
    const experiments::ParameterDraws draws(checked.file, 1, 0, experiments::LifeModel::best);
    describe_baseline(checked, loader::Reader(draws.central()));
    return checked;
}

/// Types with how many devices there are of each, in the order of their names.
std::map<std::string, int> count_types(const Checked& checked) {
    std::map<std::string, int> counts;
    for (const assembly::DeviceNote& device : checked.plant().devices) ++counts[device.type];
    return counts;
}

/// Notes that all devices of a fleet share are told once, for the fleet.
std::vector<std::string> merged_notes(const Checked& checked) {
    std::map<std::string, std::string> fleet_of;
    for (const assembly::DeviceNote& device : checked.plant().devices)
        if (!device.fleet.empty()) fleet_of[device.name] = device.fleet;
    std::vector<std::string> merged;
    for (const std::string& note : checked.plant().notes) {
        const std::size_t colon = note.find(": ");
        const auto fleet = fleet_of.find(note.substr(0, colon));
        std::string text = note;
        if (fleet != fleet_of.end()) text = "each of " + fleet->second + note.substr(colon);
        if (std::find(merged.begin(), merged.end(), text) == merged.end()) merged.push_back(text);
    }
    return merged;
}

/// Loops that may lock, with the alternative where the baseline has no such warning.
std::vector<std::string> warnings_of(const Checked& checked) {
    std::vector<std::string> texts;
    std::vector<std::string> told;
    for (const experiments::PreparedAlternative& prepared : checked.alternatives) {
        for (const Problem& loop : prepared.loops) {
            const std::string text = to_text(loop);
            if (std::find(told.begin(), told.end(), text) != told.end()) continue;
            told.push_back(text);
            const bool baseline = prepared.alternative.changes.empty();
            texts.push_back(text + (baseline ? "" : ", with '" + prepared.alternative.name + "'"));
        }
    }
    return texts;
}

ordered_json to_json(const Checked& checked) {
    ordered_json json;
    json["scenario"] = checked.tree().text_of("name");
    json["good"] = true;
    const loader::Clock& clock = checked.plant().clock;
    json["time"] = {{"start", clock.to_text(clock.start())},
                    {"zone", clock.zone()},
                    {"warm_up_h", to_hours(clock.warm_up())},
                    {"horizon_h", to_hours(clock.horizon())}};
    json["devices"] = ordered_json::array();
    for (const assembly::DeviceNote& device : checked.plant().devices) {
        json["devices"].push_back({{"name", device.name},
                                   {"type", device.type},
                                   {"fleet", device.fleet},
                                   {"machines", device.machines}});
    }
    json["calendars"] = ordered_json::array();
    for (const auto& [name, hours] : checked.open_hours_per_week)
        json["calendars"].push_back({{"name", name}, {"hours_per_week", hours}});
    json["alternatives"] = ordered_json::array();
    for (const experiments::PreparedAlternative& prepared : checked.alternatives) {
        const experiments::Alternative& alternative = prepared.alternative;
        json["alternatives"].push_back({{"name", alternative.name},
                                        {"description", alternative.description},
                                        {"changes", alternative.changes}});
    }
    json["assumptions"] = ordered_json::array();
    for (const auto& [name, text] : checked.assumptions)
        json["assumptions"].push_back({{"name", name}, {"value", text}});
    json["warnings"] = warnings_of(checked);
    json["notes"] = merged_notes(checked);
    return json;
}

void print_list(const std::string& title, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    std::cout << '\n' << title << '\n';
    for (const std::string& line : lines)
        std::cout << report::wrapped("  " + line, columns_of_terminal(), 4) << '\n';
}

std::string one_decimal(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", value);
    return text;
}

void print(const Checked& checked) {
    const loader::Clock& clock = checked.plant().clock;
    std::cout << checked.file.path.string() << ": good\n" << checked.tree().text_of("name") << '\n';
    std::cout << "Measured: " << one_decimal(to_hours(clock.horizon())) << " h from "
              << clock.to_text(clock.start()) << (clock.zone().empty() ? "" : " ") << clock.zone()
              << ", after a warm-up of " << one_decimal(to_hours(clock.warm_up())) << " h\n";
    std::vector<std::string> lines;
    for (const auto& [type, count] : count_types(checked))
        lines.push_back(std::to_string(count) + " x " + type);
    print_list("Devices", lines);
    lines.clear();
    for (const auto& [name, hours] : checked.open_hours_per_week)
        lines.push_back(name + ": open " + one_decimal(hours) + " h per week");
    print_list("Calendars", lines);
    lines.clear();
    for (const experiments::PreparedAlternative& prepared : checked.alternatives) {
        const experiments::Alternative& alternative = prepared.alternative;
        lines.push_back(alternative.name);
        if (!alternative.description.empty()) lines.back() += ": " + alternative.description;
    }
    print_list("Alternatives", lines);
    lines.clear();
    for (const auto& [name, text] : checked.assumptions)
        lines.push_back(std::string(name).append(": ").append(text));
    print_list("Assumptions that no record supports", lines);
    print_list("Warnings", warnings_of(checked));
    print_list("Assumed where the scenario is silent", merged_notes(checked));
}

int check(const CheckOptions& options) {
    const Checked checked = read_checked(options);
    if (options.json) {
        std::cout << to_json(checked).dump(2) << '\n';
    } else {
        print(checked);
    }
    return good;
}

}  // namespace

void add_check(CLI::App& app, Action& action) {
    auto options = std::make_shared<CheckOptions>();
    CLI::App* verb = app.add_subcommand(
        "check", "read a scenario and all its changes, tell what is wrong or what was assumed");
    verb->add_option("scenario", options->scenario, "scenario file (YAML or JSON)")->required();
    verb->add_flag("--json", options->json, "as JSON on standard output");
    verb->callback([options, &action] { action = [options] { return check(*options); }; });
}

}  // namespace foretwin::tool
