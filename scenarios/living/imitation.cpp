#include "scenarios/living/imitation.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/core/error.hpp"
#include "engine/core/quantity.hpp"
#include "engine/executors/sequential.hpp"
#include "models/contract/machine_state.hpp"
#include "scenarios/experiments/replicate.hpp"
#include "scenarios/living/moved_scenario.hpp"

namespace foretwin::living {

using telemetry::Observation;

struct Imitation::Plant {
    loader::ScenarioFile file;
    assembly::Plant plant;
    std::vector<kernel::FigureSpec> figures;
    std::vector<kernel::FigureSpec> present;
    std::unique_ptr<kernel::Simulation> twin;
};

/// Where in the figures a machine stands, and what it told last.
struct Imitation::Machine {
    std::string name;
    std::size_t state = 0;
    std::vector<std::pair<std::string, std::size_t>> failures;  ///< cause, its count
    std::size_t completed = 0, scrapped = 0, energy = 0;
    std::string told_state, told_cause;
    std::vector<Wide> counts;
    double told_parts = -1, told_good = -1, told_power = -1;
    Wide energy_before = 0;
};

namespace {

constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

std::size_t find(const std::vector<kernel::FigureSpec>& specs, const std::string& device,
                 const std::string& name) {
    for (std::size_t i = 0; i < specs.size(); ++i)
        if (specs[i].device == device && specs[i].name == name) return i;
    return nowhere;
}

/// Between prefix and suffix of every figure of the device that has both.
std::vector<std::pair<std::string, std::size_t>> between(
    const std::vector<kernel::FigureSpec>& specs, const std::string& device,
    std::string_view prefix, std::string_view suffix) {
    std::vector<std::pair<std::string, std::size_t>> all;
    for (std::size_t i = 0; i < specs.size(); ++i) {
        const std::string& name = specs[i].name;
        if (specs[i].device != device || name.size() <= prefix.size() + suffix.size() ||
            !name.starts_with(prefix) || !name.ends_with(suffix))
            continue;
        all.emplace_back(name.substr(prefix.size(), name.size() - prefix.size() - suffix.size()),
                         i);
    }
    return all;
}

}  // namespace

Imitation::Imitation(const loader::ScenarioFile& file, const Plan& plan)
    : plan_(plan), plant_(std::make_unique<Plant>()) {
    experiments::StudyPlan study;
    study.file = moved_scenario(file, plan.from, plan.length);
    study.seed = plan.seed;
    study.alternatives.push_back({});
    const experiments::ParameterDraws draws(study.file, study.seed, 0, study.life_model);
    auto prepared = experiments::prepare(study, draws);
    plant_->file = std::move(study.file);
    plant_->plant = std::move(prepared.front().plants.front());
    plant_->twin = std::make_unique<kernel::Simulation>(plant_->plant.model,
                                                        random::Key{plan.seed, plan.replication});
    plant_->twin->start();
    plant_->figures = plant_->twin->report(true).specs;
    plant_->present = plant_->twin->present(true).specs;
    for (const assembly::DeviceNote& device : plant_->plant.devices) {
        Machine machine;
        machine.name = device.name;
        machine.state = find(plant_->present, device.name, "1/state");
        // A station of several machines has no one state to tell.
        if (machine.state == nowhere || device.machines != 1) continue;
        machine.completed = find(plant_->figures, device.name, "completed");
        machine.scrapped = find(plant_->figures, device.name, "scrapped");
        machine.energy = find(plant_->figures, device.name, "energy");
        machine.failures = between(plant_->figures, device.name, "failures/", "/failures");
        machine.counts.resize(machine.failures.size());
        machines_.push_back(std::move(machine));
    }
    if (machines_.empty())
        throw InputError({}, "this plant has no machine that could tell of itself",
                         "give it stations or machines, one machine each");
}

Imitation::~Imitation() = default;

bool Imitation::next(Observation& into) {
    while (told_.empty()) {
        if (at_ >= plan_.length) return false;
        step_ = std::min(plan_.period, plan_.length - at_);
        at_ += step_;
        executors::run_sequential(*plant_->twin, at_);
        look();
    }
    into = std::move(told_.front());
    told_.pop_front();
    return true;
}

/// Now and then everything is told, changed or not, so that silence can be told from standstill.
bool Imitation::repeats() const {
    constexpr Time at_least_every = 10 * minute;
    return at_ == step_ || at_ / at_least_every != (at_ - step_) / at_least_every;
}

void Imitation::look() {
    const std::vector<Wide> figures = plant_->twin->report(false).values;
    const kernel::FigureSink present = plant_->twin->present(false);
    for (Machine& machine : machines_) tell(machine, present, figures);
}

void Imitation::tell(Machine& machine, const kernel::FigureSink& present,
                     const std::vector<Wide>& figures) {
    const auto say = [&](const char* item, Observation::Kind kind) -> Observation& {
        Observation& one = told_.emplace_back();
        one.device = machine.name;
        one.item = item;
        one.at = plan_.from + at_;
        one.kind = kind;
        return one;
    };
    const auto text = [&](const char* item, std::string& told, const std::string& now) {
        if (told == now && !repeats()) return;
        told = now;
        say(item, Observation::Kind::text).text = now;
    };
    const auto number = [&](const char* item, double& told, double now) {
        if (told == now && !repeats()) return;
        told = now;
        say(item, Observation::Kind::number).number = now;
    };
    const auto state = static_cast<std::size_t>(present.values[machine.state]);
    std::string cause = machine.told_cause;
    for (std::size_t c = 0; c < machine.failures.size(); ++c) {
        const Wide count = figures[machine.failures[c].second];
        if (count != machine.counts[c]) cause = machine.failures[c].first;
        machine.counts[c] = count;
    }
    const bool down =
        state == index_of(MachineState::down_waiting) || state == index_of(MachineState::repair);
    if (!down) cause = "none";
    // The cause first: whoever hears of the stop knows it then.
    text("cause", machine.told_cause, cause);
    text("state", machine.told_state, std::string(machine_state_names[state]));
    if (machine.completed != nowhere) {
        const Wide scrapped = machine.scrapped == nowhere ? 0 : figures[machine.scrapped];
        number("parts", machine.told_parts, to_double(figures[machine.completed]));
        number("good", machine.told_good, to_double(figures[machine.completed] - scrapped));
    }
    if (machine.energy != nowhere) {
        // Mean power since the last look; mW ns over ns.
        const Wide drawn = figures[machine.energy] - machine.energy_before;
        machine.energy_before = figures[machine.energy];
        number("power", machine.told_power,
               std::round(to_double(drawn) / static_cast<double>(step_)) / 1000);
    }
}

Time imitated_time(const std::string& text, const std::string& option) {
    const auto read = parse_quantity(text);
    constexpr double longest_s = 10 * 365.25 * 86400;
    if (read && read->dimension == parse_unit("s")->dimension && read->value >= 1 &&
        read->value <= longest_s)
        return from_seconds(read->value);
    throw InputError({}, option + ": '" + text + "' is no duration from 1 s to 10 years",
                     "as in 14 days");
}

std::string line_of(const telemetry::Observation& one) {
    const bool number = one.kind == telemetry::Observation::Kind::number;
    nlohmann::ordered_json line{
        {"time", telemetry::instant_text(one.at)}, {"device", one.device}, {"signal", one.item}};
    line["value"] = number ? nlohmann::ordered_json(one.number) : nlohmann::ordered_json(one.text);
    return line.dump();
}

}  // namespace foretwin::living
