#include "engine/calibration/particle_weights.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>

using foretwin::calibration::ParticleWeights;

namespace {
constexpr double impossible = -std::numeric_limits<double>::infinity();
}

TEST_CASE("weights are posterior probabilities, and the evidence is the mean likelihood") {
    // Likelihoods 1, 2, 5 under equal weights: 1/8, 2/8, 5/8; evidence 8/3. Then 4, 1, 0:
    // 4/6, 2/6, 0; evidence (4 + 2) / 8.
    ParticleWeights weights(3, 1);
    CHECK(weights.weigh({std::log(1), std::log(2), std::log(5)}) ==
          doctest::Approx(std::log(8.0 / 3)));
    CHECK(weights.values()[2] == doctest::Approx(0.625));
    CHECK(weights.weigh({std::log(4), 0, impossible}) == doctest::Approx(std::log(0.75)));
    CHECK(weights.values()[0] == doctest::Approx(2.0 / 3));
    CHECK(weights.values()[2] == 0);
    // 1 / (4/9 + 1/9)
    CHECK(weights.effective_size() == doctest::Approx(1.8));
    CHECK(weights.mean({3, 6, 100}) == doctest::Approx(4));
    CHECK(weights.quantile({6, 3, 100}, 0.3) == 3);
    CHECK(weights.quantile({6, 3, 100}, 0.34) == 6);
    CHECK(weights.quantile({6, 3, 100}, 1) == 6);
}

TEST_CASE("likelihoods far below what a number holds are compared all the same") {
    ParticleWeights weights(2, 1);
    CHECK(weights.weigh({-5000, -5000 + std::log(3.0)}) == doctest::Approx(-5000 + std::log(2.0)));
    CHECK(weights.values()[1] == doctest::Approx(0.75));
}

TEST_CASE("what is impossible under all particles changes nothing") {
    ParticleWeights weights(2, 1);
    weights.weigh({std::log(1), std::log(3)});
    CHECK(weights.weigh({impossible, impossible}) == impossible);
    CHECK(weights.values()[1] == doctest::Approx(0.75));
}

TEST_CASE("resampling gives each its share to within one, under the seed") {
    ParticleWeights weights(10, 5);
    std::vector<double> logs(10, impossible);
    logs[2] = std::log(0.55);
    logs[7] = std::log(0.45);
    weights.weigh(logs);
    ParticleWeights copy = weights;
    const std::vector<std::size_t> ancestors = weights.resample();
    std::array<int, 10> children{};
    for (const std::size_t ancestor : ancestors) ++children[ancestor];
    CHECK(children[2] + children[7] == 10);
    CHECK((children[2] == 5 || children[2] == 6));
    CHECK(weights.effective_size() == doctest::Approx(10));
    CHECK(copy.resample() == ancestors);
    CHECK(weights.generation() == 1);
}

TEST_CASE("over many resamplings every particle gets its share in the mean") {
    // Weight 0.13 of four particles: 0.52 children each time; 1000 times, within three standard
    // errors of a Bernoulli variable with p = 0.52 (0.047).
    double children = 0;
    ParticleWeights weights(4, 9);
    for (int i = 0; i < 1000; ++i) {
        weights.weigh({std::log(0.13), std::log(0.29), std::log(0.29), std::log(0.29)});
        for (const std::size_t ancestor : weights.resample()) children += ancestor == 0 ? 1 : 0;
    }
    CHECK(children / 1000 == doctest::Approx(0.52).epsilon(0.09));
}
