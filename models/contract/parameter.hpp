#pragma once

#include <limits>
#include <span>
#include <string_view>

namespace foretwin {

/// What a value in a scenario file means, and so how it is read and checked.
enum class ParameterKind {
    text,          ///< free text, one line
    choice,        ///< one of `choices`
    boolean,       ///< true or false
    count,         ///< whole number without unit; "unlimited" where `choices` says so
    number,        ///< plain number without unit
    fraction,      ///< "5 %" or a plain number from 0 to 1
    quantity,      ///< number with a unit that is convertible to `unit`
    distribution,  ///< a quantity, or {family: {parameter: quantity, ...}} in `unit`
    moment,        ///< a date with time of day, in the scenario's zone
    reference,     ///< the name of a device of type `choices`
    calendar,      ///< the name of a calendar of the scenario
    file,          ///< a path relative to the scenario file
    names,         ///< a list of names (or one name)
    shares,        ///< a device name, or a map of device name -> fraction, summing to 1
    section,       ///< a map with the keys in `children`
    sections,      ///< a map of free names -> sections with the keys in `children`
    list,          ///< a list of sections with the keys in `children`
    quantities,    ///< a map of free names -> quantities in `unit`
    any,           ///< any tree; whoever owns the section reads and checks it
};

/// One key of a device (or of a section inside it): the single source for the strict reader, the
/// published JSON Schema, `foretwin devices` and the contract tests.
struct ParameterSpec {
    std::string_view name;
    ParameterKind kind = ParameterKind::text;
    std::string_view unit =
        "";  ///< canonical unit of quantities, e.g. "s", "W", "EUR/h"; SI inside
    double lowest = -std::numeric_limits<double>::infinity();  ///< in `unit`, inclusive
    double highest = std::numeric_limits<double>::infinity();  ///< in `unit`, inclusive
    bool required = false;
    std::string_view usual = "";    ///< the default as one would write it; empty: none
    std::string_view choices = "";  ///< "a | b | c" of a choice; device type of a reference
    std::string_view meaning = "";  ///< one sentence for people
    std::span<const ParameterSpec> children = {};
};

/// A device type as the catalogue lists it.
struct DeviceSpec {
    std::string_view type;
    std::string_view summary;  ///< what it is, in one sentence
    std::string_view limits;   ///< where the model is valid and where it is not
    std::span<const ParameterSpec> parameters;
};

}  // namespace foretwin
