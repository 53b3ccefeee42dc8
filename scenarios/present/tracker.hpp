#pragma once

#include <tbb/task_arena.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/calibration/particle_weights.hpp"
#include "engine/kernel/simulation.hpp"
#include "models/contract/machine_state.hpp"

namespace foretwin::present {

using kernel::DeviceIndex;

/// What telemetry says of the plant at one instant, in the words of the twin.
struct Statement {
    enum class Kind : std::uint8_t {
        failed,    ///< of a followed machine, by a cause
        repaired,  ///< of a followed machine, from a cause
        state,     ///< a machine is seen in a state
        gauge,     ///< a gauge reads a value
    };
    Time at = 0;  ///< run time
    Kind kind = Kind::gauge;
    DeviceIndex device = kernel::no_device;
    std::uint16_t unit = 0;
    std::uint8_t cause = 0;
    MachineState state = MachineState::busy;
    std::size_t gauge = 0;
    double value = 0;  ///< of a gauge
};

/// Something that is measured on the plant and is a figure of the twin: a counter of parts, a
/// level.
struct Gauge {
    std::string device;
    std::string figure;  ///< of its present, e.g. "completed", "arrived", "inside"
    double sd = 1;       ///< standard error of a reading, in the figure's unit; above 0
    bool counts = true;  ///< a counter from an unknown beginning; else a level
    /// What twin and plant drift apart between two readings for reasons that no chance of the twin
    /// covers (a pace that is not quite right): standard deviation, in the figure's unit. 0: the
    /// model is believed.
    double drift = 0;
};

/// How readings of one gauge agreed with what the twin expected of them.
struct Innovation {
    std::int64_t readings = 0;
    double bias = 0;           ///< mean of (reading - expected)
    double spread = 0;         ///< root mean square of (reading - expected) / its standard error
    std::int64_t outside = 0;  ///< readings outside the central 95 % that was expected
    /// Readings that no particle explains (8 standard errors and more): the twin's count was set to
    /// the plant's.
    std::int64_t lost = 0;
};

struct TrackerOptions {
    std::size_t particles = 200;
    std::uint32_t seed = 1;
    /// Share of the readings of a state that are wrong, or a moment early or late.
    double state_error = 0.02;
    /// A new generation is made when the particles are worth less than this share of them.
    double resample_below = 0.5;
    int threads = 0;  ///< 0: as many as there are processors; changes no answer
};

/// An arena of so many threads; 0: as many as there are processors. More of them than processors
/// would only take turns.
tbb::task_arena arena_of(int threads);

/// Brings the twin to now, and keeps it there: a cloud of twins that all live through what
/// telemetry tells, each with a chance of its own for what it does not tell (contents of buffers,
/// work in progress, wear). Those that agree with the readings weigh more and are multiplied
/// (particle filter). The same statements under the same seed give the same cloud, bit for bit.
class Tracker {
  public:
    /// `models`: the plant under each draw of its uncertain parameters, all of one layout; particle
    /// i has model i mod their number. They outlive the tracker.
    Tracker(std::vector<const kernel::Model*> models, const TrackerOptions& options);

    /// From now on the device's machines fail when they are told. Before the first statement.
    void follow(DeviceIndex device);
    /// Registers a gauge; its number. InputError when the plant has no such figure.
    std::size_t add(const Gauge& gauge);

    /// From now on the particles live by these models, by draw as before: the same plant under
    /// other parameters. The old models may go.
    void move_to(const std::vector<const kernel::Model*>& models);

    /// The next statement: not before an earlier one (RuleBroken). Statements of one instant weigh
    /// together.
    void take(const Statement& statement);
    /// All statements up to and including this instant have been taken.
    void advance(Time now);

    Time now() const { return now_; }
    /// The latest instant of a statement or advance: no earlier one can be told.
    Time told_until() const { return instant_.empty() ? now_ : instant_.front().at; }
    /// Failure causes of a device that can be followed, by their numbers in statements.
    std::vector<std::string> causes(DeviceIndex device) const;
    /// Devices whose present has this figure, with it.
    std::vector<std::pair<std::string, std::string>> figures(const std::string& figure) const;
    const calibration::ParticleWeights& weights() const { return weights_; }
    /// What a figure of the present state (Simulation::present, "device/figure") is in each
    /// particle.
    std::vector<double> present(const std::string& device, const std::string& figure);
    /// Per gauge.
    std::vector<Innovation> innovations() const;
    /// Readings of a state, and of these that disagreed with most of the cloud's weight.
    std::int64_t states_read() const { return states_read_; }
    std::int64_t states_surprising() const { return states_surprising_; }

    /// A future from now: a twin that agrees with the past, on its own, its draws under the key.
    /// Futures of equal number start from the same particle, in every alternative of the same
    /// layout; measuring begins. `model` differs where a change is tried.
    kernel::Simulation future(random::Key key, const kernel::Model* model = nullptr) const;
    /// Models of the particle that a future of this number starts from.
    std::size_t draw_of(std::uint32_t number) const;

  private:
    struct Followed {
        DeviceIndex device;
        std::uint16_t unit;
    };
    /// Where a figure stands in what the twins tell.
    struct Wear {
        DeviceIndex device;
        std::uint16_t unit;
        std::uint8_t cause;
        std::size_t hazard, cumulative;

        bool is_of(const Statement& statement) const {
            return device == statement.device && unit == statement.unit && cause == statement.cause;
        }
    };
    struct Read {
        std::size_t figure = 0;
        Gauge gauge;
        Innovation sums;
        bool begun = false;
    };
    struct Particle {
        kernel::Simulation twin;
        std::size_t draw = 0;
        std::vector<double> worn;     ///< per wear: cumulative hazard that was weighed already
        std::vector<double> offsets;  ///< per gauge: reading at the beginning, less the twin's
        std::vector<Wide> seen;       ///< its present, at the last instant that was settled
    };

    template <class Body>
    void in_parallel(Body body);
    void settle();
    void resample();
    double weigh_wear(Particle& particle) const;
    void tell(Particle& particle) const;
    void begin_wear(Particle& particle, const Statement& repaired) const;
    void weigh_state(const Statement& statement, std::vector<double>& log_likelihoods);
    void weigh_gauge(const Statement& statement, std::vector<double>& log_likelihoods);
    void let_drift(const Read& read, std::size_t gauge);
    void note_innovation(Read& read, const std::vector<double>& expected, double value);
    void find_wear(DeviceIndex device);
    std::size_t present_index(DeviceIndex device, const std::string& figure) const;
    double in_unit(const std::vector<Wide>& present, std::size_t figure) const;
    const std::vector<std::size_t>& choice() const;

    std::vector<const kernel::Model*> models_;
    TrackerOptions options_;
    tbb::task_arena arena_;
    calibration::ParticleWeights weights_;
    std::vector<Particle> particles_;
    std::vector<Followed> followed_;
    std::vector<Wear> wear_;
    std::vector<Read> gauges_;
    std::vector<Statement> instant_;         ///< taken, of one instant, not yet settled
    std::vector<kernel::FigureSpec> specs_;  ///< of what a twin tells of its present
    std::int64_t states_read_ = 0, states_surprising_ = 0;
    Time now_ = 0;
    mutable std::vector<std::size_t> choice_;  ///< particle by future, for the present weights
};

}  // namespace foretwin::present
