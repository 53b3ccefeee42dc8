#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace foretwin::executors {

/// A row of the timeline: of a thread of this process, or of a replication of an alternative.
struct Row {
    static constexpr std::uint32_t threads = 0;  ///< the group that holds the threads

    std::uint32_t group = threads;  ///< 1 + alternative for replications
    std::uint32_t number = 0;       ///< of the thread, or of the replication

    /// The thread at work, by its place among those that oneTBB lends.
    static Row of_thread();
};

/// What stood when, for a viewer of traces: spans on rows, and values that change. Bounded: what
/// finds no place is counted and left out. Threads may add at once.
class Timeline {
  public:
    enum class Kind : std::uint8_t { span, value };
    struct Entry {
        const char* name = "";  ///< a literal
        std::uint64_t begin_ns = 0, end_ns = 0;
        std::uint64_t events = 0;  ///< handled meanwhile; of a value: the value
        Row row;
        Row about;  ///< the replication at work, where the row is a thread's
        Kind kind = Kind::span;
    };
    /// Of the places, so many in four are for rounds and waiting, so that the phases find theirs.
    static constexpr std::size_t quarters_for_detail = 3;

    /// At most so many entries are kept.
    explicit Timeline(std::size_t most_entries) : entries_(most_entries) {}

    void span(Row row, Row about, const char* name, std::uint64_t begin, std::uint64_t end,
              std::uint64_t events) {
        put({name, begin, end, events, row, about, Kind::span});
    }
    void value(Row row, const char* name, std::uint64_t at, std::uint64_t value) {
        put({name, at, at, value, row, row, Kind::value});
    }
    /// Whether one more round or wait may be told; counts it when not.
    bool has_place_for_detail();

    /// Only when nobody adds any more.
    std::vector<Entry> entries() const;
    std::size_t most_entries() const { return entries_.size(); }
    std::uint64_t left_out() const { return left_out_; }

  private:
    void put(const Entry& entry);

    std::vector<Entry> entries_;
    std::atomic<std::size_t> used_{0};
    std::atomic<std::uint64_t> left_out_{0};
};

}  // namespace foretwin::executors
