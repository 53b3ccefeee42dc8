#pragma once

#include <optional>
#include <vector>

#include "engine/calibration/records.hpp"

namespace foretwin::calibration {

/// A number that a list of devices tells of each, such as the year it was built.
struct DeviceAttribute {
    std::string name;
    std::vector<double> values;  ///< per device
};

/// Records arranged for questions about one component at one instant.
class History {
  public:
    History(const Records& records, const RecordMapping& mapping);

    /// When the component was last new, at `until` or before: replaced or failed (an excluded
    /// failure renews nothing).
    std::optional<LocalSeconds> renewed(std::uint32_t device, std::uint32_t cause,
                                        LocalSeconds until) const;
    /// Failures in (after, until], both for forecasts and as their truth; excluded ones never.
    int failures(std::uint32_t device, std::uint32_t cause, LocalSeconds after,
                 LocalSeconds until) const;
    /// Was it replaced, and not because it failed, at this instant?
    bool replaced_at(std::uint32_t device, std::uint32_t cause, LocalSeconds at) const;
    /// Was the code recorded in [from, until]?
    bool told(std::uint32_t device, std::uint32_t code, LocalSeconds from,
              LocalSeconds until) const;

  private:
    using Instants = std::vector<LocalSeconds>;  // ascending
    std::size_t component(std::uint32_t device, std::uint32_t cause) const {
        return device * causes_ + cause;
    }
    std::size_t causes_, codes_;
    std::vector<Instants> renewals_, failures_, replacements_;  // per component
    std::vector<Instants> alarms_;                              // device * codes_ + code
};

/// The records as they were known at an instant: whatever is stamped later is gone.
Records known_at(const Records& records, LocalSeconds at);

}  // namespace foretwin::calibration
