#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/error.hpp"

namespace foretwin::telemetry {

using Problems = std::vector<Problem>;

/// One field of a row and the column of its first character, counted from 1.
struct CsvField {
    std::string text;
    int column = 0;
};

struct CsvRow {
    int line = 0;  ///< of its first character in the file, counted from 1
    std::vector<CsvField> fields;
};

/// A comma-separated file with a header line (RFC 4180: quotes, doubled quotes, CRLF or LF; a UTF-8
/// byte order mark is skipped). Every row has as many fields as the header.
struct CsvFile {
    std::string name;  ///< as shown in messages
    std::string sha256;
    std::vector<std::string> header;
    std::vector<CsvRow> rows;

    Place place(const CsvRow& row, std::size_t field) const;
};

inline constexpr std::size_t csv_bytes_at_most = std::size_t{256} << 20;

/// Reads a file from disk; `asked_from` is the place that named it, where a missing, empty or
/// too large file is reported. Malformed rows are reported with their own place and left out.
CsvFile read_csv(const std::filesystem::path& path, const std::string& shown_name,
                 Problems& problems, const Place& asked_from = {},
                 std::size_t bytes_at_most = csv_bytes_at_most);

/// The same from text.
CsvFile parse_csv(std::string_view text, const std::string& shown_name, Problems& problems);

/// Index of the named column, or nothing and a problem at the header with the nearest name.
std::optional<std::size_t> find_column(const CsvFile& file, std::string_view name,
                                       Problems& problems);

/// Adds problems of one file until there are enough of them, then only counts; the destructor
/// adds one line with the count, at the place of the first that is not shown, so that a file with a
/// million bad rows stays readable.
class ProblemList {
  public:
    ProblemList(Problems& problems, std::string file);
    ~ProblemList();
    ProblemList(const ProblemList&) = delete;
    ProblemList& operator=(const ProblemList&) = delete;
    void add(Place place, std::string what, std::string hint);

  private:
    static constexpr int shown_at_most = 20;
    Problems& problems_;
    std::string file_;
    int seen_ = 0;
    Place first_hidden_;
};

}  // namespace foretwin::telemetry
