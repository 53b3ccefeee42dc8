#include "scenarios/checked_scenario.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "scenarios/experiments/parameter_draws.hpp"
#include "scenarios/good_scenario.hpp"
#include "scenarios/loader/calendar.hpp"
#include "scenarios/report/text_grid.hpp"

namespace foretwin {

namespace {

using loader::Value;
using nlohmann::ordered_json;

double hours_per_week(const Calendar& calendar, const loader::Clock& clock) {
    constexpr double hours_of_week = 168;
    Time open = 0;
    for (const Calendar::Interval& interval : calendar.on)
        open += std::min(interval.to, clock.end()) - std::min(interval.from, clock.end());
    return hours_of_week * static_cast<double>(open) / static_cast<double>(clock.end());
}

void describe_baseline(CheckedScenario& checked, const loader::Reader& reader) {
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

/// Types with how many devices there are of each, in the order of their names.
std::map<std::string, int> count_types(const CheckedScenario& checked) {
    std::map<std::string, int> counts;
    for (const assembly::DeviceNote& device : checked.plant().devices) ++counts[device.type];
    return counts;
}

/// Notes that all devices of a fleet share are told once, for the fleet.
std::vector<std::string> merged_notes(const CheckedScenario& checked) {
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
std::vector<std::string> warnings_of(const CheckedScenario& checked) {
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

/// Headed lists, one after the other.
class Lists {
  public:
    explicit Lists(int columns) : columns_(columns) {}
    void add(const std::string& title, const std::vector<std::string>& lines) {
        if (lines.empty()) return;
        text_ += "\n" + title + "\n";
        for (const std::string& line : lines)
            text_ += report::wrapped("  " + line, columns_, 4) + "\n";
    }
    const std::string& text() const { return text_; }

  private:
    int columns_;
    std::string text_;
};

std::string one_decimal(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", value);
    return text;
}

}  // namespace

CheckedScenario check_scenario(loader::ScenarioFile file) {
    CheckedScenario checked;
    checked.file = std::move(file);
    checked.alternatives = build_alternatives(checked.file);
    const experiments::ParameterDraws draws(checked.file, 1, 0, experiments::LifeModel::best);
    describe_baseline(checked, loader::Reader(draws.central()));
    return checked;
}

ordered_json check_json(const CheckedScenario& checked) {
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

std::string check_text(const CheckedScenario& checked, int columns) {
    const loader::Clock& clock = checked.plant().clock;
    const std::string path = checked.file.path.string();
    std::string head = (path.empty() ? "" : path + ": good\n") + checked.tree().text_of("name") +
                       "\nMeasured: " + one_decimal(to_hours(clock.horizon())) + " h from " +
                       clock.to_text(clock.start()) + (clock.zone().empty() ? "" : " ") +
                       clock.zone() + ", after a warm-up of " +
                       one_decimal(to_hours(clock.warm_up())) + " h\n";
    Lists lists(columns);
    std::vector<std::string> lines;
    for (const auto& [type, count] : count_types(checked))
        lines.push_back(std::to_string(count) + " x " + type);
    lists.add("Devices", lines);
    lines.clear();
    for (const auto& [name, hours] : checked.open_hours_per_week)
        lines.push_back(name + ": open " + one_decimal(hours) + " h per week");
    lists.add("Calendars", lines);
    lines.clear();
    for (const experiments::PreparedAlternative& prepared : checked.alternatives) {
        const experiments::Alternative& alternative = prepared.alternative;
        lines.push_back(alternative.name);
        if (!alternative.description.empty()) lines.back() += ": " + alternative.description;
    }
    lists.add("Alternatives", lines);
    lines.clear();
    for (const auto& [name, text] : checked.assumptions)
        lines.push_back(std::string(name).append(": ").append(text));
    lists.add("Assumptions that no record supports", lines);
    lists.add("Warnings", warnings_of(checked));
    lists.add("Assumed where the scenario is silent", merged_notes(checked));
    return head + lists.text();
}

}  // namespace foretwin
