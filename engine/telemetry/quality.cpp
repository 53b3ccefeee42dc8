#include "engine/telemetry/quality.hpp"

#include <algorithm>
#include <numeric>

#include "engine/core/rule.hpp"

namespace foretwin::telemetry {

std::string_view to_text(Defect defect) {
    constexpr std::array<std::string_view, sample_defects> names{"empty",
                                                                 "text in a number",
                                                                 "NaN or infinity",
                                                                 "sentinel",
                                                                 "zero, not recorded",
                                                                 "exact duplicate",
                                                                 "conflicting duplicate",
                                                                 "overlap",
                                                                 "late",
                                                                 "stuck",
                                                                 "out of range",
                                                                 "wrong unit"};
    return names[static_cast<std::size_t>(defect)];
}

void ClockDelays::add(Time delay) {
    least = rows == 0 ? delay : std::min(least, delay);
    most = rows == 0 ? delay : std::max(most, delay);
    ++rows;
    if (delay < 0) ++early;
}

/// The row that travelled least tells most: a clock that is behind makes every row look slow, one
/// that is ahead makes the fastest come too early.
std::optional<Time> ClockDelays::offset() const {
    if (rows == 0 || (least >= 0 && least <= at_once)) return std::nullopt;
    return -least;
}

std::int64_t QualityReport::rejected_rows() const {
    return std::accumulate(rows_rejected.begin(), rows_rejected.end(), std::int64_t{0});
}

SeriesCounts QualityReport::total() const {
    SeriesCounts sum;
    for (const SeriesCounts& one : series) {
        sum.received += one.received;
        sum.accepted += one.accepted;
        sum.rejected += one.rejected;
        sum.late += one.late;
        sum.waiting += one.waiting;
        sum.marked += one.marked;
        sum.out_of_order += one.out_of_order;
        sum.gaps += one.gaps;
        sum.gap_time = later(sum.gap_time, one.gap_time);
        sum.longest_gap = std::max(sum.longest_gap, one.longest_gap);
        sum.missing += one.missing;
        for (std::size_t i = 0; i < sample_defects; ++i) sum.defects[i] += one.defects[i];
    }
    return sum;
}

double QualityReport::bad_share() const {
    const SeriesCounts sum = total();
    const std::int64_t repeated = sum.of(Defect::exact_duplicate);
    const std::int64_t all = sum.received + rejected_rows();
    const std::int64_t bad = sum.rejected - repeated + sum.late + rejected_rows();
    return all == 0 ? 0 : static_cast<double>(bad) / static_cast<double>(all);
}

void QualityReport::check_accounts() const {
    FORETWIN_RULE(rows_received == rows_read + rejected_rows(), "every row is read or rejected");
    for (const SeriesCounts& one : series)
        FORETWIN_RULE(one.received == one.accepted + one.rejected + one.late + one.waiting,
                      "every sample is accepted, rejected or late, or waits for that");
}

}  // namespace foretwin::telemetry
