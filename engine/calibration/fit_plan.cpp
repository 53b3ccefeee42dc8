#include "engine/calibration/fit_plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "engine/calibration/lifetimes.hpp"
#include "engine/core/quantity.hpp"
#include "engine/statistics/summary.hpp"

namespace foretwin::calibration {

namespace {

using telemetry::Problems;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Whether the kind tells when things happened on the clock, so that a past can be cut out.
bool has_clock(const FitTask& task) {
    switch (task.kind) {
        case FitKind::power:
        case FitKind::arrivals:
        case FitKind::thermal:
            return true;
        case FitKind::lifetimes:
            return task.records.has("begin") || task.records.has("at");
        default:
            return false;
    }
}

/// The last scheduled refit at or before the instant that was asked for.
std::optional<telemetry::LocalSeconds> known_until(const FitPlan& plan) {
    if (!plan.as_of || plan.refit_every_s <= 0) return plan.as_of;
    const auto every = static_cast<telemetry::LocalSeconds>(plan.refit_every_s);
    const telemetry::LocalSeconds into = ((*plan.as_of % every) + every) % every;
    return *plan.as_of - into;
}

class TaskRun {
  public:
    TaskRun(const FitPlan& plan, const FitTask& task, Known known, Problems& problems)
        : plan_(plan), task_(task), known_(known), problems_(problems) {
        result_.task = task;
    }

    TaskResult run() {
        const bool cut = plan_.window_s > 0 || plan_.window_by_drift || !std::isinf(known_.as_of);
        if (cut && !has_clock(task_)) {
            problems_.push_back({task_.place, "'" + task_.name + "' tells no dates to cut at",
                                 "name a column `at`, or begin and end; or ask without a window "
                                 "and without --as-of"});
            return std::move(result_);
        }
        RecordTable table(task_.records, plan_.folder, problems_);
        result_.file = {table.file(), table.sha256(), table.rows_in_file(), table.size()};
        if (!problems_.empty()) return std::move(result_);
        if (!parse_unit(task_.unit))
            result_.warnings.push_back("no scenario understands the unit '" + task_.unit +
                                       "': its laws are shown, not written");
        if (plan_.window_by_drift &&
            (task_.kind == FitKind::power || task_.kind == FitKind::thermal))
            result_.warnings.push_back("drift is not looked for here: all that was known is used");
        switch (task_.kind) {
            case FitKind::recurrent:
                fit_events(table);
                break;
            case FitKind::power:
                fit_power(table);
                break;
            case FitKind::arrivals:
                fit_demand(table);
                break;
            case FitKind::thermal:
                fit_heat(table);
                break;
            default:
                fit_lives(table);
        }
        return std::move(result_);
    }

  private:
    ChoiceRules rules() const { return {task_.shifts, task_.bootstrap, plan_.seed, task_.name}; }

    void refuse(const std::string& what, std::string hint) {
        problems_.push_back({task_.place, "'" + task_.name + "': " + what, std::move(hint)});
    }

    /// The window behind the last instant that is known.
    void open_window(double last) {
        const double end = std::isinf(known_.as_of) ? last : known_.as_of;
        if (plan_.window_s <= 0) return;
        known_.from = end - plan_.window_s;
        result_.used_from = known_.from;
    }

    static double last_date(const Lifetimes& lives) {
        double last = -infinity;
        for (const Lifetime& life : lives.rows)
            if (!std::isinf(life.at)) last = std::max(last, life.at);
        return last;
    }

    void fit_lives(RecordTable& table) {
        Lifetimes lives = read_lifetimes(task_, table, known_);
        if (!problems_.empty()) return;
        if (lives.dated) {
            find_drift(lives);
            open_window(last_date(lives));
            if (plan_.window_by_drift && !result_.changes.empty())
                result_.used_from = known_.from = result_.changes.back().at;
            if (result_.used_from) lives = read_lifetimes(task_, table, known_);
        }
        if (lives.rows.empty()) return refuse("no life is left to fit", "widen the window");
        result_.warnings.insert(result_.warnings.end(), lives.remarks.begin(), lives.remarks.end());
        const std::vector<Observation> observations = observations_of(lives);
        result_.law = choose_law(observations, rules());
        if (task_.records.has("group")) pool(lives);
        if (!lives.covariates.empty()) regress(lives);
    }

