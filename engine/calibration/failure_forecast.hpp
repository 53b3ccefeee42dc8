#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/calibration/history.hpp"
#include "engine/calibration/visit_hazard.hpp"
#include "engine/statistics/count_distribution.hpp"

namespace foretwin::calibration {

using statistics::CountDistribution;

/// How many failures a fleet will see in (origin, origin + horizon].
struct FailureForecast {
    CountDistribution total;
    std::vector<CountDistribution> by_class;  ///< cause * models + model
    std::vector<double> stop;                 ///< per device: chance of at least one
};

/// From one distribution per component (device * causes + cause), independent of one another given
/// what is known at the origin: sums are exact.
FailureForecast of_independent(const Records& records, std::span<const CountDistribution> parts);

/// From simulated futures: failures per component, one list per future (at least one). Here
/// components may depend on one another.
FailureForecast of_futures(const Records& records,
                           std::span<const std::vector<std::int64_t>> futures);

/// Foretells failures from what is known at an origin. A forecaster was fitted before; it looks at
/// no record later than the origin. A twin that simulates from its present state is one, too: it
/// answers with of_futures().
class FailureForecaster {
  public:
    FailureForecaster() = default;
    FailureForecaster(const FailureForecaster&) = delete;
    FailureForecaster& operator=(const FailureForecaster&) = delete;
    virtual ~FailureForecaster() = default;
    virtual FailureForecast at(LocalSeconds origin, LocalSeconds horizon) const = 0;
};

/// Failures come at a constant rate, that of the model and cause: failures / time observed, and
/// ln 2 / time observed where there were none (as in every fit of a class that never failed).
class MemorylessForecaster final : public FailureForecaster {
  public:
    MemorylessForecaster(const Records& known, const RecordMapping& mapping);
    FailureForecast at(LocalSeconds origin, LocalSeconds horizon) const override;
    /// Per device second.
    double rate(std::uint32_t cause, std::uint32_t model) const;

  private:
    Records fleet_;  // its names, without events
    std::vector<double> rates_;
};

/// Failures surface at visits, by a hazard per visit. Several visits within a horizon are gone
/// through one after the other: at each a component is found failed (and is new), or replaced, or
/// grows older. A device whose visits are not known fails at the memoryless rate.
class VisitForecaster final : public FailureForecaster {
  public:
    /// `known` is what the fit may see; `all` is read up to each origin only.
    VisitForecaster(const Records& known, const Records& all, const RecordMapping& mapping,
                    const HazardDesign& design);
    FailureForecast at(LocalSeconds origin, LocalSeconds horizon) const override;

  private:
    CountDistribution component(Met met, LocalSeconds origin, LocalSeconds until) const;
    double chance(const Met& met, LocalSeconds origin, LocalSeconds visit) const;

    Records fleet_;
    History history_;
    VisitGrid grid_;
    VisitHazard hazard_;
    MemorylessForecaster memoryless_;
};

}  // namespace foretwin::calibration
