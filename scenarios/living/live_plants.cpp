#include "scenarios/living/live_plants.hpp"

#include <algorithm>

#include "engine/core/error.hpp"
#include "engine/core/quantity.hpp"
#include "engine/core/suggestion.hpp"
#include "scenarios/experiments/replicate.hpp"
#include "scenarios/living/moved_scenario.hpp"
#include "scenarios/loader/expand.hpp"

namespace foretwin::living {
namespace {

/// Parameter draws, so that forecasts carry what is uncertain of them; as many as a study has.
std::size_t draws_of(const loader::ScenarioFile& file) {
    constexpr std::size_t most = 32;
    return experiments::ParameterDraws::uncertain(file) ? most : 0;
}

PowerUse power_use(const loader::Value& tree) {
    PowerUse use;
    for (const auto& device : tree.find("devices")->entries()) {
        if (device.value.text_of("type") == "tariff")
            use.tariff = device.key;
        else if (device.value.has("power"))
            use.devices.push_back(device.key);
    }
    return use;
}

/// What of a plant may differ from now on, because nothing of it lies in the present state: it is
/// looked up, or drawn anew when the future begins.
constexpr std::string_view from_now_on[] = {
    "cycle", "scrap", "next", "buffer", "capacity", "repair", "time_to_failure", "energy_per_part"};

std::vector<std::string> parts_of(const std::string& path) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        parts.push_back(path.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

bool can_differ(const std::string& path, const std::vector<std::string>& machines) {
    const std::vector<std::string> parts = parts_of(path);
    const bool looked_up = std::any_of(parts.begin() + 1, parts.end(), [](const auto& part) {
        return std::find(std::begin(from_now_on), std::end(from_now_on), part) !=
               std::end(from_now_on);
    });
    const bool of_failure = parts.size() > 1 && parts[1] == "failures";
    const bool followed =
        std::find(machines.begin(), machines.end(), parts.front()) != machines.end();
    return looked_up && (!of_failure || followed);
}

void refuse(const loader::Value& change, const std::string& name, const std::string& path) {
    throw InputError(change.place(),
                     "'" + name + "' changes " + path +
                         ", which a future that starts from the plant's present state cannot take "
                         "up",
                     "what-ifs from now set or scale cycle, scrap, next, buffer, capacity, and "
                     "failures of the machines that are followed; compare the others from the "
                     "beginning: foretwin compare");
}

void check_change(const loader::Value& tree, const std::string& name,
                  const std::vector<std::string>& machines) {
    const loader::Value* changes = tree.find("changes");
    const loader::Value* change = changes == nullptr ? nullptr : changes->find(name);
    if (change == nullptr)
        throw InputError(
            {}, "alternatives: the scenario has no change '" + name + "'",
            suggestion(name, changes == nullptr ? std::vector<std::string>{} : changes->keys()));
    if (const loader::Value* others = change->find("combine"))
        for (const loader::Value& other : others->items())
            check_change(tree, other.text(), machines);
    if (const loader::Value* added = change->find("add"))
        for (const std::string& path : added->keys()) refuse(*change, name, path);
    if (const loader::Value* removed = change->find("remove"))
        for (const loader::Value& path : removed->items()) refuse(*change, name, path.text());
    for (const char* verb : {"set", "scale"})
        if (const loader::Value* edits = change->find(verb))
            for (const std::string& path : edits->keys())
                if (!can_differ(path, machines)) refuse(*change, name, path);
}

}  // namespace

void check_alternatives(const loader::ScenarioFile& scenario, const Description& description) {
    for (const std::string& name : description.alternatives)
        check_change(scenario.tree, name, description.machines);
}

Time demand_window_of(const loader::ScenarioFile& scenario) {
    constexpr Time usual = 15 * minute;
    const loader::Value* devices = scenario.tree.find("devices");
    if (devices == nullptr) return usual;
    for (const auto& device : devices->entries()) {
        const loader::Value* demand = device.value.find("demand");
        const loader::Value* window = demand == nullptr ? nullptr : demand->find("window");
        if (window == nullptr) continue;
        const auto read = parse_quantity(window->text());
        if (read && read->value >= 1) return from_seconds(read->value);
    }
    return usual;
}

LivePlants assemble(const loader::ScenarioFile& scenario, const Description& description,
                    Instant from, Time length,
                    const std::vector<std::pair<std::string, double>>& paces, int threads) {
    experiments::StudyPlan study;
    study.file = moved_scenario(scenario, from, length);
    loader::Problems problems;
    loader::expand_like(study.file.tree, problems);
    loader::throw_if_any(std::move(problems));
    for (const auto& [name, factor] : paces) {
        loader::Value* device = study.file.tree.find("devices")->find(name);
        loader::Value* cycle = device == nullptr ? nullptr : device->find("cycle");
        if (cycle != nullptr && factor != 1) *cycle = loader::scaled(*cycle, factor);
    }
    study.seed = description.seed;
    study.threads = threads;
    study.alternatives.push_back({});
    for (const std::string& name : description.alternatives)
        study.alternatives.push_back({name, "", {name}});
    const experiments::ParameterDraws draws(study.file, study.seed, draws_of(study.file),
                                            study.life_model);
    LivePlants plants;
    for (experiments::PreparedAlternative& one : experiments::prepare(study, draws)) {
        if (plants.alternatives.empty()) plants.power = power_use(one.tree);
        plants.alternatives.push_back({one.alternative.name, std::move(one.plants)});
    }
    return plants;
}

}  // namespace foretwin::living
