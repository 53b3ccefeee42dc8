#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/telemetry/sample_reader.hpp"

namespace foretwin::telemetry {

/// Some thousand rows with everything that their cells point to.
class RowBatch {
  public:
    static constexpr std::size_t rows_at_most = 4096;
    static constexpr std::size_t bytes_at_most = std::size_t{1} << 20U;

    void clear();
    /// Copies the row; its texts are valid after finish().
    void add(const SampleRow& row);
    void finish();
    bool full() const { return used_ >= rows_at_most || text_.size() >= bytes_at_most; }
    std::size_t size() const { return used_; }
    const SampleRow& operator[](std::size_t row) const { return rows_[row]; }

    std::vector<std::string> new_devices;  ///< that were met first in this batch, in order

  private:
    std::vector<SampleRow> rows_;  ///< as many as there were once; the first `used_` count
    std::size_t used_ = 0;
    std::string text_;
};

/// Rows of a reader, batch by batch and in their order. With a second thread they are read there
/// while the ones before are worked on; nothing else differs. What reading throws comes out of
/// next() behind the rows that were read before.
class RowBatches {
  public:
    RowBatches(std::unique_ptr<SampleReader> reader, bool second_thread);
    ~RowBatches();
    RowBatches(const RowBatches&) = delete;
    RowBatches& operator=(const RowBatches&) = delete;

    /// The next batch, valid until the one after; nullptr at the end.
    const RowBatch* next();

  private:
    static constexpr std::size_t batches_ahead = 16;
    /// False at the end of the file.
    bool fill(RowBatch& batch);
    void read_ahead();

    std::unique_ptr<SampleReader> reader_;
    SampleRow row_;
    std::size_t devices_told_ = 0;
    std::exception_ptr failure_;  ///< looked at when the end was told
    std::unique_ptr<RowBatch> present_;
    std::mutex guard_;  ///< of everything below
    std::condition_variable changed_;
    std::deque<std::unique_ptr<RowBatch>> ready_;
    std::deque<std::unique_ptr<RowBatch>> free_;
    bool ended_ = false;
    bool stopped_ = false;
    std::thread thread_;
};

}  // namespace foretwin::telemetry
