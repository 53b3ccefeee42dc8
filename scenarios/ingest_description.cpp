#include "scenarios/ingest_description.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>

#include "engine/core/quantity.hpp"
#include "engine/core/suggestion.hpp"
#include "engine/telemetry/sample_reader.hpp"

namespace foretwin::scenarios {

namespace {

using loader::Problems;
using loader::Value;
using telemetry::Form;
using telemetry::IngestDescription;
using telemetry::SignalDescription;

/// The keys of one map, and what is wrong with them.
class Map {
  public:
    Map(const Value& value, std::string title, const std::vector<std::string>& known,
        Problems& problems)
        : value_(value), title_(std::move(title)), problems_(problems) {
        if (!value.is_map()) {
            add(value, title_ + " must be a map", suggestion("", known));
            return;
        }
        for (const auto& entry : value.entries())
            if (std::find(known.begin(), known.end(), entry.key) == known.end())
                problems_.push_back({value.place_of_key(entry.key),
                                     "unknown key '" + entry.key + "' in " + title_,
                                     suggestion(entry.key, known)});
    }

    const Value* find(const std::string& key) const { return value_.find(key); }

    const Value* need(const std::string& key, const std::string& example) {
        const Value* found = find(key);
        if (found == nullptr && value_.is_map())
            add(value_, title_ + " needs '" + key + "'", "as in " + example);
        return found;
    }

    std::string text(const std::string& key, const std::string& example) {
        const Value* found = need(key, example);
        return found == nullptr ? "" : text_of(*found, key, example);
    }

    std::string text_of(const Value& value, const std::string& key, const std::string& example) {
        if (value.is_scalar() && !value.text().empty()) return value.text();
        add(value, "'" + key + "' of " + title_ + " must be a text", "as in " + example);
        return "";
    }

    /// A duration, in nanoseconds; at most a century, so that sums stay on the clock.
    Time duration(const std::string& key, Time otherwise) {
        const Value* found = find(key);
        if (found == nullptr) return otherwise;
        constexpr double longest_s = 100 * 365.25 * 86400;
        const auto read = parse_quantity(found->text());
        if (!read) {
            add(*found, read.what.empty() ? "no duration" : read.what,
                read.hint.empty() ? "as in 3 h" : read.hint);
            return otherwise;
        }
        const bool good = read->dimension == parse_unit("s")->dimension && read->value >= 0 &&
                          read->value <= longest_s;
        if (good) return from_seconds(read->value);
        add(*found, "'" + found->text() + "' is no duration from 0 h to 36525 days", "as in 3 h");
        return otherwise;
    }

    int whole_number(const std::string& key, int lowest, int otherwise) {
        const Value* found = find(key);
        if (found == nullptr) return otherwise;
        constexpr int highest = 100'000;
        const auto number = parse_number(found->text());
        if (number && *number == std::floor(*number) && *number >= lowest && *number <= highest)
            return static_cast<int>(*number);
        add(*found,
            "'" + found->text() + "' is no whole number from " + std::to_string(lowest) + " to " +
                std::to_string(highest),
            "as in " + key + ": 12");
        return otherwise;
    }

    void add(const Value& at, std::string what, std::string hint) {
        problems_.push_back({at.place(), std::move(what), std::move(hint)});
    }
    Problems& problems() { return problems_; }
    const std::string& title() const { return title_; }

