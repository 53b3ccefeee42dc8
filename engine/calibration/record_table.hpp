#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/calibration/fit_task.hpp"
#include "engine/telemetry/csv.hpp"

namespace foretwin::calibration {

/// The rows of a record file that count, read column by column. What cannot be read becomes a
/// problem with its place; the value returned for it is then of no use, and the caller stops before
/// using it.
class RecordTable {
  public:
    RecordTable(const RecordSource& source, const std::filesystem::path& folder,
                telemetry::Problems& problems);

    std::size_t size() const { return rows_.size(); }
    bool has(const std::string& role) const { return source_.has(role); }

    /// Numbers of the column with this role; empty cells are an error.
    std::vector<double> numbers(const std::string& role);
    /// The same where an empty cell, NA or inf means "open", told as infinity.
    std::vector<double> numbers_or_open(const std::string& role);
    /// Clock time in seconds since 1970 (with a fraction); empty cells are infinity if `open`.
    std::vector<double> moments(const std::string& role, bool open = false);
    std::vector<std::string> texts(const std::string& role);
    /// Whole numbers from 0.
    std::vector<double> counts(const std::string& role);
    /// True where the cell is 1; 0 is false, and nothing else is understood.
    std::vector<bool> flags(const std::string& role);

    /// The columns of covariates: numbers, or else one 0/1 column for every text but the first in
    /// alphabetical order. Adds names as "column" or "column=text".
    std::vector<std::vector<double>> covariates(const std::vector<std::string>& columns,
                                                std::vector<std::string>& names);

    /// True when something could not be read: what was returned then is of no use.
    bool failed() const { return !problems_.empty(); }
    /// Adds a problem at a cell.
    void refuse(std::size_t row, const std::string& role, std::string what, std::string hint);
    const std::string& file() const { return csv_.name; }
    const std::string& sha256() const { return csv_.sha256; }
    std::size_t rows_in_file() const { return csv_.rows.size(); }

  private:
    std::optional<std::size_t> column(const std::string& role);
    const std::string& cell(std::size_t row, std::size_t column) const;
    void refuse_cell(std::size_t row, std::size_t column, std::string what, std::string hint);
    void keep_rows();

    const RecordSource& source_;
    telemetry::Problems& problems_;
    telemetry::CsvFile csv_;
    std::vector<std::size_t> rows_;
    int refused_ = 0;
};

}  // namespace foretwin::calibration
