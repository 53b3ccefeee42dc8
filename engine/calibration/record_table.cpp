#include "engine/calibration/record_table.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "engine/core/quantity.hpp"
#include "engine/telemetry/instant.hpp"

namespace foretwin::calibration {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr int refused_at_most = 20;

bool is_open(const std::string& text) {
    return text.empty() || text == "NA" || text == "inf" || text == "Inf";
}

}  // namespace

RecordTable::RecordTable(const RecordSource& source, const std::filesystem::path& folder,
                         telemetry::Problems& problems)
    : source_(source), problems_(problems) {
    csv_ = telemetry::read_csv(folder / source.file, source.file, problems, source.place);
    keep_rows();
}

void RecordTable::keep_rows() {
    std::vector<std::pair<std::size_t, std::string>> wanted;
    for (const auto& [name, text] : source_.where) {
        const auto found = telemetry::find_column(csv_, name, problems_);
        if (found) wanted.emplace_back(*found, text);
    }
    for (std::size_t row = 0; row < csv_.rows.size(); ++row) {
        const bool kept = std::all_of(wanted.begin(), wanted.end(), [&](const auto& one) {
            return csv_.rows[row].fields[one.first].text == one.second;
        });
        if (kept) rows_.push_back(row);
    }
    if (rows_.empty() && problems_.empty())
        problems_.push_back({source_.place, "'" + source_.file + "' has no row that counts",
                             wanted.empty() ? "it needs rows below its header"
                                            : "see `where`: texts must be equal to the letter"});
}

std::optional<std::size_t> RecordTable::column(const std::string& role) {
    const auto named = source_.columns.find(role);
    if (named == source_.columns.end() || csv_.header.empty()) return std::nullopt;
    return telemetry::find_column(csv_, named->second, problems_);
}

const std::string& RecordTable::cell(std::size_t row, std::size_t column) const {
    return csv_.rows[rows_[row]].fields[column].text;
}

void RecordTable::refuse_cell(std::size_t row, std::size_t column, std::string what,
                              std::string hint) {
    if (++refused_ > refused_at_most) return;
    problems_.push_back(
        {csv_.place(csv_.rows[rows_[row]], column), std::move(what), std::move(hint)});
}

void RecordTable::refuse(std::size_t row, const std::string& role, std::string what,
                         std::string hint) {
    telemetry::Problems known;
    const auto named = source_.columns.find(role);
    const auto found = named == source_.columns.end()
                           ? std::nullopt
                           : telemetry::find_column(csv_, named->second, known);
    refuse_cell(row, found.value_or(0), std::move(what), std::move(hint));
}

std::vector<double> RecordTable::numbers(const std::string& role) {
    std::vector<double> values(size(), 0.0);
    const auto found = column(role);
    for (std::size_t row = 0; found && row < size(); ++row) {
        const auto value = parse_number(cell(row, *found));
        if (value)
            values[row] = *value;
        else
            refuse_cell(row, *found, "'" + cell(row, *found) + "' is no number",
                        "mend the cell, or leave the row out with `where`");
    }
    return values;
}

std::vector<double> RecordTable::numbers_or_open(const std::string& role) {
    std::vector<double> values(size(), infinity);
    const auto found = column(role);
    for (std::size_t row = 0; found && row < size(); ++row) {
        if (is_open(cell(row, *found))) continue;
        const auto value = parse_number(cell(row, *found));
        if (value)
            values[row] = *value;
        else
            refuse_cell(row, *found, "'" + cell(row, *found) + "' is no number",
                        "leave the cell empty where the interval is open");
    }
    return values;
}

std::vector<double> RecordTable::moments(const std::string& role, bool open) {
    std::vector<double> values(size(), infinity);
    const auto found = column(role);
    if (!found) return values;
    telemetry::ClockReader clock("UTC");
    for (std::size_t row = 0; row < size(); ++row) {
        const std::string& text = cell(row, *found);
        if (open && is_open(text)) continue;
        const auto read = clock.read(text);
        if (read.outcome == telemetry::ClockReader::Outcome::good)
            values[row] = static_cast<double>(read.at) / 1e9;
        else
            refuse_cell(row, *found, "'" + text + "' is no date and time",
                        "write 2026-01-05T06:00, on the clock of the plant");
    }
    return values;
}

std::vector<std::string> RecordTable::texts(const std::string& role) {
    std::vector<std::string> values(size());
    const auto found = column(role);
    for (std::size_t row = 0; found && row < size(); ++row) {
        values[row] = cell(row, *found);
        if (values[row].empty()) refuse_cell(row, *found, "the cell is empty", "name it");
    }
    return values;
}

std::vector<double> RecordTable::counts(const std::string& role) {
    std::vector<double> values = numbers(role);
    for (std::size_t row = 0; row < values.size(); ++row)
        if (values[row] < 0 || values[row] != std::floor(values[row]) || values[row] > 1e9)
            refuse(row, role, "a whole number from 0 is expected", "it tells how many there were");
    return values;
}

std::vector<bool> RecordTable::flags(const std::string& role) {
    std::vector<bool> values(size(), true);
    const auto found = column(role);
    for (std::size_t row = 0; found && row < size(); ++row) {
        const auto value = parse_number(cell(row, *found));
        values[row] = value && *value == 1;
        if (!value || (*value != 0 && *value != 1))
            refuse_cell(row, *found, "'" + cell(row, *found) + "' is neither 1 nor 0",
                        "1: it failed; 0: it was still running");
    }
    return values;
}

std::vector<std::vector<double>> RecordTable::covariates(const std::vector<std::string>& columns,
                                                         std::vector<std::string>& names) {
    std::vector<std::vector<double>> values(size());
    for (const std::string& name : columns) {
        const auto found = telemetry::find_column(csv_, name, problems_);
        if (!found) continue;
        std::set<std::string> texts;
        bool numeric = true;
        for (std::size_t row = 0; row < size(); ++row) {
            texts.insert(cell(row, *found));
            numeric &= parse_number(cell(row, *found)).has_value();
            if (cell(row, *found).empty())
                refuse_cell(row, *found, "a covariate is missing",
                            "fill it in or leave the row out");
        }
        if (numeric) {
            names.push_back(name);
            for (std::size_t row = 0; row < size(); ++row)
                values[row].push_back(*parse_number(cell(row, *found)));
            continue;
        }
        if (!texts.empty()) texts.erase(texts.begin());
        for (const std::string& text : texts) {
            names.push_back(std::string(name).append("=").append(text));
            for (std::size_t row = 0; row < size(); ++row)
                values[row].push_back(cell(row, *found) == text ? 1 : 0);
        }
    }
    return values;
}

}  // namespace foretwin::calibration
