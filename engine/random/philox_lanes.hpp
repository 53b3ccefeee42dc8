#pragma once

#include <emmintrin.h>

#include <array>
#include <cstdint>

#include "engine/core/math_lanes.hpp"
#include "engine/random/stream.hpp"

namespace foretwin::random {

/// The first two times 64 bits of each of four draws; draw i stands in lane i % 2 of place i / 2.
struct FourBlocks {
    std::array<math::TwoBits, 2> first;
    std::array<math::TwoBits, 2> second;
};

/// Of the draws `first` to `first` + 3 of a stream: philox4x32_10 at four counters at once. Two
/// counters share a register of the instruction set that every x86-64 processor has; the high half
/// of a lane holds rubbish that multiplication ignores.
inline FourBlocks blocks_of_four(Key key, std::uint64_t name, std::uint32_t first) {
    const auto both = [](std::uint32_t word) { return _mm_set1_epi64x(word); };
    const __m128i factor0 = both(0xD2511F53);
    const __m128i factor2 = both(0xCD9E8D57);
    __m128i words[4][2];
    for (std::uint32_t i = 0; i < 2; ++i) {
        words[0][i] = _mm_setzero_si128();
        words[1][i] = _mm_set_epi64x(first + 2 * i + 1, first + 2 * i);
        words[2][i] = both(static_cast<std::uint32_t>(name));
        words[3][i] = both(static_cast<std::uint32_t>(name >> 32));
    }
    for (std::uint32_t round = 0; round < 10; ++round) {
        const __m128i key0 = both(key.seed + 0x9E3779B9U * round);
        const __m128i key1 = both(key.replication + 0xBB67AE85U * round);
        for (int i = 0; i < 2; ++i) {
            const __m128i product0 = _mm_mul_epu32(words[0][i], factor0);
            const __m128i product2 = _mm_mul_epu32(words[2][i], factor2);
            const __m128i high0 = _mm_srli_epi64(product0, 32);
            const __m128i high2 = _mm_srli_epi64(product2, 32);
            words[0][i] = _mm_xor_si128(_mm_xor_si128(high2, words[1][i]), key0);
            words[1][i] = product2;
            words[2][i] = _mm_xor_si128(_mm_xor_si128(high0, words[3][i]), key1);
            words[3][i] = product0;
        }
    }
    const __m128i low_half = both(0xffffffffU);
    const auto joined = [&](__m128i low, __m128i high) {
        return reinterpret_cast<math::TwoBits>(
            _mm_or_si128(_mm_and_si128(low, low_half), _mm_slli_epi64(high, 32)));
    };
    FourBlocks blocks;
    for (std::size_t i = 0; i < 2; ++i) {
        blocks.first[i] = joined(words[0][i], words[1][i]);
        blocks.second[i] = joined(words[2][i], words[3][i]);
    }
    return blocks;
}

/// Draws::uniform_of, twice.
inline math::Two uniforms_of(math::TwoBits bits) {
    return math::whole_numbers(bits >> 11 | 1) * 0x1p-53;
}

}  // namespace foretwin::random
