#pragma once

#include <cstdint>
#include <vector>

#include "engine/core/time.hpp"

namespace foretwin::roi {

/// What one replication earned and cost over its measured horizon, in the scenario's currency.
struct HorizonFigures {
    double production_margin = 0;  ///< good parts (or hours of rate) x contribution margin
    double energy_cost = 0;        ///< energy and demand charges
    double maintenance_cost = 0;   ///< crews, spares, repairs
    double carbon_cost = 0;        ///< where the scenario prices carbon, else 0
    double other_cost = 0;

    double cost() const { return energy_cost + maintenance_cost + carbon_cost + other_cost; }
    double net() const { return production_margin - cost(); }
};

/// Baseline and alternative over the same futures: index = replication number.
struct PairedFutures {
    Time horizon = 0;                   ///< measured time of each replication, > 0
    std::vector<int> draw;              ///< parameter draw of each replication, from 0
    bool uncertain_parameters = false;  ///< false: every future counts as a draw of its own
    std::vector<HorizonFigures> baseline;
    std::vector<HorizonFigures> alternative;
};

/// Which replication stands in for a later stretch of a future's life: keyed by (seed, future,
/// stretch) and thus the same for every alternative. Candidates are the other replications under
/// the same parameter draw (all others without uncertain parameters); they are dealt like cards,
/// each once before any comes again. With no other candidate the own replication is returned.
class StretchChoice {
  public:
    StretchChoice(const PairedFutures& futures, std::uint32_t seed);
    /// Replication numbers of stretches 0..count-1 of a future; stretch 0 is the future itself.
    std::vector<std::size_t> stretches(std::size_t future, std::size_t count) const;
    /// True when some future has no other replication to continue with: one short run would be
    /// multiplied, and the answer must say so.
    bool lacks_partners() const;

  private:
    std::uint32_t seed_;
    std::vector<int> pool_of_;
    std::vector<std::vector<std::size_t>> pools_;
};

/// A figure of each replication (for example the paired difference of net()) as yearly amounts of
/// every future: entry [future][year - 1], years 1..ceil(study_years). Stretches of horizon length
/// follow each other and are cut at year ends, and at the end of the study, pro rata in time.
std::vector<std::vector<double>> yearly_amounts(const std::vector<double>& per_horizon,
                                                Time horizon, double study_years, Time year,
                                                const StretchChoice& choice);

}  // namespace foretwin::roi
