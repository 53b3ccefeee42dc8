#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "engine/telemetry/sample.hpp"

namespace foretwin::telemetry {

/// What a series is made of.
enum class SeriesKind : std::uint8_t { numbers, texts };

/// The number of a word that is not there: the text of what is unavailable, or no detail.
inline constexpr std::uint32_t no_word = std::numeric_limits<std::uint32_t>::max();

/// Samples of one series, column by column as they are stored. A series of numbers uses `value`,
/// one of texts `code` and `detail`: numbers of words in its dictionary.
struct Rows {
    std::vector<Instant> at;
    std::vector<double> value;
    std::vector<std::uint32_t> code;
    std::vector<std::uint32_t> detail;
    std::vector<std::uint8_t> quality;

    std::size_t size() const { return at.size(); }
    bool empty() const { return at.empty(); }
    void add(const Sample& sample) {
        at.push_back(sample.at);
        value.push_back(sample.value);
        quality.push_back(sample.quality);
    }
    void add(Instant instant, std::uint32_t word, std::uint32_t more, std::uint8_t mark) {
        at.push_back(instant);
        code.push_back(word);
        detail.push_back(more);
        quality.push_back(mark);
    }
    void resize(std::size_t rows, SeriesKind kind);
    void reserve(std::size_t rows, SeriesKind kind);
    /// Leaves rows [first, last).
    void keep(std::size_t first, std::size_t last);
    void clear() { keep(0, 0); }
    /// Puts these behind, from row `first` on.
    void append(const Rows& more, std::size_t first, std::size_t last);
    /// Of a series of numbers.
    Sample sample(std::size_t row) const { return {at[row], value[row], quality[row]}; }
    /// The first row at or after the instant; size() when there is none.
    std::size_t row_of(Instant instant) const;
};

}  // namespace foretwin::telemetry