    /// In order of beginning: what still runs when the records end began at any time, but would
    /// come last, and look like better lives, in order of ending. Lives that run on count by the
    /// hazard they were exposed to, age^shape, so that young ones are no better for being young.
    void find_drift(const Lifetimes& lives) {
        const bool whole = std::all_of(lives.rows.begin(), lives.rows.end(), [](const auto& life) {
            return life.seen.failed && life.seen.checked == 0;
        });
        const double shape = whole ? 1 : weibull_shape(lives);
        std::vector<Dated> dated;
        dated.reserve(lives.rows.size());
        for (const Lifetime& life : lives.rows)
            dated.push_back({begun(life), std::pow(life.seen.upper, shape), life.seen.failed,
                             std::pow(life.seen.checked, shape)});
        std::stable_sort(dated.begin(), dated.end(),
                         [](const Dated& a, const Dated& b) { return a.at < b.at; });
        std::vector<ChangePoint> changes = find_changes(dated, change_rules());
        for (ChangePoint& change : changes) {
            change.before = std::pow(change.before, 1 / shape);
            change.after = std::pow(change.after, 1 / shape);
        }
        keep_changes(std::move(changes));
    }

    /// As far as the length of a life is a length on the clock.
    double begun(const Lifetime& life) const {
        return life.at - life.seen.upper * task_.in_seconds;
    }

    static double weibull_shape(const Lifetimes& lives) {
        const Sample sample = make_sample(observations_of(lives), Treatment::exact, 0);
        if (sample.failures < 2) return 1;
        const LifeFit fit = fit_life(sample, LifeFamily::weibull, false);
        return fit.covariance.empty() || fit.held[0] ? 1 : std::exp(fit.law.theta[0]);
    }

    ChangeRules change_rules() const {
        ChangeRules rules;
        rules.name = task_.name, rules.seed = plan_.seed;
        return rules;
    }

    void keep_changes(std::vector<ChangePoint> changes) {
        result_.changes = std::move(changes);
        if (!result_.changes.empty() && plan_.window_s <= 0 && !plan_.window_by_drift)
            result_.warnings.push_back(
                "the level changed at " +
                telemetry::to_text(
                    static_cast<telemetry::LocalSeconds>(result_.changes.back().at)) +
                ": one law mixes old and new; `window: drift` takes what came after");
    }

    /// Of demand; a rate that moves with the hour of the week is no drift, so days are compared.
    void find_drift_of_gaps(std::vector<double>& moments) {
        std::map<double, double> days;
        for (const double at : moments) days[std::floor(at / 86400)] += 1;
        if (days.size() < 3) return;
        days.erase(days.begin());
        days.erase(std::prev(days.end()));
        std::vector<Dated> counts;
        counts.reserve(days.size());
        for (const auto& [day, count] : days) counts.push_back({day * 86400, count, true, 0});
        keep_changes(find_changes(counts, change_rules()));
        if (!plan_.window_by_drift || result_.changes.empty()) return;
        result_.used_from = known_.from = result_.changes.back().at;
        std::erase_if(moments, [&](double at) { return !within(at); });
    }

    void pool(const Lifetimes& lives) {
        const bool whole = std::all_of(lives.rows.begin(), lives.rows.end(), [](const auto& life) {
            return life.seen.failed && life.seen.checked == 0 && life.seen.upper > 0;
        });
        double failures = 0;
        for (const Lifetime& life : lives.rows) failures += life.seen.failed ? 1 : 0;
        if (whole)
            pool_logs(lives);
        else if (failures >= 2)
            result_.lives_pool = pool_lives(lives.rows);
        else
            result_.warnings.push_back("groups are not pooled: fewer than two failures in all");
    }

    /// Complete durations: means of the logarithms, their errors from the common spread within.
    void pool_logs(const Lifetimes& lives) {
        std::map<std::string, statistics::Summary> groups;
        for (const Lifetime& life : lives.rows)
            groups[life.group].add(std::log((life.seen.lower + life.seen.upper) / 2));
        double squares = 0, degrees = 0;
        for (const auto& [name, own] : groups)
            squares += own.squares, degrees += static_cast<double>(own.count - 1);
        if (degrees < 1 || !(squares > 0)) {
            result_.warnings.push_back("groups are not pooled: no group has two durations");
            return;
        }
        result_.log_deviation = std::sqrt(squares / degrees);
        std::vector<GroupEstimate> estimates;
        estimates.reserve(groups.size());
        for (const auto& [name, own] : groups) {
            const auto n = static_cast<double>(own.count);
            estimates.push_back({name, own.mean, result_.log_deviation / std::sqrt(n), n});
        }
        result_.logs_pool = pool_estimates(estimates);
    }

    void regress(const Lifetimes& lives) {
        if (result_.law->failures == 0) return;
        std::vector<RegressionRow> rows;
        rows.reserve(lives.rows.size());
        for (const Lifetime& life : lives.rows) rows.push_back({life.seen, life.covariates});
        result_.cox = fit_cox(rows, lives.covariates);
        result_.weibull = fit_weibull_regression(rows, lives.covariates);
    }

