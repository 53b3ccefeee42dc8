#pragma once

#include <cmath>
#include <cstdint>

/// Test inputs that are the same everywhere, and the error of a function over many of them.
namespace foretwin::test {

class Numbers {
  public:
    explicit Numbers(std::uint64_t seed = 1) : state_(seed) {}

    /// Splitmix64 (Steele, Lea & Flood 2014).
    std::uint64_t bits() {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15ULL;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }
    double unit() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
    double between(double low, double high) { return low + (high - low) * unit(); }
    /// Even in the logarithm. Uses libm: not for golden values.
    double spread(double low, double high) {
        return std::exp(between(std::log(low), std::log(high)));
    }
    double sign() { return bits() % 2 == 0 ? 1.0 : -1.0; }

  private:
    std::uint64_t state_;
};

/// Spacing of doubles around a value.
inline double ulp(double value) {
    int exponent = 0;
    std::frexp(value, &exponent);
    return std::ldexp(1.0, exponent - 53 < -1074 ? -1074 : exponent - 53);
}

/// Largest |ours - truth| in units of the last place; infinite truths must be met exactly.
template <class Ours, class Truth, class Inputs>
double largest_error_ulp(Ours ours, Truth truth, int tries, Inputs inputs) {
    double worst = 0;
    for (int i = 0; i < tries; ++i) {
        const double x = inputs();
        const long double expected = truth(static_cast<long double>(x));
        const auto rounded = static_cast<double>(expected);
        const double got = ours(x);
        double error = 0;
        if (std::isinf(rounded)) {
            error = got == rounded ? 0 : 1e300;
        } else {
            error = static_cast<double>(std::abs(got - expected) / ulp(rounded));
        }
        if (!(error <= worst)) worst = error;
    }
    return worst;
}

/// Largest |ours - truth| / |truth|, where truth is a normal number.
template <class Ours, class Truth, class Inputs>
double largest_relative_error(Ours ours, Truth truth, int tries, Inputs inputs) {
    double worst = 0;
    for (int i = 0; i < tries; ++i) {
        const double x = inputs();
        const long double expected = truth(static_cast<long double>(x));
        if (std::abs(expected) < 1e-300L) continue;
        const auto error = static_cast<double>(std::abs((ours(x) - expected) / expected));
        if (!(error <= worst)) worst = error;
    }
    return worst;
}

}  // namespace foretwin::test
