#include "engine/calibration/policy.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace foretwin::calibration {

namespace {

constexpr int visits_per_class = 40;
constexpr double oldest = 3650;  // closes the last class: no component is older than ten years

/// What one visit found at one component.
struct Finding {
    std::uint32_t cause = 0;
    double age = 0;
    Ending what = Ending::still_running;  // here: left as it is
};
using Visits = std::map<std::pair<std::uint32_t, LocalSeconds>, std::vector<Finding>>;

LocalSeconds after(LocalSeconds begin, double days) {
    return begin + static_cast<LocalSeconds>(std::llround(days * telemetry::seconds_per_day));
}

/// Every visit of every device with its findings: a life is met at each visit until it ends.
Visits collect(const LifeData& data, const VisitGrid& grid) {
    Visits visits;
    for (const Life& life : data.lives) {
        const DeviceVisits& device = grid.devices[life.device];
        if (!device.known) continue;
        const LocalSeconds exit = after(life.begin, life.exit);
        LocalSeconds at = std::max(device.first, grid.at_or_after(life.device, life.begin + 1));
        for (; at <= exit; at += grid.period) {
            const double age = static_cast<double>(at - life.begin) / telemetry::seconds_per_day;
            const bool ends = at == exit && life.ending != Ending::still_running;
            visits[{life.device, at}].push_back(
                {life.cause, age, ends ? life.ending : Ending::still_running});
        }
    }
    return visits;
}

/// Classes of one period, joined upwards until each holds enough visits.
std::vector<ChanceClass> join(const std::vector<ChanceClass>& fine) {
    std::vector<ChanceClass> joined;
    ChanceClass open;
    bool fresh = true;
    for (const ChanceClass& one : fine) {
        if (fresh) open.from = one.from;
        fresh = false;
        open.to = one.to;
        open.replaced += one.replaced;
        open.visits += one.visits;
        if (open.visits < visits_per_class) continue;
        joined.push_back(open);
        open = {};
        fresh = true;
    }
    if (joined.empty())
        joined.push_back(open);
    else if (!fresh) {
        joined.back().replaced += open.replaced;
        joined.back().visits += open.visits;
    }
    if (!joined.empty()) joined.back().to = oldest;
    return joined;
}

/// The tables of one device: those of its model.
struct Tables {
    std::vector<std::vector<ChanceClass>>& all;
    std::size_t models;
    std::size_t model;

    std::vector<ChanceClass>& of(std::uint32_t cause) { return all[cause * models + model]; }
};

void count_visit(const std::vector<Finding>& findings, double period, Tables fine,
                 VisitPolicy& policy) {
    int failed = 0, replaced = 0;
    for (const Finding& finding : findings) {
        failed += finding.what == Ending::failure ? 1 : 0;
        replaced += finding.what == Ending::replacement ? 1 : 0;
    }
    ++policy.visits_by[{failed, replaced}];
    policy.recorded += failed + replaced > 0 ? 1 : 0;
    for (const Finding& finding : findings) {
        if (finding.what == Ending::failure) continue;
        const int was_replaced = finding.what == Ending::replacement ? 1 : 0;
        Share& share = failed > 0 ? policy.beside_failure : policy.without_failure;
        share.count += was_replaced, ++share.of;
        auto& classes = fine.of(finding.cause);
        const auto index =
            static_cast<std::size_t>(std::max(1.0, std::ceil(finding.age / period - 1e-6))) - 1;
        while (classes.size() <= index) {
            const double from = period * static_cast<double>(classes.size());
            classes.push_back({from, from + period, 0, 0});
        }
        classes[index].replaced += was_replaced;
        ++classes[index].visits;
    }
}

double two_sided_p(const Share& a, const Share& b) {
    if (a.of == 0 || b.of == 0) return 1;
    const double both = static_cast<double>(a.count + b.count) / (a.of + b.of);
    const double error = std::sqrt(both * (1 - both) * (1.0 / a.of + 1.0 / b.of));
    return error > 0 ? std::erfc(std::abs(a.value() - b.value()) / error * M_SQRT1_2) : 1;
}

void count_young(const LifeData& data, VisitPolicy& policy) {
    std::vector<double> youngest(policy.younger_than_any_failure.size(),
                                 std::numeric_limits<double>::infinity());
    for (const Life& life : data.lives)
        if (life.failed() && !life.excluded)
            youngest[life.cause] = std::min(youngest[life.cause], life.exit);
    for (const Life& life : data.lives) {
        if (life.excluded || life.ending != Ending::replacement) continue;
        Share& share = policy.younger_than_any_failure[life.cause];
        ++share.of;
        share.count += life.exit < youngest[life.cause] ? 1 : 0;
    }
}

}  // namespace

VisitPolicy measure_policy(const Records& records, const LifeData& data, const VisitGrid& grid) {
    VisitPolicy policy;
    const std::size_t models = records.models.size();
    policy.chances.resize(records.causes.size() * models);
    policy.younger_than_any_failure.resize(records.causes.size());
    count_young(data, policy);
    if (!grid.found) return policy;
    std::vector<std::vector<ChanceClass>> fine(policy.chances.size());
    for (const auto& [visit, findings] : collect(data, grid)) {
        ++policy.held;
        count_visit(findings, grid.period_days(), {fine, models, records.model_of[visit.first]},
                    policy);
    }
    for (std::size_t i = 0; i < fine.size(); ++i)
        if (!fine[i].empty()) policy.chances[i] = join(fine[i]);
    policy.difference_p = two_sided_p(policy.without_failure, policy.beside_failure);
    return policy;
}

}  // namespace foretwin::calibration
