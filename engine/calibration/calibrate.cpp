#include "engine/calibration/calibrate.hpp"

#include <algorithm>

namespace foretwin::calibration {

namespace {

using Lives = std::vector<const Life*>;

Lives lives_of(const LifeData& data, std::uint32_t cause, std::uint32_t model) {
    Lives lives;
    for (const Life& life : data.lives)
        if (life.cause == cause && life.model == model && !life.excluded) lives.push_back(&life);
    return lives;
}

Sample sample_of(const Lives& lives, Treatment treatment, double period) {
    std::vector<Observation> observations;
    for (const Life* life : lives)
        if (const auto seen = observe(*life, treatment, period)) observations.push_back(*seen);
    return make_sample(observations, treatment, period);
}

bool is_power_law(const LifeFit& fit) {
    return fit.law.family == LifeFamily::weibull || fit.law.family == LifeFamily::gamma;
}

/// The best of the candidates that stand for another idea of ageing than the best one: neither a
/// special nor a wider case of it, and not gamma instead of Weibull with the same kind of shift,
/// which differ too little to be a second opinion.
std::size_t second_best(const std::vector<LifeFit>& candidates) {
    const LifeFit& best = candidates[0];
    for (std::size_t i = 1; i < candidates.size(); ++i) {
        const LifeFit& other = candidates[i];
        const bool alike =
            is_power_law(best) && is_power_law(other) && best.shifted == other.shifted;
        if (!nested(best, other) && !alike) return i;
    }
    return 0;
}

void add_goodness(ClassResult& result, const Lives& lives, double period) {
    double oldest = 0;
    for (const Life* life : lives) oldest = std::max(oldest, life->exit);
    const double width = period > 0 ? period : std::max(oldest / 10, 1e-3);
    result.goodness = judge(result.best(), lives, period, width);
    for (const LifeFit& fit : result.candidates)
        if (fit.law.family == LifeFamily::weibull && !fit.shifted)
            result.two_parameter_weibull = judge(fit, lives, period, width);
}

ClassResult fit_class(const CalibrationResult& all, std::uint32_t cause, std::uint32_t model,
                      const Lives& lives) {
    ClassResult result;
    result.name = all.records.causes[cause] + " " + all.records.models[model];
    result.cause = cause;
    result.model = model;
    for (const Life* life : lives) {
        ++(life->failed() ? result.failures : result.censored);
        result.late_entries += life->late() ? 1 : 0;
    }
    const double period = all.grid.found ? all.grid.period_days() : 0;
    const Sample sample = sample_of(lives, all.treatment, period);
    result.candidates = fit_candidates(sample);
    result.second = second_best(result.candidates);
    add_shift_interval(result.candidates.front(), sample);
    if (result.second > 0) add_shift_interval(result.candidates[result.second], sample);
    if (all.grid.found) {
        const Treatment other =
            all.treatment == Treatment::exact ? Treatment::inspected : Treatment::exact;
        result.other_treatment = fit_candidates(sample_of(lives, other, period));
    }
    add_goodness(result, lives, period);
    return result;
}

Treatment choose(Treatment asked, const VisitGrid& grid) {
    if (asked != Treatment::automatic) return asked;
    return grid.found ? Treatment::inspected : Treatment::exact;
}

}  // namespace

CalibrationResult calibrate(const RecordMapping& mapping,
                            const std::filesystem::path& base_folder) {
    return calibrate(mapping, read_record_files(mapping, base_folder));
}

CalibrationResult calibrate(const RecordMapping& mapping, Records records) {
    CalibrationResult result;
    result.mapping = mapping;
    result.records = std::move(records);
    result.grid = find_visit_grid(result.records, mapping);
    if (mapping.treatment == Treatment::inspected && !result.grid.found)
        throw InputError(mapping.failures.place,
                         "the records show no common visit period, so failures cannot be read as "
                         "found at visits",
                         "treat them as exact");
    result.treatment = choose(mapping.treatment, result.grid);
    result.data = make_lives(result.records, mapping, result.grid);
    for (std::uint32_t cause = 0; cause < result.records.causes.size(); ++cause)
        for (std::uint32_t model = 0; model < result.records.models.size(); ++model) {
            const Lives lives = lives_of(result.data, cause, model);
            if (!lives.empty()) result.classes.push_back(fit_class(result, cause, model, lives));
        }
    result.policy = measure_policy(result.records, result.data, result.grid);
    result.announcements = measure_announcements(result.records, mapping);
    result.present =
        state_at(result.records, mapping, result.data, result.grid, result.records.observed_to);
    result.warnings = find_warnings(result);
    return result;
}

}  // namespace foretwin::calibration
