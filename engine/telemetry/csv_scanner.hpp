#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace foretwin::telemetry {

/// One thing wrong with the form of a record.
struct CsvDefect {
    int line = 0;
    int column = 0;
    const char* what = "";
    const char* hint = "";
};

/// One record of a comma-separated text. Fields are views into the scanned text, or, where doubled
/// quotes had to be undone, into the record itself: valid until the next record is read.
struct CsvRecord {
    int line = 0;  ///< of its first character, counted from 1
    std::vector<std::string_view> fields;
    std::vector<int> columns;  ///< of the first character of each field, counted from 1
    std::vector<CsvDefect> defects;
    std::string_view whole;  ///< as it stands in the text, without its line end

    bool blank() const { return fields.size() == 1 && fields[0].empty(); }

  private:
    friend class CsvScanner;
    struct Unquoted {
        std::size_t field = 0, begin = 0, size = 0;
    };
    std::string scratch_;
    std::vector<Unquoted> unquoted_;
};

/// The grammar of RFC 4180 (quotes, doubled quotes, CRLF or LF) over a window of text. Allocates
/// nothing per field once a record has reached its usual size.
class CsvScanner {
  public:
    explicit CsvScanner(std::string_view window, int first_line = 1)
        : text_(window), line_(first_line) {}

    /// The next record, up to and including its line end. False, and nothing consumed, at the end
    /// of the window; or, unless this is the `last` window, when the record may go on behind it.
    bool next(CsvRecord& record, bool last);

    std::size_t consumed() const { return position_; }  ///< bytes of the window
    int line() const { return line_; }                  ///< of the next record

  private:
    bool at_end() const { return position_ >= text_.size(); }
    char peek() const { return at_end() ? '\n' : text_[position_]; }
    int column() const { return static_cast<int>(position_ - line_start_) + 1; }
    bool at_line_end() const;
    void line_end();
    void plain(CsvRecord& record);
    void quoted(CsvRecord& record);
    void after_quote(CsvRecord& record);

    std::string_view text_;
    std::size_t position_ = 0;
    std::size_t line_start_ = 0;
    int line_ = 1;
};

}  // namespace foretwin::telemetry
