#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/quantity.hpp"
#include "engine/core/time.hpp"
#include "engine/random/distribution.hpp"
#include "scenarios/loader/resolver.hpp"
#include "scenarios/loader/value.hpp"

namespace foretwin::loader {

/// What count() gives for the word `unlimited`.
inline constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();

/// Reads typed values out of a checked tree under one draw of its uncertain parameters. What does
/// not fit throws InputError with its place; on a tree that check() passed, only draws can do that.
class Reader {
  public:
    /// `currency` is economics.currency of the scenario. The resolver must outlive the reader.
    explicit Reader(const Resolver& resolver, std::string currency = "EUR");

    /// In the canonical unit asked for: quantity(v, "W"), quantity(v, "money/part"), (v, "h").
    double quantity(const Value& value, std::string_view unit) const;
    Time duration(const Value& value) const;    ///< not negative; never beyond the clock
    double fraction(const Value& value) const;  ///< 0 to 1 from "5 %" or 0.05
    double number(const Value& value) const;
    std::int64_t count(const Value& value) const;  ///< whole, from 0, or `unlimited`
    std::int64_t whole(const Value& value) const;  ///< whole, may be negative
    bool boolean(const Value& value) const;
    std::string text(const Value& value) const;
    std::vector<std::string> names(const Value& value) const;  ///< of a list, or of one name
    /// Device -> share of `next` and its like; a bare name has share 1.
    struct Share {
        std::string name;
        double share = 1;
        Place place;
    };
    std::vector<Share> shares(const Value& value) const;
    /// Values of the distribution in the canonical unit asked for ("s" for times).
    random::Distribution distribution(const Value& value, std::string_view unit = "s") const;

    /// "at least 9800 part/day", "at most 3 h": a target of a KPI; value in SI.
    struct Target {
        bool at_least = true;
        Quantity bound;
    };
    Target target(const Value& value) const;

    /// As above for an optional key of a map: the default when the key is missing.
    double quantity_of(const Value& map, std::string_view key, std::string_view unit,
                       double otherwise) const;
    Time duration_of(const Value& map, std::string_view key, Time otherwise) const;
    double fraction_of(const Value& map, std::string_view key, double otherwise) const;
    double number_of(const Value& map, std::string_view key, double otherwise) const;
    std::int64_t count_of(const Value& map, std::string_view key, std::int64_t otherwise) const;
    bool boolean_of(const Value& map, std::string_view key, bool otherwise) const;
    std::string text_of(const Value& map, std::string_view key, std::string_view otherwise) const;
    std::vector<std::string> names_of(const Value& map, std::string_view key) const;

    const std::string& currency() const { return currency_; }
    const Resolver& resolver() const { return *resolver_; }

  private:
    const Resolver* resolver_;
    std::string currency_;
};

/// Why a value is no distribution in `unit`, with place; nothing when it is one. For check().
/// References inside are resolved first.
Problems distribution_problems(const Value& value, const Reader& reader, std::string_view unit);

}  // namespace foretwin::loader
