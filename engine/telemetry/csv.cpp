#include "engine/telemetry/csv.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "engine/core/suggestion.hpp"
#include "engine/telemetry/csv_scanner.hpp"
#include "engine/telemetry/sha256.hpp"

namespace foretwin::telemetry {

namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// Says what is wrong with the form of a record; false when there is something.
bool well_formed(const CsvRecord& record, const std::string& file, ProblemList& problems) {
    for (const CsvDefect& defect : record.defects)
        problems.add({file, defect.line, defect.column}, defect.what, defect.hint);
    return record.defects.empty();
}

void read_header(const CsvRecord& record, CsvFile& file, ProblemList& problems) {
    well_formed(record, file.name, problems);
    for (std::size_t i = 0; i < record.fields.size(); ++i) {
        std::string name(record.fields[i]);
        if (std::find(file.header.begin(), file.header.end(), name) != file.header.end())
            problems.add({file.name, record.line, record.columns[i]},
                         "column '" + name + "' stands twice in the header",
                         "give each column a name of its own");
        file.header.push_back(std::move(name));
    }
}

CsvRow row_of(const CsvRecord& record) {
    CsvRow row;
    row.line = record.line;
    row.fields.reserve(record.fields.size());
    for (std::size_t i = 0; i < record.fields.size(); ++i)
        row.fields.push_back({std::string(record.fields[i]), record.columns[i]});
    return row;
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
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    CsvScanner scanner(text);
    CsvRecord record;
    if (!scanner.next(record, true)) {
        list.add({shown_name, 1, 1}, "an empty file", "expected a header line and records");
        return file;
    }
    read_header(record, file, list);
    while (scanner.next(record, true)) {
        if (!well_formed(record, shown_name, list) || record.blank()) continue;
        if (record.fields.size() != file.header.size()) {
            list.add({shown_name, record.line, record.columns.back()},
                     "a row of " + std::to_string(record.fields.size()) +
                         " fields; the header has " + std::to_string(file.header.size()),
                     "fill the row up, or remove it");
            continue;
        }
        file.rows.push_back(row_of(record));
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
