#include <algorithm>
#include <set>

#include "engine/core/quantity.hpp"
#include "engine/core/suggestion.hpp"
#include "scenarios/loader/expand.hpp"
#include "scenarios/schema/schema.hpp"

namespace foretwin::loader {
namespace {

constexpr std::size_t most_devices = 100'000;

bool is_missing(std::string cell) {
    std::transform(cell.begin(), cell.end(), cell.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return cell.empty() || cell == "nan" || cell == "na" || cell == "n/a" || cell == "null" ||
           cell == "inf" || cell == "-inf";
}

/// Fills the placeholders of one template with the rows of one table.
class Filler {
  public:
    Filler(const Table& table, std::string table_file, Problems& problems)
        : table_(table), file_(std::move(table_file)), problems_(problems) {}

    std::string text(const std::string& given, std::size_t row, const Place& place) {
        std::string result;
        std::size_t at = 0;
        while (at < given.size()) {
            const std::size_t open = given.find('{', at);
            const std::size_t close = given.find('}', open);
            if (open == std::string::npos || close == std::string::npos) break;
            result += given.substr(at, open - at);
            result += cell(given.substr(open + 1, close - open - 1), row, place);
            at = close + 1;
        }
        return result + given.substr(std::min(at, given.size()));
    }

    Value filled(const Value& given, std::size_t row) {
        Value result = given;
        fill(result, row);
        return result;
    }

  private:
    void fill(Value& value, std::size_t row) {
        if (value.is_scalar() && value.text().find('{') != std::string::npos)
            value.set_text(text(value.text(), row, value.place()));
        for (Value& item : value.items()) fill(item, row);
        for (Value::Entry& entry : value.entries()) {
            if (entry.key.find('{') != std::string::npos) {
                Place place = entry.value.place();
                if (entry.line > 0) place.line = entry.line, place.column = entry.column;
                entry.key = text(entry.key, row, place);
            }
            fill(entry.value, row);
        }
    }

    std::string cell(const std::string& column, std::size_t row, const Place& place) {
        const auto found = std::find(table_.columns.begin(), table_.columns.end(), column);
        if (found == table_.columns.end()) {
            problems_.push_back({place, "placeholder {" + column + "} is no column of " + file_,
                                 suggestion(column, table_.columns)});
            return "";
        }
        const auto index = static_cast<std::size_t>(found - table_.columns.begin());
        const std::string& content = table_.rows[row][index];
        if (is_missing(content))
            problems_.push_back(
                {{file_, table_.lines[row], 1},
                 "column '" + column + "' is empty or not a number here ('" + content + "')",
                 "every row of a fleet needs a value"});
        return content;
    }

    const Table& table_;
    std::string file_;
    Problems& problems_;
};

Table counted(std::size_t rows) {
    Table table;
    table.columns = {"number"};
    for (std::size_t i = 1; i <= rows; ++i) {
        table.rows.push_back({std::to_string(i)});
        table.lines.push_back(static_cast<int>(i));
    }
    return table;
}

/// The rows of `for_each`; no rows and a problem when they cannot be had.
Table rows_of(const Value& for_each, const std::filesystem::path& folder, std::string& file,
              Problems& problems) {
    const Value* path = for_each.find("file");
    const Value* count = for_each.find("count");
    if ((path != nullptr) == (count != nullptr)) {
        problems.push_back({for_each.place(), "for_each needs either `file` or `count`",
                            "as in for_each: {count: 20}"});
        return {};
    }
    if (path != nullptr) {
        file = (folder / path->text()).string();
        return read_table(folder / path->text(), path->place(), problems);
    }
    file = "for_each";
    const double rows = parse_number(count->text()).value_or(0);
    if (!(rows >= 1 && rows <= static_cast<double>(most_devices))) {
        problems.push_back({count->place(),
                            "'" + count->text() + "' is not a number of devices from 1 to " +
                                std::to_string(most_devices),
                            "split the plant into several scenarios"});
        return {};
    }
    return counted(static_cast<std::size_t>(rows));
}

void refuse_unknown_keys(const Value& map, std::span<const ParameterSpec> keys,
                         Problems& problems) {
    std::vector<std::string> known;
    for (const ParameterSpec& key : keys) known.emplace_back(key.name);
    for (const Value::Entry& entry : map.entries())
        if (schema::find(keys, entry.key) == nullptr)
            problems.push_back({map.place_of_key(entry.key),
                                "unknown key '" + entry.key + "' in a fleet",
                                suggestion(entry.key, known)});
}

void expand_fleet(const Value::Entry& fleet, Value& devices, std::set<std::string>& names,
                  const std::filesystem::path& folder, Problems& problems) {
    const Value& section = fleet.value;
    const Value* for_each = section.find("for_each");
    const Value* name = section.find("name");
    const Value* device = section.find("device");
    const auto keys = schema::find(schema::top_level(), "fleets")->children;
    refuse_unknown_keys(section, keys, problems);
    if (for_each != nullptr)
        refuse_unknown_keys(*for_each, schema::find(keys, "for_each")->children, problems);
    if (for_each == nullptr || name == nullptr || device == nullptr || !device->is_map()) {
        problems.push_back(
            {section.place(), "fleet '" + fleet.key + "' needs for_each, name and device",
             "as in {for_each: {count: 20}, name: \"Press {number}\", device: {type: machine}}"});
        return;
    }
    std::string file;
    const Table table = rows_of(*for_each, folder, file, problems);
    if (table.rows.size() > most_devices) {
        problems.push_back({for_each->place(),
                            "more than " + std::to_string(most_devices) + " devices",
                            "split the plant into several scenarios"});
        return;
    }
    Filler filler(table, file, problems);
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        std::string own_name = filler.text(name->text(), row, name->place());
        if (!names.insert(own_name).second) {
            problems.push_back({name->place(),
                                "fleet '" + fleet.key + "' makes the name '" + own_name + "' twice",
                                "use a placeholder that differs in every row"});
            return;
        }
        Value made = filler.filled(*device, row);
        Value origin = Value::scalar(fleet.key);
        origin.put_as(section);
        made.set("fleet", std::move(origin));
        const Place place = name->place();
        devices.entries().push_back(
            {std::move(own_name), std::move(made), place.line, place.column});
    }
}

}  // namespace

void expand_fleets(Value& tree, const std::filesystem::path& folder, Problems& problems) {
    const Value* given = tree.find("fleets");
    if (given == nullptr) return;
    if (!given->is_map()) {
        problems.push_back({given->place(), "fleets is a map of fleet names",
                            "as in fleets: {presses: {for_each: {count: 20}, ...}}"});
        return;
    }
    const Value fleets = *given;
    tree.erase("fleets");
    if (!tree.has("devices")) {
        Value none = Value::map();
        none.put_as(fleets);
        tree.set("devices", std::move(none));
    }
    Value& devices = *tree.find("devices");
    if (!devices.is_map()) return;
    std::set<std::string> names;
    for (const Value::Entry& entry : devices.entries()) names.insert(entry.key);
    for (const Value::Entry& fleet : fleets.entries())
        expand_fleet(fleet, devices, names, folder, problems);
}

}  // namespace foretwin::loader
