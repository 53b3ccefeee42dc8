#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/telemetry/csv.hpp"
#include "engine/telemetry/local_time.hpp"

namespace foretwin::telemetry {

/// Names in order of first appearance, and back.
class NameTable {
  public:
    std::uint32_t index_of(std::string_view name);  ///< adds the name when it is new
    std::optional<std::uint32_t> find(std::string_view name) const;
    const std::string& name(std::uint32_t index) const { return names_[index]; }
    const std::vector<std::string>& names() const { return names_; }
    std::size_t size() const { return names_.size(); }

  private:
    std::vector<std::string> names_;
    std::map<std::string, std::uint32_t, std::less<>> indices_;
};

/// Something that happened to a device: a failure, a replacement, an error code.
struct Event {
    LocalSeconds at = 0;
    std::uint32_t device = 0;  ///< index into the table of devices
    std::uint32_t kind = 0;    ///< index into the table of kinds

    friend bool operator==(const Event&, const Event&) = default;
};

struct EventColumns {
    std::string time;
    std::string device;
    std::string kind;
};

/// The events of a file, in time order (then device, kind). Malformed dates, empty or NaN fields,
/// devices that are not in `devices`, and exact repetitions are problems; kinds are collected.
std::vector<Event> read_events(const CsvFile& file, const EventColumns& columns,
                               const NameTable& devices, NameTable& kinds, Problems& problems);

/// Two text columns of a file: device -> attribute (its model). A device twice is a problem.
/// Returns the index of the attribute per device.
std::vector<std::uint32_t> read_attribute(const CsvFile& file, const std::string& device_column,
                                          const std::string& attribute_column, NameTable& devices,
                                          NameTable& attributes, Problems& problems);

}  // namespace foretwin::telemetry
