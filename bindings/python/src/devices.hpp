#pragma once

#include <pybind11/pybind11.h>

#include <string>

/// Device types written in Python, or compiled by Numba, against models/external/device_abi.h.
namespace foretwin::python {

/// The message that stopped a study, as it is told, and the exception of the handler that did it;
/// None when none did. Each exception is given once. Needs the interpreter's lock.
struct Told {
    std::string message;
    pybind11::object cause;
};
Told told_of(const std::string& message);

/// Called again and again once a study is to stop, under the interpreter's lock: raises
/// KeyboardInterrupt in every handler that is still the same one a second after it was first seen
/// here, of whichever study. Without it, a handler that never ends would be waited for.
void interrupt_handlers();

}  // namespace foretwin::python
