#include "engine/telemetry/sample_reader.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "engine/core/suggestion.hpp"
#include "engine/telemetry/decimal.hpp"

namespace foretwin::telemetry {

namespace {

constexpr std::size_t no_field = static_cast<std::size_t>(-1);
constexpr std::size_t longest_name = 64;

std::size_t field_of(const std::vector<std::string>& header, const std::string& name,
                     const std::string& file, std::vector<Problem>& problems) {
    const auto found = std::find(header.begin(), header.end(), name);
    if (name.empty()) return no_field;
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

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// Marks of a sample, a sum of bits; what is none marks nothing.
std::uint8_t marks_of(std::string_view text) {
    constexpr double all = 31;
    const auto number = number_of(trimmed(text));
    return number && *number >= 0 && *number <= all ? static_cast<std::uint8_t>(*number) : 0;
}

}  // namespace

Cell read_cell(std::size_t signal, std::string_view text, int column, bool as_text) {
    Cell cell{signal, text, column};
    const std::string_view inside = trimmed(text);
    if (inside.empty()) return cell;
    cell.form = Cell::Form::text;
    const auto value = as_text ? std::nullopt : number_of(inside);
    if (!value) return cell;
    cell.form = Cell::Form::number;
    cell.value = *value;
    return cell;
}

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
        "none",         "malformed row",     "short row",
        "long row",     "repeated header",   "impossible date",
        "skipped hour", "bad device",        "unknown signal",
        "no interval",  "ahead of the clock"};
    return names[static_cast<std::size_t>(defect)];
}

SampleReader::SampleReader(std::unique_ptr<RecordSource> records,
                           const IngestDescription& description)
    : records_(std::move(records)), description_(description), clock_(description.zone) {
    read_header();
    if (!description.device_column.empty()) return;
    devices_.index_of(description.device);
    reached_.push_back(std::numeric_limits<Instant>::min());
}

void SampleReader::read_header() {
    const std::string& file = records_->name();
    const std::vector<std::string>& header = records_->header();
    std::vector<Problem> problems;
    const auto find = [&](const std::string& name) {
        return field_of(header, name, file, problems);
    };
    time_ = find(description_.time_column);
    device_ = find(description_.device_column);
    signal_ = find(description_.signal_column);
    until_ = find(description_.until_column);
    arrival_ = find(description_.arrival_column);
    quality_ = find(description_.quality_column);
    detail_ = find(description_.detail_column);
    if (description_.form == Form::longer)
        value_ = {find(description_.value_column)};
    else
        for (const SignalDescription& signal : description_.signals)
            value_.push_back(find(signal.column));
    if (!problems.empty()) throw InputError(std::move(problems));
}

bool SampleReader::next(SampleRow& row) {
    if (!records_->next(record_)) return false;
    static_cast<RowHead&>(row) = {};
    row.line = record_.line;
    row.cells.clear();
    row.whole = record_.whole;
    row.defect = read_row(row);
    return true;
}

std::string_view SampleReader::field(std::size_t index) const {
    return index == no_field ? std::string_view() : record_.fields[index];
}

RowDefect SampleReader::refuse(SampleRow& row, std::size_t field, RowDefect why) const {
    row.column = record_.columns[field];
    row.text = record_.fields[field];
    return why;
}

RowDefect SampleReader::read_row(SampleRow& row) {
    if (record_.malformed != nullptr) {
        row.column = record_.malformed_column;
        row.text = record_.malformed;
        return RowDefect::malformed;
    }
    const std::vector<std::string>& header = records_->header();
    const std::size_t fields = record_.fields.size();
    if (fields != header.size())
        return refuse(row, fields - 1,
                      fields < header.size() ? RowDefect::short_row : RowDefect::long_row);
    if (record_.fields[time_] == header[time_] &&
        std::equal(header.begin(), header.end(), record_.fields.begin()))
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
    row.device = last_device_;
    if (last_device_ < devices_.size() && devices_.name(last_device_) == name)
        return RowDefect::none;
    if (const auto known = devices_.find(name)) {
        row.device = last_device_ = *known;
        return RowDefect::none;
    }
    if (!is_series_name(name)) return refuse(row, device_, RowDefect::bad_device);
    row.device = last_device_ = devices_.index_of(name);
    reached_.push_back(std::numeric_limits<Instant>::min());
    return RowDefect::none;
}

ClockReader::Reading SampleReader::read_clock(std::size_t field, Instant reached) {
    const std::string_view text = record_.fields[field];
    return description_.time_unit == 0 ? clock_.read(text, reached)
                                       : clock_.read_count(text, description_.time_unit, reached);
}

RowDefect SampleReader::read_time(SampleRow& row) {
    Instant& reached = reached_[row.device];
    const ClockReader::Reading reading = read_clock(time_, reached);
    if (reading.outcome == ClockReader::Outcome::skipped)
        return refuse(row, time_, RowDefect::skipped_hour);
    if (reading.outcome != ClockReader::Outcome::good)
        return refuse(row, time_, RowDefect::impossible_date);
    reached = std::max(reached, reading.at);
    row.at = reading.at - description_.clock_offset;
    if (field(arrival_).empty()) return RowDefect::none;
    // The clock of whoever received it is taken to be right; a date that is none says nothing.
    const ClockReader::Reading arrival = read_clock(arrival_, reached);
    const Time measuring = description_.stamp == Stamp::start ? description_.interval : 0;
    if (arrival.outcome == ClockReader::Outcome::good) row.delay = arrival.at - row.at - measuring;
    return RowDefect::none;
}

/// Both ends of an interval are of one clock; it is corrected alike.
RowDefect SampleReader::read_until(SampleRow& row) {
    const ClockReader::Reading reading = read_clock(until_, reached_[row.device]);
    if (reading.outcome == ClockReader::Outcome::skipped)
        return refuse(row, until_, RowDefect::skipped_hour);
    if (reading.outcome != ClockReader::Outcome::good)
        return refuse(row, until_, RowDefect::impossible_date);
    row.until = reading.at - description_.clock_offset;
    return row.until > row.at ? RowDefect::none : refuse(row, until_, RowDefect::no_interval);
}

RowDefect SampleReader::read_cells(SampleRow& row) {
    if (until_ != no_field) {
        const RowDefect defect = read_until(row);
        if (defect != RowDefect::none) return defect;
    }
    if (quality_ != no_field) row.quality = marks_of(record_.fields[quality_]);
    row.detail = field(detail_);
    const std::vector<SignalDescription>& signals = description_.signals;
    const auto add = [&](std::size_t signal, std::size_t field) {
        if (record_.fields[field].data() == nullptr) return;  // it was not told
        row.cells.push_back(read_cell(signal, record_.fields[field], record_.columns[field],
                                      signals[signal].texts));
    };
    if (description_.stamp == Stamp::end) row.at -= description_.interval;
    if (description_.form != Form::longer) {
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
