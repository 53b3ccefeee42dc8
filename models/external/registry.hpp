#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "models/external/declaration.hpp"

/// The device types of this process that were declared while it runs. Thread-safe. A type that is
/// declared once more replaces the one of that name, for studies that begin later: a plant keeps
/// the type that it was built with.
namespace foretwin::external {

/// Registers a type, or replaces the one of its name. `taken`: names that are not free. Throws
/// InputError with all that is wrong, and while a study is being built (Hold).
void register_type(const foretwin_device_type& type, std::span<const std::string_view> taken);

/// The type of that name; empty when there is none.
DeviceTypePointer find(std::string_view type);

/// The types as a catalogue lists them, by name. Valid until the program ends.
std::vector<const DeviceSpec*> specs();

/// As long as one lives, no type is replaced: all alternatives of a study see the same ones.
class Hold {
  public:
    Hold();
    ~Hold();
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
};

}  // namespace foretwin::external
