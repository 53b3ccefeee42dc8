#include "scenarios/report/text_grid.hpp"

#include <algorithm>
#include <numeric>

namespace foretwin::report {

namespace {

bool begins_character(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

std::vector<std::string> words_of(const std::string& text) {
    std::vector<std::string> words;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find(' ', begin), text.size());
        if (end > begin) words.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return words;
}

/// Takes at most `columns` characters off the front of `word`.
std::string take_front(std::string& word, int columns) {
    std::size_t at = 0;
    for (int taken = 0; at < word.size(); ++at)
        if (begins_character(word[at]) && ++taken > columns) break;
    const std::string front = word.substr(0, at);
    word.erase(0, at);
    return front;
}

std::vector<std::string> lines_of(const std::string& text, int columns, int indent) {
    std::vector<std::string> lines;
    // Leading spaces of the text stay.
    std::string line(std::min(text.find_first_not_of(' '), text.size()), ' ');
    bool empty = true;
    const auto begin_line = [&] {
        lines.push_back(line);
        line = std::string(static_cast<std::size_t>(indent), ' ');
        empty = true;
    };
    for (std::string word : words_of(text)) {
        const int room = columns - shown_width(line) - (empty ? 0 : 1);
        if (!empty && shown_width(word) > room) begin_line();
        while (shown_width(word) > columns - shown_width(line)) {
            line += take_front(word, std::max(1, columns - shown_width(line)));
            begin_line();
        }
        if (!empty) line += " ";
        line += word;
        empty = empty && word.empty();
    }
    lines.push_back(line);
    return lines;
}

std::string padding(int count) {
    return std::string(static_cast<std::size_t>(std::max(count, 0)), ' ');
}

}  // namespace

int shown_width(const std::string& text) {
    return static_cast<int>(std::count_if(text.begin(), text.end(), begins_character));
}

std::string printable(const std::string& text) {
    std::string result;
    for (const char c : text) result += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
    return result;
}

std::string wrapped(const std::string& text, int columns, int indent) {
    std::string result;
    for (const std::string& line : lines_of(printable(text), columns, indent))
        result += (result.empty() ? "" : "\n") + line;
    return result;
}

/// The label column as wide as it needs, at most label_width; the others share what is left: each
/// what it needs, and when that is too much, the widest give way first.
std::vector<int> TextGrid::widths() const {
    std::vector<int> widths;
    for (const auto& row : rows_) {
        widths.resize(std::max(widths.size(), row.size()), 1);
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], shown_width(row[i]));
    }
    if (widths.empty()) return widths;
    widths[0] = std::min(widths[0], label_width_);
    const int gaps = gap * static_cast<int>(widths.size() - 1);
    while (std::accumulate(widths.begin(), widths.end(), gaps) > columns_) {
        const auto widest = std::max_element(widths.begin(), widths.end());
        if (*widest <= 1) break;
        --*widest;
    }
    return widths;
}

std::string TextGrid::text() const {
    const std::vector<int> width = widths();
    std::string text;
    for (const auto& row : rows_) {
        if (row.empty()) {
            const int whole = std::accumulate(width.begin(), width.end(),
                                              gap * static_cast<int>(width.size() - 1));
            text += std::string(static_cast<std::size_t>(std::max(whole, 1)), '-') + "\n";
            continue;
        }
        std::vector<std::vector<std::string>> cells;
        std::size_t height = 0;
        for (std::size_t i = 0; i < row.size(); ++i) {
            cells.push_back(lines_of(printable(row[i]), width[i], i == 0 ? 2 : 0));
            height = std::max(height, cells.back().size());
        }
        for (std::size_t line = 0; line < height; ++line) {
            std::string built;
            for (std::size_t i = 0; i < cells.size(); ++i) {
                const std::string cell = line < cells[i].size() ? cells[i][line] : "";
                const std::string pad = padding(width[i] - shown_width(cell));
                if (i == 0)
                    built.append(cell).append(pad);
                else
                    built.append(padding(gap)).append(pad).append(cell);
            }
            built.erase(built.find_last_not_of(' ') + 1);
            text += built + "\n";
        }
    }
    return text;
}

}  // namespace foretwin::report
