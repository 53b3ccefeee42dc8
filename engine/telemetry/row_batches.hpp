#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "engine/telemetry/sample_reader.hpp"

namespace foretwin::telemetry {

/// Some thousand rows with everything that their cells point to. They go from one processor to
/// another, so they lie close together.
class RowBatch {
  public:
    static constexpr std::size_t rows_at_most = 4096;
    static constexpr std::size_t bytes_at_most = std::size_t{1} << 20U;

    struct Row : RowHead {
        std::size_t first_cell = 0;
        std::size_t cells = 0;
    };

    void clear();
    /// Copies the row and its texts.
    void add(const SampleRow& row);
    bool full() const { return rows_.size() >= rows_at_most || kept_ >= bytes_at_most; }
    const std::vector<Row>& rows() const { return rows_; }
    /// One of the cells of a row, with what the row tells of all of them.
    Cell cell(const Row& row, std::size_t number) const;

    std::vector<std::string> new_devices;  ///< that were met first in this batch, in order

  private:
    /// A cell without what its row tells.
    struct Field {
        const char* text = nullptr;
        double value = 0;
        std::uint32_t size = 0;
        std::uint32_t signal = 0;
        int column = 0;
        Cell::Form form = Cell::Form::empty;
    };
    const char* keep(std::string_view text);

    std::vector<Row> rows_;
    std::vector<Field> fields_;
    std::vector<std::string> blocks_;  ///< of texts; never beyond their capacity, so nothing moves
    std::size_t kept_ = 0;             ///< bytes in them
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
