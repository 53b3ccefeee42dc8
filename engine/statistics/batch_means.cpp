#include "engine/statistics/batch_means.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "engine/core/rule.hpp"

namespace foretwin::statistics {
namespace {

std::vector<double> means_of_batches(std::span<const double> series, std::size_t size,
                                     std::size_t batches) {
    std::vector<double> means;
    for (std::size_t i = 0; i < batches; ++i) {
        means.push_back(summarise(series.subspan(i * size, size)).mean);
    }
    return means;
}

/// Sum of products of successive deviations, over the sum of squares.
double lag1(std::span<const double> series, const Summary& summary) {
    double products = 0;
    for (std::size_t i = 0; i + 1 < series.size(); ++i) {
        products += (series[i] - summary.mean) * (series[i + 1] - summary.mean);
    }
    return products / summary.squares;
}

double von_neumann(const std::vector<double>& means, const Summary& summary) {
    double squares = 0;
    for (std::size_t i = 0; i + 1 < means.size(); ++i) {
        squares += (means[i + 1] - means[i]) * (means[i + 1] - means[i]);
    }
    return squares / summary.squares;
}

/// n m / ((n - m + 1)(n - m)) sum (overlapping mean - mean)^2 estimates n Var(mean).
double overlapping(std::span<const double> series, const Summary& summary, std::size_t size) {
    double window = 0;
    double squares = 0;
    for (std::size_t i = 0; i < series.size(); ++i) {
        window += series[i] - summary.mean;
        if (i >= size) window -= series[i - size] - summary.mean;
        const double deviation = window / static_cast<double>(size);
        if (i + 1 >= size) squares += deviation * deviation;
    }
    const auto n = static_cast<double>(series.size());
    const auto m = static_cast<double>(size);
    return m / ((n - m + 1) * (n - m)) * squares;
}

}  // namespace

BatchMeans batch_means(std::span<const double> series, std::int64_t batches, double level) {
    FORETWIN_RULE(batches >= 2, "batch means need at least two batches");
    const auto count = static_cast<std::size_t>(batches);
    FORETWIN_RULE(series.size() >= count, "a batch holds at least one observation");
    const std::size_t size = series.size() / count;
    const Summary all = summarise(series);
    const std::vector<double> means = means_of_batches(series, size, count);
    const Summary of_means = summarise(means);
    BatchMeans result;
    result.mean = mean_interval(of_means, level);
    result.batch_variance = of_means.variance();
    result.lag1_autocorrelation = lag1(series, all);
    result.overlapping_variance_of_mean = overlapping(series, all, size);
    result.von_neumann_ratio = von_neumann(means, of_means);
    return result;
}

Truncation mser5(std::span<const double> series) {
    constexpr std::size_t batch = 5;
    const std::vector<double> means = means_of_batches(series, batch, series.size() / batch);
    Truncation result;
    result.batches = static_cast<std::int64_t>(means.size());
    result.criterion = std::numeric_limits<double>::infinity();
    FORETWIN_RULE(!means.empty(), "MSER-5 needs at least five observations");
    for (std::size_t cut = 0; cut <= means.size() / 2; ++cut) {
        const Summary rest = summarise(std::span(means).subspan(cut));
        const auto left = static_cast<double>(rest.count);
        const double criterion = rest.squares / (left * left);
        if (cut == 0) {
            result.criterion_uncut = criterion;
            result.full_mean = rest.mean;
        }
        if (criterion >= result.criterion) continue;
        result.criterion = criterion;
        result.batches_cut = static_cast<std::int64_t>(cut);
        result.truncated_mean = rest.mean;
        result.at_limit = cut > 0 && cut == means.size() / 2;
    }
    result.observations_cut = result.batches_cut * static_cast<std::int64_t>(batch);
    return result;
}

}  // namespace foretwin::statistics
