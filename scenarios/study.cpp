#include "scenarios/study.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "engine/core/fingerprint.hpp"
#include "engine/statistics/variance_components.hpp"
#include "scenarios/experiments/deadlocks.hpp"
#include "scenarios/experiments/describe_study.hpp"
#include "scenarios/experiments/money.hpp"
#include "scenarios/experiments/parameter_draws.hpp"
#include "scenarios/experiments/replicate.hpp"
#include "scenarios/experiments/summarise.hpp"

namespace foretwin {

using namespace experiments;  // NOLINT(google-build-using-namespace): the spine speaks its words

namespace {

/// A study that was stopped from outside says what it rests on.
void add_stopped_warning(const StudyPlan& plan, StudyResult& result) {
    result.stopped = plan.cancelled != nullptr && plan.cancelled->load() &&
                     result.replications < plan.replications;
    if (!result.stopped) return;
    result.warnings.push_back("stopped after " + std::to_string(result.replications) + " of " +
                              std::to_string(plan.replications) +
                              " replications: the figures rest on what was finished");
}

/// A precision that was asked for and not reached is said, with what was reached.
void add_precision_warning(const StudyPlan& plan, StudyResult& result) {
    if (!plan.precision) return;
    for (const KpiResult& kpi : result.alternatives.front().kpis) {
        const FigureResult& value = kpi.value;
        if (value.name != plan.precision_kpi || !(value.mean != 0)) continue;
        const double reached = (value.high - value.low) / 2 / std::abs(value.mean);
        if (reached <= *plan.precision) return;
        char text[200];
        std::snprintf(text, sizeof text,
                      "the precision asked for was not reached: %s is known to %.2g %%, not to "
                      "%.2g %%; ",
                      value.name.c_str(), 100 * reached, 100 * *plan.precision);
        const std::string limit = std::to_string(result.replications);
        const std::string draws = std::to_string(result.parameter_draws);
        std::string warning = text;
        if (result.uncertain_parameters) {
            warning.append("it rests on ").append(draws);
            warning.append(" draws of the uncertain parameters, so beyond ").append(limit);
            warning.append(" --replications only narrower ranges help");
        } else {
            warning.append("raise --replications above ").append(limit);
        }
        result.warnings.push_back(std::move(warning));
    }
}

/// Sums over all alternatives; the wall times are filled in later.
RunCounters counters_of(const StudyPlan& plan, const std::vector<PreparedAlternative>& prepared,
                        const std::vector<Replications>& futures) {
    RunCounters counters;
    counters.executor = name_of(plan.executor);
    counters.threads = threads_of(plan);
    for (const Replications& all : futures) {
        counters.replications += static_cast<std::int64_t>(all.fingerprints.size());
        counters.counters.add(all.counters);
        counters.parallel.add(all.parallel);
    }
    const kernel::Model& model = prepared.front().plants.front().model;
    counters.cells = model.partition.cells();
    counters.blame = model.partition.blame;
    if (plan.executor == Executor::optimistic) counters.why_not_optimistic = model.not_undoable;
    return counters;
}

}  // namespace

StudyResult run_study(const StudyPlan& plan) {
    executors::Observer watch{plan.clock, plan.timeline.get(), executors::Row{}, {}};
    const std::uint64_t begin = watch.now();
    const bool uncertain = ParameterDraws::uncertain(plan.file);
    const std::uint32_t draw_count =
        uncertain ? statistics::parameter_draws(plan.replications, true) : 0;

    const ParameterDraws draws(plan.file, plan.seed, draw_count, plan.life_model);
    std::vector<PreparedAlternative> prepared = prepare(plan, draws);
    const std::uint64_t built = watch.phase("build", begin, 0);
    const std::vector<Replications> futures = replicate(plan, prepared);
    const std::uint64_t ran = watch.phase("replicate", built, 0);
    const auto replications = static_cast<std::int64_t>(futures.front().fingerprints.size());
    const Design design = design_of(plan, replications, uncertain);

    StudyResult result = describe(plan, draws, prepared.front());
    result.replications = replications;
    result.uncertain_parameters = uncertain;
    result.parameter_draws =
        uncertain ? std::min<std::int64_t>(draw_count, replications) : replications;
    result.alternatives = summarise(design, prepared, futures, draws);
    add_money(plan, design, draws, prepared, futures, result.alternatives);
    add_deadlocks(prepared, futures, result);
    add_stopped_warning(plan, result);
    if (!result.stopped) add_precision_warning(plan, result);
    result.fingerprint = study_fingerprint(result);
    result.trace_fingerprint = study_trace_fingerprint(result);
    if (plan.clock != nullptr) {
        RunCounters& counters = result.counters.emplace(counters_of(plan, prepared, futures));
        counters.build_ns = built - begin;
        counters.run_ns = ran - built;
        counters.answer_ns = watch.phase("answer", ran, 0) - ran;
    }
    discard(plan, std::move(prepared));
    return result;
}

namespace {

/// Alternatives whose net present value has another sign under `other`.
std::string turned(const StudyResult& result, const StudyResult& other) {
    std::string names;
    for (std::size_t i = 0; i < result.alternatives.size(); ++i) {
        const auto& own = result.alternatives[i].money;
        const auto& its = other.alternatives[i].money;
        if (!own || !its || (own->npv.estimate > 0) == (its->npv.estimate > 0)) continue;
        names += (names.empty() ? "'" : ", '") + result.alternatives[i].name + "'";
    }
    return names;
}

/// Says what the usual choice of life model would have concluded, where that differs.
void add_usual_choice(const StudyPlan& plan, StudyResult& result) {
    StudyPlan usual = plan;
    usual.life_model = LifeModel::two_parameter_weibull;
    const std::string names = turned(result, run_study(usual));
    if (names.empty()) return;
    result.notes.push_back(
        "Under two-parameter Weibull lives, the usual choice, the conclusion for " + names +
        " would turn around: that law expects early failures which the records do not hold.");
}

}  // namespace

StudyResult run_study_twice(const StudyPlan& plan) {
    StudyResult result = run_study(plan);
    if (plan.life_model == LifeModel::best && ParameterDraws::has_second_best(plan.file)) {
        StudyPlan other = plan;
        other.life_model = LifeModel::second;
        result.under_second_best.push_back(run_study(other));
        add_usual_choice(plan, result);
    }
    return result;
}

const char* version() {
    return FORETWIN_VERSION;
}

}  // namespace foretwin
