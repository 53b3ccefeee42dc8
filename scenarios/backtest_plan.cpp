#include "scenarios/backtest_plan.hpp"

#include <algorithm>

#include "engine/calibration/backtest.hpp"
#include "scenarios/backtest_sections.hpp"
#include "scenarios/loader/scenario_file.hpp"
#include "scenarios/records.hpp"

namespace foretwin {

namespace {

using loader::Problems;
using loader::Value;
using scenarios::choice;
using scenarios::Section;

const std::vector<std::string> forecasters{calibration::memoryless, calibration::age_and_visits};

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
    scenarios::read_begin(origins, file);
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
    demand.horizon = scenarios::horizon_of(section, file);
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
                {"foretwin_backtest", "name", "target", "scenario", "attributes", "alarms",
                 "origins", "horizons", "level", "must"},
                problems);
    if (!tree.is_map()) return;
    choice(top, "target", {"failures", "energy"}, false);
    scenarios::read_head(top, file);
    read_mapping(top, file, problems);
    read_attributes(top, file);
    if (const Value* alarms = top.find("alarms")) {
        Section section(*alarms, "alarms", {"ahead"}, problems);
        file.ahead_hours = section.hours("ahead", file.ahead_hours);
        if (file.ahead_hours * 3600 < 1)
            section.add(section.place(), "a window of no length", "as in ahead: 24 h");
    }
    read_origins(top, file, problems);
    scenarios::read_horizons(top, file);
    if (const Value* must = top.find("must"))
        for (const Value& demand : must->items()) read_demand(demand, file, problems);
}

/// Other records of the same layout: files of the same names in another folder.
void take_records_from(const std::filesystem::path& folder, BacktestFile& file) {
    calibration::RecordMapping& mapping = file.mapping;
    std::vector<std::string*> names{&mapping.devices.file, &mapping.failures.file,
                                    &mapping.replacements.file, &mapping.alarms.file};
    if (file.readings) names.push_back(&file.readings->file);
    for (std::string* name : names)
        if (!name->empty()) *name = (folder / std::filesystem::path(*name).filename()).string();
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
        else if (tree.text_of("target", "failures") == "energy")
            scenarios::read_energy_backtest(tree, file, problems);
        else
            read_sections(tree, file, problems);
    }
    loader::throw_if_any(std::move(problems));
    return file;
}

BacktestFile read_backtest(const std::filesystem::path& path, const BacktestChoice& choice) {
    BacktestFile file = read_backtest(path);
    if (!choice.data.empty()) {
        take_records_from(choice.data, file);
        file.records_folder.clear();
    }
    file.continuation = choice.then;
    if (choice.from.empty()) return file;
    file.from = telemetry::parse_local_time(choice.from);
    if (!file.from)
        throw InputError({}, "--from: '" + choice.from + "' is no date and time",
                         "write 2015-09-14T06:00, local time without zone");
    return file;
}

}  // namespace foretwin
