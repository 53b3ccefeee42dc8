#include "scenarios/experiments/money.hpp"

#include <cmath>

#include "scenarios/changes/changes.hpp"
#include "scenarios/loader/check.hpp"
#include "scenarios/loader/read.hpp"

namespace foretwin::experiments {
namespace {

using loader::Value;

constexpr double seconds_per_year = 365.0 * 86400;

std::size_t index_of(const PreparedAlternative& prepared, std::string_view kpi) {
    for (std::size_t i = 0; i < prepared.kpis.size(); ++i) {
        if (prepared.kpis[i].name == kpi) return i;
    }
    return prepared.kpis.size();
}

double kpi_of(const PreparedAlternative& prepared, const Replications& own, std::string_view kpi,
              std::size_t replication) {
    const std::size_t index = index_of(prepared, kpi);
    return index < prepared.kpis.size() ? own.kpis[index][replication] : 0;
}

/// Contribution margin per part type under one draw; part types without a margin earn nothing.
std::vector<double> margins(const Value& tree, const loader::Reader& reader,
                            const std::vector<std::string>& types) {
    std::vector<double> values(types.size(), 0.0);
    const Value* economics = tree.find("economics");
    const Value* margin = economics == nullptr ? nullptr : economics->find("margin");
    if (margin == nullptr) return values;
    for (std::size_t type = 0; type < types.size(); ++type) {
        const Value* own = margin->find(types[type]);
        if (own != nullptr) values[type] = reader.quantity(*own, "money/part");
    }
    return values;
}

std::vector<roi::HorizonFigures> horizon_figures(const PreparedAlternative& prepared,
                                                 const Replications& own,
                                                 const ParameterDraws& draws) {
    const std::vector<std::string> types = part_types(prepared);
    const std::string currency = loader::currency_of(prepared.tree);
    std::vector<std::vector<double>> margin_by_draw;
    for (std::size_t draw = 0; draw < draws.size(); ++draw) {
        margin_by_draw.push_back(
            margins(prepared.tree, loader::Reader(draws[draw], currency), types));
    }
    std::vector<roi::HorizonFigures> figures(own.fingerprints.size());
    for (std::size_t r = 0; r < figures.size(); ++r) {
        const std::vector<double>& margin = margin_by_draw[r % draws.size()];
        for (std::size_t type = 0; type < types.size(); ++type) {
            figures[r].production_margin += margin[type] * own.part_counts[type][r];
        }
        figures[r].energy_cost = kpi_of(prepared, own, "energy_cost", r);
        figures[r].maintenance_cost = kpi_of(prepared, own, "maintenance_cost", r);
    }
    return figures;
}

/// What the changes of an alternative cost, at the values that the reader knows.
std::vector<roi::ChangeMoney> change_money(const PreparedAlternative& prepared,
                                           const Value& scenario, const loader::Reader& reader) {
    std::vector<roi::ChangeMoney> money;
    for (const changes::Costs& costs : changes::costs(scenario, prepared.alternative.changes)) {
        roi::ChangeMoney own;
        own.name = costs.change;
        own.life_years = std::numeric_limits<double>::infinity();
        if (costs.invest != nullptr) own.invest = reader.quantity(*costs.invest, "money");
        if (costs.running_cost != nullptr) {
            own.running_cost_per_year =
                reader.quantity(*costs.running_cost, "money/s") * seconds_per_year;
        }
        if (costs.life != nullptr) {
            own.life_years = reader.quantity(*costs.life, "s") / seconds_per_year;
        }
        money.push_back(std::move(own));
    }
    return money;
}

double discount_rate_of(const Value& economics, const loader::Reader& reader) {
    return reader.quantity_of(economics, "discount_rate", "1/s", 0.08 / seconds_per_year) *
           seconds_per_year;
}

/// The same under each draw; empty when no draw says anything else than the central values.
std::vector<roi::DrawMoney> money_by_draw(const PreparedAlternative& prepared,
                                          const Value& scenario, const ParameterDraws& draws,
                                          const roi::DrawMoney& central) {
    std::vector<roi::DrawMoney> all;
    bool differs = false;
    for (std::size_t draw = 0; draw < draws.size(); ++draw) {
        const loader::Reader reader(draws[draw], loader::currency_of(scenario));
        all.push_back({discount_rate_of(*scenario.find("economics"), reader),
                       change_money(prepared, scenario, reader)});
        const roi::DrawMoney& own = all.back();
        differs |= own.discount_rate != central.discount_rate;
        for (std::size_t i = 0; i < own.changes.size(); ++i) {
            const roi::ChangeMoney& one = own.changes[i];
            const roi::ChangeMoney& usual = central.changes[i];
            differs |= one.invest != usual.invest || one.life_years != usual.life_years ||
                       one.running_cost_per_year != usual.running_cost_per_year;
        }
    }
    return differs ? all : std::vector<roi::DrawMoney>{};
}

}  // namespace

void refuse_uncertain_life(const StudyPlan& plan, const ParameterDraws& draws) {
    const Value* economics = plan.file.tree.find("economics");
    const Value* life = economics == nullptr ? nullptr : economics->find("life");
    if (life == nullptr || !loader::is_reference(*life)) return;
    const Value* name = life->find("assumption");
    const Value* assumptions = plan.file.tree.find("assumptions");
    const Value* assumed = name == nullptr || assumptions == nullptr
                               ? nullptr
                               : assumptions->find(std::string(name->text()));
    bool varies = assumed != nullptr && assumed->text_of("low") != assumed->text_of("high");
    const std::string currency = loader::currency_of(plan.file.tree);
    const double central = loader::Reader(draws.central(), currency).quantity(*life, "s");
    for (std::size_t draw = 0; draw < draws.size() && !varies; ++draw)
        varies = loader::Reader(draws[draw], currency).quantity(*life, "s") != central;
    if (!varies) return;
    throw InputError(life->place(),
                     "economics/life: the life of the study is one for all futures, and this one "
                     "has a range",
                     "give one length of time, e.g. life: 5 years, and compare studies of several");
}

std::optional<roi::StudyMoney> read_economics(const StudyPlan& plan, const loader::Reader& reader) {
    const Value* economics = plan.file.tree.find("economics");
    if (economics == nullptr) return std::nullopt;
    roi::StudyMoney money;
    money.discount_rate = discount_rate_of(*economics, reader);
    money.study_years =
        reader.quantity_of(*economics, "life", "s", 5 * seconds_per_year) / seconds_per_year;
    money.timing = economics->text_of("timing", "year_end") == "mid_year" ? roi::Timing::mid_year
                                                                          : roi::Timing::year_end;
    money.level = plan.level;
    money.seed = plan.seed;
    return money;
}

void add_money(const StudyPlan& plan, const Design& design, const ParameterDraws& draws,
               const std::vector<PreparedAlternative>& prepared,
               const std::vector<Replications>& replications,
               std::vector<AlternativeResult>& results) {
    const loader::Reader reader(draws.central(), loader::currency_of(plan.file.tree));
    const std::optional<roi::StudyMoney> money = read_economics(plan, reader);
    if (!money) return;
    roi::PairedFutures futures;
    futures.horizon = prepared.front().plants.front().clock.horizon();
    futures.uncertain_parameters = design.uncertain;
    for (const std::uint32_t draw : design.draw_of_future) {
        futures.draw.push_back(draw);
    }
    futures.baseline = horizon_figures(prepared.front(), replications.front(), draws);
    for (std::size_t which = 1; which < prepared.size(); ++which) {
        futures.alternative = horizon_figures(prepared[which], replications[which], draws);
        const std::vector<roi::ChangeMoney> costs =
            change_money(prepared[which], plan.file.tree, reader);
        for (const roi::ChangeMoney& cost : costs) {
            results[which].investment += cost.invest;
            results[which].running_cost_per_year += cost.running_cost_per_year;
        }
        results[which].money = roi::money_answer(
            *money, costs, futures,
            money_by_draw(prepared[which], plan.file.tree, draws, {money->discount_rate, costs}));
        if (!design.uncertain) continue;
        const roi::MoneyAnswer& answer = *results[which].money;
        results[which].tornado = roi::tornado(draws.inputs(), answer.npv_by_draw);
        results[which].draw_split =
            roi::split_draw_variance(draws.inputs(), answer.npv_by_draw, answer.variance.draws);
    }
}

}  // namespace foretwin::experiments
