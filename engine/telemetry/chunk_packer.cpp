#include "engine/telemetry/chunk_packer.hpp"

#include <algorithm>
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

/// The packed column, from where the same one was packed before if it was.
const std::string& ChunkPacker::packed_as(std::deque<Known>& known, const SealedChunk& chunk,
                                          std::size_t column) {
    const auto same = std::find_if(known.begin(), known.end(), [&](const Known& one) {
        const std::size_t there = column == 0 ? 0 : column_count(one.kind) - 1;
        return SeriesColumns::same(chunk.kind_, column, *chunk.rows_, 0, one.kind, there, *one.rows,
                                   0, chunk_samples);
    });
    if (same != known.end()) {
        std::rotate(known.begin(), same, same + 1);
        return known.front().packed;
    }
    known.push_front({chunk.kind_, chunk.rows_,
                      SeriesColumns::pack(chunk.kind_, column, *chunk.rows_, 0, chunk_samples)});
    if (known.size() > kept) known.pop_back();
    return known.front().packed;
}

/// Signals that were measured together have the same times, so have devices that were measured
/// alike, and most samples have no marks: such columns are packed once.
void ChunkPacker::pack(SealedChunk& chunk) {
    std::vector<std::string>& columns = chunk.packed_.columns;
    columns.front() = packed_as(times_, chunk, 0);
    columns.back() = packed_as(marks_, chunk, columns.size() - 1);
    for (std::size_t i = 1; i + 1 < columns.size(); ++i)
        columns[i] = SeriesColumns::pack(chunk.kind_, i, *chunk.rows_, 0, chunk_samples);
    chunk.rows_.reset();
}

}  // namespace foretwin::telemetry
