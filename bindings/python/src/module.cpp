#include "bindings/python/src/background.hpp"
#include "bindings/python/src/parts.hpp"
#include "scenarios/study.hpp"

PYBIND11_MODULE(_engine_of_main, module) {
    module.doc() = "The engine of Foretwin, as the package foretwin uses it.";
    module.attr("version") = foretwin::version();
    foretwin::python::bind_exit();
    foretwin::python::bind_errors(module);
    foretwin::python::bind_scenario(module);
    foretwin::python::bind_devices(module);
    foretwin::python::bind_study(module);
    foretwin::python::bind_wording(module);
    foretwin::python::bind_past(module);
    foretwin::python::bind_catalogue(module);
    foretwin::python::bind_telemetry(module);
    foretwin::python::bind_living(module);
}

// What the interpreter calls. The engine's own threads and Python's lock are of the whole process,
// and pybind11 waits for ever when it begins in another interpreter than the main one.
extern "C" PYBIND11_EXPORT PyObject* PyInit__engine();
extern "C" PYBIND11_EXPORT PyObject* PyInit__engine() {
    if (PyInterpreterState_Get() == PyInterpreterState_Main()) return PyInit__engine_of_main();
    PyErr_SetString(
        PyExc_ImportError,
        "foretwin runs in the main interpreter only; in place of sub-interpreters use threads "
        "(the engine frees the interpreter's lock) or processes");
    return nullptr;
}
