#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace foretwin::calibration {

/// The weights of a particle filter (Gordon, Salmond & Smith 1993): how well each of some possible
/// states of the plant agrees with what was observed. Whose states they are is the caller's affair.
/// Portable arithmetic and a named random stream: the same everywhere under one seed.
class ParticleWeights {
  public:
    /// At least one particle; equal weights.
    ParticleWeights(std::size_t particles, std::uint32_t seed);

    /// Multiplies in the likelihood of an observation under each particle, given as logarithms (of
    /// any common base point; minus infinity: impossible). Returns the logarithm of its weighted
    /// mean, the evidence. When it is impossible under all of them, nothing changes and the answer
    /// is minus infinity.
    double weigh(const std::vector<double>& log_likelihoods);

    /// They sum to 1.
    const std::vector<double>& values() const { return weights_; }
    /// 1 / sum of squares (Kong, Liu & Wong 1994): of how many equally good particles these are
    /// worth.
    double effective_size() const;

    /// Which particle each one of the next generation goes on from, in rising order: systematic
    /// resampling (Kitagawa 1996), each gets its share of the weight to within one. All weigh the
    /// same again.
    std::vector<std::size_t> resample();
    /// How often there was a resampling.
    std::uint32_t generation() const { return generation_; }

    /// Weighted mean and quantile (smallest value with at least `p` of the weight at or below it)
    /// of some figure of the particles.
    double mean(const std::vector<double>& figure) const;
    double quantile(const std::vector<double>& figure, double p) const;

  private:
    std::uint32_t seed_;
    std::uint32_t generation_ = 0;
    std::vector<double> weights_;
};

}  // namespace foretwin::calibration
