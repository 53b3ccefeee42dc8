#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace foretwin::test {

/// A small generator of its own (splitmix64, Steele, Lea and Flood 2014), so that what a seed
/// stands for never changes with the library's streams.
class Dice {
  public:
    explicit Dice(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ULL + 1) {}
    std::uint64_t bits() {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
        return z ^ z >> 31;
    }
    int from(int low, int high) {  ///< both included
        return low + static_cast<int>(bits() % static_cast<std::uint64_t>(high - low + 1));
    }
    bool chance(int percent) { return from(1, 100) <= percent; }
    const std::string& of(const std::vector<std::string>& list) {
        return list[bits() % list.size()];
    }

  private:
    std::uint64_t state_;
};

}  // namespace foretwin::test
