#include "engine/telemetry/row_batches.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace foretwin::telemetry {

void RowBatch::clear() {
    rows_.clear();
    fields_.clear();
    if (blocks_.size() > 1) blocks_.resize(1);
    if (!blocks_.empty()) blocks_.front().clear();
    kept_ = 0;
    new_devices.clear();
}

const char* RowBatch::keep(std::string_view text) {
    if (blocks_.empty() || blocks_.back().capacity() - blocks_.back().size() < text.size()) {
        // Mostly one is enough: rows are no longer added when so much is kept.
        blocks_.emplace_back().reserve(std::max(2 * bytes_at_most, text.size()));
    }
    std::string& block = blocks_.back();
    const std::size_t place = block.size();
    block.append(text);
    kept_ += text.size();
    return block.data() + place;
}

/// What lies in the whole text is copied with it, what does not by itself.
void RowBatch::add(const SampleRow& row) {
    const std::string_view whole = row.whole;
    const char* const copy = keep(whole);
    const auto copied = [&](std::string_view text) {
        const std::less_equal<> before;
        const bool inside = before(whole.data(), text.data()) &&
                            before(text.data() + text.size(), whole.data() + whole.size());
        return inside ? copy + (text.data() - whole.data()) : keep(text);
    };
    Row& head =
        rows_.emplace_back(Row{static_cast<const RowHead&>(row), fields_.size(), row.cells.size()});
    head.text = {copied(row.text), row.text.size()};
    head.detail = {copied(row.detail), row.detail.size()};
    for (const Cell& cell : row.cells)
        fields_.push_back({copied(cell.text), cell.value,
                           static_cast<std::uint32_t>(cell.text.size()),
                           static_cast<std::uint32_t>(cell.signal), cell.column, cell.form});
}

Cell RowBatch::cell(const Row& row, std::size_t number) const {
    const Field& field = fields_[row.first_cell + number];
    return {field.signal, {field.text, field.size},
            field.column, field.form,
            row.quality,  field.value,
            row.detail,   row.until};
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
