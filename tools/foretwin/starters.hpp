#pragma once

#include <span>
#include <string_view>

namespace foretwin::tool {

/// A scenario to begin with: commented, checked, and small enough to understand in one sitting.
struct Starter {
    std::string_view name;
    std::string_view summary;
    std::string_view text;  ///< of scenario.yaml; NAME stands for the scenario's name
};

std::span<const Starter> starters();

// One source file each.
extern const Starter minimal_starter;
extern const Starter bottling_line_starter;
extern const Starter machine_park_starter;

}  // namespace foretwin::tool
