#include "engine/telemetry/chunk_packer.hpp"

#include <utility>

namespace foretwin::telemetry {

SealedChunk::SealedChunk(SeriesKind kind, std::size_t number, Rows rows)
    : kind_(kind),
      rows_(std::make_shared<const Rows>(std::move(rows))),
      packed_(SeriesColumns::frame(kind, number, *rows_, 0, chunk_samples)) {}

ChunkPacker::~ChunkPacker() {
    {
        const std::lock_guard<std::mutex> lock(guard_);
        stopped_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

std::shared_ptr<SealedChunk> ChunkPacker::seal(SeriesKind kind, std::size_t number, Rows& rows) {
    auto chunk = std::make_shared<SealedChunk>(kind, number, std::exchange(rows, {}));
    rows.reserve(chunk_samples, kind);
    if (!beside_) {
        pack(*chunk);
        chunk->done_ = true;
        return chunk;
    }
    std::unique_lock<std::mutex> lock(guard_);
    if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
    changed_.wait(lock, [this] { return waiting_.size() < ahead_at_most; });
    waiting_.push_back(chunk);
    changed_.notify_all();
    return chunk;
}

const SeriesColumns::Packed& ChunkPacker::packed(SealedChunk& chunk) {
    std::unique_lock<std::mutex> lock(guard_);
    changed_.wait(lock, [&chunk] { return chunk.done_; });
    return chunk.packed_;
}

void ChunkPacker::work() {
    std::unique_lock<std::mutex> lock(guard_);
    while (true) {
        changed_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
        if (stopped_) return;
        const std::shared_ptr<SealedChunk> chunk = waiting_.front();
        lock.unlock();
        pack(*chunk);
        lock.lock();
        waiting_.pop_front();
        chunk->done_ = true;
        changed_.notify_all();
    }
}

/// Signals that were measured together have the same times, and most samples no marks: columns that
/// stand in one of the last chunks are not packed again.
void ChunkPacker::pack(SealedChunk& chunk) {
    std::vector<std::string>& columns = chunk.packed_.columns;
    const std::size_t last = columns.size() - 1;
    const auto like = [&](std::size_t column) -> const Done* {
        for (const Done& one : done_) {
            const std::size_t there = column == 0 ? 0 : column_count(one.kind) - 1;
            if (SeriesColumns::same(chunk.kind_, column, *chunk.rows_, 0, one.kind, there,
                                    *one.rows, 0, chunk_samples))
                return &one;
        }
        return nullptr;
    };
    const Done* const times = like(0);
    const Done* const marks = like(last);
    for (std::size_t i = 0; i <= last; ++i) {
        if (i == 0 && times != nullptr)
            columns[i] = times->first;
        else if (i == last && marks != nullptr)
            columns[i] = marks->last;
        else
            columns[i] = SeriesColumns::pack(chunk.kind_, i, *chunk.rows_, 0, chunk_samples);
    }
    done_.push_front({chunk.kind_, std::move(chunk.rows_), columns.front(), columns.back()});
    if (done_.size() > looked_back) done_.pop_back();
}

}  // namespace foretwin::telemetry
