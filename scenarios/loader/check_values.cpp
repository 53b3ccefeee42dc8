#include <algorithm>
#include <cmath>

#include "engine/core/suggestion.hpp"
#include "scenarios/loader/calendar.hpp"
#include "scenarios/loader/checker.hpp"

/// The part of the check that goes by the kind of a value (models/contract/parameter.hpp).
namespace foretwin::loader {
namespace {

/// No plant has more of anything that is counted; a larger number is a slip.
constexpr std::int64_t largest_count = 100'000'000;
constexpr std::size_t longest_text = 4096;
/// Where a key sets no limit of its own, in its canonical unit: beyond it sums would overflow.
constexpr double largest_quantity = 1e12;

std::vector<std::string> names_of(std::span<const ParameterSpec> keys,
                                  std::span<const ParameterSpec> more_keys) {
    std::vector<std::string> names;
    for (const ParameterSpec& key : keys) names.emplace_back(key.name);
    for (const ParameterSpec& key : more_keys) names.emplace_back(key.name);
    return names;
}

bool contains(const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

}  // namespace

void Checker::section(const Value& value, std::span<const ParameterSpec> keys,
                      std::span<const ParameterSpec> more_keys) {
    if (!value.is_map())
        return complain(value.place(), "a map with keys is expected here",
                        "one of " + joined(names_of(keys, more_keys)));
    for (const Value::Entry& entry : value.entries()) {
        const ParameterSpec* spec = schema::find(keys, entry.key);
        if (spec == nullptr) spec = schema::find(more_keys, entry.key);
        if (spec == nullptr) {
            const std::vector<std::string> known = names_of(keys, more_keys);
            const std::string hint = did_you_mean(entry.key, known);
            complain(value.place_of_key(entry.key), "unknown key '" + entry.key + "'",
                     hint.empty() ? "known here: " + joined(known) : hint);
        } else if (entry.value.is_null()) {
            complain(value.place_of_key(entry.key), "key '" + entry.key + "' has no value",
                     "write its value behind the colon, or leave the key out");
        } else {
            below(entry.key, [&] { this->value(entry.value, *spec); });
        }
    }
    for (const ParameterSpec& spec : keys)
        if (spec.required && !value.has(spec.name))
            complain(value.place(), "key '" + std::string(spec.name) + "' is missing",
                     std::string(spec.meaning));
}

void Checker::sections(const Value& value, const ParameterSpec& spec) {
    if (!value.is_map())
        return complain(value.place(), "a map of names is expected here",
                        "as in {first name: {...}, second name: {...}}");
    for (const Value::Entry& entry : value.entries()) {
        if (const std::string wrong = name_problem(entry.key); !wrong.empty())
            complain(value.place_of_key(entry.key), wrong, name_rule);
        below(entry.key, [&] { section(entry.value, spec.children); });
    }
}

void Checker::value(const Value& value, const ParameterSpec& spec) {
    switch (spec.kind) {
        case ParameterKind::text:
            return text(value, spec);
        case ParameterKind::choice:
            return choice(value, spec);
        case ParameterKind::boolean:
            return attempt([&] { static_cast<void>(reader_.boolean(value)); });
        case ParameterKind::count:
            return count(value, spec);
        case ParameterKind::number:
            return attempt([&] { range(value, spec, reader_.number(value)); });
        case ParameterKind::fraction:
            return attempt([&] { range(value, spec, reader_.fraction(value)); });
        case ParameterKind::quantity:
            return quantity(value, spec);
        case ParameterKind::distribution:
            return distribution(value, spec);
        case ParameterKind::moment:
            return moment(value);
        case ParameterKind::reference:
            return attempt([&] { reference(reader_.text(value), value.place(), spec); });
        case ParameterKind::calendar:
            return calendar(value);
        case ParameterKind::file:
            return file(value);
        case ParameterKind::names:
            return names(value, spec);
        case ParameterKind::shares:
            return shares(value, spec);
        case ParameterKind::section:
            if (spec.children.empty() && value.is_map()) return;  // its owner reads it
            return section(value, spec.children);
        case ParameterKind::sections:
            return sections(value, spec);
        case ParameterKind::list:
            return list(value, spec);
        case ParameterKind::quantities:
            return quantities(value, spec);
        case ParameterKind::any:
            return;
    }
}

void Checker::text(const Value& value, const ParameterSpec& spec) {
    // A section may ask for a fitted parameter that is no single value, such as chances per age.
    if (spec.name == "fitted" && value.is_scalar() &&
        reader_.resolver().fitted(value.text()) == nullptr)
        return complain(value.place(), "there is no fitted parameter '" + value.text() + "'",
                        suggestion(value.text(), reader_.resolver().fitted_names()));
    attempt([&] {
        if (reader_.text(value).size() > longest_text)
            complain(value.place(), "the text is longer than 4096 characters", "shorten it");
    });
}

void Checker::choice(const Value& value, const ParameterSpec& spec) {
    attempt([&] {
        const std::vector<std::string> choices = schema::choices_of(spec.choices);
        const std::string given = reader_.text(value);
        if (contains(choices, given)) return;
        complain(value.place(), "'" + given + "' is not one of " + joined(choices),
                 suggestion(given, choices));
    });
}

void Checker::count(const Value& value, const ParameterSpec& spec) {
    attempt([&] {
        const bool may_be_unlimited = contains(schema::choices_of(spec.choices), "unlimited");
        const bool may_be_negative = std::isfinite(spec.lowest) && spec.lowest < 0;
        const std::int64_t number = may_be_negative ? reader_.whole(value) : reader_.count(value);
        if (number == unlimited) {
            if (!may_be_unlimited)
                complain(value.place(), "a whole number is expected here", "digits only, as in 3");
            return;
        }
        if (number > largest_count)
            return complain(
                value.place(), "'" + value.text() + "' is absurdly large",
                may_be_unlimited
                    ? "write `unlimited`"
                    : "at most " + shortest_text(
                                       std::min(spec.highest, static_cast<double>(largest_count))));
        range(value, spec, static_cast<double>(number));
    });
}

void Checker::range(const Value& value, const ParameterSpec& spec, double number) {
    if (number >= spec.lowest && number <= spec.highest) return;
    const std::string unit = spec.unit.empty() || spec.unit == "1" ? "" : std::string(spec.unit);
    const auto shown = [&](double bound) {
        const Parsed<Unit> parsed = parse_unit(spec.unit);
        return unit.empty() || !parsed
                   ? shortest_text(bound)
                   : format_quantity(bound * parsed->factor, unit, reader_.currency());
    };
    std::string what = value.is_scalar() ? "'" + value.text() + "' is " : "the value is ";
    what += number < spec.lowest ? "below " + shown(spec.lowest) : "above " + shown(spec.highest);
    if (number < 0 && spec.lowest == 0) what = "'" + value.text() + "' is negative";
    std::string hint = std::isfinite(spec.lowest) ? "from " + shown(spec.lowest) : "";
    if (std::isfinite(spec.highest))
        hint += (hint.empty() ? "up to " : " to ") + shown(spec.highest);
    complain(value.place(), what, hint);
}

/// Of the units that a key may be written in ("s | cycle": an age, whose clock is told elsewhere)
/// the one that this value is written in; the first when it is none of them.
std::string Checker::written_unit(const Value& value, const ParameterSpec& spec) const {
    const std::vector<std::string> units = schema::choices_of(spec.unit);
    for (const std::string& unit : units) {
        try {
            static_cast<void>(reader_.quantity(value, unit));
            return unit;
        } catch (const InputError&) {
            continue;
        }
    }
    return units.front();
}

void Checker::quantity(const Value& value, const ParameterSpec& several) {
    const bool has_choice = several.unit.find('|') != std::string_view::npos;
    const std::string written = has_choice ? written_unit(value, several) : std::string();
    ParameterSpec spec = several;
    if (has_choice) spec.unit = written;
    attempt([&] {
        const double number = reader_.quantity(value, spec.unit);
        if (std::fabs(number) > largest_quantity && std::isinf(spec.highest) &&
            number >= spec.lowest)
            return complain(
                value.place(), "'" + value.text() + "' is absurdly large",
                "at most " + format_quantity(largest_quantity * parse_unit(spec.unit)->factor,
                                             spec.unit, reader_.currency()));
        const bool is_time = parse_unit(spec.unit)->dimension == parse_unit("s")->dimension;
        if (is_time) static_cast<void>(reader_.duration(value));
        range(value, spec, number);
    });
}

void Checker::distribution(const Value& value, const ParameterSpec& spec) {
    // A life counts in seconds or in cycles ("s | cycle"); which one, its clock says elsewhere.
    Problems first;
    std::vector<std::string> units = schema::choices_of(spec.unit);
    if (units.empty()) units.emplace_back("1");
    for (const std::string& unit : units) {
        Problems problems = distribution_problems(value, reader_, unit);
        if (problems.empty()) return;
        if (first.empty()) first = std::move(problems);
    }
    for (const Problem& problem : first) complain(problem.place, problem.what, problem.hint);
}

void Checker::quantities(const Value& value, const ParameterSpec& spec) {
    if (!value.is_map())
        return complain(value.place(), "a map of names is expected here",
                        "as in {first name: {...}, second name: {...}}");
    for (const Value::Entry& entry : value.entries())
        below(entry.key, [&] { quantity(entry.value, spec); });
}

void Checker::moment(const Value& value) {
    attempt([&] {
        const Value plain = resolve(value, reader_.resolver());
        const std::string wrong = moment_problem(reader_.text(plain));
        if (!wrong.empty()) complain(value.place(), wrong, "write it as 2026-01-05T06:00");
    });
}

void Checker::calendar(const Value& value) {
    const Value* calendars = tree_.find("calendars");
    const std::vector<std::string> known =
        calendars == nullptr ? std::vector<std::string>{} : calendars->keys();
    if (value.is_scalar() && contains(known, value.text())) return;
    complain(
        value.place(), "there is no calendar '" + value.text() + "'",
        known.empty() ? "describe it in a section `calendars`" : suggestion(value.text(), known));
}

void Checker::file(const Value& value) {
    attempt([&] {
        const std::filesystem::path path = folder_ / reader_.text(value);
        std::error_code error;
        if (!std::filesystem::is_regular_file(path, error))
            complain(value.place(), "there is no file '" + path.string() + "'",
                     "paths are relative to the scenario's folder");
    });
}

void Checker::list(const Value& value, const ParameterSpec& spec) {
    if (!value.is_list())
        return complain(value.place(), "a list is expected here", "as in [first, second]");
    std::size_t number = 0;
    for (const Value& item : value.items())
        below(std::to_string(number++), [&] { section(item, spec.children); });
}

void Checker::names(const Value& value, const ParameterSpec& spec) {
    attempt([&] {
        const std::vector<std::string> choices = schema::choices_of(spec.choices);
        const std::vector<std::string> given = reader_.names(value);
        const bool devices = std::any_of(choices.begin(), choices.end(), [&](const auto& choice) {
            return schema_.device(choice) != nullptr;
        });
        for (std::size_t i = 0; i < given.size(); ++i) {
            const Place place = value.is_list() ? value.items()[i].place() : value.place();
            if (devices)
                reference(given[i], place, spec);
            else if (!choices.empty() && !contains(choices, given[i]))
                complain(place, "'" + given[i] + "' is not one of " + joined(choices),
                         suggestion(given[i], choices));
        }
    });
}

void Checker::shares(const Value& value, const ParameterSpec& spec) {
    attempt([&] {
        const auto check_name = [&](const std::string& name, const Place& place) {
            reference(name, place, spec);
        };
        // Names first: they are wrong or right whatever the shares sum to.
        for (const Value::Entry& entry : value.entries())
            check_name(entry.key, value.place_of_key(entry.key));
        if (value.is_scalar()) check_name(value.text(), value.place());
        static_cast<void>(reader_.shares(value));
    });
}

void Checker::reference(const std::string& name, const Place& place, const ParameterSpec& spec) {
    const std::vector<std::string> types = schema::choices_of(spec.choices);
    const auto found = device_types_.find(name);
    std::vector<std::string> fitting;
    for (const auto& [device, type] : device_types_)
        if (types.empty() || contains(types, type)) fitting.push_back(device);
    if (found == device_types_.end()) {
        // Suggest a device of the wanted type before any other.
        std::string hint = did_you_mean(name, fitting);
        if (hint.empty()) hint = did_you_mean(name, device_names_);
        if (hint.empty() && fitting.empty() && !types.empty())
            hint = "describe a device of type " + joined(types);
        if (hint.empty()) hint = suggestion(name, fitting);
        return complain(place, "there is no device '" + name + "'", hint);
    }
    // An unknown type is told at the device itself.
    if (schema_.device(found->second) == nullptr) return;
    if (!types.empty() && !contains(types, found->second))
        complain(place, "'" + name + "' is a " + found->second + ", not a " + joined(types),
                 fitting.empty() ? "describe a device of type " + joined(types)
                                 : "name one of that type, such as '" + fitting.front() + "'");
}

}  // namespace foretwin::loader
