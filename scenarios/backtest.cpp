#include "scenarios/backtest.hpp"

#include <charconv>
#include <cmath>

#include "engine/core/rounding.hpp"
#include "engine/telemetry/csv.hpp"
#include "scenarios/energy_backtest.hpp"
#include "scenarios/study.hpp"

namespace foretwin {

namespace {

using calibration::BacktestPlan;
using calibration::DeviceAttribute;
using calibration::LocalSeconds;
using calibration::Records;
using telemetry::Problems;

LocalSeconds seconds(double hours) {
    return nearest_integer(hours * 3600);
}

std::optional<double> finite_number(const std::string& text) {
    double value = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    if (read.ec != std::errc() || read.ptr != end || !std::isfinite(value)) return std::nullopt;
    return value;
}

/// One column of the list of devices, as numbers in the order of the records' devices, which is
/// that of the list.
DeviceAttribute read_numbers(const telemetry::CsvFile& list, const std::string& column,
                             const Place& asked_from, Problems& problems) {
    DeviceAttribute attribute{column, {}};
    Problems missing;
    const auto field = telemetry::find_column(list, column, missing);
    if (!field) {
        problems.push_back({asked_from, "the list of devices has no column '" + column + "'",
                            missing.front().hint});
        return attribute;
    }
    telemetry::ProblemList told(problems, list.name);
    for (const telemetry::CsvRow& row : list.rows) {
        const auto value = finite_number(row.fields[*field].text);
        if (!value)
            told.add(list.place(row, *field), "'" + row.fields[*field].text + "' is no number",
                     "an attribute is a number for every device");
        attribute.values.push_back(value.value_or(0));
    }
    return attribute;
}

std::vector<DeviceAttribute> read_attributes(const BacktestFile& file) {
    std::vector<DeviceAttribute> attributes;
    if (file.attributes.empty()) return attributes;
    Problems problems;
    const auto& source = file.mapping.devices;
    const auto list =
        telemetry::read_csv(file.records_folder / source.file, source.file, problems, source.place);
    for (const std::string& column : file.attributes)
        attributes.push_back(read_numbers(list, column, file.attributes_place, problems));
    loader::throw_if_any(std::move(problems));
    return attributes;
}

/// The first instant of the origins' clock at or after `at`.
LocalSeconds on_the_clock(LocalSeconds at, LocalSeconds every, LocalSeconds phase) {
    const LocalSeconds rest = (at - phase) % every;
    return rest == 0 ? at : at - (rest < 0 ? rest + every : rest) + every;
}

BacktestPlan plan_of(const BacktestFile& file, const Records& records) {
    BacktestPlan plan;
    plan.design.attributes = read_attributes(file);
    plan.design.ahead = seconds(file.ahead_hours);
    plan.design.origin_every = plan.every = seconds(file.every_hours);
    plan.design.origin_phase = file.at;
    std::optional<LocalSeconds> from = file.from;
    if (!from && !file.continuation.empty())
        from = calibration::read_record_files(file.mapping, file.records_folder).observed_to;
    const auto observed = static_cast<double>(records.observed_to - records.observed_from);
    plan.known_until =
        from.value_or(records.observed_to - nearest_integer(observed * file.over_the_last));
    if (plan.known_until <= records.observed_from || plan.known_until >= records.observed_to)
        throw InputError(Place{file.path.string(), 0, 0},
                         "the origins would begin at " + telemetry::to_text(plan.known_until) +
                             ", outside the records (" + telemetry::to_text(records.observed_from) +
                             " to " + telemetry::to_text(records.observed_to) + ")",
                         "fits need records before the origins, scores need records after them");
    plan.first_origin = on_the_clock(plan.known_until, plan.every, file.at);
    for (const auto& horizon : file.horizons) plan.horizons.push_back(seconds(horizon.hours));
    plan.told = file.told;
    return plan;
}

}  // namespace

experiments::BacktestResult run_backtest(const BacktestFile& file) {
    if (file.readings) return run_energy_backtest(file);
    const Records records =
        calibration::read_record_files(file.mapping, file.records_folder, file.continuation);
    const BacktestPlan plan = plan_of(file, records);
    const auto runs = calibration::roll(records, file.mapping, plan);
    experiments::BacktestResult result;
    result.name = file.name;
    result.file = file.path.filename().string();
    result.version = version();
    result.records_from = telemetry::to_text(records.observed_from);
    result.records_to = telemetry::to_text(records.observed_to);
    result.known_until = telemetry::to_text(plan.known_until);
    result.first_origin = telemetry::to_text(plan.first_origin);
    result.level = file.level;
    for (const auto& input : records.files) result.inputs.emplace_back(input.file, input.sha256);
    score(runs, records, file, result);
    judge(runs, records, file, result);
    return result;
}

}  // namespace foretwin
