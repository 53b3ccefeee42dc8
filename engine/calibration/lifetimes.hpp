#pragma once

#include <string>
#include <vector>

#include "engine/calibration/fit_task.hpp"
#include "engine/calibration/life_fit.hpp"
#include "engine/calibration/record_table.hpp"

namespace foretwin::calibration {

/// One life or duration, in the unit of its task.
struct Lifetime {
    Observation seen;
    std::string group;  ///< empty: all are one group
    double at = 0;      ///< when it was known, seconds since 1970; infinity: no date
    std::vector<double> covariates;
};

struct Lifetimes {
    std::vector<Lifetime> rows;
    std::vector<std::string> covariates;  ///< names
    bool dated = false;
    std::vector<std::string> remarks;  ///< what became of rows that are no plain life
};

/// Reads the lives of a task of the kinds lifetimes, inspected, found and degradation. Roles:
///   lifetimes    time | from, to | begin, end; status (1 failed, 0 running), entry, count, group,
///                at. `from, to`: failed in between; an empty `to` is still running. `begin, end`
///                are clock times; an empty `end` is still running when the records end.
///   inspected    age, inspected, failed      found   age, found
///   degradation  unit, age, value
/// Nothing later than `as_of` is used: lives told by begin and end that end later are running then,
/// others are left out. Lives that ended before `from` are left out; of those told by begin and
/// end, the rest enter late. A resolution r makes every failure one of the interval time +- r / 2.
struct Known {
    double from = 0;   ///< seconds since 1970
    double as_of = 0;  ///< infinity: everything
};
Lifetimes read_lifetimes(const FitTask& task, RecordTable& table, const Known& known);

/// Only what choose_law() looks at.
std::vector<Observation> observations_of(const Lifetimes& lives);

}  // namespace foretwin::calibration
