#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "engine/telemetry/csv_scanner.hpp"

namespace foretwin::telemetry {

/// Fills at most `size` bytes at `into`; returns how many, 0 at the end.
using ByteSource = std::function<std::size_t(char* into, std::size_t size)>;

/// The records of a comma-separated file of any length, one after the other, in memory that does
/// not grow with it. A UTF-8 byte order mark is skipped. A record of more than `record_bytes`
/// bytes (a quote that was never closed) is an InputError with its place.
class CsvStream {
  public:
    static constexpr std::size_t block_bytes = std::size_t{1} << 20;
    static constexpr std::size_t record_bytes = std::size_t{16} << 20;

    CsvStream(ByteSource source, std::string shown_name, std::size_t block = block_bytes);

    /// The next record; false at the end. Views in it are valid until the next call.
    bool next(CsvRecord& record);
    const std::string& name() const { return name_; }

  private:
    void refill();

    ByteSource source_;
    std::string name_;
    std::size_t block_;
    std::string window_;
    CsvScanner scanner_{std::string_view{}};
    bool exhausted_ = false;
};

}  // namespace foretwin::telemetry
