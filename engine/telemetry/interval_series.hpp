#pragma once

#include <string>
#include <vector>

#include "engine/telemetry/csv.hpp"
#include "engine/telemetry/local_time.hpp"

namespace foretwin::telemetry {

/// How a file tells readings of equal intervals (energy per quarter of an hour, parts per shift).
struct IntervalColumns {
    enum class Dates { year_month_day, day_month_year };
    enum class Stamps { start, end };  ///< which end of its interval a reading is dated with
    std::string time, value;
    Dates dates = Dates::year_month_day;
    Stamps stamps = Stamps::end;
    /// Clock 00:00 stands for 24:00 of the date beside it.
    bool midnight_closes_its_day = false;
    LocalSeconds step = 900;  ///< length of an interval in seconds, at least 1
};

/// Readings without a gap: values[i] belongs to (from + i * step, from + (i + 1) * step].
struct IntervalSeries {
    LocalSeconds from = 0;
    LocalSeconds step = 900;
    std::vector<double> values;

    LocalSeconds to() const { return from + step * static_cast<LocalSeconds>(values.size()); }
};

/// The readings of a file. Whatever would need a guess is a problem with its place: malformed
/// dates, texts, numbers that are not finite, negative values, rows that are missing, repeated or
/// out of order. Times are a local clock without daylight saving: a skipped hour is a gap.
IntervalSeries read_intervals(const CsvFile& file, const IntervalColumns& columns,
                              Problems& problems);

/// Lets `series` go on with `more`. Readings that both have must agree; a gap between them, or
/// readings that differ, are problems of the file named `name`.
void append(IntervalSeries& series, const IntervalSeries& more, const std::string& name,
            Problems& problems);

}  // namespace foretwin::telemetry
