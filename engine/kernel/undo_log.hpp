#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace foretwin::kernel {

/// What stood in memory before somebody changed it, so that it can be put back, the latest change
/// first. One stack of 64-bit words: what stood there, where, and how many words it was.
///
///     | words of a state | where | 2 | counter | where | 1 | words of a timer | where | 2 |  <-
///     end
///
/// Holds addresses, so it lives no longer than one call of an executor and is no part of a state.
class UndoLog {
  public:
    using Word = std::uint64_t;
    static constexpr std::size_t word_bytes = 8;

    /// Where the log stands now: what is saved later can be put back down to here.
    std::size_t end() const { return end_; }

    /// Saves so many words (>= 1) from a word boundary on.
    void save(const void* where, std::size_t words) {
        if (words_.size() - end_ < words + 2) grow(words + 2);
        Word* to = words_.data() + end_;
        for (std::size_t i = 0; i < words; ++i) {
            std::memcpy(to + i, static_cast<const std::byte*>(where) + i * word_bytes, word_bytes);
        }
        to[words] = reinterpret_cast<std::uintptr_t>(where);
        to[words + 1] = words;
        end_ += words + 2;
    }
    template <class T>
    void save(const T& value) {
        static_assert(sizeof(T) % word_bytes == 0);
        save(&value, sizeof(T) / word_bytes);
    }

    /// Puts back whatever was saved since the log stood at `end`.
    void put_back(std::size_t end) {
        while (end_ > end) {
            const std::size_t words = words_[end_ - 1];
            end_ -= words + 2;
            void* where = reinterpret_cast<void*>(words_[end_ + words]);
            std::memcpy(where, words_.data() + end_, words * word_bytes);
        }
    }
    void forget() { end_ = 0; }

  private:
    void grow(std::size_t more) { words_.resize(2 * words_.size() + more); }

    std::vector<Word> words_;
    std::size_t end_ = 0;
};

}  // namespace foretwin::kernel
