#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/kernel/model.hpp"
#include "scenarios/assembly/plant.hpp"

namespace foretwin::kpis {

/// One figure of one replication: a weighted sum of raw figures, divided by another (or by 1).
/// Division by zero gives NaN, "undefined", never a number.
struct Formula {
    struct Term {
        std::size_t figure = 0;  ///< index in the model's canonical list
        double weight = 1;
    };
    std::string device;  ///< device or fleet it is told of; empty: the whole plant
    std::string name;    ///< path below the device, e.g. "state_shares/busy", or the KPI's name
    std::string unit;
    std::string formula;  ///< identifier and words, e.g. "availability: busy / planned busy time"
    bool more_is_better = true;
    std::vector<Term> over;
    std::vector<Term> under;
    double constant_under = 1;  ///< used when `under` is empty
};

/// `figures`: raw figures of one replication, already in their units.
double evaluate(const Formula& formula, std::span<const double> figures);

/// Raw figures as numbers in their units.
std::vector<double> in_units(const std::vector<kernel::FigureSpec>& specs,
                             const std::vector<Wide>& values);

/// KPIs of the whole plant (DESIGN, section 7), in the order in which a planner reads them.
std::vector<Formula> plant_kpis(const std::vector<kernel::FigureSpec>& specs,
                                const assembly::Plant& plant);

/// One KPI of some devices and fleets only, named "Filler/downtime"; nothing when they lack what
/// it is made of (or there is no KPI of that name).
std::optional<Formula> kpi_of(const std::vector<kernel::FigureSpec>& specs,
                              const assembly::Plant& plant, std::string_view kpi,
                              const std::vector<std::string>& of);

/// Every figure of every device, and sums over each fleet instead of its members.
std::vector<Formula> device_figures(const std::vector<kernel::FigureSpec>& specs,
                                    const assembly::Plant& plant);

}  // namespace foretwin::kpis
