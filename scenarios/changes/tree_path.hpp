#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/loader/value.hpp"
#include "scenarios/schema/schema.hpp"

namespace foretwin::changes {

/// "Filler/power/busy" or "/time/horizon" as the steps from the top of the file.
/// Throws InputError at `place` for an empty path or step.
std::vector<std::string> steps_of(std::string_view path, const Place& place);

/// The node at the end of a path, or nullptr. Elements of lists are numbered from 0.
loader::Value* find(loader::Value& tree, const std::vector<std::string>& steps);

/// Why a path leads nowhere: the step that fails and what stands there instead.
Problem dead_end(loader::Value& tree, const std::vector<std::string>& steps, const Place& place);

/// Whether the schema knows the last step as a key of what stands before it (or as a free name
/// there), although the tree may not have it yet.
bool schema_knows(const loader::Value& tree, const schema::Schema& schema,
                  const std::vector<std::string>& steps);

}  // namespace foretwin::changes
