#include "scenarios/present/tracker.hpp"

#include <tbb/info.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cfenv>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/core/error.hpp"
#include "engine/core/math.hpp"
#include "engine/core/math_special.hpp"
#include "engine/core/name_hash.hpp"
#include "engine/core/suggestion.hpp"
#include "engine/executors/sequential.hpp"
#include "models/contract/ports.hpp"

namespace foretwin::present {
namespace {

/// Beyond so many standard errors of its nearest particle a reading is not believed of any.
constexpr double lost_at = 8;
/// The central 95 % of a normal law.
constexpr double quantile_95 = 1.959963984540054;
/// Weight of what cannot be under the model, so that one slip of a clock kills no particle.
constexpr double hardly_possible = 1e-6;

std::size_t machine_number(const std::string& figure) {
    return static_cast<std::size_t>(std::stoul(figure.substr(0, figure.find('/'))));
}

double square(double x) {
    return x * x;
}

/// Coprime with the number of particles, and far from neighbours: few futures come from all over
/// the cloud.
std::size_t stride_of(std::size_t particles) {
    std::size_t stride = particles * 618 / 1000 + 1;
    while (std::gcd(stride, particles) != 1) ++stride;
    return stride;
}

/// The same state under another model of its layout, with draws of its own.
kernel::Simulation moved(const kernel::Simulation& origin, const kernel::Model& model,
                         random::Key key) {
    kernel::Simulation::State state;
    state.memory = origin.memory();
    state.pending = origin.pending();
    state.now = origin.now();
    state.step = origin.step();
    state.events_handled = origin.events_handled();
    return {model, key, std::move(state)};
}

}  // namespace

tbb::task_arena arena_of(int threads) {
    const int processors = tbb::info::default_concurrency();
    return tbb::task_arena(threads > 0 ? std::min(threads, processors) : processors);
}

Tracker::Tracker(std::vector<const kernel::Model*> models, const TrackerOptions& options)
    : models_(std::move(models)),
      options_(options),
      arena_(arena_of(options.threads)),
      weights_(options.particles, options.seed) {
    FORETWIN_RULE(!models_.empty(), "a tracker has a model");
    for (std::size_t i = 0; i < options_.particles; ++i) {
        const std::size_t draw = i % models_.size();
        kernel::Simulation twin(*models_[draw], {options_.seed, static_cast<std::uint32_t>(i)});
        twin.start();
        particles_.push_back({std::move(twin), draw, {}, {}, {}});
    }
    specs_ = particles_.front().twin.present(true).specs;
}

void Tracker::follow(DeviceIndex device) {
    const std::string& name = models_.front()->devices[device].name;
    for (const kernel::FigureSpec& spec : specs_) {
        if (spec.device != name || !spec.name.ends_with("/state")) continue;
        const auto unit = static_cast<std::uint16_t>(machine_number(spec.name) - 1);
        followed_.push_back({device, unit});
        for (Particle& particle : particles_) {
            particle.twin.tell(device, static_cast<std::uint8_t>(Call::follow_telemetry), unit);
        }
    }
    find_wear(device);
}

/// The ages of causes that telemetry does not show: those that count work or parts.
void Tracker::find_wear(DeviceIndex device) {
    const std::string& name = models_.front()->devices[device].name;
    std::uint8_t cause = 0;
    for (std::size_t i = 0; i < specs_.size(); ++i) {
        const kernel::FigureSpec& spec = specs_[i];
        if (spec.device != name) continue;
        if (spec.name.ends_with("/state")) cause = 0;
        if (spec.name.ends_with("/repair_so_far")) ++cause;
        if (!spec.name.ends_with("/hazard")) continue;
        const auto unit = static_cast<std::uint16_t>(machine_number(spec.name) - 1);
        wear_.push_back({device, unit, static_cast<std::uint8_t>(cause - 1), i, i + 1});
        for (Particle& particle : particles_) particle.worn.push_back(0);
    }
}

std::size_t Tracker::present_index(DeviceIndex device, const std::string& figure) const {
    const std::string& name = models_.front()->devices[device].name;
    for (std::size_t i = 0; i < specs_.size(); ++i) {
        if (specs_[i].device == name && specs_[i].name == figure) return i;
    }
    FORETWIN_RULE(false, "a twin tells the present of every device that is asked for");
    return 0;
}

std::vector<std::string> Tracker::causes(DeviceIndex device) const {
    const std::string& name = models_.front()->devices[device].name;
    constexpr std::string_view first = "1/", last = "/age";
    std::vector<std::string> all;
    for (const kernel::FigureSpec& spec : specs_) {
        if (spec.device != name || !spec.name.starts_with(first) || !spec.name.ends_with(last)) {
            continue;
        }
        all.push_back(
            spec.name.substr(first.size(), spec.name.size() - first.size() - last.size()));
    }
    return all;
}

std::vector<std::pair<std::string, std::string>> Tracker::figures(const std::string& figure) const {
    std::vector<std::pair<std::string, std::string>> all;
    for (const kernel::FigureSpec& spec : specs_) {
        if (spec.name == figure) all.emplace_back(spec.device, spec.name);
    }
    return all;
}

std::size_t Tracker::add(const Gauge& gauge) {
    FORETWIN_RULE(gauge.sd > 0, "no gauge is without error");
    std::vector<std::string> known;
    for (std::size_t i = 0; i < specs_.size(); ++i) {
        const kernel::FigureSpec& spec = specs_[i];
        if (spec.device != gauge.device) continue;
        known.push_back(spec.name);
        if (spec.name != gauge.figure) continue;
        gauges_.push_back({i, gauge, {}, false});
        for (Particle& particle : particles_) particle.offsets.push_back(0);
        return gauges_.size() - 1;
    }
    throw InputError({}, "'" + gauge.device + "' has no figure '" + gauge.figure + "'",
                     suggestion(gauge.figure, known));
}

template <class Body>
void Tracker::in_parallel(Body body) {
    arena_.execute([&] {
        tbb::parallel_for(std::size_t{0}, particles_.size(), [&](std::size_t i) {
            std::fesetenv(FE_DFL_ENV);
            body(particles_[i], i);
        });
    });
}

void Tracker::move_to(const std::vector<const kernel::Model*>& models) {
    FORETWIN_RULE(models.size() == models_.size(), "every draw of parameters has its model");
    for (std::size_t i = 0; i < models.size(); ++i) {
        FORETWIN_RULE(models[i]->identity == models_[i]->identity,
                      "particles move between models of one layout");
    }
    models_ = models;
    for (Particle& particle : particles_) {
        particle.twin = moved(particle.twin, *models_[particle.draw], particle.twin.key());
    }
}

void Tracker::take(const Statement& statement) {
    FORETWIN_RULE(statement.at >= now_, "statements come in the order of time");
    if (!instant_.empty() && statement.at != instant_.front().at) settle();
    instant_.push_back(statement);
}

void Tracker::advance(Time now) {
    if (!instant_.empty()) settle();
    FORETWIN_RULE(now >= now_, "time goes on");
    in_parallel(
        [&](Particle& particle, std::size_t) { executors::run_sequential(particle.twin, now); });
    now_ = now;
    choice_.clear();
}

/// All statements of one instant: what could happen is weighed, what happened is told, what was
/// read is compared.
void Tracker::settle() {
    now_ = instant_.front().at;
    choice_.clear();
    std::vector<double> log_likelihoods(particles_.size(), 0);
    in_parallel([&](Particle& particle, std::size_t i) {
        executors::run_sequential(particle.twin, now_);
        if (!wear_.empty()) log_likelihoods[i] = weigh_wear(particle);
        tell(particle);
        particle.seen = particle.twin.present(false).values;
    });
    for (const Statement& statement : instant_) {
        if (statement.kind == Statement::Kind::state) weigh_state(statement, log_likelihoods);
        if (statement.kind == Statement::Kind::gauge) weigh_gauge(statement, log_likelihoods);
    }
    instant_.clear();
    weights_.weigh(log_likelihoods);
    const auto count = static_cast<double>(particles_.size());
    if (weights_.effective_size() < options_.resample_below * count) resample();
}

void Tracker::resample() {
    const std::vector<std::size_t> ancestors = weights_.resample();
    std::vector<Particle> next;
    next.reserve(particles_.size());
    for (std::size_t i = 0; i < particles_.size(); ++i) {
        next.push_back(particles_[ancestors[i]]);
        // No two particles, of any generation, share their chance.
        const std::uint64_t number = std::uint64_t{weights_.generation()} * particles_.size() + i;
        next.back().twin.draw_from({options_.seed, static_cast<std::uint32_t>(number)});
    }
    particles_ = std::move(next);
}

double Tracker::in_unit(const std::vector<Wide>& present, std::size_t figure) const {
    return to_double(present[figure]) * specs_[figure].factor;
}

/// By how much a particle expected that machines went on so long, and failed now if they did.
double Tracker::weigh_wear(Particle& particle) const {
    const std::vector<Wide> present = particle.twin.present(false).values;
    double log_likelihood = 0;
    for (std::size_t w = 0; w < wear_.size(); ++w) {
        const Wear& wear = wear_[w];
        const double so_far = in_unit(present, wear.cumulative);
        // Less than before: renewed meanwhile, by maintenance.
        log_likelihood -= so_far - (so_far >= particle.worn[w] ? particle.worn[w] : 0);
        particle.worn[w] = so_far;
        for (const Statement& statement : instant_) {
            if (statement.kind != Statement::Kind::failed || !wear.is_of(statement)) continue;
            log_likelihood += math::log(std::max(in_unit(present, wear.hazard), hardly_possible));
        }
    }
    return log_likelihood;
}

void Tracker::tell(Particle& particle) const {
    for (const Statement& statement : instant_) {
        const bool failed = statement.kind == Statement::Kind::failed;
        if (!failed && statement.kind != Statement::Kind::repaired) continue;
        const Call call = failed ? Call::told_failed : Call::told_repaired;
        particle.twin.tell(statement.device, static_cast<std::uint8_t>(call), statement.unit,
                           statement.cause);
        if (!failed) begin_wear(particle, statement);
    }
}

/// What a repair left of the age was weighed before.
void Tracker::begin_wear(Particle& particle, const Statement& repaired) const {
    const std::vector<Wide> present = particle.twin.present(false).values;
    for (std::size_t w = 0; w < wear_.size(); ++w) {
        if (wear_[w].is_of(repaired)) particle.worn[w] = in_unit(present, wear_[w].cumulative);
    }
}

void Tracker::weigh_state(const Statement& statement, std::vector<double>& log_likelihoods) {
    const double right = math::log(1 - options_.state_error);
    const double wrong = math::log(options_.state_error / (machine_state_count - 1));
    const std::size_t index =
        present_index(statement.device, std::to_string(statement.unit + 1) + "/state");
    double agreeing = 0;
    for (std::size_t i = 0; i < particles_.size(); ++i) {
        const bool agrees = particles_[i].seen[index] == Wide{index_of(statement.state)};
        log_likelihoods[i] += agrees ? right : wrong;
        if (agrees) agreeing += weights_.values()[i];
    }
    ++states_read_;
    if (agreeing < 0.5) ++states_surprising_;
}

/// Each particle has its own idea of how far it is off.
void Tracker::let_drift(const Read& read, std::size_t gauge) {
    for (Particle& particle : particles_) {
        random::Draws draws(particle.twin.key(), name_hash("particle filter/drift"),
                            static_cast<std::uint32_t>(read.sums.readings),
                            static_cast<std::uint32_t>(gauge));
        particle.offsets[gauge] += read.gauge.drift * math::normal_quantile(draws.uniform());
    }
}

void Tracker::weigh_gauge(const Statement& statement, std::vector<double>& log_likelihoods) {
    Read& read = gauges_[statement.gauge];
    const auto anchor = [&] {
        for (Particle& particle : particles_) {
            particle.offsets[statement.gauge] =
                statement.value - in_unit(particle.seen, read.figure);
        }
    };
    if (read.gauge.counts && !read.begun) {
        read.begun = true;
        anchor();
        return;
    }
    if (read.gauge.drift > 0) let_drift(read, statement.gauge);
    std::vector<double> expected(particles_.size());
    double nearest = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < expected.size(); ++i) {
        expected[i] =
            in_unit(particles_[i].seen, read.figure) + particles_[i].offsets[statement.gauge];
        if (weights_.values()[i] <= 0) continue;
        nearest = std::min(nearest, std::abs(statement.value - expected[i]));
    }
    note_innovation(read, expected, statement.value);
    if (nearest > lost_at * read.gauge.sd) {
        ++read.sums.lost;
        if (read.gauge.counts) anchor();
        return;
    }
    for (std::size_t i = 0; i < expected.size(); ++i) {
        log_likelihoods[i] -= 0.5 * square((statement.value - expected[i]) / read.gauge.sd);
    }
}

