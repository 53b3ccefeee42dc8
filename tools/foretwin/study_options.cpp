#include "tools/foretwin/study_options.hpp"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "scenarios/good_scenario.hpp"
#include "scenarios/questions.hpp"
#include "scenarios/report/counters.hpp"
#include "scenarios/report/csv.hpp"
#include "scenarios/report/hdf5.hpp"
#include "scenarios/report/html.hpp"
#include "scenarios/report/json.hpp"
#include "scenarios/report/table.hpp"
#include "scenarios/report/whole_file.hpp"
#include "tools/foretwin/interrupt.hpp"
#include "tools/foretwin/observe.hpp"
#include "tools/foretwin/progress.hpp"
#include "tools/foretwin/terminal.hpp"

namespace foretwin::tool {

void add_study_options(CLI::App& verb, StudyOptions& options) {
    verb.add_option("scenario", options.scenario, "scenario file (YAML or JSON)")->required();
    verb.add_option("--seed", options.seed, "of all random numbers")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{4'294'967'295}))
        ->capture_default_str();
    verb.add_option("--replications", options.replications, "futures in all")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{10'000'000}))
        ->capture_default_str();
    CLI::Option* precision =
        verb.add_option("--precision", options.precision,
                        "stop when the interval is this narrow: half-width in percent of the mean")
            ->check(CLI::Range(0.0001, 100.0));
    verb.add_option("--precision-kpi", options.precision_kpi, "the KPI that --precision watches")
        ->needs(precision)
        ->capture_default_str();
    verb.add_option("--level", options.level, "of every interval")
        ->check(CLI::Range(0.5, 0.9999))
        ->capture_default_str();
    verb.add_option("--threads", options.threads, "0: as many as there are processors")
        ->check(CLI::Range(0, 1024))
        ->capture_default_str();
    verb.add_option("--out", options.out, "folder for report.html, kpis.csv, study.h5, study.json");
    verb.add_flag("--json", options.json, "the whole answer as JSON on standard output");
    verb.add_flag("--counters", options.counters,
                  "also tell events, queue, what ran side by side, and where the time went");
    verb.add_option("--trace", options.trace,
                    "file for a trace of what ran when, which chrome://tracing and Perfetto open");
    verb.add_flag("--trace-fingerprint", options.trace_fingerprint,
                  "also fingerprint every handled event: `trace_fingerprint` in JSON");
    verb.add_option("--executor", options.executor, "how one replication is run")
        ->check(CLI::IsMember({"sequential", "parallel", "optimistic", "reference"}))
        ->capture_default_str();
    add_checkpoint_options(verb, options.checkpoint);
    verb.add_option("--life-model", options.life_model, "which of the ranked fitted life models")
        ->check(CLI::IsMember({"best", "second", "two_parameter_weibull"}))
        ->capture_default_str();
}

experiments::StudyPlan read_plan(const StudyOptions& options) {
    experiments::StudyPlan plan;
    plan.file = read_good_scenario(options.scenario);
    if (!options.out.empty()) refuse_unwritable_folder(options.out, "--out");
    plan.seed = options.seed;
    plan.replications = options.replications;
    if (options.precision > 0) plan.precision = options.precision / 100;
    plan.precision_kpi = options.precision_kpi;
    plan.level = options.level;
    plan.threads = options.threads;
    plan.trace = options.trace_fingerprint;
    plan.executor = executor_of(options.executor);
    plan.life_model = life_model_of(options.life_model);
    plan.progress = progress_bar("replications");
    plan.cancelled = &interrupted();
    add_observation(options, plan);
    return plan;
}

namespace {

using Study = std::function<experiments::StudyResult(const experiments::StudyPlan&)>;

experiments::StudyResult run_kept(const experiments::StudyPlan& plan, const CheckpointFile& kept,
                                  const Study& study) {
    try {
        experiments::StudyResult result = study(plan);
        // Telling the answer may fail, too; then nothing is lost.
        if (plan.checkpoint && plan.checkpoint->is_saved()) plan.checkpoint->save();
        return result;
    } catch (const InputError&) {
        static_cast<void>(build_alternatives(plan.file));
        throw;
    } catch (const experiments::Cancelled&) {
        throw kept.stopped();
    }
}

/// On standard output.
void tell(const StudyOptions& options, const experiments::StudyResult& result) {
    if (options.json) {
        auto json = report::to_json(result);
        if (options.counters) json["counters"] = report::counters_json(*result.counters);
        std::cout << json.dump(2) << '\n';
    } else {
        std::cout << report::table(result, columns_of_terminal()) << '\n';
        if (options.counters) std::cout << report::counters_text(*result.counters) << '\n';
    }
    flush_standard_output();
}

/// All or none.
void write_files(const StudyOptions& options, const experiments::StudyResult& result,
                 const CheckpointFile& kept) {
    if (options.out.empty()) return;
    make_folder(options.out, "--out");
    const auto stop_if_interrupted = [&] {
        if (interrupted().load()) throw kept.stopped();
    };
    report::write_whole_files({{options.out / "study.json", report::to_json(result).dump(2) + "\n"},
                               {options.out / "kpis.csv", report::csv(result)},
                               {options.out / "study.h5", report::hdf5(result)},
                               {options.out / "report.html", report::html(result)}},
                              stop_if_interrupted);
    std::ostream& messages = options.json ? std::cerr : std::cout;
    messages << "Report: " << (options.out / "report.html").string() << '\n';
}

}  // namespace

experiments::StudyResult answer(const StudyOptions& options, experiments::StudyPlan plan,
                                const std::string& question, const Study& study) {
    const CheckpointFile kept(options.checkpoint, plan);
    plan.checkpoint = kept.checkpoint();
    experiments::StudyResult result = run_kept(plan, kept, study);
    result.question = question;
    tell(options, result);
    write_files(options, result, kept);
    write_trace(options, plan);
    kept.remove();  // last: whatever failed before, the study goes on from it
    return result;
}

}  // namespace foretwin::tool
