#pragma once

#include <map>
#include <optional>
#include <vector>

#include "engine/calibration/records.hpp"

namespace foretwin::calibration {

/// Recorded visits of one device that lie on its grid.
struct DeviceVisits {
    bool known = false;      ///< false: no visit of this device is recorded
    LocalSeconds first = 0;  ///< first recorded visit after observed_from
    int recorded = 0;        ///< instants with at least one record
    int held = 0;            ///< instants of the grid from the first recorded one to observed_to
};

/// The grid on which devices are visited: one period for all, a phase for each. Visits that
/// replaced nothing leave no record; they are inferred from the grid.
struct VisitGrid {
    bool found = false;  ///< at least 95 % of the instants of each device fit one period
    LocalSeconds period = 0;
    double on_grid = 0;                ///< share of instants that fit
    std::map<LocalSeconds, int> gaps;  ///< between consecutive recorded instants of a device
    std::vector<DeviceVisits> devices;

    double period_days() const { return static_cast<double>(period) / 86400.0; }
    /// The first instant of the device's grid at or after / the last at or before `at`; grids
    /// extend beyond the records on both sides. Only when found, and for known devices.
    LocalSeconds at_or_after(std::uint32_t device, LocalSeconds at) const;
    LocalSeconds at_or_before(std::uint32_t device, LocalSeconds at) const;
};

/// Finds the grid in failures and replacements after observed_from, leaving out excluded failures
/// (what happened at the very first instant belongs to the time before).
VisitGrid find_visit_grid(const Records& records, const RecordMapping& mapping);

}  // namespace foretwin::calibration