void Tracker::note_innovation(Read& read, const std::vector<double>& expected, double value) {
    const double mean = weights_.mean(expected);
    std::vector<double> squares(expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) squares[i] = square(expected[i] - mean);
    const double error = std::sqrt(weights_.mean(squares) + square(read.gauge.sd));
    ++read.sums.readings;
    read.sums.bias += value - mean;
    read.sums.spread += square((value - mean) / error);
    if (std::abs(value - mean) > quantile_95 * error) ++read.sums.outside;
}

std::vector<Innovation> Tracker::innovations() const {
    std::vector<Innovation> all;
    for (const Read& read : gauges_) {
        Innovation one = read.sums;
        if (one.readings > 0) {
            const auto count = static_cast<double>(one.readings);
            one.bias /= count;
            one.spread = std::sqrt(one.spread / count);
        }
        all.push_back(one);
    }
    return all;
}

std::vector<double> Tracker::present(const std::string& device, const std::string& figure) {
    const std::size_t index = present_index(models_.front()->find(device), figure);
    std::vector<double> values;
    for (Particle& particle : particles_) {
        values.push_back(to_double(particle.twin.present(false).values[index]) *
                         specs_[index].factor);
    }
    return values;
}

const std::vector<std::size_t>& Tracker::choice() const {
    if (choice_.empty()) {
        calibration::ParticleWeights weights = weights_;
        choice_ = weights.resample();
    }
    return choice_;
}

std::size_t Tracker::draw_of(std::uint32_t number) const {
    const std::size_t place = number * stride_of(particles_.size()) % particles_.size();
    return particles_[choice()[place]].draw;
}

kernel::Simulation Tracker::future(random::Key key, const kernel::Model* model) const {
    const std::size_t place = key.replication * stride_of(particles_.size()) % particles_.size();
    const kernel::Simulation& origin = particles_[choice()[place]].twin;
    FORETWIN_RULE(model == nullptr || model->identity == origin.model().identity,
                  "a future starts from a state of its own layout");
    kernel::Simulation twin = moved(origin, model == nullptr ? origin.model() : *model, key);
    for (const Followed& followed : followed_) {
        twin.tell(followed.device, static_cast<std::uint8_t>(Call::leave_telemetry), followed.unit);
    }
    twin.begin_measuring();
    return twin;
}

}  // namespace foretwin::present
