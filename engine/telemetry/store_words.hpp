#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/telemetry/hdf5_handle.hpp"

namespace foretwin::telemetry {

/// The dictionary of a series of texts: the dataset `words`, bytes to which every new word is
/// appended with a zero behind it. A word's number is its place. Nothing is ever changed, so a
/// reader that meets a writer sees a beginning of it; words behind the last zero do not count yet.
class StoreWords {
  public:
    static constexpr std::size_t word_bytes_at_most = std::size_t{1} << 16U;

    static void create(hid_t group);
    explicit StoreWords(hid_t group);

    /// Reads what was appended since; `shared` when another process may be writing.
    void refresh(bool shared);
    std::size_t size() const { return words_.size(); }
    /// "" of no_word. EnvironmentError when the file does not have it.
    const std::string& word(std::uint32_t code) const;
    /// The word's number; it is appended when it is new, to the file with the next write(). A zero
    /// inside, which would end it, is left out, and so is what is longer than a word may be.
    std::uint32_t code_of(std::string_view text);

    /// Bytes that write() will append.
    std::size_t pending_bytes() const { return bytes_ - written_; }
    /// Appends what is new; it is on disk after the file's next flush.
    void write();

  private:
    void add(std::string word);
    Hdf5Handle data_;
    std::vector<std::string> words_;
    std::unordered_map<std::string, std::uint32_t> codes_;
    std::size_t bytes_ = 0;          ///< of all words with their zeros
    std::size_t written_ = 0;        ///< of those in the file
    std::size_t written_words_ = 0;  ///< so many are in the file
};

}  // namespace foretwin::telemetry
