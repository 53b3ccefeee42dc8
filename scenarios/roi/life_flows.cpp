#include "scenarios/roi/life_flows.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/core/error.hpp"
#include "engine/core/name_hash.hpp"
#include "engine/core/rule.hpp"
#include "engine/random/stream.hpp"

namespace foretwin::roi {
namespace {

constexpr std::uint64_t stretches_name = name_hash("economics/stretches");

Time end_of(const StudySpan& span) {
    return static_cast<Time>(std::llround(span.years * static_cast<double>(span.year)));
}

/// Spreads an amount that falls evenly on [begin, end) over the years that it touches.
void spread(double amount, Time begin, Time end, Time study_end, Time year,
            std::vector<double>& years) {
    const auto length = static_cast<double>(end - begin);
    const Time last = std::min(end, study_end);
    for (Time at = begin; at < last;) {
        const Time year_end = (at / year + 1) * year;
        const Time until = std::min(last, year_end);
        years[static_cast<std::size_t>(at / year)] +=
            amount * (static_cast<double>(until - at) / length);
        at = until;
    }
}

}  // namespace

StretchChoice::StretchChoice(const PairedFutures& futures, std::uint32_t seed) : seed_(seed) {
    const std::size_t count = futures.draw.size();
    pool_of_.resize(count, 0);
    if (!futures.uncertain_parameters) {
        pools_.emplace_back(count);
        std::iota(pools_[0].begin(), pools_[0].end(), std::size_t{0});
        return;
    }
    for (std::size_t future = 0; future < count; ++future) {
        const std::size_t draw = futures.draw[future];
        if (draw >= pools_.size()) pools_.resize(draw + 1);
        pools_[draw].push_back(future);
        pool_of_[future] = draw;
    }
}

std::vector<std::size_t> StretchChoice::stretches(std::size_t future, std::size_t count) const {
    const std::vector<std::size_t>& pool = pools_[pool_of_[future]];
    std::vector<std::size_t> chosen{future};
    random::Draws draws =
        random::draws({seed_, static_cast<std::uint32_t>(future)}, stretches_name, 0);
    if (count > pool.size()) {
        while (chosen.size() < count) chosen.push_back(pool[draws.below(pool.size())]);
        return chosen;
    }
    // Fisher and Yates (1938), only as far as needed.
    std::vector<std::size_t> others = pool;
    std::erase(others, future);
    for (std::size_t i = 0; chosen.size() < count; ++i) {
        std::swap(others[i], others[i + draws.below(others.size() - i)]);
        chosen.push_back(others[i]);
    }
    return chosen;
}

std::size_t StretchChoice::smallest_pool() const {
    std::size_t smallest = pool_of_.size();
    for (const auto& pool : pools_)
        if (!pool.empty()) smallest = std::min(smallest, pool.size());
    return smallest;
}

std::size_t stretch_count(Time horizon, const StudySpan& span) {
    FORETWIN_RULE(horizon > 0 && span.year > 0, "horizon and year have a length");
    if (!(span.years > 0 && span.years <= 100))
        throw InputError({}, "the life of the study is not above 0 and at most 100 years",
                         "as in life: 5 years");
    const Time end = end_of(span);
    const Time count = end / horizon + (end % horizon != 0 ? 1 : 0);
    if (count > 100'000)
        throw InputError(
            {}, "the horizon is too short to tell " + std::to_string(span.years) + " years from it",
            "measure at least an hour per decade of life; better a year");
    return static_cast<std::size_t>(std::max<Time>(1, count));
}

std::vector<std::vector<double>> stretch_shares(Time horizon, const StudySpan& span) {
    const Time study_end = end_of(span);
    const auto years = static_cast<std::size_t>((study_end + span.year - 1) / span.year);
    std::vector<std::vector<double>> shares(stretch_count(horizon, span),
                                            std::vector<double>(years, 0.0));
    Time begin = 0;
    for (std::vector<double>& own : shares) {
        spread(1, begin, begin + horizon, study_end, span.year, own);
        begin += horizon;
    }
    return shares;
}

std::vector<std::vector<double>> yearly_amounts(const std::vector<double>& per_horizon,
                                                Time horizon, const StudySpan& span,
                                                const StretchChoice& choice) {
    const std::size_t stretches = stretch_count(horizon, span);
    const Time study_end = end_of(span);
    const auto years = static_cast<std::size_t>((study_end + span.year - 1) / span.year);
    std::vector<std::vector<double>> result;
    for (std::size_t future = 0; future < per_horizon.size(); ++future) {
        std::vector<double>& amounts = result.emplace_back(years, 0.0);
        Time begin = 0;
        for (const std::size_t replication : choice.stretches(future, stretches)) {
            spread(per_horizon[replication], begin, begin + horizon, study_end, span.year, amounts);
            begin += horizon;
        }
    }
    return result;
}

}  // namespace foretwin::roi
