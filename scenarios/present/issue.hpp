#pragma once

#include <string>
#include <vector>

#include "scenarios/assembly/plant.hpp"
#include "scenarios/kpis/formula.hpp"
#include "scenarios/present/tracker.hpp"

namespace foretwin::present {

/// What is foretold of the plant, by the same formulas as in a study; `downtime` is that of the
/// machines that are followed.
struct Figure {
    std::string name;  ///< "production", "Filler/downtime", "Filler/stops"
    std::string unit;
    bool chance = false;  ///< told as the chance that it is more than nothing: a stop
};

/// The plant under one alternative, assembled once per parameter draw. All alternatives and draws
/// must be of one layout: only then can they start from the same present.
struct Alternative {
    std::string name;
    std::vector<assembly::Plant> plants;
};

/// One figure of one alternative, from now until the end of a horizon.
struct Forecast {
    std::size_t alternative = 0;
    std::size_t horizon = 0;
    std::size_t figure = 0;
    std::vector<double> members;  ///< one per future, in the order of their numbers
};

/// Lets futures run from the present of a tracker.
class Issuer {
  public:
    /// InputError when an alternative is of another layout than the first one, or there is no
    /// figure of a followed device. Keeps a reference to `alternatives`.
    Issuer(const std::vector<Alternative>& alternatives, const std::vector<std::string>& followed);

    const std::vector<Figure>& figures() const { return figures_; }

    struct Order {
        std::vector<Time> horizons;  ///< ascending
        std::uint32_t futures = 200;
        std::uint32_t seed = 1;
        /// Number of the first future: no two issues share their chance.
        std::uint32_t first = 0;
        int threads = 0;
    };
    /// By alternative, horizon and figure. Future f of every alternative starts from the same
    /// particle with the same draws. The same for any number of threads.
    std::vector<Forecast> issue(const Tracker& tracker, const Order& order) const;

  private:
    struct Read {
        std::vector<std::vector<kernel::FigureSpec>> specs;  ///< per draw
        std::vector<kpis::Formula> formulas;                 ///< by figure
    };
    const std::vector<Alternative>& alternatives_;
    std::vector<Read> reads_;  ///< by alternative
    std::vector<Figure> figures_;
};

}  // namespace foretwin::present
