#include "scenarios/fit_description.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/quantity.hpp"
#include "engine/telemetry/csv.hpp"
#include "scenarios/section.hpp"

namespace foretwin::scenarios {

namespace {

using calibration::FitKind;
using calibration::FitPlan;
using calibration::FitTask;
using calibration::WearPath;
using loader::Problems;
using loader::Value;

/// What a kind of fit may say: columns it needs, columns it may have, other keys.
struct KindKeys {
    const char* name;
    FitKind kind;
    std::vector<std::string> needed, optional, others;
};

const std::vector<KindKeys>& kinds() {
    static const std::vector<KindKeys> list{
        {"lifetimes",
         FitKind::lifetimes,
         {},
         {"time", "from", "to", "begin", "end", "status", "entry", "count", "group", "at"},
         {"resolution", "covariates", "shifts", "bootstrap"}},
        {"inspected", FitKind::inspected, {"age", "inspected", "failed"}, {}, {"shifts"}},
        {"found", FitKind::found, {"age", "found"}, {}, {"units", "shifts"}},
        {"degradation",
         FitKind::degradation,
         {"device", "age", "value"},
         {},
         {"threshold", "path", "shifts"}},
        {"recurrent", FitKind::recurrent, {"device", "age", "status"}, {}, {}},
        {"power", FitKind::power, {"time", "value"}, {}, {"states", "resolution", "settle"}},
        {"arrivals", FitKind::arrivals, {"time"}, {}, {"resolution", "shifts"}},
        {"thermal", FitKind::thermal, {"time", "temperature", "power"}, {"ambient"}, {}},
    };
    return list;
}

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

const KindKeys& kind_of(const Value& value, Problems& problems) {
    const std::string name = value.text_of("kind", "lifetimes");
    for (const KindKeys& own : kinds())
        if (own.name == name) return own;
    std::vector<std::string> names;
    names.reserve(kinds().size());
    for (const KindKeys& own : kinds()) names.emplace_back(own.name);
    problems.push_back({value.find("kind")->place(), "unknown kind of fit '" + name + "'",
                        "known are " + listed(names)});
    return kinds().front();
}

/// "every 30 days" and the like, in seconds; 0 and a problem when it is no duration.
double seconds_of(Section& section, const Value& value) {
    return section.hours_of(value).value_or(0) * 3600;
}

class TaskReader {
  public:
    TaskReader(const std::string& name, const Value& value, Problems& problems)
        : value_(value),
          problems_(problems),
          keys_(kind_of(value, problems)),
          section_(value, "fit '" + name + "'", known_keys(keys_), problems) {
        task_.name = name;
        task_.kind = keys_.kind;
        task_.place = value.place();
    }

    FitTask read() {
        if (!value_.is_map()) return task_;
        read_source();
        read_unit();
        read_choices();
        read_resolution();
        if (task_.kind == FitKind::lifetimes) check_life_columns();
        if (task_.kind == FitKind::found) read_units();
        if (task_.kind == FitKind::degradation) read_wear();
        if (task_.kind == FitKind::power) read_states();
        return task_;
    }

  private:
    static std::vector<std::string> known_keys(const KindKeys& keys) {
        std::vector<std::string> known{"kind", "file", "where", "unit"};
        for (const auto* list : {&keys.needed, &keys.optional, &keys.others})
            known.insert(known.end(), list->begin(), list->end());
        return known;
    }

    /// Roles are the keys, but for the unit of recurrent events and wear, which YAML calls device.
    void read_source() {
        task_.records.file = section_.file("file");
        if (const Value* file = section_.find("file")) task_.records.place = file->place();
        for (const std::string& key : keys_.needed) add_column(key, section_.text(key));
        for (const std::string& key : keys_.optional)
            if (const Value* column = section_.find(key))
                add_column(key, section_.text_of(*column, key));
        read_where(section_, task_.records);
    }

    void add_column(const std::string& key, const std::string& column) {
        task_.records.columns[key == "device" ? "unit" : key] = column;
    }

    static void read_where(Section& section, calibration::RecordSource& source) {
        const Value* where = section.find("where");
        if (where == nullptr) return;
        if (!where->is_map())
            section.add(where->place(), "where must be a map of columns to texts",
                        "as in where: {device: Filler}");
        for (const auto& entry : where->entries())
            source.where[entry.key] = section.text_of(entry.value, entry.key);
    }

