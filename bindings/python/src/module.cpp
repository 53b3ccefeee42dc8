#include "bindings/python/src/parts.hpp"
#include "scenarios/study.hpp"

namespace {

/// The engine's own threads and Python's lock are of the whole process.
void refuse_other_interpreters() {
    if (PyInterpreterState_Get() == PyInterpreterState_Main()) return;
    throw pybind11::import_error(
        "foretwin runs in the main interpreter only; in place of sub-interpreters use threads "
        "(the engine frees the interpreter's lock) or processes");
}

}  // namespace

PYBIND11_MODULE(_engine, module) {
    refuse_other_interpreters();
    module.doc() = "The engine of Foretwin, as the package foretwin uses it.";
    module.attr("version") = foretwin::version();
    foretwin::python::bind_errors(module);
    foretwin::python::bind_scenario(module);
    foretwin::python::bind_devices(module);
    foretwin::python::bind_study(module);
    foretwin::python::bind_wording(module);
}
