#include "scenarios/backtest_plan.hpp"

#include <algorithm>

#include "engine/calibration/backtest.hpp"
#include "engine/core/suggestion.hpp"
#include "scenarios/loader/scenario_file.hpp"
#include "scenarios/records.hpp"
#include "scenarios/section.hpp"

namespace foretwin {

namespace {

using loader::Problems;
using loader::Value;
using scenarios::Section;

const std::vector<std::string> forecasters{calibration::memoryless, calibration::age_and_visits};

/// One of the words, as its index; else a problem.
std::size_t choice(Section& section, const std::string& key, const std::vector<std::string>& words,
                   bool required) {
    const Value* found = required ? section.need(key) : section.find(key);
    if (found == nullptr) return 0;
    const auto at = std::find(words.begin(), words.end(), found->text());
    if (at != words.end()) return static_cast<std::size_t>(at - words.begin());
    section.add(found->place(), "unknown " + key + " '" + found->text() + "'",
                suggestion(found->text(), words));
    return 0;
}

void read_mapping(Section& top, BacktestFile& file, Problems& problems) {
    const std::string named = top.file("scenario");
    if (named.empty()) return;
    const std::filesystem::path path = file.path.parent_path() / named;
    const Value tree = loader::read_file(path, problems, top.find("scenario")->place());
    if (tree.is_null()) return;
    file.records_folder = path.parent_path();
    const Value* records = tree.find("records");
    if (records == nullptr)
        top.add(top.find("scenario")->place(), "'" + named + "' has no section `records`",
                "name a scenario that was fitted to records");
    else
        file.mapping = scenarios::read_records(*records, problems);
}

void read_origins(Section& top, BacktestFile& file, Problems& problems) {
    const Value* value = top.need("origins");
    if (value == nullptr) return;
    Section origins(*value, "origins", {"every", "at", "over_the_last", "from"}, problems);
    file.every_hours = origins.hours("every", file.every_hours);
    if (file.every_hours * 3600 < 1)
        origins.add(origins.place(), "origins must move on", "as in every: 24 h");
    if (const Value* at = origins.find("at")) {
        const auto clock = telemetry::parse_local_time("1970-01-01T" + at->text());
        if (!clock) origins.add(at->place(), "'" + at->text() + "' is no time of day", "\"06:00\"");
        file.at = clock.value_or(0);
    }
    if (const Value* from = origins.find("from")) file.from = origins.moment(*from);
    file.over_the_last = origins.number("over_the_last").value_or(file.over_the_last);
    if (!(file.over_the_last > 0 && file.over_the_last < 1))
        origins.add(origins.place(), "the share of the records that is scored lies between 0 and 1",
                    "as in over_the_last: 20 %");
}

void read_horizons(Section& top, BacktestFile& file) {
    const Value* value = top.need("horizons");
    if (value == nullptr) return;
    for (const Value& item : value->items()) {
        const double hours = top.hours_of(item).value_or(1);
        if (hours * 3600 < 1) top.add(item.place(), "a horizon of no length", "as in 24 h");
        file.horizons.push_back({item.text(), hours});
    }
    if (file.horizons.empty())
        top.add(value->place(), "horizons must be a list", "as in horizons: [24 h, 7 days]");
}

void read_rule(Section& section, BacktestDemand& demand) {
    const bool skill = demand.score == BacktestDemand::Score::brier_skill;
    const std::vector<std::string> keys =
        skill ? std::vector<std::string>{"at_least"}
              : std::vector<std::string>{"at_most", "standard_errors"};
    int found = 0;
    for (const std::string& key : keys)
        if (const auto value = section.number(key)) {
            ++found;
            demand.value = *value;
            demand.rule = key == "at_most"    ? BacktestDemand::Rule::at_most
                          : key == "at_least" ? BacktestDemand::Rule::at_least
                                              : BacktestDemand::Rule::standard_errors;
        }
    if (found != 1)
        section.add(section.place(), "a demand needs one bound",
                    skill ? "as in at_least: 15 %" : "as in at_most: 50 %, or standard_errors: 2");
}

void read_demand(const Value& value, BacktestFile& file, Problems& problems) {
    Section section(value, "a demand",
                    {"score", "of", "horizon", "against", "at_most", "standard_errors", "at_least"},
                    problems);
    if (!value.is_map()) return;
    BacktestDemand demand;
    demand.score =
        static_cast<BacktestDemand::Score>(choice(section, "score", {"crps", "brier skill"}, true));
    demand.of =
        static_cast<BacktestDemand::Of>(choice(section, "of", {"fleet", "each class"}, false));
    demand.against = forecasters[choice(section, "against", forecasters, true)];
    if (const Value* horizon = section.need("horizon")) {
        const auto hours = section.hours_of(*horizon);
        const auto same = std::find_if(file.horizons.begin(), file.horizons.end(),
                                       [&](const auto& own) { return hours == own.hours; });
        if (hours && same == file.horizons.end())
            section.add(horizon->place(), "no forecast has the horizon " + horizon->text(),
                        "add it to `horizons`");
        demand.horizon = static_cast<std::size_t>(same - file.horizons.begin());
    }
    read_rule(section, demand);
    file.demands.push_back(demand);
}

void read_attributes(Section& top, BacktestFile& file) {
    const Value* value = top.find("attributes");
    if (value == nullptr) return;
    if (!value->is_list())
        top.add(value->place(), "attributes must be a list", "as in attributes: [age]");
    for (const Value& item : value->items())
        file.attributes.push_back(top.text_of(item, "attributes"));
    file.attributes_place = value->place();
}

void read_sections(const Value& tree, BacktestFile& file, Problems& problems) {
    Section top(tree, "a backtest",
                {"foretwin_backtest", "name", "scenario", "attributes", "alarms", "origins",
                 "horizons", "level", "must"},
                problems);
    if (!tree.is_map()) return;
    const Value* version = top.need("foretwin_backtest");
    if (version != nullptr && version->text() != "1")
        top.add(version->place(), "version '" + version->text() + "' of backtests is unknown",
                "this program reads `foretwin_backtest: 1`");
    file.name = top.text("name");
    read_mapping(top, file, problems);
    read_attributes(top, file);
    if (const Value* alarms = top.find("alarms")) {
        Section section(*alarms, "alarms", {"ahead"}, problems);
        file.ahead_hours = section.hours("ahead", file.ahead_hours);
        if (file.ahead_hours * 3600 < 1)
            section.add(section.place(), "a window of no length", "as in ahead: 24 h");
    }
    read_origins(top, file, problems);
    read_horizons(top, file);
    file.level = top.number("level").value_or(file.level);
    if (!(file.level > 0 && file.level < 1))
        top.add(top.find("level")->place(), "a level lies between 0 and 1", "as in 80 %");
    if (const Value* must = top.find("must"))
        for (const Value& demand : must->items()) read_demand(demand, file, problems);
}

}  // namespace

BacktestFile read_backtest(const std::filesystem::path& path) {
    Problems problems;
    BacktestFile file;
    file.path = path;
    const Value tree = loader::read_file(path, problems);
    if (problems.empty()) {
        if (tree.has("foretwin"))
            problems.push_back({{path.string(), 1, 1},
                                "this is a scenario, not a backtest",
                                "a backtest begins with `foretwin_backtest: 1` and names a "
                                "scenario"});
        else
            read_sections(tree, file, problems);
    }
    loader::throw_if_any(std::move(problems));
    return file;
}

}  // namespace foretwin