  private:
    const Value& value_;
    std::string title_;
    Problems& problems_;
};

/// Names become paths in the store.
void check_name(Map& map, const Value& at, const std::string& name) {
    if (!telemetry::is_series_name(name))
        map.add(at, "'" + name + "' is no name for a device or signal",
                "1 to 64 characters, none of / . : , # quotes or brackets");
}

/// A limit with the unit of its signal, written as that one is.
std::optional<double> limit(Map& map, const Value& value, const std::string& unit) {
    const NumberAndUnit parts = split_number(value.text());
    const auto number = parse_number(parts.number);
    if (number && parts.unit == unit) return number;
    map.add(value, "'" + value.text() + "' is no number in " + (unit.empty() ? "no unit" : unit),
            "limits have the unit of their signal, as in 40 " + unit);
    return std::nullopt;
}

void read_range(Map& map, SignalDescription& signal) {
    const Value* value = map.find("range");
    if (value == nullptr) return;
    if (value->items().size() != 2) {
        map.add(*value, "a range has a lowest and a highest value",
                "as in range: [40 " + signal.unit + ", 200 " + signal.unit + "]");
        return;
    }
    const auto lowest = limit(map, value->items()[0], signal.unit);
    const auto highest = limit(map, value->items()[1], signal.unit);
    if (!lowest || !highest) return;
    signal.ranged = true;
    signal.lowest = *lowest;
    signal.highest = *highest;
    if (*lowest >= *highest) map.add(*value, "the range ends before it begins", "swap its ends");
}

void read_sentinels(Map& map, SignalDescription& signal) {
    const Value* value = map.find("sentinels");
    if (value == nullptr) return;
    if (!value->is_list())
        map.add(*value, "sentinels are a list of numbers", "as in sentinels: [-9999]");
    for (const Value& item : value->items()) {
        if (const auto number = parse_number(item.text()))
            signal.sentinels.push_back(*number);
        else
            map.add(item, "'" + item.text() + "' is no number",
                    "sentinels are bare numbers, as they stand in the file");
    }
}

/// How many times too large numbers in `name` are: the ratio of the two units.
void add_known_unit(Map& map, const Value& item, SignalDescription& signal) {
    const std::string example = "as in wrong_units: {" + item.text() + ": 6.894757}";
    const auto own = parse_unit(signal.unit);
    const auto other = parse_unit(item.text());
    if (!own || !other || signal.unit.empty() || own->dimension != other->dimension)
        return map.add(item,
                       "no factor is known from '" + signal.unit + "' to '" + item.text() + "'",
                       "tell how many times too large its numbers are, " + example);
    signal.wrong_units.push_back({item.text(), own->factor / other->factor});
}

void read_wrong_units(Map& map, SignalDescription& signal) {
    signal.drift_at_least = map.whole_number("wrong_for", 2, signal.drift_at_least);
    const Value* value = map.find("wrong_units");
    if (value == nullptr) return;
    if (!value->is_list() && !value->is_map())
        map.add(*value, "wrong_units is a list of units or a map of factors",
                "as in wrong_units: [kPa]");
    for (const Value& item : value->items()) add_known_unit(map, item, signal);
    for (const auto& entry : value->entries()) {
        const auto factor = parse_number(entry.value.text());
        if (factor && *factor > 0)
            signal.wrong_units.push_back({entry.key, *factor});
        else
            map.add(entry.value, "'" + entry.value.text() + "' is no factor above 0",
                    "as in wrong_units: {kPa: 6.894757}");
    }
    for (const telemetry::WrongUnit& unit : signal.wrong_units)
        if (unit.factor > 0.8 && unit.factor < 1.25)
            map.add(*value, "numbers in '" + unit.name + "' are too near to tell from right ones",
                    "only factors above 1.25 or below 0.8 are looked for");
}

/// How often samples come, and how long one holds.
void read_rhythm(Map& map, SignalDescription& signal) {
    signal.hold = map.duration("hold", never);
    signal.every = map.duration("every", 0);
    const Value* every = map.find("every");
    if (every == nullptr) return;
    if (signal.every < second / 1000)
        map.add(*every, "'every' must be at least 1 ms", "as in every: 1 h");
    if (map.find("hold") == nullptr)
        map.add(*every, "missing samples are counted in gaps, and there is no 'hold'",
                "say how long a value holds, as in hold: " + every->text());
    else if (signal.hold < signal.every)
        map.add(*map.find("hold"), "a value holds shorter than the next one takes to come",
                "make hold at least " + every->text());
}

SignalDescription read_signal(const std::string& name, const Value& value, Problems& problems) {
    Map map(value, "signal '" + name + "'",
            {"unit", "column", "sentinels", "range", "stuck", "wrong_units", "wrong_for", "hold",
             "every"},
            problems);
    check_name(map, value, name);
    SignalDescription signal;
    signal.name = name;
    signal.unit = map.text("unit", "unit: kW");
    signal.column = map.find("column") == nullptr ? name : map.text("column", "column: p1");
    read_sentinels(map, signal);
    read_range(map, signal);
    signal.stuck_at_least = map.whole_number("stuck", 2, 0);
    read_wrong_units(map, signal);
    read_rhythm(map, signal);
    return signal;
}

void read_signals(Map& top, IngestDescription& description) {
    const Value* value = top.need("signals", "signals: {power: {unit: kW}}");
    if (value == nullptr) return;
    if (value->entries().empty())
        return top.add(*value, "signals must name at least one", "as in power: {unit: kW}");
    for (const auto& entry : value->entries())
        description.signals.push_back(read_signal(entry.key, entry.value, top.problems()));
    for (std::size_t i = 0; i < description.signals.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (description.signals[i].column == description.signals[j].column)
                top.add(value->entries()[i].value,
                        "column '" + description.signals[i].column + "' is read twice",
                        "give each signal a column of its own");
}

void read_time(Map& top, IngestDescription& description) {
    const std::string example = "time: {column: datetime, zone: UTC}";
    const Value* value = top.need("time", example);
    if (value == nullptr) return;
    Map map(*value, "time", {"column", "zone"}, top.problems());
    description.time_column = map.text("column", example);
    description.zone = map.text("zone", example);
    if (description.zone.empty()) return;
    try {
        const telemetry::ClockReader probe(description.zone);
    } catch (const InputError& error) {
        map.add(*map.find("zone"), error.problems().front().what, error.problems().front().hint);
    }
}

void read_device(Map& top, IngestDescription& description) {
    const std::string example = "device: {column: machine}, or device: {name: Press 7}";
    const Value* value = top.need("device", example);
    if (value == nullptr) return;
    Map map(*value, "device", {"column", "name"}, top.problems());
    if (!value->is_map()) return;
    if (map.find("column") != nullptr && map.find("name") != nullptr)
        map.add(*value, "device has both a column and a name", "keep one of them");
    if (map.find("column") != nullptr) {
        description.device_column = map.text("column", example);
        return;
    }
    description.device = map.text("name", example);
    if (!description.device.empty()) check_name(map, *map.find("name"), description.device);
}

std::string column_of(Map& top, const std::string& key, bool wanted) {
    const std::string example = key + ": {column: " + key + "}";
    if (!wanted) {
        if (const Value* value = top.find(key))
            top.add(*value, "'" + key + "' is for files in long form", "leave it out");
        return "";
    }
    const Value* value = top.need(key, example);
    if (value == nullptr) return "";
    Map map(*value, key, {"column"}, top.problems());
    return map.text("column", example);
}

void read_form(Map& top, IngestDescription& description) {
    const std::string form = top.text("form", "form: wide");
    const std::vector<std::string> known{"wide", "long"};
    if (!form.empty() && std::find(known.begin(), known.end(), form) == known.end())
        top.add(*top.find("form"), "unknown form '" + form + "'", suggestion(form, known));
    description.form = form == "long" ? Form::longer : Form::wide;
    const bool longer = description.form == Form::longer;
    description.signal_column = column_of(top, "signal", longer);
    description.value_column = column_of(top, "value", longer);
}

void read_rejects(Map& top, IngestDescription& description) {
    const Value* value = top.find("reject");
    if (value == nullptr) return;
    const std::vector<std::string> known{"stuck", "range", "unit"};
    if (!value->is_list()) top.add(*value, "reject is a list", "as in reject: [stuck, range]");
    for (const Value& item : value->items()) {
        if (item.text() == "stuck")
            description.doubts.reject_stuck = true;
        else if (item.text() == "range")
            description.doubts.reject_range = true;
        else if (item.text() == "unit")
            description.doubts.reject_unit = true;
        else
            top.add(item, "unknown rule '" + item.text() + "'", suggestion(item.text(), known));
    }
}

void read_threshold(Map& top, IngestDescription& description) {
    const Value* value = top.find("refuse_above");
    if (value == nullptr) return;
    const auto share = parse_quantity(value->text());
    if (share && share->dimension == Dimension{} && share->value >= 0 && share->value <= 1)
        description.refuse_above = share->value;
    else
        top.add(*value, "'" + value->text() + "' is no share from 0 % to 100 %",
                "as in refuse_above: 5 %");
}

/// Before hours are spent on it: is there such a file, and can it be one of samples?
void check_file(const Value& tree, const std::filesystem::path& path, Problems& problems) {
    const Value* file = tree.find("file");
    if (file == nullptr || file->text().empty()) return;
    std::error_code error;
    if (!std::filesystem::exists(path, error))
        problems.push_back({file->place(), "there is no file '" + file->text() + "'",
                            "paths are relative to the description's folder"});
    else if (!std::filesystem::is_regular_file(path, error))  // it is read more than once
        problems.push_back({file->place(),
                            "'" + file->text() + "' is no file but a folder, a pipe or a device",
                            "name a file of comma-separated text, or such a file packed by gzip"});
}

}  // namespace

IngestDescription read_ingest_description(const Value& tree, Problems& problems) {
    Map top(tree, "the description",
            {"foretwin_ingest", "file", "form", "time", "device", "signal", "value", "late_after",
             "refuse_above", "reject", "signals"},
            problems);
    IngestDescription description;
    if (top.text("foretwin_ingest", "foretwin_ingest: 1") != "1" &&
        tree.find("foretwin_ingest") != nullptr)
        top.add(*tree.find("foretwin_ingest"), "this version reads `foretwin_ingest: 1`",
                "write 1, or use a newer Foretwin");
    description.file = top.text("file", "file: telemetry.csv");
    read_form(top, description);
    read_time(top, description);
    read_device(top, description);
    description.late_after = top.duration("late_after", 0);
    read_threshold(top, description);
    read_rejects(top, description);
    read_signals(top, description);
    return description;
}

IngestDescription read_ingest_description(const std::filesystem::path& path) {
    Problems problems;
    const Value tree = loader::read_file(path, problems);
    IngestDescription description;
    if (problems.empty()) {
        description = read_ingest_description(tree, problems);
        check_file(tree, path.parent_path() / description.file, problems);
    }
    loader::throw_if_any(std::move(problems));
    return description;
}

}  // namespace foretwin::scenarios
