#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/telemetry/observation_source.hpp"
#include "models/observed/follower.hpp"
#include "scenarios/living/description.hpp"
#include "scenarios/living/history.hpp"
#include "scenarios/living/ledger.hpp"
#include "scenarios/living/live_plants.hpp"
#include "scenarios/living/pace.hpp"
#include "scenarios/living/scoreboard.hpp"
#include "scenarios/loader/scenario_file.hpp"
#include "scenarios/present/issue.hpp"
#include "scenarios/present/tracker.hpp"

namespace foretwin::living {

/// How well twin and telemetry agreed, and what could not be used.
struct Agreement {
    std::vector<std::pair<std::string, present::Innovation>> counters;
    std::int64_t states_read = 0, states_surprising = 0;
    std::int64_t unknown_causes = 0;  ///< failures whose cause the scenario does not have
    double effective_particles = 0;
    std::vector<std::pair<std::string, double>> paces;  ///< learned cycle over the scenario's
};

/// One figure of the present state, as the cloud of twins has it.
struct PresentFigure {
    std::string device, figure;
    double mean = 0, low = 0, high = 0;
};

/// A twin that is kept current by telemetry, foretells at every multiple of `every`, and scores
/// what it foretold when the truth is there. What it does depends on description, scenario, profile
/// and the telemetry alone: not on when or how fast it is told, nor on threads.
///
/// It lives through one stretch: from `from` until `until`, at most two memories later, a multiple
/// of the memory since 1970. Who goes on longer makes a new one that begins one memory before, so
/// that a twin that was restarted is the same as one that was not.
class LivingTwin {
  public:
    struct Plan {
        const Description& description;
        const loader::ScenarioFile& scenario;
        const observed::Profile& profile;
        int threads = 0;
        /// Told of every issue, after the ledger has it.
        std::function<void(const Issue&)> issued = {};
        /// No forecast is issued before this instant.
        Instant issue_from = std::numeric_limits<Instant>::min();
    };

    /// `from` is a multiple of `every`. Keeps references to what the plan holds and to the ledger.
    LivingTwin(const Plan& plan, Ledger& ledger, Instant from);
    ~LivingTwin();

    /// Observations in the order of time. What lies before `from` is the state at the beginning.
    void take(const telemetry::Observation& observation);
    /// All telemetry up to and including this instant has been taken.
    void advance(Instant at);

    Instant from() const { return from_; }
    Instant until() const { return until_; }
    Instant now() const { return now_; }
    Agreement agreement() const;
    std::vector<PresentFigure> present();
    const Scoreboard& scoreboard() const { return scoreboard_; }
    const std::vector<present::Figure>& figures() const;
    const Description& description() const { return plan_.description; }

    /// Where a twin begins whose last telemetry is of this instant: one to two memories before, at
    /// a multiple of the memory since 1970; not before the first telemetry.
    static Instant begin_of(const Description& description, Instant first, Instant latest);

  private:
    struct Machine;
    void pass(Instant at);
    void note_states();
    void read_plant(Instant at);
    void score(Instant at);
    void issue(Instant at);
    std::vector<std::string> warnings() const;
    std::unique_ptr<LivePlants> assemble_now() const;
    void prepare_tracker();
    void find_cycles();
    void learn_paces(Instant at);
    Time run_time(Instant at) const;

    const Plan& plan_;
    Ledger& ledger_;
    Instant from_, until_, now_, next_;
    Time window_;    ///< of the demand
    Time step_;      ///< between looks at the plant
    Instant heard_;  ///< the newest observation
    std::vector<Pace> paces_;
    std::vector<double> factors_;   ///< by pace: learned cycle over the scenario's
    std::vector<double> cycles_s_;  ///< by pace: the scenario's
    std::unique_ptr<LivePlants> plants_;
    observed::Follower follower_;
    std::unique_ptr<present::Tracker> tracker_;
    std::unique_ptr<present::Issuer> issuer_;
    std::unique_ptr<History> history_;
    Scoreboard scoreboard_;
    std::vector<Machine> machines_;
    std::vector<std::size_t> gauges_;
    std::int64_t unknown_causes_ = 0;
    std::vector<std::int64_t> lost_before_;  ///< per gauge, at the issue before
};

}  // namespace foretwin::living
