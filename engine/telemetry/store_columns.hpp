#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/telemetry/hdf5_handle.hpp"
#include "engine/telemetry/rows.hpp"
#include "engine/telemetry/store_words.hpp"

namespace foretwin::telemetry {

/// 1: series of numbers; 2: series of texts, too. A store of version 1 is read, and becomes 2 when
/// a series is added.
inline constexpr std::int64_t store_version = 2;
/// Samples of one chunk: 64 KiB of times. What is read or written is whole chunks.
inline constexpr std::size_t chunk_samples = 8192;

/// One row of the index of a series: what the chunk of equal number holds.
struct ChunkEntry {
    Instant first = 0;
    Instant last = 0;
    std::int64_t count = 0;
    std::int64_t sum = 0;  ///< of the other three, so that half a row is known as such

    static std::int64_t sum_of(Instant first, Instant last, std::int64_t count);
    bool whole() const;
};

/// What is known of a series apart from its samples.
struct SeriesInfo {
    std::string device;
    std::string signal;
    std::string unit;
    std::string source;   ///< the file that it was first read from
    std::string aliases;  ///< what the signal is called there
    std::size_t samples = 0;
    Instant first = no_instant;
    Instant last = no_instant;
    SeriesKind kind = SeriesKind::numbers;
};

/// The datasets of one series: `time`, `quality` and `index`, and `value`, or `code`, `detail` and
/// `words`. What counts is what the index has; rows of the columns behind that are of a write that
/// was never completed.
class SeriesColumns {
  public:
    /// Creates them, empty, in a file that is not shared.
    static void create(hid_t file, const SeriesInfo& info);
    /// Opens those of a group.
    SeriesColumns(hid_t file, const std::string& device, const std::string& signal);

    /// Reads the index anew; `shared` when another process may be writing.
    void refresh(bool shared);
    const std::vector<ChunkEntry>& index() const { return index_; }
    std::size_t samples() const;
    /// The samples of one chunk, as many as the index has.
    Rows chunk(std::size_t number) const;
    /// The same in two steps: bytes come from HDF5 one after the other, and are unpacked
    /// anywhere.
    std::vector<std::string> packed_chunk(std::size_t number) const;
    void unpack(const std::vector<std::string>& packed, std::size_t number, Rows& into) const;
    /// So many samples of a chunk of any series. False when it is damaged.
    static bool unpack(SeriesKind kind, const std::vector<std::string>& packed, std::size_t count,
                       Rows& into);
    /// The first chunk that may hold what is not before the instant; as many as there are when
    /// there is none.
    std::size_t chunk_of(Instant at) const;
    const SeriesInfo& info() const { return info_; }

    StoreWords& words() { return *words_; }
    const StoreWords& words() const { return *words_; }

    /// The compressed columns of one chunk.
    struct Packed {
        std::size_t number = 0;
        ChunkEntry entry;
        std::vector<std::string> columns;
        std::size_t bytes() const;
    };
    /// Of rows [first, first + count), with all but the columns.
    static Packed frame(SeriesKind kind, std::size_t number, const Rows& rows, std::size_t first,
                        std::size_t count);
    /// One column of them, compressed; touches no file.
    static std::string pack(SeriesKind kind, std::size_t column, const Rows& rows,
                            std::size_t first, std::size_t count);
    /// Whether the column of these rows is the same, byte by byte, as that of the others.
    static bool same(SeriesKind kind, std::size_t column, const Rows& rows, std::size_t first,
                     SeriesKind other_kind, std::size_t other_column, const Rows& other,
                     std::size_t other_first, std::size_t count);
    void write_columns(const std::vector<const Packed*>& chunks);
    /// Once the columns are on disk: what makes them count.
    void write_index(const std::vector<const Packed*>& chunks);

  private:
    void mend_last_entry();
    SeriesInfo info_;
    std::vector<Hdf5Handle> columns_;  ///< as in columns_of(kind)
    Hdf5Handle index_data_;
    std::optional<StoreWords> words_;  ///< of texts
    std::vector<ChunkEntry> index_;
};

/// How many columns a series has beside its index.
std::size_t column_count(SeriesKind kind);

using RowsTaker = std::function<void(const Rows&)>;
/// The samples with from <= time < to, a stretch of rows at a time and in their order, in memory
/// that does not grow; chunks are unpacked on so many threads. Returns the chunks read.
std::size_t scan_columns(const SeriesColumns& columns, Instant from, Instant to,
                         const RowsTaker& take, unsigned threads);

/// All series of a file, by device and then signal.
std::vector<std::pair<std::string, std::string>> series_names(hid_t file);

}  // namespace foretwin::telemetry
