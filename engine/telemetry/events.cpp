#include "engine/telemetry/events.hpp"

#include <algorithm>
#include <tuple>

#include "engine/core/suggestion.hpp"

namespace foretwin::telemetry {

namespace {

bool is_missing(std::string_view text) {
    return text.empty() || text == "NaN" || text == "nan" || text == "NA" || text == "NULL";
}

/// Says so when a field holds nothing.
bool present(const CsvFile& file, const CsvRow& row, std::size_t column, ProblemList& problems) {
    const std::string& text = row.fields[column].text;
    if (!is_missing(text)) return true;
    problems.add(file.place(row, column),
                 "nothing in column '" + file.header[column] + "'" +
                     (text.empty() ? "" : " but '" + text + "'"),
                 "remove the row or give the value");
    return false;
}

struct Columns {
    std::size_t time, device, kind;
};

std::optional<Event> read_event(const CsvFile& file, const CsvRow& row, const Columns& columns,
                                const NameTable& devices, NameTable& kinds, ProblemList& problems) {
    // Not short-circuited: all that is wrong with a row is said at once.
    const bool full = static_cast<int>(present(file, row, columns.time, problems)) +
                          static_cast<int>(present(file, row, columns.device, problems)) +
                          static_cast<int>(present(file, row, columns.kind, problems)) ==
                      3;
    if (!full) return std::nullopt;
    const std::string& time = row.fields[columns.time].text;
    const auto at = parse_local_time(time);
    if (!at)
        problems.add(file.place(row, columns.time), "'" + time + "' is no date and time",
                     "write 2015-01-02 03:00:00, local time without zone");
    const std::string& name = row.fields[columns.device].text;
    const auto device = devices.find(name);
    if (!device) {
        const std::string near = did_you_mean(name, devices.names());
        problems.add(file.place(row, columns.device), "unknown device '" + name + "'",
                     near.empty() ? "the list of devices does not have it" : near);
    }
    if (!at || !device) return std::nullopt;
    return Event{*at, *device, kinds.index_of(row.fields[columns.kind].text)};
}

}  // namespace

std::uint32_t NameTable::index_of(std::string_view name) {
    if (const auto known = find(name)) return *known;
    const auto index = static_cast<std::uint32_t>(names_.size());
    names_.emplace_back(name);
    indices_.emplace(name, index);
    return index;
}

std::optional<std::uint32_t> NameTable::find(std::string_view name) const {
    const auto found = indices_.find(name);
    if (found == indices_.end()) return std::nullopt;
    return found->second;
}

std::vector<Event> read_events(const CsvFile& file, const EventColumns& columns,
                               const NameTable& devices, NameTable& kinds, Problems& problems) {
    const auto time = find_column(file, columns.time, problems);
    const auto device = find_column(file, columns.device, problems);
    const auto kind = find_column(file, columns.kind, problems);
    if (!time || !device || !kind) return {};
    ProblemList list(problems, file.name);
    const Columns where{*time, *device, *kind};
    const auto key = [](const Event& e) { return std::tuple(e.at, e.device, e.kind); };
    std::map<std::tuple<LocalSeconds, std::uint32_t, std::uint32_t>, int> lines;
    std::vector<Event> events;
    for (const CsvRow& row : file.rows) {
        const auto event = read_event(file, row, where, devices, kinds, list);
        if (!event) continue;
        const auto [first, fresh] = lines.emplace(key(*event), row.line);
        if (fresh)
            events.push_back(*event);
        else
            list.add(file.place(row, *time),
                     "the same record as in line " + std::to_string(first->second),
                     "remove one of them");
    }
    std::sort(events.begin(), events.end(),
              [&](const Event& a, const Event& b) { return key(a) < key(b); });
    return events;
}

std::vector<std::uint32_t> read_attribute(const CsvFile& file, const std::string& device_column,
                                          const std::string& attribute_column, NameTable& devices,
                                          NameTable& attributes, Problems& problems) {
    const auto device = find_column(file, device_column, problems);
    const auto attribute = find_column(file, attribute_column, problems);
    std::vector<std::uint32_t> values;
    if (!device || !attribute) return values;
    ProblemList list(problems, file.name);
    for (const CsvRow& row : file.rows) {
        const bool named = present(file, row, *device, list);
        if (!present(file, row, *attribute, list) || !named) continue;
        const std::string& name = row.fields[*device].text;
        if (devices.find(name)) {
            list.add(file.place(row, *device), "device '" + name + "' stands twice",
                     "keep one row per device");
            continue;
        }
        devices.index_of(name);
        values.push_back(attributes.index_of(row.fields[*attribute].text));
    }
    return values;
}

}  // namespace foretwin::telemetry
