#include "engine/telemetry/csv.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "engine/core/suggestion.hpp"
#include "engine/telemetry/sha256.hpp"

namespace foretwin::telemetry {

namespace {

/// Walks over the text and knows where it is.
class Scanner {
  public:
    Scanner(std::string_view text, const std::string& file, ProblemList& problems)
        : text_(text), file_(file), problems_(problems) {
        if (text_.substr(0, 3) == "\xef\xbb\xbf") text_.remove_prefix(3);
    }

    bool at_end() const { return position_ >= text_.size(); }

    /// One record up to and including its line end; false when it was malformed.
    bool record(CsvRow& row) {
        row.line = line_;
        row.fields.clear();
        bool good = true;
        while (true) {
            CsvField field;
            field.column = column();
            good = (peek() == '"' ? quoted(field) : plain(field)) && good;
            row.fields.push_back(std::move(field));
            if (peek() != ',') break;
            ++position_;
        }
        line_end();
        return good;
    }

  private:
    char peek() const { return at_end() ? '\n' : text_[position_]; }
    int column() const { return static_cast<int>(position_ - line_start_) + 1; }
    Place here() const { return {file_, line_, column()}; }

    bool at_line_end() const {
        return at_end() || text_[position_] == '\n' ||
               (text_[position_] == '\r' &&
                (position_ + 1 == text_.size() || text_[position_ + 1] == '\n'));
    }

    void line_end() {
        if (!at_end() && text_[position_] == '\r') ++position_;
        if (!at_end()) ++position_;
        ++line_;
        line_start_ = position_;
    }

    bool plain(CsvField& field) {
        bool good = true;
        const std::size_t begin = position_;
        while (!at_line_end() && text_[position_] != ',') {
            const auto byte = static_cast<unsigned char>(text_[position_]);
            if (good && (byte == '"' || (byte < 0x20 && byte != '\t'))) {
                problems_.add(here(),
                              byte == '"' ? "a quote inside an unquoted field"
                                          : "a control character inside a field",
                              byte == '"'
                                  ? "put the whole field in quotes and double the inner ones"
                                  : "is this a text file?");
                good = false;
            }
            ++position_;
        }
        field.text = text_.substr(begin, position_ - begin);
        return good;
    }

    bool quoted(CsvField& field) {
        const Place opened = here();
        ++position_;
        while (!at_end()) {
            const char c = text_[position_++];
            if (c == '"') {
                if (peek() != '"' || at_end()) return after_quote();
                ++position_;
            } else if (c == '\n') {
                ++line_;
                line_start_ = position_;
            }
            field.text += c;
        }
        problems_.add(opened, "a quoted field that never ends", "close it with a quote");
        return false;
    }

    bool after_quote() {
        if (at_line_end() || text_[position_] == ',') return true;
        problems_.add(here(), "text after a closing quote", "expected a comma or the line's end");
        while (!at_line_end() && text_[position_] != ',') ++position_;
        return false;
    }

    std::string_view text_;
    const std::string& file_;
    ProblemList& problems_;
    std::size_t position_ = 0;
    std::size_t line_start_ = 0;
    int line_ = 1;
};

bool blank(const CsvRow& row) {
    return row.fields.size() == 1 && row.fields[0].text.empty();
}

void read_header(Scanner& scanner, CsvFile& file, ProblemList& problems) {
    CsvRow row;
    scanner.record(row);
    for (const CsvField& field : row.fields) {
        if (std::find(file.header.begin(), file.header.end(), field.text) != file.header.end())
            problems.add({file.name, row.line, field.column},
                         "column '" + field.text + "' stands twice in the header",
                         "give each column a name of its own");
        file.header.push_back(field.text);
    }
}

}  // namespace

ProblemList::ProblemList(Problems& problems, std::string file)
    : problems_(problems), file_(std::move(file)) {}

ProblemList::~ProblemList() {
    if (seen_ <= shown_at_most) return;
    problems_.push_back({first_hidden_,
                         std::to_string(seen_ - shown_at_most) + " more problems in " + file_,
                         "mend those shown first"});
}

void ProblemList::add(Place place, std::string what, std::string hint) {
    if (++seen_ <= shown_at_most)
        problems_.push_back({std::move(place), std::move(what), std::move(hint)});
    else if (seen_ == shown_at_most + 1)
        first_hidden_ = std::move(place);
}

Place CsvFile::place(const CsvRow& row, std::size_t field) const {
    return {name, row.line, row.fields[field].column};
}

CsvFile parse_csv(std::string_view text, const std::string& shown_name, Problems& problems) {
    CsvFile file;
    file.name = shown_name;
    file.sha256 = sha256(text);
    ProblemList list(problems, shown_name);
    Scanner scanner(text, file.name, list);
    if (scanner.at_end()) {
        list.add({shown_name, 1, 1}, "an empty file", "expected a header line and records");
        return file;
    }
    read_header(scanner, file, list);
    CsvRow row;
    while (!scanner.at_end()) {
        if (!scanner.record(row) || blank(row)) continue;
        if (row.fields.size() != file.header.size()) {
            list.add({shown_name, row.line, row.fields.back().column},
                     "a row of " + std::to_string(row.fields.size()) + " fields; the header has " +
                         std::to_string(file.header.size()),
                     "fill the row up, or remove it");
            continue;
        }
        file.rows.push_back(row);
    }
    if (file.rows.empty())
        list.add({shown_name, 1, 1}, "no records below the header", "is this the right file?");
    return file;
}

CsvFile read_csv(const std::filesystem::path& path, const std::string& shown_name,
                 Problems& problems, const Place& asked_from, std::size_t bytes_at_most) {
    CsvFile nothing;
    nothing.name = shown_name;
    std::error_code failure;
    if (!std::filesystem::is_regular_file(path, failure)) {
        problems.push_back({asked_from, "file not found: " + shown_name,
                            "paths are relative to the scenario file"});
        return nothing;
    }
    if (std::filesystem::file_size(path, failure) > bytes_at_most) {
        problems.push_back({asked_from, "file too large: " + shown_name,
                            "at most " + std::to_string(bytes_at_most >> 20) + " MiB"});
        return nothing;
    }
    std::ifstream stream(path, std::ios::binary);
    if (!stream) throw EnvironmentError("cannot read " + shown_name);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    return parse_csv(text, shown_name, problems);
}

std::optional<std::size_t> find_column(const CsvFile& file, std::string_view name,
                                       Problems& problems) {
    const auto found = std::find(file.header.begin(), file.header.end(), name);
    if (found != file.header.end()) return static_cast<std::size_t>(found - file.header.begin());
    if (file.header.empty()) return std::nullopt;  // said already: missing or empty file
    std::string hint = did_you_mean(name, file.header);
    if (hint.empty()) {
        hint = "columns are";
        for (const std::string& column : file.header) hint += " '" + column + "'";
    }
    problems.push_back({{file.name, 1, 1}, "no column '" + std::string(name) + "'", hint});
    return std::nullopt;
}

}  // namespace foretwin::telemetry
