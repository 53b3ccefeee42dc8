#pragma once

#include <span>
#include <vector>

#include "engine/calibration/history.hpp"
#include "engine/calibration/logistic.hpp"
#include "engine/calibration/visits.hpp"

namespace foretwin::calibration {

/// What a forecaster of failures may look at, beside age and visits.
struct HazardDesign {
    std::vector<DeviceAttribute> attributes;
    bool codes = true;           ///< alarms in the window `ahead` of a visit, as far as known
    LocalSeconds ahead = 86400;  ///< length of that window
    /// Forecasts are issued at phase + n * every: the fit learns from what was known then.
    LocalSeconds origin_every = 86400;
    LocalSeconds origin_phase = 0;  ///< seconds after midnight
};

/// One component as it meets a visit.
struct Met {
    std::uint32_t device = 0;
    std::uint32_t cause = 0;
    int age_class = 0;  ///< visits since it was new, this one included: 1, 2, ...
};

/// The chance that a visit finds a component failed, which was good at the visit before: a
/// proportional-odds model on the visit grid (discrete-time hazard: Cox 1972, Singer & Willett
/// 1993), fitted by ridge-penalised maximum likelihood, one per cause. Covariates: age as "at least
/// k visits old" for each k, so that the hazard may take any shape and neighbours are pulled
/// together; model; attributes as "at least x" for each value x; and, for visits whose window of
/// alarms has begun, each code recorded in it until the origin.
class VisitHazard {
  public:
    /// Ages beyond so many visits are one class.
    static constexpr int oldest_class = 12;

    /// Fits to all that `records` know (see known_at); nothing later can enter.
    VisitHazard(const Records& records, const RecordMapping& mapping, const VisitGrid& grid,
                HazardDesign design);

    /// From an origin before the window of alarms, or without a look at them.
    double chance(const Met& met) const;
    /// From an origin inside the window: `codes` are those recorded in it so far, ascending.
    double chance(const Met& met, std::span<const std::uint32_t> codes) const;
    /// The chance that a visit replaces a good component: share by cause and age class.
    double replaced(const Met& met) const;
    const HazardDesign& design() const { return design_; }
    /// Codes of the device recorded from `ahead` before the visit until the origin.
    std::vector<std::uint32_t> codes_before(const History& history, std::uint32_t device,
                                            LocalSeconds visit, LocalSeconds origin) const;

    /// Smallest class that an age belongs to at a visit: its visits so far, rounded up.
    static int age_class_of(LocalSeconds age, LocalSeconds period);

  private:
    struct Rows;
    std::vector<std::uint32_t> features(const Met& met) const;
    void add_rows(const History& history, const VisitGrid& grid, const Records& records,
                  std::uint32_t device, LocalSeconds visit, std::vector<Rows>& rows) const;

    HazardDesign design_;
    std::vector<std::uint32_t> model_of_;
    std::size_t models_ = 0, codes_ = 0;
    std::vector<std::vector<double>> thresholds_;  // per attribute, ascending
    std::size_t own_features_ = 0;                 // before those of codes
    std::vector<LogisticFit> far_, near_;          // per cause
    std::vector<std::vector<double>> replaced_;    // per cause, age class - 1
};

}  // namespace foretwin::calibration
