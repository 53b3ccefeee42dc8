#include "models/energy/price_file.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "engine/telemetry/csv.hpp"
#include "engine/telemetry/local_time.hpp"

namespace foretwin::energy {
namespace {

constexpr std::int64_t day_s = 86'400;
constexpr double micro = 1e6;
constexpr double largest_value = 1e6;  ///< per MWh: beyond it a unit is wrong

std::optional<double> parse_number(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

/// Reads one row; tells what is wrong with it and returns nothing in that case.
class RowReader {
  public:
    RowReader(const telemetry::CsvFile& file, const PriceFileDefinition& definition,
              std::size_t time_field, std::size_t value_field, telemetry::ProblemList& problems)
        : file_(file),
          definition_(definition),
          time_field_(time_field),
          value_field_(value_field),
          problems_(problems) {}

    void read(const telemetry::CsvRow& row, HourlyValues& values) {
        const std::string& time_text = row.fields[time_field_].text;
        const std::string& value_text = row.fields[value_field_].text;
        const auto local = telemetry::parse_local_time(time_text);
        const auto value = parse_number(value_text);
        if (!local || *local % 3'600 != 0)
            return tell(row, time_field_, "\"" + time_text + "\" is no full hour",
                        "expected e.g. 2016-01-04 06:00");
        if (!value || std::fabs(*value * definition_.unit_scale) > largest_value)
            return tell(row, value_field_, "\"" + value_text + "\" is no price",
                        "expected a number; check the unit");
        if (!values.local_s.empty() && !follows(*local, values))
            return tell(row, time_field_, time_text + " does not come after the row before",
                        "one row per hour, in time order");
        values.local_s.push_back(*local);
        values.lines.push_back(row.line);
        values.values.push_back(std::llround(*value * definition_.unit_scale * micro));
    }

  private:
    /// Later than the row before, or the second passage of an hour that the clock repeats.
    static bool follows(std::int64_t local, const HourlyValues& values) {
        const std::size_t count = values.local_s.size();
        if (local != values.local_s.back()) return local > values.local_s.back();
        const bool third = count > 1 && values.local_s[count - 2] == local;
        return !third && is_repeated(values.zone, local);
    }

    void tell(const telemetry::CsvRow& row, std::size_t field, std::string what, std::string hint) {
        problems_.add(file_.place(row, field), std::move(what), std::move(hint));
    }

    const telemetry::CsvFile& file_;
    const PriceFileDefinition& definition_;
    std::size_t time_field_, value_field_;
    telemetry::ProblemList& problems_;
};

/// Values by local hour, for look-up; a repeated hour may have two.
class HourTable {
  public:
    explicit HourTable(const HourlyValues& values) : values_(values) {}

    std::optional<std::int64_t> find(std::int64_t local_s, bool second_passage) const {
        const auto [low, high] =
            std::equal_range(values_.local_s.begin(), values_.local_s.end(), local_s);
        if (low == high) return std::nullopt;
        const auto first = static_cast<std::size_t>(low - values_.local_s.begin());
        return values_.values[first + (second_passage && high - low > 1 ? 1 : 0)];
    }
    bool given_twice(std::int64_t local_s) const {
        const auto [low, high] =
            std::equal_range(values_.local_s.begin(), values_.local_s.end(), local_s);
        return high - low > 1;
    }

  private:
    const HourlyValues& values_;
};

/// Local time in the reference year that stands for an hour of the run.
std::int64_t reference_time(const LocalHour& hour, int year, MappingReport& report) {
    IsoDay iso{year, hour.iso_week, hour.weekday};
    if (iso.week == 53 && iso_day(day_of(iso)).year != year) {
        iso.week = 52;
        ++report.week_53_hours;
    }
    return day_of(iso) * day_s + hour.hour * 3'600;
}

/// The line before which the row of that hour belongs; behind the last one, that one.
Place place_of_missing(const HourlyValues& values, std::int64_t wanted) {
    if (values.lines.empty()) return {values.source, 0, 0};
    const auto next = std::lower_bound(values.local_s.begin(), values.local_s.end(), wanted);
    const auto row =
        std::min(static_cast<std::size_t>(next - values.local_s.begin()), values.lines.size() - 1);
    return {values.source, values.lines[row], 1};
}

}  // namespace

HourlyValues read_price_file(const PriceFileDefinition& definition,
                             const std::string& scenario_zone) {
    std::vector<Problem> problems;
    const std::string shown =
        definition.shown_name.empty() ? definition.path.string() : definition.shown_name;
    const telemetry::CsvFile file =
        telemetry::read_csv(definition.path, shown, problems, definition.asked_from);
    HourlyValues values;
    values.source = shown;
    values.zone = definition.zone.empty() ? scenario_zone : definition.zone;
    if (!problems.empty()) throw InputError(problems);
    const auto time_field = telemetry::find_column(file, definition.time_column, problems);
    const auto value_field = telemetry::find_column(file, definition.value_column, problems);
    if (time_field && value_field) {
        telemetry::ProblemList list(problems, shown);
        RowReader reader(file, definition, *time_field, *value_field, list);
        for (const telemetry::CsvRow& row : file.rows) reader.read(row, values);
    }
    if (problems.empty() && values.values.empty()) {
        Problem problem;
        problem.place = definition.asked_from;
        problem.what = shown + " holds no rows";
        problems.push_back(std::move(problem));
    }
    if (!problems.empty()) throw InputError(problems);
    return values;
}

StepFunction map_hours(const HourlyValues& values, int reference_year, const RunCalendar& calendar,
                       MappingReport& report) {
    const LocalHours run = local_hours(calendar, values.zone);
    const HourTable table(values);
    report.hours = static_cast<int>(run.hours.size());
    report.skipped_hours = run.skipped;
    for (const std::int64_t local : values.local_s)
        if (is_skipped(values.zone, local)) ++report.rows_in_skipped_hours;

    std::vector<StepFunction::Step> steps;
    for (const LocalHour& hour : run.hours) {
        const std::int64_t wanted =
            reference_year == 0 ? hour.local_s : reference_time(hour, reference_year, report);
        auto value = table.find(wanted, hour.repeated);
        if (hour.repeated && !table.given_twice(wanted)) ++report.repeated_hours;
        if (!value && is_skipped(values.zone, wanted)) {
            value = table.find(wanted - 3'600, false);
            ++report.filled_hours;
        }
        if (!value)
            throw InputError(place_of_missing(values, wanted),
                             "no row for " + telemetry::to_text(wanted) + ", which the run needs",
                             "let the file cover the run, or name a reference year that it covers");
        steps.push_back({hour.begin, *value});
    }
    return StepFunction(steps, calendar.end);
}

}  // namespace foretwin::energy
