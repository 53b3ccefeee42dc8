#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// Plain bytes that may leave the process: sealed with what they are, in which version, whose they
/// are and a checksum, and looked through on their way back. Guards against accidents, not forgery.
namespace foretwin::snapshot {

using Bytes = std::vector<std::byte>;

/// What is sealed. Eight characters stand first in the bytes; the noun stands in every refusal.
struct Kind {
    char magic[9];
    std::uint32_t version = 0;
    std::string_view noun;    ///< e.g. "snapshot"
    std::string_view remedy;  ///< for whom the bytes are damaged, e.g. "capture it anew"
};

class Writer {
  public:
    /// `owner` tells whose bytes these are; `expected` is how many come, so that they move never.
    Writer(const Kind& kind, std::uint64_t owner, std::size_t expected);

    void number(std::uint64_t value) { raw(&value, sizeof(value)); }
    void raw(const void* data, std::size_t size);
    template <class T>
    void list(const std::vector<T>& values) {
        static_assert(std::is_trivially_copyable_v<T>);
        number(values.size());
        raw(values.data(), values.size() * sizeof(T));
    }
    void text(std::string_view text) {
        number(text.size());
        raw(text.data(), text.size());
    }
    /// What stands so far, closed by its checksum.
    Bytes seal() &&;

  private:
    Bytes bytes_;
};

/// Reads what a Writer of the same kind wrote. Throws InputError with the reason for anything else.
/// Lengths are held against the bytes that are there, whatever the checksum says.
class Reader {
  public:
    /// The bytes must outlive the reader.
    Reader(const Kind& kind, const std::byte* bytes, std::size_t size);

    std::uint64_t owner() const { return owner_; }
    std::uint64_t number() {
        std::uint64_t value = 0;
        raw(&value, sizeof(value));
        return value;
    }
    /// A number of things that take at least `least_bytes` (>= 1) each and are still to come.
    std::size_t count(std::size_t least_bytes);
    void raw(void* target, std::size_t size);
    template <class T>
    std::vector<T> list() {
        static_assert(std::is_trivially_copyable_v<T>);
        std::vector<T> values(count(sizeof(T)));
        raw(values.data(), values.size() * sizeof(T));
        return values;
    }
    std::string text();
    /// So many bytes must still be there; asked before memory is taken for them.
    void expect_at_least(std::size_t bytes) const;
    void expect_end() const;

    /// "the <noun> <what>", with a way out.
    [[noreturn]] void refuse(const std::string& what, const std::string& hint) const;
    /// "the <noun> is damaged: <what>".
    [[noreturn]] void refuse_damaged(const std::string& what) const;

  private:
    const Kind* kind_;
    const std::byte* at_;
    std::size_t left_;
    std::uint64_t owner_ = 0;
};

}  // namespace foretwin::snapshot
