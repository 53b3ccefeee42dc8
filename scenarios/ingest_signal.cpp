#include <optional>

#include "engine/telemetry/sample_reader.hpp"
#include "scenarios/ingest_map.hpp"

namespace foretwin::scenarios {

namespace {

using loader::Problems;
using loader::Value;
using telemetry::SignalDescription;

/// A limit with the unit of its signal, written as that one is.
std::optional<double> limit(DescriptionMap& map, const Value& value, const std::string& unit) {
    const NumberAndUnit parts = split_number(value.text());
    const auto number = parse_number(parts.number);
    if (number && parts.unit == unit) return number;
    map.add(value, "'" + value.text() + "' is no number in " + (unit.empty() ? "no unit" : unit),
            "limits have the unit of their signal, as in 40 " + unit);
    return std::nullopt;
}

void read_range(DescriptionMap& map, SignalDescription& signal) {
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

void read_sentinels(DescriptionMap& map, SignalDescription& signal) {
    const Value* value = map.find("sentinels");
    if (value == nullptr) return;
    if (!value->is_list())
        map.add(*value, "sentinels are a list of numbers", "as in sentinels: [-9999]");
    for (const Value& item : value->items()) {
        if (signal.texts)
            signal.text_sentinels.push_back(item.text());
        else if (const auto number = parse_number(item.text()))
            signal.sentinels.push_back(*number);
        else
            map.add(item, "'" + item.text() + "' is no number",
                    "sentinels are bare numbers, as they stand in the file");
    }
}

/// How many times too large numbers in `name` are: the ratio of the two units.
void add_known_unit(DescriptionMap& map, const Value& item, SignalDescription& signal) {
    const std::string example = "as in wrong_units: {" + item.text() + ": 6.894757}";
    const auto own = parse_unit(signal.unit);
    const auto other = parse_unit(item.text());
    if (!own || !other || signal.unit.empty() || own->dimension != other->dimension)
        return map.add(item,
                       "no factor is known from '" + signal.unit + "' to '" + item.text() + "'",
                       "tell how many times too large its numbers are, " + example);
    signal.wrong_units.push_back({item.text(), own->factor / other->factor});
}

void read_wrong_units(DescriptionMap& map, SignalDescription& signal) {
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
void read_rhythm(DescriptionMap& map, SignalDescription& signal) {
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

/// A text has no unit, and nothing that follows from one.
void refuse_what_numbers_have(DescriptionMap& map) {
    for (const char* key : {"unit", "range", "stuck", "wrong_units", "wrong_for", "zero"})
        if (const Value* value = map.find(key))
            map.add(*value, "'" + std::string(key) + "' is for numbers, and this signal has texts",
                    "leave it out");
}

void read_words(DescriptionMap& map, SignalDescription& signal) {
    const Value* value = map.find("words");
    if (value == nullptr) return;
    if (!signal.texts)
        map.add(*value, "'words' is for signals of kind text", "numbers have a range");
    if (!value->is_list() || value->items().empty())
        map.add(*value, "words are a list of texts", "as in words: [ACTIVE, READY]");
    for (const Value& item : value->items()) signal.words.push_back(item.text());
}

void read_zero(DescriptionMap& map, SignalDescription& signal) {
    const Value* value = map.find("zero");
    if (value == nullptr || signal.texts) return;
    signal.zero_is_nothing = value->text() == "not recorded";
    if (!signal.zero_is_nothing && value->text() != "a value")
        map.add(*value, "unknown meaning '" + value->text() + "' of zero",
                "as in zero: not recorded; it is a value otherwise");
}

}  // namespace

void check_series_name(DescriptionMap& map, const Value& at, const std::string& name) {
    if (!telemetry::is_series_name(name))
        map.add(at, "'" + name + "' is no name for a device or signal",
                "1 to 64 characters, none of / . : , # quotes or brackets");
}

SignalDescription read_signal_description(const std::string& name, const Value& value,
                                          Problems& problems) {
    DescriptionMap map(value, "signal '" + name + "'",
                       {"unit", "column", "sentinels", "range", "stuck", "wrong_units", "wrong_for",
                        "hold", "every", "kind", "words", "zero"},
                       problems);
    check_series_name(map, value, name);
    SignalDescription signal;
    signal.name = name;
    signal.texts = map.choice("kind", {"number", "text"}) == 1;
    if (signal.texts)
        refuse_what_numbers_have(map);
    else
        signal.unit = map.text("unit", "unit: kW");
    read_words(map, signal);
    read_zero(map, signal);
    signal.column = map.find("column") == nullptr ? name : map.text("column", "column: p1");
    read_sentinels(map, signal);
    read_range(map, signal);
    signal.stuck_at_least = map.whole_number("stuck", 2, 0);
    read_wrong_units(map, signal);
    read_rhythm(map, signal);
    return signal;
}

}  // namespace foretwin::scenarios
