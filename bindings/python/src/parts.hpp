#pragma once

#include <pybind11/pybind11.h>

/// The parts of the extension module foretwin._engine: each binds one subject. A binding translates
/// values and errors and nothing else.
namespace foretwin::python {

void bind_errors(pybind11::module_& module);
void bind_scenario(pybind11::module_& module);
void bind_devices(pybind11::module_& module);
void bind_study(pybind11::module_& module);
void bind_wording(pybind11::module_& module);
void bind_past(pybind11::module_& module);  ///< fit, backtest, replay
void bind_catalogue(pybind11::module_& module);
void bind_telemetry(pybind11::module_& module);
void bind_living(pybind11::module_& module);  ///< ingest, live, imitate

}  // namespace foretwin::python
