#pragma once

#include <string>
#include <vector>

namespace foretwin::report {

/// Columns that a terminal shows for UTF-8 text: one per character.
int shown_width(const std::string& text);
/// Without control characters, which could move the cursor or change colours.
std::string printable(const std::string& text);
/// Broken at spaces (a longer word anywhere) into lines of at most `columns`; all but the first
/// are indented. No newline at the end.
std::string wrapped(const std::string& text, int columns, int indent);

/// A table whose first column is left-aligned and whose others are right-aligned; cells that do
/// not fit are wrapped. All rows have the same number of cells.
class TextGrid {
  public:
    static constexpr int gap = 2;  ///< spaces between columns
    TextGrid(int columns, int label_width) : columns_(columns), label_width_(label_width) {}
    void add_row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    void add_line() { rows_.emplace_back(); }
    std::string text() const;

  private:
    std::vector<int> widths() const;
    int columns_;
    int label_width_;
    std::vector<std::vector<std::string>> rows_;  ///< an empty row is a line
};

}  // namespace foretwin::report
