#include "scenarios/report/wording.hpp"

#include <pybind11/stl.h>

#include "bindings/python/src/parts.hpp"
#include "scenarios/report/number.hpp"

namespace py = pybind11;

namespace foretwin::python {

/// How the report says things, so that notebooks say them in the same words and decimals.
void bind_wording(py::module_& module) {
    using report::Shown;
    py::class_<Shown>(module, "Shown")
        .def(py::init<double, std::string, bool, int>(), py::arg("factor"), py::arg("unit"),
             py::arg("leading"), py::arg("decimals"))
        .def_readonly("factor", &Shown::factor)
        .def_readonly("unit", &Shown::unit)
        .def_readonly("leading", &Shown::leading)
        .def_readonly("decimals", &Shown::decimals)
        .def("number", [](const Shown& shown, double value) { return number(value, shown); })
        .def("signed_number",
             [](const Shown& shown, double value) { return signed_number(value, shown); })
        .def("with_unit", [](const Shown& shown, double value) { return with_unit(value, shown); });
    module.def("shown_as", &report::shown_as, py::arg("kpi"), py::arg("unit"), py::arg("currency"),
               py::arg("magnitude"), py::arg("half_width"));
    module.def("label", &report::label, py::arg("kpi"));
    module.def("percent", &report::percent, py::arg("share"));
    module.def("level_text", &report::level_text, py::arg("level"));
    module.def("duration", &report::duration, py::arg("hours"));
}

}  // namespace foretwin::python
