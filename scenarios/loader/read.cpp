#include "scenarios/loader/read.hpp"

#include <array>
#include <cmath>

#include "engine/core/rule.hpp"

namespace foretwin::loader {
namespace {

std::string shown(const Value& value) {
    switch (value.kind()) {
        case Value::Kind::null:
            return "nothing";
        case Value::Kind::list:
            return "a list";
        case Value::Kind::map:
            return "a map";
        default:
            return "'" + value.text().substr(0, 60) + "'";
    }
}

[[noreturn]] void refuse(const Value& value, const std::string& what, const std::string& hint) {
    throw InputError(value.place(), what, hint);
}

/// What a quantity of this unit looks like, for people who left the unit out or took a wrong one.
std::string expected(std::string_view unit, const std::string& currency) {
    struct Sample {
        std::string_view unit;
        std::string_view words;
    };
    static constexpr std::array samples{
        Sample{"s", "a time such as '12 min'"},
        Sample{"W", "a power such as '22 kW'"},
        Sample{"J", "an energy such as '3 kWh'"},
        Sample{"J/part", "an energy per part such as '3 kWh/part'"},
        Sample{"/s", "a rate such as '12 /year'"},
        Sample{"part/s", "a rate such as '60 part/h'"},
        Sample{"money", "an amount such as '14000 EUR'"},
        Sample{"money/s", "a cost rate such as '38 EUR/h'"},
        Sample{"money/part", "an amount per part such as '0.08 EUR/part'"},
        Sample{"money/J", "an energy price such as '0.21 EUR/kWh'"},
        Sample{"money/W/month", "a demand price such as '12 EUR/kW/month'"},
        Sample{"kg/J", "carbon per energy such as '0.35 kg/kWh'"},
        Sample{"cycle", "a number of cycles such as '500 cycles'"},
        Sample{"part", "a number of parts such as '20 parts'"},
        Sample{"1", "a plain number or a percentage such as '5 %'"},
    };
    const Dimension dimension = parse_unit(unit)->dimension;
    for (const Sample& sample : samples)
        if (parse_unit(sample.unit)->dimension == dimension) {
            std::string words(sample.words);
            const std::size_t at = words.find("EUR");
            if (at != std::string::npos) words.replace(at, 3, currency);
            return words;
        }
    return "a quantity in " + std::string(unit);
}

}  // namespace

Reader::Reader(const Resolver& resolver, std::string currency)
    : resolver_(&resolver), currency_(std::move(currency)) {}

double Reader::quantity(const Value& given, std::string_view unit) const {
    const Resolved resolved(given, *resolver_);
    const Value& value = *resolved;
    const Parsed<Unit> wanted = parse_unit(unit);
    FORETWIN_RULE(wanted, "the unit that a program asks for exists");
    if (!value.is_scalar())
        refuse(value, shown(value) + " where " + expected(unit, currency_) + " is expected",
               "write one value with its unit");
    const Parsed<Quantity> parsed = parse_quantity(value.text(), currency_);
    if (!parsed)
        refuse(value, parsed.what,
               parsed.hint.empty() ? "expected " + expected(unit, currency_) : parsed.hint);
    if (!(parsed->dimension == wanted->dimension)) {
        const bool bare = parsed->dimension == Dimension{};
        refuse(value, shown(value) + (bare ? " has no unit" : " has the wrong unit"),
               "expected " + expected(unit, currency_));
    }
    // Canonical units that are SI need no division, which would cost a bit.
    return wanted->factor == 1 ? parsed->value : parsed->value / wanted->factor;
}

Time Reader::duration(const Value& value) const {
    const double seconds = quantity(value, "s");
    if (seconds < 0)
        refuse(value, shown(value) + " is a negative duration", "time runs forward: as in 12 min");
    const Time time = from_seconds(seconds);
    if (time == never)
        refuse(value, shown(value) + " is longer than 292 years",
               "that is as far as the clock reaches");
    return time;
}

double Reader::fraction(const Value& given) const {
    const Resolved resolved(given, *resolver_);
    const Value& value = *resolved;
    const double share = quantity(value, "1");
    if (!(share >= 0 && share <= 1))
        refuse(value, shown(value) + " is not between 0 and 1", "from 0 % to 100 %");
    return share;
}

double Reader::number(const Value& given) const {
    const Resolved resolved(given, *resolver_);
    const Value& value = *resolved;
    const std::optional<double> number =
        value.is_scalar() ? parse_number(value.text()) : std::nullopt;
    if (!number)
        refuse(value, shown(value) + " where a number without unit is expected",
               "as in 0.5 or 1200");
    return *number;
}

std::int64_t Reader::whole(const Value& given) const {
    const Resolved resolved(given, *resolver_);
    const Value& value = *resolved;
    const std::optional<double> number =
        value.is_scalar() ? parse_number(value.text()) : std::nullopt;
    constexpr double largest = 9e15;  // whole numbers above are not told apart
    if (!number || *number != std::floor(*number) || std::fabs(*number) > largest)
        refuse(value, shown(value) + " where a whole number is expected", "digits only, as in 3");
    return static_cast<std::int64_t>(*number);
}

std::int64_t Reader::count(const Value& given) const {
    const Resolved resolved(given, *resolver_);
    const Value& value = *resolved;
    if (value.is_scalar() && value.text() == "unlimited") return unlimited;
    const std::int64_t number = whole(value);
    if (number < 0)
        refuse(value, shown(value) + " where a whole number from 0 is expected",
               "counts are not negative");
    return number;
}

bool Reader::boolean(const Value& value) const {
    if (!value.is_boolean())
        refuse(value, shown(value) + " where true or false is expected",
               "write true or false, without quotes");
    return value.is_true();
}

std::string Reader::text(const Value& value) const {
    if (!value.is_scalar() && !value.is_boolean())
        refuse(value, shown(value) + " where a text is expected",
               "put it in quotes if it looks like something else");
    return value.text();
}

std::vector<std::string> Reader::names(const Value& value) const {
    if (value.is_scalar()) return {value.text()};
    if (!value.is_list())
        refuse(value, shown(value) + " where a list of names is expected", "as in [first, second]");
    std::vector<std::string> result;
    for (const Value& item : value.items()) result.push_back(text(item));
    return result;
}

std::vector<Reader::Share> Reader::shares(const Value& value) const {
    if (value.is_scalar()) return {{value.text(), 1, value.place()}};
    if (!value.is_map())
        refuse(value, shown(value) + " where a device or a map of device -> share is expected",
               "as in Packer, or {Packer A: 60 %, Packer B: 40 %}");
    std::vector<Share> result;
    double sum = 0;
    for (const Value::Entry& entry : value.entries()) {
        result.push_back({entry.key, fraction(entry.value), value.place_of_key(entry.key)});
        sum += result.back().share;
    }
    // Shares such as 33.33 % three times are meant to be whole.
    if (!(std::fabs(sum - 1) <= 1e-9))
        refuse(value, "shares sum to " + shortest_text(std::round(sum * 1e8) / 1e6) + " %",
               "they must sum to 100 %");
    return result;
}

Reader::Target Reader::target(const Value& value) const {
    const std::string words = text(value);
    constexpr std::string_view least = "at least ";
    constexpr std::string_view most = "at most ";
    const bool at_least = words.starts_with(least);
    if (!at_least && !words.starts_with(most))
        refuse(value, shown(value) + " is no target",
               "write `at least QUANTITY` or `at most QUANTITY`");
    const std::string_view rest =
        std::string_view(words).substr(at_least ? least.size() : most.size());
    const Parsed<Quantity> bound = parse_quantity(rest, currency_);
    if (!bound) refuse(value, bound.what, bound.hint);
    return {at_least, *bound};
}

double Reader::quantity_of(const Value& map, std::string_view key, std::string_view unit,
                           double otherwise) const {
    const Value* value = map.find(key);
    return value == nullptr ? otherwise : quantity(*value, unit);
}

Time Reader::duration_of(const Value& map, std::string_view key, Time otherwise) const {
    const Value* value = map.find(key);
    return value == nullptr ? otherwise : duration(*value);
}

double Reader::fraction_of(const Value& map, std::string_view key, double otherwise) const {
    const Value* value = map.find(key);
    return value == nullptr ? otherwise : fraction(*value);
}

double Reader::number_of(const Value& map, std::string_view key, double otherwise) const {
    const Value* value = map.find(key);
    return value == nullptr ? otherwise : number(*value);
}

std::int64_t Reader::count_of(const Value& map, std::string_view key,
                              std::int64_t otherwise) const {
    const Value* value = map.find(key);
    return value == nullptr ? otherwise : count(*value);
}

bool Reader::boolean_of(const Value& map, std::string_view key, bool otherwise) const {
    const Value* value = map.find(key);
    return value == nullptr ? otherwise : boolean(*value);
}

std::string Reader::text_of(const Value& map, std::string_view key,
                            std::string_view otherwise) const {
    const Value* value = map.find(key);
    return value == nullptr ? std::string(otherwise) : text(*value);
}

std::vector<std::string> Reader::names_of(const Value& map, std::string_view key) const {
    const Value* value = map.find(key);
    return value == nullptr ? std::vector<std::string>{} : names(*value);
}

}  // namespace foretwin::loader
