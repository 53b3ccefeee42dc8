#include "engine/calibration/visit_hazard.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "engine/core/rule.hpp"

namespace foretwin::calibration {

namespace {

constexpr std::array penalties{0.03, 0.1, 0.3, 1.0, 3.0, 10.0};

/// Every distinct value but the smallest: "at least x" then splits the devices in two.
std::vector<double> thresholds_of(const DeviceAttribute& attribute) {
    const std::set<double> distinct(attribute.values.begin(), attribute.values.end());
    if (distinct.empty()) return {};
    return {std::next(distinct.begin()), distinct.end()};
}

/// The visits of all known devices, in time order, after the first recorded one of each: before it
/// nobody knows whether visits were held, and it is itself chosen for what it found.
std::vector<std::pair<LocalSeconds, std::uint32_t>> visits_of(const Records& records,
                                                              const VisitGrid& grid) {
    std::vector<std::pair<LocalSeconds, std::uint32_t>> visits;
    for (std::uint32_t device = 0; device < records.devices.size(); ++device) {
        if (!grid.devices[device].known) continue;
        LocalSeconds at = grid.devices[device].first + grid.period;
        for (; at <= records.observed_to; at += grid.period) visits.emplace_back(at, device);
    }
    std::sort(visits.begin(), visits.end());
    return visits;
}

LocalSeconds first_origin_after(LocalSeconds at, const HazardDesign& design) {
    const LocalSeconds rest = (at - design.origin_phase) % design.origin_every;
    return at - (rest < 0 ? rest + design.origin_every : rest) + design.origin_every;
}

}  // namespace

struct VisitHazard::Rows {
    std::vector<Trial> far, near;                                      // in time order
    std::vector<double> met = std::vector<double>(oldest_class, 0.0);  // good, per age class
    std::vector<double> replaced = std::vector<double>(oldest_class, 0.0);
};

VisitHazard::VisitHazard(const Records& records, const RecordMapping& mapping,
                         const VisitGrid& grid, HazardDesign design)
    : design_(std::move(design)),
      model_of_(records.model_of),
      models_(records.models.size()),
      codes_(design_.codes ? records.codes.size() : 0) {
    FORETWIN_RULE(grid.found, "a hazard per visit needs visits");
    FORETWIN_RULE(design_.origin_every > 0 && design_.ahead > 0, "windows have a length");
    own_features_ = models_ + oldest_class - 1;
    for (const DeviceAttribute& attribute : design_.attributes) {
        FORETWIN_RULE(attribute.values.size() == model_of_.size(),
                      "an attribute tells every device");
        thresholds_.push_back(thresholds_of(attribute));
        own_features_ += thresholds_.back().size();
    }
    const History history(records, mapping);
    std::vector<Rows> rows(records.causes.size());
    for (const auto& [visit, device] : visits_of(records, grid))
        add_rows(history, grid, records, device, visit, rows);
    for (const Rows& own : rows) {
        far_.push_back(fit_logistic_over_time(own.far, own_features_, penalties));
        near_.push_back(codes_ == 0
                            ? far_.back()
                            : fit_logistic_over_time(own.near, own_features_ + codes_, penalties));
        replaced_.emplace_back();
        for (int age = 0; age < oldest_class; ++age) {
            const auto at = static_cast<std::size_t>(age);
            replaced_.back().push_back((own.replaced[at] + 0.5) / (own.met[at] + 1));
        }
    }
}

void VisitHazard::add_rows(const History& history, const VisitGrid& grid, const Records& records,
                           std::uint32_t device, LocalSeconds visit,
                           std::vector<Rows>& rows) const {
    for (std::uint32_t cause = 0; cause < rows.size(); ++cause) {
        const auto begin = history.renewed(device, cause, visit - 1);
        if (!begin) continue;
        const Met met{device, cause, age_class_of(visit - *begin, grid.period)};
        Rows& own = rows[cause];
        const bool failed = history.failures(device, cause, visit - 1, visit) > 0;
        own.far.push_back({features(met), failed});
        LocalSeconds origin = first_origin_after(visit - design_.ahead - 1, design_);
        for (; codes_ > 0 && origin < visit; origin += design_.origin_every) {
            if (origin < records.observed_from) continue;
            own.near.push_back({features(met), failed});
            for (const auto code : codes_before(history, device, visit, origin))
                own.near.back().features.push_back(
                    static_cast<std::uint32_t>(own_features_ + code));
        }
        if (failed) continue;
        const auto age = static_cast<std::size_t>(met.age_class - 1);
        own.met[age] += 1;
        own.replaced[age] += history.replaced_at(device, cause, visit) ? 1 : 0;
    }
}

std::vector<std::uint32_t> VisitHazard::features(const Met& met) const {
    std::vector<std::uint32_t> found{model_of_[met.device]};
    auto next = static_cast<std::uint32_t>(models_);
    for (int age = 2; age <= oldest_class; ++age, ++next)
        if (met.age_class >= age) found.push_back(next);
    for (std::size_t i = 0; i < thresholds_.size(); ++i)
        for (const double threshold : thresholds_[i]) {
            if (design_.attributes[i].values[met.device] >= threshold) found.push_back(next);
            ++next;
        }
    return found;
}

double VisitHazard::chance(const Met& met) const {
    return far_[met.cause].chance(features(met));
}

double VisitHazard::chance(const Met& met, std::span<const std::uint32_t> codes) const {
    std::vector<std::uint32_t> all = features(met);
    if (codes_ > 0)
        for (const std::uint32_t code : codes)
            all.push_back(static_cast<std::uint32_t>(own_features_ + code));
    return near_[met.cause].chance(all);
}

double VisitHazard::replaced(const Met& met) const {
    return replaced_[met.cause][static_cast<std::size_t>(met.age_class - 1)];
}

std::vector<std::uint32_t> VisitHazard::codes_before(const History& history, std::uint32_t device,
                                                     LocalSeconds visit,
                                                     LocalSeconds origin) const {
    std::vector<std::uint32_t> found;
    for (std::uint32_t code = 0; code < codes_; ++code)
        if (history.told(device, code, visit - design_.ahead, origin)) found.push_back(code);
    return found;
}

int VisitHazard::age_class_of(LocalSeconds age, LocalSeconds period) {
    FORETWIN_RULE(age > 0, "a component meets a visit after it was new");
    return static_cast<int>(std::min<LocalSeconds>((age + period - 1) / period, oldest_class));
}

}  // namespace foretwin::calibration
