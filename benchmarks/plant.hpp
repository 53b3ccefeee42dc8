#pragma once

#include <string>
#include <utility>

#include "scenarios/experiments/parameter_draws.hpp"
#include "scenarios/experiments/replicate.hpp"

namespace foretwin::benchmarks {

/// A scenario file as it stands, without changes.
inline loader::ScenarioFile read_scenario(const std::string& file) {
    loader::Problems problems;
    loader::ScenarioFile read = loader::read_scenario(file, problems);
    loader::throw_if_any(problems);
    return read;
}

/// Its plant, as a study of one replication runs it.
inline assembly::Plant plant_of(const loader::ScenarioFile& file) {
    experiments::StudyPlan plan;
    plan.file = file;
    plan.alternatives = {experiments::Alternative{}};
    plan.replications = 1;
    const experiments::ParameterDraws draws(plan.file, plan.seed, 0, plan.life_model);
    return std::move(experiments::prepare(plan, draws).front().plants.front());
}

}  // namespace foretwin::benchmarks
