#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "models/energy/run_calendar.hpp"
#include "models/energy/step_function.hpp"

namespace foretwin::energy {

/// Hourly values as a file gives them: a CSV with a header, one column of local times, one of
/// values.
struct HourlyValues {
    std::string source;                 ///< file name, for messages
    std::string zone = "UTC";           ///< clock of the times
    std::vector<std::int64_t> local_s;  ///< full hours as seconds since 1970 on that clock
    std::vector<std::int64_t> values;   ///< in millionths of the tariff's unit
    std::vector<int> lines = {};        ///< where each stands in the file; may be empty
};

struct PriceFileDefinition {
    std::filesystem::path path;
    std::string shown_name;  ///< as messages call the file; empty: the path
    Place asked_from;        ///< where the scenario names the file
    std::string time_column;
    std::string value_column;
    double unit_scale = 1;   ///< file value x scale = tariff unit (money/MWh, or kg/MWh)
    std::string zone;        ///< IANA name; empty: that of the scenario
    int reference_year = 0;  ///< ISO year whose weeks the run repeats; 0: the times are absolute
};

/// What mapping a file onto the run had to bridge; told in reports.
struct MappingReport {
    int hours = 0;           ///< local hours of the run
    int skipped_hours = 0;   ///< the run's clock skipped them: their values are not used
    int repeated_hours = 0;  ///< passed twice by the run's clock, given once: the value serves both
    int week_53_hours = 0;   ///< hours of week 53 that took week 52
    int filled_hours = 0;    ///< the reference clock skipped them: the hour before serves
    int rows_in_skipped_hours = 0;  ///< rows of the file at hours that its own clock skips
};

/// Reads strictly: every row complete, times at full hours and ascending (an hour may appear twice
/// where the clock goes back), values finite. Throws InputError with every bad row (at most 20),
/// and EnvironmentError when the file cannot be read.
HourlyValues read_price_file(const PriceFileDefinition& definition, const std::string& zone);

/// Values along the run. Absolute times: looked up by local hour. Reference year: the same ISO
/// week, weekday and hour of it; week 53 uses week 52 where that year has none. Hours that the file
/// lacks are an InputError that names the first of them, at the line before which it belongs.
StepFunction map_hours(const HourlyValues& values, int reference_year, const RunCalendar& calendar,
                       MappingReport& report);

}  // namespace foretwin::energy
