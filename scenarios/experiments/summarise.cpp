#include "scenarios/experiments/summarise.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/fingerprint.hpp"
#include "engine/core/rule.hpp"
#include "engine/statistics/interval.hpp"
#include "engine/statistics/quantile.hpp"
#include "engine/statistics/variance_components.hpp"
#include "scenarios/loader/check.hpp"
#include "scenarios/loader/read.hpp"

namespace foretwin::experiments {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// Mean, interval and spread of one figure over the futures that define it.
FigureResult figure_of(const kpis::Formula& formula, const std::vector<double>& by_replication,
                       const Design& design) {
    FigureResult figure;
    figure.name = formula.name;
    figure.unit = formula.unit;
    figure.formula = formula.formula;
    figure.more_is_better = formula.more_is_better;
    std::vector<double> values;
    std::vector<std::uint32_t> groups;
    for (std::size_t r = 0; r < by_replication.size(); ++r) {
        if (std::isnan(by_replication[r])) continue;
        values.push_back(by_replication[r]);
        groups.push_back(design.draw_of_future[r]);
    }
    figure.replications = static_cast<std::int64_t>(values.size());
    if (values.empty()) {
        figure.mean = figure.low = figure.high = figure.standard_deviation = unknown;
        figure.future_low = figure.future_high = unknown;
        figure.reason = "undefined in every future (0/0)";
        return figure;
    }
    const statistics::Interval mean =
        design.uncertain ? statistics::mean_interval_by_group(values, groups, design.level)
                         : statistics::mean_interval(values, design.level);
    const statistics::Summary summary = statistics::summarise(values);
    const statistics::Interval future = statistics::future_interval(values, design.level);
    // The interval rests on the means of the draws, so the estimate does too (they differ only
    // where the draws do not share the futures evenly).
    figure.mean = design.uncertain ? mean.estimate : summary.mean;
    figure.low = mean.low;
    figure.high = mean.high;
    figure.reason = mean.why_unknown;
    figure.standard_deviation = summary.standard_deviation();
    figure.future_low = future.low;
    figure.future_high = future.high;
    if (figure.replications < design.replications && figure.reason.empty()) {
        figure.reason = "undefined (0/0) in " +
                        std::to_string(design.replications - figure.replications) + " futures";
    }
    return figure;
}

/// Device figures keep only their moments per draw: t over the draws' means, or over futures.
FigureResult figure_of(const kpis::Formula& formula, const std::vector<statistics::Summary>& draws,
                       const Design& design) {
    FigureResult figure;
    figure.name = formula.name;
    figure.unit = formula.unit;
    figure.formula = formula.formula;
    statistics::Summary all;
    std::vector<double> means;
    for (const statistics::Summary& draw : draws) {
        if (draw.count == 0) continue;
        all.merge(draw);
        means.push_back(draw.mean);
    }
    const statistics::Interval interval = design.uncertain
                                              ? statistics::mean_interval(means, design.level)
                                              : statistics::mean_interval(all, design.level);
    figure.mean = all.count > 0 ? (design.uncertain ? interval.estimate : all.mean) : unknown;
    figure.low = interval.low;
    figure.high = interval.high;
    figure.standard_deviation = all.standard_deviation();
    figure.future_low = all.count > 0 ? all.lowest : unknown;
    figure.future_high = all.count > 0 ? all.highest : unknown;
    figure.replications = all.count;
    figure.reason =
        all.count > 0 ? std::string(interval.why_unknown) : "undefined in every future (0/0)";
    return figure;
}

std::vector<double> differences(const std::vector<double>& alternative,
                                const std::vector<double>& baseline) {
    std::vector<double> values(alternative.size());
    for (std::size_t r = 0; r < values.size(); ++r) values[r] = alternative[r] - baseline[r];
    return values;
}

TargetResult target_of(const loader::Value& text, const loader::Reader& reader,
                       const FigureResult& figure, const std::vector<double>& values,
                       double level) {
    const loader::Reader::Target target = reader.target(text);
    loader::Value unit = loader::Value::scalar("1 " + figure.unit);
    unit.put_as(text);
    if (figure.unit == "1") unit.set_text("1");
    const Parsed<Quantity> one = parse_quantity(unit.text(), reader.currency());
    if (!one || !(one->dimension == target.bound.dimension)) {
        throw InputError(text.place(),
                         "the target '" + text.text() + "' does not fit the KPI '" + figure.name +
                             "' in " + figure.unit,
                         "give it in " + figure.unit);
    }
    TargetResult result;
    result.text = text.text();
    result.bound = target.bound.value / one->value;
    result.at_least = target.at_least;
    std::int64_t met = 0;
    for (const double value : values) {
        met += (target.at_least ? value >= result.bound : value <= result.bound) ? 1 : 0;
    }
    const auto count = static_cast<std::int64_t>(values.size());
    const statistics::Interval share = statistics::share_interval(met, count, level);
    result.met = {share.estimate, share.low, share.high, level, values.size()};
    result.met_by_mean =
        target.at_least ? figure.mean >= result.bound : figure.mean <= result.bound;
    return result;
}

/// The target that the scenario gives this KPI: on some devices ("Filler/downtime") or, without
/// `of`, on the whole plant.
const loader::Value* target_asked(const loader::Value* kpis, const kpis::Formula& formula) {
    const std::size_t slash = formula.device.empty() ? 0 : formula.device.size() + 1;
    const loader::Value* section =
        kpis == nullptr ? nullptr : kpis->find(formula.name.substr(slash));
    if (section == nullptr || section->has("of") == formula.device.empty()) return nullptr;
    return section->find("target");
}

void add_kpis(AlternativeResult& result, const PreparedAlternative& prepared,
              const Replications& own, const PreparedAlternative& base_prepared,
              const Replications& base, const Design& design, const loader::Reader& reader) {
    const loader::Value* wanted = prepared.tree.find("kpis");
    for (std::size_t i = 0; i < prepared.kpis.size(); ++i) {
        const kpis::Formula& formula = prepared.kpis[i];
        KpiResult kpi;
        kpi.by_replication = own.kpis[i];
        kpi.value = figure_of(formula, own.kpis[i], design);
        for (std::size_t j = 0; j < base_prepared.kpis.size(); ++j) {
            if (&own == &base || base_prepared.kpis[j].name != formula.name) continue;
            kpi.difference = figure_of(formula, differences(own.kpis[i], base.kpis[j]), design);
        }
        const loader::Value* target = target_asked(wanted, formula);
        if (target != nullptr) {
            kpi.target = target_of(*target, reader, kpi.value, own.kpis[i], design.level);
        }
        result.kpis.push_back(std::move(kpi));
    }
}

void add_devices(AlternativeResult& result, const PreparedAlternative& prepared,
                 const Replications& own, const Design& design) {
    for (std::size_t i = 0; i < prepared.devices.size(); ++i) {
        const kpis::Formula& formula = prepared.devices[i];
        if (result.devices.empty() || result.devices.back().name != formula.device) {
            DeviceResult device;
            device.name = formula.device;
            for (const assembly::DeviceNote& note : prepared.plants.front().devices) {
                if (note.name == formula.device) device.type = note.type;
                if (note.fleet == formula.device) {
                    device.type = note.type;
                    device.is_fleet = true;
                }
            }
            result.devices.push_back(std::move(device));
        }
        result.devices.back().figures.push_back(figure_of(formula, own.devices[i], design));
    }
}

}  // namespace