    void read_unit() {
        task_.unit = section_.text("unit");
        const auto unit = parse_unit(task_.unit);
        if (unit && unit->dimension == parse_unit("s")->dimension) task_.in_seconds = unit->factor;
        const bool clock = section_.find("begin") != nullptr || task_.kind == FitKind::arrivals;
        if (clock && task_.in_seconds <= 0 && section_.find("unit") != nullptr)
            section_.add(section_.find("unit")->place(), "'" + task_.unit + "' is no unit of time",
                         "durations between clock times are told in s, min, h or days");
    }

    void read_choices() {
        if (const Value* shifts = section_.find("shifts")) {
            if (!shifts->is_boolean())
                section_.add(shifts->place(), "shifts is true or false",
                             "false leaves out laws with a failure-free time");
            task_.shifts = shifts->is_true();
        }
        if (section_.find("bootstrap") != nullptr)
            task_.bootstrap = static_cast<int>(whole("bootstrap", 0, 9999));
        const Value* covariates = section_.find("covariates");
        if (covariates == nullptr) return;
        if (!covariates->is_list() || covariates->items().empty())
            section_.add(covariates->place(), "covariates is a list of columns",
                         "as in covariates: [load, supplier]");
        for (const Value& column : covariates->items())
            task_.covariates.push_back(section_.text_of(column, "covariates"));
    }

    double whole(const std::string& key, double lowest, double highest) {
        const Value* value = section_.need(key);
        if (value == nullptr) return lowest;
        const auto number = parse_number(value->text());
        if (number && *number == std::floor(*number) && *number >= lowest && *number <= highest)
            return *number;
        section_.add(value->place(),
                     "'" + value->text() + "' is no whole number from " + shortest_text(lowest) +
                         " to " + shortest_text(highest),
                     "as in " + key + ": " + shortest_text(std::max(lowest, 199.0)));
        return lowest;
    }

    /// A number in the unit of the task: the same text, or one that converts.
    double in_unit(const Value& value) {
        const NumberAndUnit parts = split_number(value.text());
        const auto number = parse_number(parts.number);
        if (number && parts.unit == task_.unit) return *number;
        const auto own = parse_unit(parts.unit), unit = parse_unit(task_.unit);
        if (number && own && unit && own->dimension == unit->dimension)
            return *number * own->factor / unit->factor;
        section_.add(value.place(), "'" + value.text() + "' is no number in " + task_.unit,
                     "write it in the unit of the fit, as in 1 " + task_.unit);
        return 0;
    }

    void read_resolution() {
        const Value* value = section_.find("resolution");
        if (value == nullptr) return;
        task_.resolution = in_unit(*value);
        if (task_.resolution < 0)
            section_.add(value->place(), "a resolution below 0", "it is the step of the record");
    }

    void check_life_columns() {
        const auto has = [&](const char* key) { return section_.find(key) != nullptr; };
        const int ways = (has("time") ? 1 : 0) + (has("from") || has("to") ? 1 : 0) +
                         (has("begin") || has("end") ? 1 : 0);
        const bool pairs = has("from") == has("to") && has("begin") == has("end");
        if (ways != 1 || !pairs)
            section_.add(section_.place(), "a life is told in one of three ways",
                         "`time`; `from` and `to`; or `begin` and `end`");
        if (has("from") && (has("status") || task_.resolution > 0))
            section_.add(section_.place(), "an interval tells its status itself",
                         "leave out status and resolution; an empty `to` is still running");
        if (has("begin") && (has("at") || has("entry") || has("status") || has("count")))
            section_.add(section_.place(), "begin and end tell at, entry and status themselves",
                         "leave those out; an empty `end` is still running");
    }

    void read_units() { task_.units = whole("units", 1, 1e9); }

    void read_wear() {
        if (const Value* threshold = section_.need("threshold")) {
            const NumberAndUnit parts = split_number(threshold->text());
            const auto number = parse_number(parts.number);
            if (!number)
                section_.add(threshold->place(), "'" + threshold->text() + "' is no number",
                             "the wear that counts as failure, as in threshold: 1.6");
            task_.threshold = number.value_or(0);
        }
        const Value* path = section_.find("path");
        if (path == nullptr || path->text() == "linear") return;
        if (path->text() == "exponential")
            task_.path = WearPath::exponential;
        else if (path->text() == "power")
            task_.path = WearPath::power;
        else
            section_.add(path->place(), "unknown path '" + path->text() + "'",
                         "known are linear, exponential, power");
    }

