#pragma once

#include <cstddef>
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
    std::vector<std::uint32_t> draw;    ///< as statistics::draw_of_future gives it
    bool uncertain_parameters = false;  ///< false: every future is a draw of its own
    std::vector<HorizonFigures> baseline;
    std::vector<HorizonFigures> alternative;
};

/// Which replications follow each other in a future's life: keyed by (seed, future), and thus the
/// same for every alternative. Candidates are the replications under the same parameter draw (all
/// without uncertain parameters). While there are enough others, each later stretch takes another
/// one, none twice, as cards are dealt. Where the life has more stretches than that, they are drawn
/// with replacement from all candidates (Efron 1979): dealing a small pack again and again would
/// give every future the same sum and hide chance.
class StretchChoice {
  public:
    StretchChoice(const PairedFutures& futures, std::uint32_t seed);
    /// Replications of stretches 0..count-1 of a future; stretch 0 is the future itself.
    std::vector<std::size_t> stretches(std::size_t future, std::size_t count) const;
    /// Fewest replications that share a parameter draw. With 1 a single run has to be repeated, and
    /// the answer must say so.
    std::size_t smallest_pool() const;

  private:
    std::uint32_t seed_;
    std::vector<std::size_t> pool_of_;
    std::vector<std::vector<std::size_t>> pools_;
};

/// The span of money: how long a study looks ahead, in calendar years of `year` each.
struct StudySpan {
    double years = 1;       ///< > 0, at most 100; the last year may be a part of one
    Time year = 365 * day;  ///< as units define it
};

/// Number of stretches of `horizon` that fill the span, the last one cut. InputError above 100000.
std::size_t stretch_count(Time horizon, const StudySpan& span);

/// How an amount of 1 in each stretch of a life falls on the years: entry [stretch][year - 1].
std::vector<std::vector<double>> stretch_shares(Time horizon, const StudySpan& span);

/// A figure of each replication (for example the paired difference of net()) as yearly amounts of
/// every future: entry [future][year - 1] for years 1..ceil(years). Stretches of horizon length
/// follow each other and are cut at year ends, and at the end of the study, pro rata in time.
std::vector<std::vector<double>> yearly_amounts(const std::vector<double>& per_horizon,
                                                Time horizon, const StudySpan& span,
                                                const StretchChoice& choice);

}  // namespace foretwin::roi
