#include "engine/telemetry/csv_scanner.hpp"

namespace foretwin::telemetry {

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
    while (position_ < text_.size() && text_[position_] != ',') {
        const auto byte = static_cast<unsigned char>(text_[position_]);
        if (byte < 0x20 || byte == '"') {
            if (at_line_end()) break;
            if (good && byte == '"')
                record.defects.push_back({line_, column(), "a quote inside an unquoted field",
                                          "put the whole field in quotes and double the inner "
                                          "ones"});
            else if (good && byte != '\t')
                record.defects.push_back({line_, column(), "a control character inside a field",
                                          "is this a text file?"});
            good = good && byte == '\t';
        }
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
