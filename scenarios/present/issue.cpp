#include "scenarios/present/issue.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cfenv>

#include "engine/core/error.hpp"
#include "engine/executors/sequential.hpp"

namespace foretwin::present {
namespace {

/// Of the whole plant.
constexpr const char* plant_figures[] = {"production", "energy", "peak_demand"};

void check_layout(const std::vector<Alternative>& alternatives) {
    const std::uint64_t first = alternatives.front().plants.front().model.identity;
    for (const Alternative& alternative : alternatives) {
        for (const assembly::Plant& plant : alternative.plants) {
            if (plant.model.identity == first) continue;
            throw InputError({},
                             "'" + alternative.name +
                                 "' adds or removes a part of the plant, so it cannot start "
                                 "from the plant's present state",
                             "live what-ifs change values (set, scale); compare the other changes "
                             "from the beginning: foretwin compare");
        }
    }
}

}  // namespace

Issuer::Issuer(const std::vector<Alternative>& alternatives,
               const std::vector<std::string>& followed)
    : alternatives_(alternatives) {
    check_layout(alternatives);
    for (const Alternative& alternative : alternatives) {
        Read read;
        for (const assembly::Plant& plant : alternative.plants) {
            kernel::Simulation twin(plant.model, {});
            read.specs.push_back(twin.report(true).specs);
        }
        std::vector<Figure> figures;
        const auto add = [&](const kpis::Formula& formula, bool chance) {
            figures.push_back({formula.name, formula.unit, chance});
            read.formulas.push_back(formula);
        };
        const assembly::Plant& plant = alternative.plants.front();
        const std::vector<kpis::Formula> all = kpis::plant_kpis(read.specs.front(), plant);
        for (const char* name : plant_figures) {
            const auto found = std::find_if(all.begin(), all.end(),
                                            [&](const auto& kpi) { return kpi.name == name; });
            if (found != all.end()) add(*found, false);
        }
        if (!followed.empty()) {
            auto formula = kpis::kpi_of(read.specs.front(), plant, "downtime", followed);
            if (formula) {
                formula->name = "downtime";
                add(*formula, false);
            }
        }
        for (const std::string& device : followed) {
            for (const char* name : {"downtime", "failures"}) {
                auto formula = kpis::kpi_of(read.specs.front(), plant, name, {device});
                if (!formula) {
                    throw InputError({}, "'" + device + "' has no " + name + " to be foretold",
                                     "follow devices that can fail, and no others");
                }
                const bool chance = std::string_view(name) == "failures";
                if (chance) formula->name = device + "/stops";
                add(*formula, chance);
            }
        }
        figures_ = std::move(figures);
        reads_.push_back(std::move(read));
    }
}

std::vector<Forecast> Issuer::issue(const Tracker& tracker, const Order& order) const {
    std::vector<Forecast> all;
    for (std::size_t a = 0; a < alternatives_.size(); ++a) {
        for (std::size_t h = 0; h < order.horizons.size(); ++h) {
            for (std::size_t f = 0; f < figures_.size(); ++f) {
                all.push_back({a, h, f, std::vector<double>(order.futures)});
            }
        }
    }
    const std::size_t per_alternative = order.horizons.size() * figures_.size();
    // Found once, before threads look at it.
    tracker.draw_of(order.first);
    const auto run = [&](std::size_t task) {
        std::fesetenv(FE_DFL_ENV);
        const std::size_t a = task % alternatives_.size();
        const auto future = static_cast<std::uint32_t>(task / alternatives_.size());
        const random::Key key{order.seed, order.first + future};
        const std::size_t draw = tracker.draw_of(key.replication);
        kernel::Simulation twin = tracker.future(key, &alternatives_[a].plants[draw].model);
        for (std::size_t h = 0; h < order.horizons.size(); ++h) {
            executors::run_sequential(twin, tracker.now() + order.horizons[h]);
            const std::vector<double> figures =
                kpis::in_units(reads_[a].specs[draw], twin.report(false).values);
            for (std::size_t f = 0; f < figures_.size(); ++f) {
                all[a * per_alternative + h * figures_.size() + f].members[future] =
                    kpis::evaluate(reads_[a].formulas[f], figures);
            }
        }
    };
    tbb::task_arena arena = arena_of(order.threads);
    arena.execute(
        [&] { tbb::parallel_for(std::size_t{0}, alternatives_.size() * order.futures, run); });
    return all;
}

}  // namespace foretwin::present
