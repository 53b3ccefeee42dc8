#include "models/catalogue/catalogue.hpp"

#include <pybind11/stl.h>

#include <nlohmann/json.hpp>

#include "bindings/python/src/parts.hpp"
#include "bindings/python/src/scenario.hpp"
#include "bindings/python/src/trees.hpp"
#include "scenarios/checked_scenario.hpp"
#include "scenarios/schema/catalogue_json.hpp"

namespace py = pybind11;

namespace foretwin::python {

void bind_catalogue(py::module_& module) {
    module.def("devices", [] {
        return to_python(schema::devices_json(schema::Schema{catalogue::device_types()}));
    });
    module.def(
        "device",
        [](const std::string& type) {
            const schema::Schema schema{catalogue::device_types()};
            return to_python(schema::device_json(schema::known_device(schema, type)));
        },
        py::arg("type"));
    // What check tells: as a tree, and as text for so many columns.
    module.def(
        "check",
        [](const Scenario& scenario, int columns) {
            const std::shared_ptr<const loader::ScenarioFile> file = scenario.checked();
            nlohmann::ordered_json json;
            std::string text;
            {
                const py::gil_scoped_release unlocked;
                const CheckedScenario checked = check_scenario(*file);
                json = check_json(checked);
                text = check_text(checked, columns);
            }
            return py::make_tuple(to_python(json), text);
        },
        py::arg("scenario"), py::arg("columns"));
}

}  // namespace foretwin::python
