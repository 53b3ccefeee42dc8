#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/kernel/model.hpp"
#include "scenarios/loader/calendar.hpp"
#include "scenarios/loader/read.hpp"
#include "scenarios/loader/value.hpp"

namespace foretwin::assembly {

/// What a device of the plant is, for KPIs and reports.
struct DeviceNote {
    std::string name;
    std::string type;
    std::string fleet;  ///< empty: stands in the file by itself
    std::uint32_t machines = 0;
};

/// An alternative under one draw of its parameters, ready to run.
struct Plant {
    kernel::Model model;
    loader::Clock clock;
    std::vector<DeviceNote> devices;  ///< in the model's order
    std::vector<std::string> notes;   ///< what was assumed where the scenario is silent
};

/// Builds the kernel's model from a tree that passed check(). `reader` holds the parameter draw;
/// `folder` is where relative files start. Throws InputError for what only a draw can break.
Plant assemble(const loader::Value& tree, const loader::Reader& reader,
               const std::filesystem::path& folder);

}  // namespace foretwin::assembly
