#include "engine/statistics/variance_components.hpp"

#include <algorithm>
#include <limits>

#include "engine/core/rule.hpp"

namespace foretwin::statistics {
namespace {

std::vector<Summary> group_summaries(std::span<const double> values,
                                     std::span<const std::uint32_t> group_of) {
    FORETWIN_RULE(values.size() == group_of.size(), "every value has a group");
    std::vector<Summary> groups;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (group_of[i] >= groups.size()) groups.resize(group_of[i] + std::size_t{1});
        groups[group_of[i]].add(values[i]);
    }
    std::erase_if(groups, [](const Summary& group) { return group.count == 0; });
    return groups;
}

}  // namespace

VarianceComponents variance_components(std::span<const double> values,
                                       std::span<const std::uint32_t> group_of) {
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    const std::vector<Summary> groups = group_summaries(values, group_of);
    const Summary all = summarise(values);
    VarianceComponents result;
    result.values = all.count;
    result.groups = static_cast<std::int64_t>(groups.size());
    result.chance = unknown;
    result.between = unknown;
    double within = 0;
    double between = 0;
    double sizes_squared = 0;
    Summary means;
    for (const Summary& group : groups) {
        const auto size = static_cast<double>(group.count);
        within += group.squares;
        between += size * (group.mean - all.mean) * (group.mean - all.mean);
        sizes_squared += size * size;
        means.add(group.mean);
    }
    result.mean = means.count > 0 ? means.mean : unknown;
    const std::int64_t inside = result.values - result.groups;
    if (inside > 0) result.chance = within / static_cast<double>(inside);
    if (inside <= 0 || result.groups < 2) return result;
    // Expected mean square between groups = chance + size * between.
    const auto n = static_cast<double>(result.values);
    const auto freedom = static_cast<double>(result.groups - 1);
    const double size = (n - sizes_squared / n) / freedom;
    result.between = std::max(0.0, (between / freedom - result.chance) / size);
    return result;
}

std::vector<double> group_means(std::span<const double> values,
                                std::span<const std::uint32_t> group_of) {
    std::vector<double> means;
    for (const Summary& group : group_summaries(values, group_of)) means.push_back(group.mean);
    return means;
}

Interval mean_interval_by_group(std::span<const double> values,
                                std::span<const std::uint32_t> group_of, double level) {
    Interval interval = mean_interval(group_means(values, group_of), level);
    if (!interval.known()) {
        interval.why_unknown = "an interval needs at least two independent parameter draws";
    }
    return interval;
}

std::uint32_t parameter_draws(std::int64_t replications, bool uncertain_parameters) {
    FORETWIN_RULE(replications >= 1 && replications <= 0xffffffff,
                  "a study has 1 to 2^32 replications");
    if (!uncertain_parameters) return static_cast<std::uint32_t>(replications);
    return static_cast<std::uint32_t>(
        std::min<std::int64_t>(32, std::max<std::int64_t>(1, replications / 2)));
}

std::vector<std::uint32_t> draw_of_future(std::int64_t replications, bool uncertain_parameters) {
    const std::uint32_t draws = parameter_draws(replications, uncertain_parameters);
    std::vector<std::uint32_t> draw_of(static_cast<std::size_t>(replications));
    for (std::size_t i = 0; i < draw_of.size(); ++i) {
        draw_of[i] = static_cast<std::uint32_t>(i % draws);
    }
    return draw_of;
}

}  // namespace foretwin::statistics
