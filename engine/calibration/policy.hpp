#pragma once

#include <map>
#include <utility>
#include <vector>

#include "engine/calibration/life_data.hpp"

namespace foretwin::calibration {

/// Visits that met a good component aged (from, to] days, and how many of them replaced it.
struct ChanceClass {
    double from = 0;
    double to = 0;
    int replaced = 0;
    int visits = 0;
};

struct Share {
    int count = 0;
    int of = 0;

    double value() const { return of > 0 ? static_cast<double>(count) / of : 0; }
};

/// The maintenance policy that the records show: what happens at a visit.
struct VisitPolicy {
    int held = 0;      ///< visits from the first recorded one of each device to the end
    int recorded = 0;  ///< of them, those that left a record
    /// Per cause and model (index cause * models + model), over all visits. Models differ: a
    /// component that always fails before anybody replaces it has chance 0 when old.
    std::vector<std::vector<ChanceClass>> chances;
    /// The chance to replace a good component, at visits without and with a failure of another one.
    Share without_failure;
    Share beside_failure;
    double difference_p = 1;  ///< two-sided normal test that the two are the same
    /// (failed, replaced without failure) -> visits.
    std::map<std::pair<int, int>, int> visits_by;
    /// Per cause: preventive replacements of observed lives, and those younger than any failure.
    std::vector<Share> younger_than_any_failure;
};

/// Measures the policy over the visits of the grid; empty without a grid.
VisitPolicy measure_policy(const Records& records, const LifeData& data, const VisitGrid& grid);

}  // namespace foretwin::calibration
