#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/quantity.hpp"
#include "engine/core/suggestion.hpp"
#include "engine/core/time.hpp"
#include "engine/telemetry/ingest_description.hpp"
#include "scenarios/loader/value.hpp"

namespace foretwin::scenarios {

/// The keys of one map, and what is wrong with them.
class DescriptionMap {
  public:
    DescriptionMap(const loader::Value& value, std::string title,
                   const std::vector<std::string>& known, loader::Problems& problems)
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

    const loader::Value* find(const std::string& key) const { return value_.find(key); }

    const loader::Value* need(const std::string& key, const std::string& example) {
        const loader::Value* found = find(key);
        if (found == nullptr && value_.is_map())
            add(value_, title_ + " needs '" + key + "'", "as in " + example);
        return found;
    }

    std::string text(const std::string& key, const std::string& example) {
        const loader::Value* found = need(key, example);
        return found == nullptr ? "" : text_of(*found, key, example);
    }

    std::string text_of(const loader::Value& value, const std::string& key,
                        const std::string& example) {
        if (value.is_scalar() && !value.text().empty()) return value.text();
        add(value, "'" + key + "' of " + title_ + " must be a text", "as in " + example);
        return "";
    }

    /// A duration, in nanoseconds; at most a century, so that sums stay on the clock.
    Time duration(const std::string& key, Time otherwise, bool below_zero = false) {
        const loader::Value* found = find(key);
        if (found == nullptr) return otherwise;
        constexpr double longest_s = 100 * 365.25 * 86400;
        const auto read = parse_quantity(found->text());
        if (!read) {
            add(*found, read.what.empty() ? "no duration" : read.what,
                read.hint.empty() ? "as in 3 h" : read.hint);
            return otherwise;
        }
        const double least = below_zero ? -longest_s : 0;
        const bool good = read->dimension == parse_unit("s")->dimension && read->value >= least &&
                          read->value <= longest_s;
        if (good && read->value < 0) return -from_seconds(-read->value);
        if (good) return from_seconds(read->value);
        add(*found,
            "'" + found->text() + "' is no duration from " + (below_zero ? "-36525 days" : "0 h") +
                " to 36525 days",
            "as in 3 h");
        return otherwise;
    }

    int whole_number(const std::string& key, int lowest, int otherwise) {
        const loader::Value* found = find(key);
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

    /// Which of the known words the key has; the first of them when it is not there or wrong.
    std::size_t choice(const std::string& key, const std::vector<std::string>& known) {
        const loader::Value* found = find(key);
        if (found == nullptr) return 0;
        const auto word = std::find(known.begin(), known.end(), found->text());
        if (word != known.end()) return static_cast<std::size_t>(word - known.begin());
        add(*found, "unknown " + key + " '" + found->text() + "'",
            suggestion(found->text(), known));
        return 0;
    }

    void add(const loader::Value& at, std::string what, std::string hint) {
        problems_.push_back({at.place(), std::move(what), std::move(hint)});
    }
    loader::Problems& problems() { return problems_; }
    const std::string& title() const { return title_; }

  private:
    const loader::Value& value_;
    std::string title_;
    loader::Problems& problems_;
};

/// What the map of a signal says.
telemetry::SignalDescription read_signal_description(const std::string& name,
                                                     const loader::Value& value,
                                                     loader::Problems& problems);

/// Names become paths in the store.
void check_series_name(DescriptionMap& map, const loader::Value& at, const std::string& name);

}  // namespace foretwin::scenarios
