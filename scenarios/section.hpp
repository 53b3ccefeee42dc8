#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/telemetry/local_time.hpp"
#include "scenarios/loader/value.hpp"

namespace foretwin::scenarios {

/// Reads the keys of one map, and says which are unknown, missing or malformed, each with its place
/// and a way out. What could not be read has the value that is returned otherwise.
class Section {
  public:
    Section(const loader::Value& value, std::string title, std::vector<std::string> known,
            loader::Problems& problems);

    const loader::Value* find(const std::string& key) const { return value_.find(key); }
    Place place() const { return value_.place(); }

    /// The value of a key that must be there; else nullptr.
    const loader::Value* need(const std::string& key);
    /// A text that must be there.
    std::string text(const std::string& key);
    std::string text_of(const loader::Value& value, const std::string& key);
    /// A path that must be there, relative to the file.
    std::string file(const std::string& key);
    /// "2015-01-02T03:00", local time without zone.
    telemetry::LocalSeconds moment(const loader::Value& value);
    /// A duration, 0 or longer; `otherwise` when it is not there.
    double hours(const std::string& key, double otherwise);
    std::optional<double> hours_of(const loader::Value& value);
    /// A pure number, such as "20 %" (0.2).
    std::optional<double> number(const std::string& key);
    void add(Place place, std::string what, std::string hint);

  private:
    const loader::Value& value_;
    std::string title_;
    loader::Problems& problems_;
};

}  // namespace foretwin::scenarios
