#include "engine/calibration/particle_weights.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/core/math.hpp"
#include "engine/core/name_hash.hpp"
#include "engine/core/rule.hpp"
#include "engine/random/stream.hpp"

namespace foretwin::calibration {

ParticleWeights::ParticleWeights(std::size_t particles, std::uint32_t seed)
    : seed_(seed), weights_(particles, 1 / static_cast<double>(particles)) {
    FORETWIN_RULE(particles > 0, "a filter has particles");
}

double ParticleWeights::weigh(const std::vector<double>& log_likelihoods) {
    constexpr double impossible = -std::numeric_limits<double>::infinity();
    FORETWIN_RULE(log_likelihoods.size() == weights_.size(), "every particle has its likelihood");
    double best = impossible;
    for (std::size_t i = 0; i < weights_.size(); ++i) {
        if (weights_[i] > 0) best = std::max(best, log_likelihoods[i]);
    }
    if (best == impossible) return impossible;
    // Relative to the best one, so that nothing underflows that matters.
    std::vector<double> next(weights_.size());
    double sum = 0;
    for (std::size_t i = 0; i < weights_.size(); ++i) {
        next[i] = weights_[i] * math::exp(log_likelihoods[i] - best);
        sum += next[i];
    }
    for (double& weight : next) weight /= sum;
    weights_ = std::move(next);
    return best + math::log(sum);
}

double ParticleWeights::effective_size() const {
    double squares = 0;
    for (const double weight : weights_) squares += weight * weight;
    return 1 / squares;
}

std::vector<std::size_t> ParticleWeights::resample() {
    random::Draws draws({seed_, 0}, name_hash("particle filter/resampling"), generation_++, 0);
    const auto count = static_cast<double>(weights_.size());
    const double offset = draws.uniform();
    std::vector<std::size_t> ancestors(weights_.size());
    std::size_t ancestor = 0;
    double reached = weights_.front();
    for (std::size_t i = 0; i < ancestors.size(); ++i) {
        const double wanted = (static_cast<double>(i) + offset) / count;
        while (reached < wanted && ancestor + 1 < weights_.size()) reached += weights_[++ancestor];
        // Rounding may leave the sum below 1: the last one that weighs anything takes the rest.
        while (weights_[ancestor] == 0) --ancestor;
        ancestors[i] = ancestor;
    }
    std::fill(weights_.begin(), weights_.end(), 1 / count);
    return ancestors;
}

double ParticleWeights::mean(const std::vector<double>& figure) const {
    return std::inner_product(figure.begin(), figure.end(), weights_.begin(), 0.0);
}

double ParticleWeights::quantile(const std::vector<double>& figure, double p) const {
    std::vector<std::size_t> order(figure.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return figure[a] < figure[b]; });
    double below = 0;
    for (const std::size_t i : order) {
        below += weights_[i];
        // What rounding may lack of the whole.
        if (below >= p - 1e-12 && weights_[i] > 0) return figure[i];
    }
    return figure[order.back()];
}

}  // namespace foretwin::calibration
