#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/telemetry/store_columns.hpp"

namespace foretwin::telemetry {

/// A chunk that is full and will not change any more.
class SealedChunk {
  public:
    SealedChunk(SeriesKind kind, std::size_t number, Rows rows);
    std::size_t number() const { return packed_.number; }
    /// Known at once: first and last time, number of samples.
    const ChunkEntry& entry() const { return packed_.entry; }

  private:
    friend class ChunkPacker;
    SeriesKind kind_;
    std::shared_ptr<const Rows> rows_;  ///< until they are packed, and shortly after
    SeriesColumns::Packed packed_;
    bool done_ = false;
};

/// Packs full chunks on a thread of its own while more come, so that what is held takes little
/// memory and is ready when it is written. The thread begins with the first chunk.
class ChunkPacker {
  public:
    ChunkPacker() = default;
    ~ChunkPacker();
    ChunkPacker(const ChunkPacker&) = delete;
    ChunkPacker& operator=(const ChunkPacker&) = delete;

    /// Not beside the caller, but at once, when there is only one thread.
    void use_threads(unsigned threads) { beside_ = threads > 1; }
    /// Takes the rows, which fill a chunk, and leaves room for the next ones in their place.
    std::shared_ptr<SealedChunk> seal(SeriesKind kind, std::size_t number, Rows& rows);
    /// The packed columns, as soon as they are.
    const SeriesColumns::Packed& packed(SealedChunk& chunk);

  private:
    static constexpr std::size_t ahead_at_most = 64;
    static constexpr std::size_t kept = 32;
    /// A column of a chunk, in both forms.
    struct Known {
        SeriesKind kind;
        std::shared_ptr<const Rows> rows;
        std::string packed;
    };
    void work();
    void pack(SealedChunk& chunk);
    static const std::string& packed_as(std::deque<Known>& known, const SealedChunk& chunk,
                                        std::size_t column);

    bool beside_ = true;
    // Of whoever packs: columns that may stand again in the next chunks, the last used first.
    std::deque<Known> times_;
    std::deque<Known> marks_;
    std::mutex guard_;  ///< of everything below, and of whether chunks are done
    std::condition_variable changed_;
    std::deque<std::shared_ptr<SealedChunk>> waiting_;
    bool stopped_ = false;
    std::thread thread_;
};

}  // namespace foretwin::telemetry
