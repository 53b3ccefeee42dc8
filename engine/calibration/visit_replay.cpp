#include "engine/calibration/visit_replay.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "engine/core/name_hash.hpp"
#include "engine/core/rule.hpp"
#include "engine/random/stream.hpp"

namespace foretwin::calibration {

namespace {

constexpr double day = 86400;

const LifeFit& law_of(const ClassResult& own, ReplayLaw law) {
    if (law == ReplayLaw::second) return own.candidates[own.second];
    if (law == ReplayLaw::two_parameter_weibull)
        for (const LifeFit& fit : own.candidates)
            if (fit.law.family == LifeFamily::weibull && !fit.shifted) return fit;
    return own.best();
}

/// Everything a replay needs of one component.
struct Component {
    std::uint32_t cause = 0;
    std::size_t chances = 0;  ///< into VisitPolicy::chances
    random::Distribution law;
    double checked = 0;  ///< s
    LocalSeconds begin = 0;
    LocalSeconds first_visit = 0;
};

std::vector<Component> components_of(const CalibrationResult& result, ReplayLaw law) {
    std::map<std::pair<std::uint32_t, std::uint32_t>, random::Distribution> laws;
    for (const ClassResult& own : result.classes)
        laws[{own.cause, own.model}] = to_distribution(law_of(own, law).law);
    const PresentState start = state_at(result.records, result.mapping, result.data, result.grid,
                                        result.records.observed_from);
    std::vector<Component> components;
    for (const auto& own : start.components) {
        if (!result.grid.devices[own.device].known) continue;
        Component component;
        component.cause = own.cause;
        const std::uint32_t model = result.records.model_of[own.device];
        component.chances = own.cause * result.records.models.size() + model;
        component.law = laws.at({own.cause, model});
        component.checked = own.checked * day;
        component.begin = start.at - std::llround(own.age * day);
        component.first_visit = start.next_visit[own.device];
        components.push_back(component);
    }
    return components;
}

double chance_at(const std::vector<ChanceClass>& classes, double age_days) {
    for (const ChanceClass& own : classes)
        if (age_days <= own.to) return own.visits > 0 ? 1.0 * own.replaced / own.visits : 0;
    return 0;
}

struct Counts {
    int failures = 0;
    int replacements = 0;
};

/// One component through all its visits.
void run(const CalibrationResult& result, const Component& component, random::Draws draws,
         Counts& counts) {
    LocalSeconds begin = component.begin;
    double life =
        component.checked + random::sample_residual(component.law, component.checked, draws);
    const auto& chances = result.policy.chances[component.chances];
    for (LocalSeconds at = component.first_visit; at <= result.records.observed_to;
         at += result.grid.period) {
        const double age = static_cast<double>(at - begin);
        const double lot = draws.uniform();
        const bool failed = life <= age;
        const bool replaced = !failed && lot < chance_at(chances, age / day);
        counts.failures += failed ? 1 : 0;
        counts.replacements += replaced ? 1 : 0;
        if (!failed && !replaced) continue;
        begin = at;
        life = random::sample(component.law, draws);
    }
}

ReplayCount summarise(std::vector<int> counts, int recorded) {
    ReplayCount result;
    result.recorded = recorded;
    const double n = static_cast<double>(counts.size());
    result.mean = std::accumulate(counts.begin(), counts.end(), 0.0) / n;
    double squares = 0;
    for (const int count : counts) squares += (count - result.mean) * (count - result.mean);
    result.deviation = std::sqrt(squares / (n - 1));
    std::sort(counts.begin(), counts.end());
    const auto quantile = [&](double level) {
        return counts[static_cast<std::size_t>(std::llround(level * (n - 1)))];
    };
    result.lowest = quantile(0.025);
    result.highest = quantile(0.975);
    return result;
}

}  // namespace

int recorded_failures(const CalibrationResult& result, std::uint32_t cause) {
    const Records& records = result.records;
    return static_cast<int>(
        std::count_if(records.failures.begin(), records.failures.end(), [&](const auto& event) {
            return event.kind == cause && event.at > records.observed_from &&
                   event.at <= records.observed_to && !is_excluded(result.mapping, event);
        }));
}

int recorded_replacements(const CalibrationResult& result, std::uint32_t cause) {
    return static_cast<int>(
        std::count_if(result.data.lives.begin(), result.data.lives.end(), [&](const Life& life) {
            return life.cause == cause && life.ending == Ending::replacement;
        }));
}

VisitReplay replay_visits(const CalibrationResult& result, ReplayLaw law, int replications,
                          std::uint32_t seed) {
    FORETWIN_RULE(result.grid.found, "a replay of visits needs a visit grid");
    FORETWIN_RULE(replications >= 2, "an interval needs two replications");
    const auto components = components_of(result, law);
    const std::size_t causes = result.records.causes.size();
    std::vector<std::vector<int>> failures(causes), replacements(causes);
    for (int replication = 0; replication < replications; ++replication) {
        std::vector<Counts> counts(causes);
        const random::Key key{seed, static_cast<std::uint32_t>(replication)};
        for (std::size_t i = 0; i < components.size(); ++i)
            run(result, components[i],
                random::draws(key, name_hash("visit replay"), static_cast<std::uint32_t>(i)),
                counts[components[i].cause]);
        for (std::size_t cause = 0; cause < causes; ++cause) {
            failures[cause].push_back(counts[cause].failures);
            replacements[cause].push_back(counts[cause].replacements);
        }
    }
    VisitReplay replay;
    for (std::uint32_t cause = 0; cause < causes; ++cause) {
        replay.failures.push_back(summarise(failures[cause], recorded_failures(result, cause)));
        replay.replacements.push_back(
            summarise(replacements[cause], recorded_replacements(result, cause)));
    }
    return replay;
}

}  // namespace foretwin::calibration
