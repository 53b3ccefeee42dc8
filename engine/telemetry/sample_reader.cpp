#include "engine/telemetry/sample_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/core/suggestion.hpp"

namespace foretwin::telemetry {

namespace {

constexpr std::size_t no_field = static_cast<std::size_t>(-1);
constexpr std::size_t longest_name = 64;

std::size_t field_of(const std::vector<std::string>& header, const std::string& name,
                     const std::string& file, std::vector<Problem>& problems) {
    const auto found = std::find(header.begin(), header.end(), name);
    if (found == header.end()) {
        problems.push_back({{file, 1, 1}, "no column '" + name + "'", suggestion(name, header)});
        return no_field;
    }
    if (std::find(found + 1, header.end(), name) != header.end())
        problems.push_back({{file, 1, 1},
                            "column '" + name + "' stands twice in the header",
                            "give each column a name of its own"});
    return static_cast<std::size_t>(found - header.begin());
}

}  // namespace

bool is_series_name(std::string_view name) {
    if (name.empty() || name.size() > longest_name || name.front() == ' ' || name.back() == ' ')
        return false;
    return std::none_of(name.begin(), name.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f ||
               std::string_view("/.:,#\"'[]{}()").find(c) != std::string_view::npos;
    });
}

std::string_view to_text(RowDefect defect) {
    constexpr std::array<std::string_view, row_defects> names{
        "none",         "malformed row",   "short row",
        "long row",     "repeated header", "impossible date",
        "skipped hour", "bad device",      "unknown signal"};
    return names[static_cast<std::size_t>(defect)];
}

SampleReader::SampleReader(CsvStream stream, const IngestDescription& description)
    : stream_(std::move(stream)), description_(description), clock_(description.zone) {
    read_header();
    if (!description.device_column.empty()) return;
    device_ = no_field;
    devices_.index_of(description.device);
    reached_.push_back(std::numeric_limits<Instant>::min());
}

void SampleReader::read_header() {
    const std::string& file = stream_.name();
    if (!stream_.next(record_))
        throw InputError({file, 1, 1}, "an empty file", "expected a header line and records");
    std::vector<Problem> problems;
    for (const CsvDefect& defect : record_.defects)
        problems.push_back({{file, defect.line, defect.column}, defect.what, defect.hint});
    for (const std::string_view field : record_.fields) header_.emplace_back(field);
    time_ = field_of(header_, description_.time_column, file, problems);
    if (!description_.device_column.empty())
        device_ = field_of(header_, description_.device_column, file, problems);
    if (description_.form == Form::longer) {
        signal_ = field_of(header_, description_.signal_column, file, problems);
        value_ = {field_of(header_, description_.value_column, file, problems)};
    } else {
        for (const SignalDescription& signal : description_.signals)
            value_.push_back(field_of(header_, signal.column, file, problems));
    }
    if (!problems.empty()) throw InputError(std::move(problems));
}

bool SampleReader::next(SampleRow& row) {
    do {
        if (!stream_.next(record_)) return false;
    } while (record_.blank());
    row.line = record_.line;
    row.at = no_instant;
    row.cells.clear();
    row.defect = read_row(row);
    return true;
}

RowDefect SampleReader::refuse(SampleRow& row, std::size_t field, RowDefect why) const {
    row.column = record_.columns[field];
    row.text = record_.fields[field];
    return why;
}

RowDefect SampleReader::read_row(SampleRow& row) {
    if (!record_.defects.empty()) {
        row.column = record_.defects.front().column;
        row.text = record_.defects.front().what;
        return RowDefect::malformed;
    }
    const std::size_t fields = record_.fields.size();
    if (fields != header_.size())
        return refuse(row, fields - 1,
                      fields < header_.size() ? RowDefect::short_row : RowDefect::long_row);
    if (record_.fields[time_] == header_[time_] &&
        std::equal(header_.begin(), header_.end(), record_.fields.begin()))
        return refuse(row, 0, RowDefect::repeated_header);
    RowDefect defect = read_device(row);
    if (defect == RowDefect::none) defect = read_time(row);
    if (defect == RowDefect::none) defect = read_cells(row);
    return defect;
}

RowDefect SampleReader::read_device(SampleRow& row) {
    row.device = 0;
    if (device_ == no_field) return RowDefect::none;
    const std::string_view name = record_.fields[device_];
    if (const auto known = devices_.find(name)) {
        row.device = *known;
        return RowDefect::none;
    }
    if (!is_series_name(name)) return refuse(row, device_, RowDefect::bad_device);
    row.device = devices_.index_of(name);
    reached_.push_back(std::numeric_limits<Instant>::min());
    return RowDefect::none;
}

RowDefect SampleReader::read_time(SampleRow& row) {
    Instant& reached = reached_[row.device];
    const ClockReader::Reading reading = clock_.read(record_.fields[time_], reached);
    if (reading.outcome == ClockReader::Outcome::skipped)
        return refuse(row, time_, RowDefect::skipped_hour);
    if (reading.outcome != ClockReader::Outcome::good)
        return refuse(row, time_, RowDefect::impossible_date);
    row.at = reading.at;
    reached = std::max(reached, row.at);
    return RowDefect::none;
}

RowDefect SampleReader::read_cells(SampleRow& row) {
    const auto add = [&](std::size_t signal, std::size_t field) {
        row.cells.push_back({signal, record_.fields[field], record_.columns[field]});
    };
    const std::vector<SignalDescription>& signals = description_.signals;
    if (description_.form == Form::wide) {
        for (std::size_t i = 0; i < signals.size(); ++i) add(i, value_[i]);
        return RowDefect::none;
    }
    const auto named = std::find_if(signals.begin(), signals.end(), [&](const auto& signal) {
        return signal.column == record_.fields[signal_];
    });
    if (named == signals.end()) return refuse(row, signal_, RowDefect::unknown_signal);
    add(static_cast<std::size_t>(named - signals.begin()), value_.front());
    return RowDefect::none;
}

}  // namespace foretwin::telemetry
