#include <algorithm>
#include <set>

#include "scenarios/loader/expand.hpp"

namespace foretwin::loader {
namespace {

constexpr std::size_t most_bytes = std::size_t{64} << 20;

/// Reads records of a CSV text one by one, counting lines; quotes as in RFC 4180.
class RecordReader {
  public:
    RecordReader(std::string_view text, char separator) : text_(text), separator_(separator) {}

    int line() const { return line_; }  ///< of the next record
    bool at_end() const { return at_ >= text_.size(); }

    std::vector<std::string> next() {
        std::vector<std::string> fields(1);
        bool in_quotes = false;
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (c == '\n') ++line_;
            if (in_quotes) {
                if (c != '"')
                    fields.back() += c;
                else if (at_ < text_.size() && text_[at_] == '"')
                    fields.back() += text_[at_++];
                else
                    in_quotes = false;
            } else if (c == '"' && fields.back().empty()) {
                in_quotes = true;
            } else if (c == separator_) {
                fields.emplace_back();
            } else if (c == '\n') {
                break;
            } else if (c != '\r') {
                fields.back() += c;
            }
        }
        return fields;
    }

  private:
    std::string_view text_;
    char separator_;
    std::size_t at_ = 0;
    int line_ = 1;
};

std::string trimmed(const std::string& text) {
    const std::size_t first = text.find_first_not_of(' ');
    if (first == std::string::npos) return "";
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

}  // namespace

Table read_table(const std::filesystem::path& path, const Place& asked_from, Problems& problems) {
    Table table;
    const std::size_t before = problems.size();
    const std::string bytes = read_bytes(path, problems, asked_from, most_bytes);
    if (problems.size() > before) return table;
    std::string_view text = bytes;
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    const std::string_view header = text.substr(0, text.find('\n'));
    const bool semicolons = std::count(header.begin(), header.end(), ';') >
                            std::count(header.begin(), header.end(), ',');
    RecordReader reader(text, semicolons ? ';' : ',');
    const auto complain = [&](int line, std::string what, std::string hint) {
        problems.push_back({{path.string(), line, 1}, std::move(what), std::move(hint)});
    };
    std::set<std::string> seen;
    for (const std::string& field : reader.next()) {
        table.columns.push_back(trimmed(field));
        const std::string& column = table.columns.back();
        if (column.empty())
            complain(1, "a column has no name", "the first row names the columns");
        else if (!seen.insert(column).second)
            complain(1, "column '" + column + "' stands twice",
                     "give each column a name of its own");
    }
    while (!reader.at_end()) {
        const int line = reader.line();
        std::vector<std::string> fields = reader.next();
        if (fields.size() == 1 && trimmed(fields[0]).empty()) continue;
        if (fields.size() != table.columns.size()) {
            complain(line,
                     std::to_string(fields.size()) + " fields where the header has " +
                         std::to_string(table.columns.size()),
                     "fill the row up, or remove it");
            continue;
        }
        for (std::string& field : fields) field = trimmed(field);
        table.rows.push_back(std::move(fields));
        table.lines.push_back(line);
    }
    if (table.rows.empty() && problems.size() == before)
        complain(1, "the table has no rows", "below the header, one row per device");
    return table;
}

}  // namespace foretwin::loader
