#pragma once

#include <pybind11/pybind11.h>

#include <string>

/// Device types written in Python, or compiled by Numba, against models/external/device_abi.h.
namespace foretwin::python {

/// The exception of a handler that stopped a study with this message; None when none did.
pybind11::object cause_of(const std::string& message);

}  // namespace foretwin::python