Design design_of(const StudyPlan& plan, std::int64_t replications, bool uncertain) {
    // A study that was stopped keeps the draws of all futures that were asked for.
    std::vector<std::uint32_t> draw_of = statistics::draw_of_future(plan.replications, uncertain);
    FORETWIN_RULE(replications <= plan.replications, "a study has no more futures than asked for");
    draw_of.resize(static_cast<std::size_t>(replications));
    return {replications, uncertain, plan.level, std::move(draw_of), plan.trace};
}

std::vector<AlternativeResult> summarise(const Design& design,
                                         const std::vector<PreparedAlternative>& prepared,
                                         const std::vector<Replications>& replications,
                                         const ParameterDraws& draws) {
    std::vector<AlternativeResult> results;
    for (std::size_t which = 0; which < prepared.size(); ++which) {
        const PreparedAlternative& one = prepared[which];
        AlternativeResult result;
        result.name = one.alternative.name;
        result.description = one.alternative.description;
        result.changes = one.alternative.changes;
        Fingerprint fingerprint;
        for (const std::uint64_t own : replications[which].fingerprints) fingerprint.add(own);
        result.fingerprint = fingerprint.text();
        if (design.traced) {
            Fingerprint trace;
            for (const std::uint64_t own : replications[which].traces) trace.add(own);
            result.trace_fingerprint = trace.text();
        }
        const loader::Reader reader(draws.central(), loader::currency_of(one.tree));
        add_kpis(result, one, replications[which], prepared.front(), replications.front(), design,
                 reader);
        add_devices(result, one, replications[which], design);
        results.push_back(std::move(result));
    }
    return results;
}

}  // namespace foretwin::experiments
