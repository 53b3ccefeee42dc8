#include "scenarios/section.hpp"

#include <algorithm>

#include "engine/core/quantity.hpp"
#include "engine/core/suggestion.hpp"

namespace foretwin::scenarios {

using loader::Value;
using telemetry::LocalSeconds;

namespace {

std::string listed(const std::vector<std::string>& keys) {
    std::string text;
    for (const std::string& key : keys) text += (text.empty() ? "" : ", ") + key;
    return text;
}

}  // namespace

Section::Section(const Value& value, std::string title, std::vector<std::string> known,
                 loader::Problems& problems)
    : value_(value), title_(std::move(title)), problems_(problems) {
    if (!value.is_map()) {
        add(value.place(), title_ + " must be a map", "with the keys " + listed(known));
        return;
    }
    for (const auto& entry : value.entries())
        if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
            const std::string near = did_you_mean(entry.key, known);
            add(value.place_of_key(entry.key), "unknown key '" + entry.key + "' in " + title_,
                near.empty() ? "known are " + listed(known) : near);
        }
}

const Value* Section::need(const std::string& key) {
    const Value* found = value_.find(key);
    if (found == nullptr && value_.is_map())
        add(value_.place(), title_ + " needs '" + key + "'", "add this key");
    return found;
}

std::string Section::text(const std::string& key) {
    const Value* found = need(key);
    return found == nullptr ? "" : text_of(*found, key);
}

std::string Section::text_of(const Value& value, const std::string& key) {
    if (value.is_scalar() && !value.text().empty()) return value.text();
    add(value.place(), "'" + key + "' of " + title_ + " must be a text", "put it in quotes");
    return "";
}

std::string Section::file(const std::string& key) {
    const std::string path = text(key);
    if (!path.empty() && path.front() == '/')
        add(find(key)->place(), "'" + path + "' is an absolute path",
            "write it relative to the scenario file");
    return path;
}

LocalSeconds Section::moment(const Value& value) {
    const auto at = telemetry::parse_local_time(value.text());
    if (!at)
        add(value.place(), "'" + value.text() + "' is no date and time",
            "write 2015-01-02T03:00, local time without zone");
    return at.value_or(0);
}

double Section::hours(const std::string& key, double otherwise) {
    const Value* found = value_.find(key);
    return found == nullptr ? otherwise : hours_of(*found).value_or(otherwise);
}

std::optional<double> Section::hours_of(const Value& value) {
    const auto read = parse_quantity(value.text());
    const Dimension time = parse_unit("s")->dimension;
    if (!read)
        add(value.place(), read.what, read.hint);
    else if (read->dimension != time || read->value < 0)
        add(value.place(), "'" + value.text() + "' is no duration", "as in 24 h");
    else
        return read->value / 3600;
    return std::nullopt;
}

std::optional<double> Section::number(const std::string& key) {
    const Value* found = value_.find(key);
    if (found == nullptr) return std::nullopt;
    const auto read = parse_quantity(found->text());
    if (!read)
        add(found->place(), read.what, read.hint);
    else if (read->dimension != Dimension{})
        add(found->place(), "'" + found->text() + "' is no pure number", "as in 20 % or 0.2");
    else
        return read->value;
    return std::nullopt;
}

void Section::add(Place place, std::string what, std::string hint) {
    problems_.push_back({std::move(place), std::move(what), std::move(hint)});
}

}  // namespace foretwin::scenarios