    void read_states() {
        task_.settle_s = section_.hours("settle", 0) * 3600;
        const Value* value = section_.need("states");
        if (value == nullptr) return;
        Section states(*value, "states", {"file", "time", "state", "where"}, problems_);
        task_.states.file = states.file("file");
        task_.states.place = value->place();
        for (const char* key : {"time", "state"}) task_.states.columns[key] = states.text(key);
        read_where(states, task_.states);
    }

    const Value& value_;
    Problems& problems_;
    const KindKeys& keys_;
    Section section_;
    FitTask task_;
};

void read_window(Section& top, FitPlan& plan) {
    const Value* window = top.find("window");
    if (window == nullptr) return;
    plan.window_by_drift = window->text() == "drift";
    if (plan.window_by_drift) return;
    plan.window_s = seconds_of(top, *window);
    if (plan.window_s == 0)
        top.add(window->place(), "a window is a duration above 0, or drift",
                "as in window: 90 days");
}

void read_refit(Section& top, FitPlan& plan) {
    const Value* refit = top.find("refit");
    if (refit == nullptr) return;
    const std::string every = "every ";
    Value duration = *refit;
    if (duration.text().starts_with(every)) duration.set_text(refit->text().substr(every.size()));
    plan.refit_every_s = seconds_of(top, duration);
    if (plan.refit_every_s < 1)
        top.add(refit->place(), "refits are at least a second apart", "as in refit: every 30 days");
}

void read_seed(Section& top, FitPlan& plan) {
    const Value* seed = top.find("seed");
    if (seed == nullptr) return;
    const auto number = parse_number(seed->text());
    if (number && *number >= 0 && *number <= 4294967295.0 && *number == std::floor(*number))
        plan.seed = static_cast<std::uint32_t>(*number);
    else
        top.add(seed->place(), "'" + seed->text() + "' is no whole number from 0 to 4294967295",
                "as in seed: 1");
}

}  // namespace

calibration::FitPlan read_fit_description(const Value& tree, Problems& problems) {
    FitPlan plan;
    Section top(tree, "the description",
                {"foretwin_fit", "name", "out", "seed", "window", "refit", "fits"}, problems);
    if (!tree.is_map()) return plan;
    if (tree.text_of("foretwin_fit") != "1")
        top.add(tree.place(), "this is no description of fits", "it begins with foretwin_fit: 1");
    if (const Value* name = top.find("name")) plan.name = top.text_of(*name, "name");
    if (top.find("out") != nullptr) plan.out = top.file("out");
    read_seed(top, plan);
    read_window(top, plan);
    read_refit(top, plan);
    const Value* fits = top.need("fits");
    if (fits == nullptr) return plan;
    if (!fits->is_map() || fits->entries().empty())
        top.add(fits->place(), "fits must be a map of names to fits",
                "as in fits: {repair: {file: repairs.csv, time: minutes, unit: min}}");
    for (const auto& entry : fits->entries())
        plan.tasks.push_back(TaskReader(entry.key, entry.value, problems).read());
    return plan;
}

calibration::FitPlan read_fit_description(const std::filesystem::path& path) {
    Problems problems;
    const Value tree = loader::read_file(path, problems);
    FitPlan plan;
    if (!tree.is_null()) plan = read_fit_description(tree, problems);
    loader::throw_if_any(std::move(problems));
    plan.folder = path.parent_path();
    return plan;
}

bool is_fit_description(const std::filesystem::path& path) {
    Problems problems;
    const Value tree = loader::read_file(path, problems);
    return tree.has("foretwin_fit");
}

calibration::FitPlan lifetimes_plan(const std::filesystem::path& csv, const std::string& unit,
                                    const std::string& time, const std::string& status) {
    FitPlan plan;
    plan.folder = csv.parent_path();
    FitTask task;
    task.name = csv.stem().string();
    task.records.file = csv.filename().string();
    task.records.columns["time"] = time;
    Problems problems;
    const auto header = telemetry::read_csv(csv, csv.filename().string(), problems).header;
    // A file without a column of this name holds complete lives, unless the name was asked for.
    const bool there = std::find(header.begin(), header.end(), status) != header.end();
    if (there || status != "status") task.records.columns["status"] = status;
    task.unit = unit;
    const auto known = parse_unit(unit);
    if (known && known->dimension == parse_unit("s")->dimension) task.in_seconds = known->factor;
    task.bootstrap = 199;
    plan.tasks.push_back(std::move(task));
    return plan;
}

}  // namespace foretwin::scenarios
