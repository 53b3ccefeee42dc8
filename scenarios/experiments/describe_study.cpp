#include "scenarios/experiments/describe_study.hpp"

#include <set>

#include "engine/core/fingerprint.hpp"
#include "scenarios/experiments/fitted_draw.hpp"
#include "scenarios/loader/check.hpp"
#include "scenarios/loader/read.hpp"

namespace foretwin::experiments {
namespace {

using loader::Value;

constexpr double hours_per_year = 8760;
constexpr double seconds_per_year = hours_per_year * 3600;

std::vector<AssumptionResult> assumptions_of(const Value& tree) {
    std::vector<AssumptionResult> results;
    const Value* section = tree.find("assumptions");
    if (section == nullptr) return results;
    for (const Value::Entry& entry : section->entries()) {
        AssumptionResult result;
        result.name = entry.key;
        result.why = entry.value.text_of("why");
        const Value& value = *entry.value.find("value");
        result.text = value.text();
        if (value.is_scalar()) {
            const ScalarText central = split_number(value);
            result.unit = central.unit;
            result.value = result.low = result.high = central.number;
            if (const Value* low = entry.value.find("low")) result.low = in_unit_of(*low, value);
            if (const Value* high = entry.value.find("high"))
                result.high = in_unit_of(*high, value);
            if (entry.value.has("low") || entry.value.has("high")) {
                result.text += " (" + entry.value.text_of("low", value.text()) + " to " +
                               entry.value.text_of("high", value.text()) + ")";
            }
        }
        results.push_back(std::move(result));
    }
    return results;
}

std::string records_text(const Value& entry) {
    const Value* records = entry.find("records");
    if (records == nullptr) return "";
    std::string text;
    for (const Value::Entry& own : records->entries()) {
        text += (text.empty() ? "" : ", ") + own.value.text() + " " + own.key;
    }
    return text;
}

std::vector<FittedResult> fitted_of(const StudyPlan& plan, const ParameterDraws& draws) {
    std::vector<FittedResult> results;
    const loader::Reader reader(draws.central());
    for (const Value& file : plan.file.parameter_files) {
        const Value* parameters = file.find("parameters");
        if (parameters == nullptr) continue;
        for (const Value::Entry& entry : parameters->entries()) {
            const std::string kind = entry.value.text_of("kind");
            const Value* central = draws.central().fitted(entry.key);
            if (central == nullptr || kind == "moment" || kind == "value") continue;
            FittedResult result{entry.key, central->text(), records_text(entry.value)};
            if (kind == "share") {
                result.records = entry.value.text_of("count") + " of " + entry.value.text_of("of");
            } else if (kind == "rate") {
                result.records =
                    entry.value.text_of("count") + " in " + entry.value.text_of("exposure");
            } else if (kind == "distribution") {
                result.text = loader::to_yaml(*central);
            } else if (kind == "estimate") {
                result.records = "standard error " + entry.value.text_of("standard_error");
            } else if (const Value* classes = entry.value.find("classes")) {
                result.text = std::to_string(classes->items().size()) + " age classes";
            }
            while (!result.text.empty() && result.text.back() == '\n') result.text.pop_back();
            results.push_back(std::move(result));
        }
    }
    return results;
}

void add_input(const StudyPlan& plan, const std::string& name, std::vector<InputFile>& inputs) {
    loader::Problems problems;
    const std::string bytes =
        loader::read_bytes(plan.file.folder / name, problems, {}, std::size_t{1} << 28);
    if (!problems.empty()) return;
    Fingerprint fingerprint;
    fingerprint.add(std::string_view(bytes));
    inputs.push_back({name, fingerprint.text(), bytes.size()});
}

void find_files(const Value& value, std::set<std::string>& names) {
    if (value.is_map()) {
        for (const Value::Entry& entry : value.entries()) {
            const bool is_file = entry.key == "file" && entry.value.is_scalar();
            if (is_file) names.insert(entry.value.text());
            find_files(entry.value, names);
        }
    }
    for (const Value& item : value.items()) find_files(item, names);
}

void add_season_warning(StudyResult& result) {
    const bool has_tariff = result.horizon_h < hours_per_year - 24;
    if (has_tariff && result.study_years > 0) {
        result.warnings.push_back(
            "the measured time does not cover a whole year: seasons that it "
            "leaves out are not in the answer");
    }
}

}  // namespace

std::vector<InputFile> inputs_of(const StudyPlan& plan) {
    std::set<std::string> names;
    find_files(plan.file.tree, names);
    if (const Value* parameters = plan.file.tree.find("parameters")) {
        if (parameters->is_scalar()) names.insert(parameters->text());
        for (const Value& item : parameters->items()) names.insert(item.text());
    }
    std::vector<InputFile> inputs;
    for (const std::string& name : names) add_input(plan, name, inputs);
    return inputs;
}

std::string text_of(LifeModel life_model) {
    if (life_model == LifeModel::best) return "best";
    return life_model == LifeModel::second ? "second" : "two_parameter_weibull";
}

StudyResult describe(const StudyPlan& plan, const ParameterDraws& draws,
                     const PreparedAlternative& baseline) {
    const Value& tree = plan.file.tree;
    const assembly::Plant& plant = baseline.plants.front();
    StudyResult result;
    result.scenario = tree.text_of("name");
    result.description = tree.text_of("description");
    result.file = plan.file.path.filename().string();
    result.text = plan.file.text;
    result.version = FORETWIN_VERSION;
    result.seed = plan.seed;
    result.level = plan.level;
    result.start = plant.clock.to_text(plant.clock.start());
    result.zone = plant.clock.zone();
    result.horizon_h = to_hours(plant.clock.horizon());
    result.warm_up_h = to_hours(plant.clock.warm_up());
    result.currency = loader::currency_of(tree);
    result.life_model = text_of(plan.life_model);
    const loader::Reader reader(draws.central(), result.currency);
    if (const Value* economics = tree.find("economics")) {
        result.discount_rate =
            reader.quantity_of(*economics, "discount_rate", "1/s", 0.08 / seconds_per_year) *
            seconds_per_year;
        result.study_years =
            reader.quantity_of(*economics, "life", "s", 5 * seconds_per_year) / seconds_per_year;
    }
    result.assumptions = assumptions_of(tree);
    result.fitted = fitted_of(plan, draws);
    result.notes = plant.notes;
    result.inputs = inputs_of(plan);
    add_season_warning(result);
    return result;
}

std::string study_fingerprint(const StudyResult& result) {
    Fingerprint fingerprint;
    for (const AlternativeResult& alternative : result.alternatives) {
        fingerprint.add(std::string_view(alternative.name));
        fingerprint.add(std::string_view(alternative.fingerprint));
    }
    return fingerprint.text();
}

std::string study_trace_fingerprint(const StudyResult& result) {
    if (result.alternatives.empty() || result.alternatives.front().trace_fingerprint.empty())
        return "";
    Fingerprint fingerprint;
    for (const AlternativeResult& alternative : result.alternatives) {
        fingerprint.add(std::string_view(alternative.name));
        fingerprint.add(std::string_view(alternative.trace_fingerprint));
    }
    return fingerprint.text();
}

}  // namespace foretwin::experiments
