#pragma once

#include <pybind11/pybind11.h>

#include <nlohmann/json_fwd.hpp>

#include "scenarios/loader/value.hpp"

namespace foretwin::python {

/// A node of a scenario as Python has it: None, True or False, int, float, str, list, dict. What
/// was written in quotes stays a text.
pybind11::object to_python(const loader::Value& value);

/// The same back, NumPy's scalars and arrays too; TypeError for what no scenario holds, ValueError
/// for what is nested deeper than a file may be, both with the path below `path`.
loader::Value from_python(const pybind11::handle& object, const std::string& path);

/// JSON as Python has it.
pybind11::object to_python(const nlohmann::ordered_json& json);

}  // namespace foretwin::python
