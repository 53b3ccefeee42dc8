#include "engine/telemetry/csv_scanner.hpp"

#include <bit>
#include <cstdint>
#include <cstring>

namespace foretwin::telemetry {

namespace {

/// What ends a plain field or has no place in one: a comma, a quote, a control character.
bool is_special(char c) {
    return c == ',' || c == '"' || static_cast<unsigned char>(c) < 0x20;
}

/// The first special character from a position on; the size when there is none. Fields are short:
/// eight bytes at a time mostly find it at once.
std::size_t next_special(std::string_view text, std::size_t position) {
    if constexpr (std::endian::native == std::endian::little) {
        constexpr std::uint64_t ones = 0x0101010101010101U;
        constexpr std::uint64_t highest = 0x80 * ones;
        std::uint64_t word = 0;
        for (; position + sizeof word <= text.size(); position += sizeof word) {
            std::memcpy(&word, text.data() + position, sizeof word);
            const std::uint64_t comma = word ^ ',' * ones;
            const std::uint64_t quote = word ^ '"' * ones;
            // The highest bit of the lowest byte that is below 0x20, or zero, is set; what borrows
            // do to the bytes above it does not matter.
            const std::uint64_t found = (((word - 0x20 * ones) & ~word) |
                                         ((comma - ones) & ~comma) | ((quote - ones) & ~quote)) &
                                        highest;
            if (found != 0) return position + static_cast<std::size_t>(std::countr_zero(found)) / 8;
        }
    }
    while (position < text.size() && !is_special(text[position])) ++position;
    return position;
}

}  // namespace

bool CsvScanner::next(CsvRecord& record, bool last) {
    if (at_end()) return false;
    const CsvScanner before = *this;
    record.line = line_;
    record.fields.clear();
    record.columns.clear();
    record.defects.clear();
    record.scratch_.clear();
    record.unquoted_.clear();
    while (true) {
        record.columns.push_back(column());
        if (peek() == '"' && !at_end())
            quoted(record);
        else
            plain(record);
        if (at_end() || text_[position_] != ',') break;
        ++position_;
    }
    record.whole = text_.substr(before.position_, position_ - before.position_);
    const bool cut = at_end() || (text_[position_] == '\r' && position_ + 1 == text_.size());
    if (cut && !last) {  // the record may go on: read it again when there is more
        *this = before;
        return false;
    }
    line_end();
    // Only now does the scratch text no longer move.
    for (const CsvRecord::Unquoted& one : record.unquoted_)
        record.fields[one.field] = std::string_view(record.scratch_).substr(one.begin, one.size);
    return true;
}

bool CsvScanner::at_line_end() const {
    return at_end() || text_[position_] == '\n' ||
           (text_[position_] == '\r' &&
            (position_ + 1 == text_.size() || text_[position_ + 1] == '\n'));
}

void CsvScanner::line_end() {
    if (!at_end() && text_[position_] == '\r') ++position_;
    if (!at_end()) ++position_;
    ++line_;
    line_start_ = position_;
}

void CsvScanner::plain(CsvRecord& record) {
    bool good = true;
    const std::size_t begin = position_;
    while (true) {
        position_ = next_special(text_, position_);
        if (position_ == text_.size() || text_[position_] == ',' || at_line_end()) break;
        const char byte = text_[position_];
        if (good && byte == '"')
            record.defects.push_back({line_, column(), "a quote inside an unquoted field",
                                      "put the whole field in quotes and double the inner "
                                      "ones"});
        else if (good && byte != '\t')
            record.defects.push_back(
                {line_, column(), "a control character inside a field", "is this a text file?"});
        good = good && byte == '\t';
        ++position_;
    }
    record.fields.push_back(text_.substr(begin, position_ - begin));
}

void CsvScanner::quoted(CsvRecord& record) {
    const CsvDefect never_ends{line_, column(), "a quoted field that never ends",
                               "close it with a quote"};
    const std::size_t begin = record.scratch_.size();
    const std::size_t inside = ++position_;
    bool doubled = false;
    while (!at_end()) {
        const char c = text_[position_++];
        if (c == '"') {
            if (at_end() || text_[position_] != '"') {
                if (doubled) {
                    record.unquoted_.push_back(
                        {record.fields.size(), begin, record.scratch_.size() - begin});
                    record.fields.emplace_back();
                } else {
                    record.scratch_.resize(begin);
                    record.fields.push_back(text_.substr(inside, position_ - 1 - inside));
                }
                after_quote(record);
                return;
            }
            doubled = true;
            ++position_;
        } else if (c == '\n') {
            ++line_;
            line_start_ = position_;
        }
        record.scratch_ += c;
    }
    record.fields.push_back(text_.substr(inside));
    record.defects.push_back(never_ends);
}

void CsvScanner::after_quote(CsvRecord& record) {
    if (at_line_end() || text_[position_] == ',') return;
    record.defects.push_back(
        {line_, column(), "text after a closing quote", "expected a comma or the line's end"});
    while (!at_line_end() && text_[position_] != ',') ++position_;
}

}  // namespace foretwin::telemetry
