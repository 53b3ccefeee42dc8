#include "engine/telemetry/row_batches.hpp"

#include <utility>

namespace foretwin::telemetry {

void RowBatch::clear() {
    used_ = 0;
    text_.clear();
    new_devices.clear();
}

void RowBatch::add(const SampleRow& row) {
    if (used_ == rows_.size()) rows_.emplace_back();
    rows_[used_++] = row;
    text_ += row.text;
    for (const Cell& cell : row.cells) {
        text_ += cell.text;
        text_ += cell.detail;
    }
}

/// The texts lie one behind the other, in the order in which they were added.
void RowBatch::finish() {
    std::size_t begin = 0;
    const auto point = [&](std::string_view& text) {
        text = std::string_view(text_).substr(begin, text.size());
        begin += text.size();
    };
    for (std::size_t i = 0; i < used_; ++i) {
        point(rows_[i].text);
        for (Cell& cell : rows_[i].cells) {
            point(cell.text);
            point(cell.detail);
        }
    }
}

RowBatches::RowBatches(std::unique_ptr<SampleReader> reader, bool second_thread)
    : reader_(std::move(reader)) {
    for (std::size_t i = 0; i < batches_ahead; ++i) free_.push_back(std::make_unique<RowBatch>());
    if (second_thread) thread_ = std::thread([this] { read_ahead(); });
}

RowBatches::~RowBatches() {
    {
        const std::lock_guard<std::mutex> lock(guard_);
        stopped_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

bool RowBatches::fill(RowBatch& batch) {
    batch.clear();
    bool more = true;
    try {
        while (more && !batch.full()) {
            more = reader_->next(row_);
            if (more) batch.add(row_);
        }
    } catch (...) {  // told when the rows before have been
        failure_ = std::current_exception();
        more = false;
    }
    batch.finish();
    const NameTable& devices = reader_->devices();
    while (devices_told_ < devices.size())
        batch.new_devices.push_back(devices.name(static_cast<std::uint32_t>(devices_told_++)));
    return more;
}

void RowBatches::read_ahead() {
    std::unique_lock<std::mutex> lock(guard_);
    while (!ended_) {
        changed_.wait(lock, [this] { return stopped_ || !free_.empty(); });
        if (stopped_) return;
        std::unique_ptr<RowBatch> batch = std::move(free_.front());
        free_.pop_front();
        lock.unlock();
        const bool more = fill(*batch);
        lock.lock();
        ready_.push_back(std::move(batch));
        ended_ = !more;
        changed_.notify_all();
    }
}

const RowBatch* RowBatches::next() {
    if (!thread_.joinable()) {
        if (ended_ && failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
        if (ended_) return nullptr;
        ended_ = !fill(*free_.front());
        return free_.front().get();
    }
    std::unique_lock<std::mutex> lock(guard_);
    if (present_) free_.push_back(std::move(present_));
    changed_.notify_all();
    changed_.wait(lock, [this] { return ended_ || !ready_.empty(); });
    if (ready_.empty()) {
        if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
        return nullptr;
    }
    present_ = std::move(ready_.front());
    ready_.pop_front();
    return present_.get();
}

}  // namespace foretwin::telemetry
