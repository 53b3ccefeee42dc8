#pragma once

#include <pybind11/pybind11.h>

#include "models/external/device_abi.h"

/// What a handler written in Python gets as `self`. Written against CPython's own interface: a
/// handler asks several things per event, and each costs some tens of nanoseconds here.
namespace foretwin::python {

/// `foretwin._engine.DeviceBase`. Bound to the device at work while a handler runs, to none else.
struct DeviceObject {
    PyObject_HEAD foretwin_device* device;
};

/// Adds DeviceBase to the module, and `describe(class, name, kind, number, size)`, which makes what
/// a class declares an attribute of it.
void bind_device_object(pybind11::module_& module);

}  // namespace foretwin::python