    void fit_events(RecordTable& table) {
        const auto unit = table.texts("unit");
        const auto age = table.numbers("age");
        const auto event = table.flags("status");
        std::map<std::string, RecurrentUnit> units;
        std::set<std::string> ended;
        for (std::size_t row = 0; row < table.size(); ++row) {
            if (age[row] < 0) table.refuse(row, "age", "an age below 0", "ages count from 0");
            RecurrentUnit& own = units[unit[row]];
            own.name = unit[row];
            own.end = std::max(own.end, age[row]);
            if (event[row])
                own.events.push_back(age[row]);
            else
                ended.insert(unit[row]);
        }
        std::vector<RecurrentUnit> list;
        int without_end = 0;
        for (auto& [name, own] : units) {
            std::sort(own.events.begin(), own.events.end());
            without_end += ended.contains(name) ? 0 : 1;
            if (own.end > 0) list.push_back(std::move(own));
        }
        if (without_end > 0)
            result_.warnings.push_back(
                std::to_string(without_end) +
                " units have no row that ends their observation: their last event is taken for "
                "the end, which makes events look a little more frequent");
        if (!problems_.empty()) return;
        if (list.empty()) return refuse("no unit was observed beyond age 0", "see column `age`");
        result_.recurrence = fit_recurrence(list);
    }

    bool within(double at) const { return at <= known_.as_of && at >= known_.from; }

    static double last_of(const std::vector<double>& times) {
        return times.empty() ? 0 : *std::max_element(times.begin(), times.end());
    }

    void fit_power(RecordTable& table) {
        const auto at = table.moments("time");
        const auto value = table.numbers("value");
        RecordTable states(task_.states, plan_.folder, problems_);
        if (!problems_.empty()) return;
        const auto changed = states.moments("time");
        const auto state = states.texts("state");
        if (!problems_.empty()) return;
        open_window(last_of(at));
        std::vector<PowerSample> samples;
        for (std::size_t i = 0; i < at.size(); ++i)
            if (within(at[i])) samples.push_back({at[i], value[i]});
        std::vector<StateChange> changes;
        for (std::size_t i = 0; i < changed.size(); ++i)
            if (changed[i] <= known_.as_of) changes.push_back({changed[i], state[i]});
        const auto earlier = [](const auto& a, const auto& b) { return a.at < b.at; };
        std::stable_sort(samples.begin(), samples.end(), earlier);
        std::stable_sort(changes.begin(), changes.end(), earlier);
        result_.powers = power_by_state(samples, changes, task_.resolution, task_.settle_s);
        if (result_.powers->states.empty())
            refuse("no sample lies in a known state", "compare the clocks of the two files");
    }

    void fit_demand(RecordTable& table) {
        auto moments = table.moments("time");
        if (!problems_.empty()) return;
        open_window(last_of(moments));
        std::sort(moments.begin(), moments.end());
        std::erase_if(moments, [&](double at) { return !within(at); });
        if (plan_.window_s <= 0) find_drift_of_gaps(moments);
        if (moments.size() < 3)
            return refuse("fewer than three arrivals are left", "widen the window");
        const bool together = std::adjacent_find(moments.begin(), moments.end()) != moments.end();
        if (together && task_.resolution <= 0)
            return refuse("arrivals share an instant: gaps of 0 have no exact law",
                          "give the `resolution` of the clock, as in resolution: 1 s");
        result_.arrivals = fit_arrivals(moments, task_.in_seconds, task_.resolution, rules());
    }

    void fit_heat(RecordTable& table) {
        const auto at = table.moments("time");
        const auto temperature = table.numbers("temperature"), power = table.numbers("power");
        const bool ambient_recorded = table.has("ambient");
        const auto ambient = ambient_recorded ? table.numbers("ambient") : at;
        if (!problems_.empty()) return;
        open_window(last_of(at));
        std::vector<ThermalReading> readings;
        for (std::size_t i = 0; i < at.size(); ++i)
            if (within(at[i]))
                readings.push_back(
                    {at[i], temperature[i], power[i], ambient_recorded ? ambient[i] : 0});
        std::stable_sort(readings.begin(), readings.end(),
                         [](const auto& a, const auto& b) { return a.at < b.at; });
        result_.thermal = fit_thermal(readings, ambient_recorded);
    }

    const FitPlan& plan_;
    const FitTask& task_;
    Known known_;
    Problems& problems_;
    TaskResult result_;
};

}  // namespace

FitPlanResult run_fit_plan(const FitPlan& plan) {
    FitPlanResult result;
    result.plan = plan;
    result.known_until = known_until(plan);
    const double as_of = result.known_until ? static_cast<double>(*result.known_until) : infinity;
    Problems all;
    for (const FitTask& task : plan.tasks) {
        Problems problems;
        if (plan.told)
            plan.told(static_cast<std::int64_t>(result.tasks.size()),
                      static_cast<std::int64_t>(plan.tasks.size()));
        result.tasks.push_back(TaskRun(plan, task, {-infinity, as_of}, problems).run());
        all.insert(all.end(), problems.begin(), problems.end());
    }
    if (!all.empty()) throw InputError(std::move(all));
    return result;
}

}  // namespace foretwin::calibration
