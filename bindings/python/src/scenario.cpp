#include "bindings/python/src/scenario.hpp"

#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <nlohmann/json.hpp>

#include "bindings/python/src/parts.hpp"
#include "bindings/python/src/trees.hpp"
#include "models/catalogue/catalogue.hpp"
#include "scenarios/changes/tree_path.hpp"
#include "scenarios/good_scenario.hpp"
#include "scenarios/schema/schema.hpp"

namespace py = pybind11;

namespace foretwin::python {

using loader::Value;

namespace {

/// The working folder of this moment in front of a relative one.
std::filesystem::path whole(const std::filesystem::path& folder) {
    const std::filesystem::path here = std::filesystem::current_path();
    return folder.empty() ? here : here / folder;  // an absolute one stays as it is
}

}  // namespace

Scenario Scenario::of_file(loader::ScenarioFile file, const std::string& name) {
    file.folder = whole(file.folder);
    Scenario scenario;
    scenario.tree_ = file.tree;
    scenario.folder_ = file.folder;
    scenario.name_ = name;
    scenario.checked_ = std::make_shared<const loader::ScenarioFile>(std::move(file));
    return scenario;
}

Scenario Scenario::read(const std::filesystem::path& path) {
    return of_file(read_good_scenario(path), path.string());
}

Scenario Scenario::parse(const std::string& text, const std::filesystem::path& folder,
                         const std::string& name) {
    return of_file(read_good_scenario_text(text, folder, name), name);
}

Scenario Scenario::of_tree(Value tree, const std::filesystem::path& folder,
                           const std::string& name) {
    Scenario scenario;
    scenario.tree_ = std::move(tree);
    scenario.folder_ = whole(folder);
    scenario.name_ = name;
    scenario.edited_ = true;
    return scenario;
}

Scenario Scenario::restore(const std::string& text, const std::filesystem::path& folder,
                           const std::string& name, bool edited) {
    if (!edited) return parse(text, folder, name);
    loader::Problems problems;
    Value tree = loader::read_yaml(text, name, problems);
    loader::throw_if_any(std::move(problems));
    return of_tree(std::move(tree), folder, name);
}

std::string Scenario::text() const {
    return edited_ ? loader::to_yaml(tree_) : checked_->text;
}

const Value& Scenario::at(const std::string& path) const {
    const std::vector<std::string> steps = changes::steps_of(path, {});
    Value& tree = const_cast<Scenario*>(this)->tree_;  // find() only looks
    if (const Value* found = changes::find(tree, steps)) return *found;
    throw InputError({changes::dead_end(tree, steps, {})});
}

bool Scenario::has(const std::string& path) const {
    Value& tree = const_cast<Scenario*>(this)->tree_;
    return changes::find(tree, changes::steps_of(path, {})) != nullptr;
}

void Scenario::edit_done() {
    edited_ = true;
    checked_.reset();
}

void Scenario::set(const std::string& path, Value value) {
    const std::vector<std::string> steps = changes::steps_of(path, {});
    if (Value* found = changes::find(tree_, steps)) {
        *found = std::move(value);
        return edit_done();
    }
    // As far as the tree goes; only then is it touched, so that a refused edit leaves it whole.
    Value* here = &tree_;
    std::size_t known = 0;
    for (; known < steps.size(); ++known) {
        if (here->is_null()) break;
        if (!here->is_map()) throw InputError({changes::dead_end(tree_, steps, {})});
        Value* next = here->find(steps[known]);
        if (next == nullptr) break;
        here = next;
    }
    for (; known < steps.size(); ++known) {
        if (here->is_null()) *here = Value::map();
        here = &here->set(steps[known], Value{});
    }
    *here = std::move(value);
    edit_done();
}

void Scenario::remove(const std::string& path) {
    static_cast<void>(at(path));
    std::vector<std::string> steps = changes::steps_of(path, {});
    const std::string last = steps.back();
    steps.pop_back();
    Value* parent = steps.empty() ? &tree_ : changes::find(tree_, steps);
    if (!parent->erase(last))
        throw InputError({}, path + ": only named values can be removed, no elements of lists",
                         "set the whole list in its place");
    edit_done();
}

std::shared_ptr<const loader::ScenarioFile> Scenario::checked() const {
    if (!checked_)
        checked_ = std::make_shared<const loader::ScenarioFile>(
            read_good_scenario_text(loader::to_yaml(tree_), folder_, name_));
    return checked_;
}

void bind_scenario(py::module_& module) {
    py::class_<Scenario>(module, "Scenario")
        .def_static("read", &Scenario::read, py::arg("path"))
        .def_static("parse", &Scenario::parse, py::arg("text"), py::arg("folder"), py::arg("name"))
        .def_static(
            "of_tree",
            [](const py::dict& tree, const std::filesystem::path& folder, const std::string& name) {
                return Scenario::of_tree(from_python(tree, ""), folder, name);
            },
            py::arg("tree"), py::arg("folder"), py::arg("name"))
        .def_static("restore", &Scenario::restore, py::arg("text"), py::arg("folder"),
                    py::arg("name"), py::arg("edited"))
        .def("copy", [](const Scenario& scenario) { return Scenario(scenario); })
        .def("tree", [](const Scenario& scenario) { return to_python(scenario.tree()); })
        .def("text", &Scenario::text)
        .def("get", [](const Scenario& scenario,
                       const std::string& path) { return to_python(scenario.at(path)); })
        .def("has", &Scenario::has)
        .def("set", [](Scenario& scenario, const std::string& path,
                       const py::object& value) { scenario.set(path, from_python(value, path)); })
        .def("remove", &Scenario::remove)
        .def("check", [](const Scenario& scenario) { static_cast<void>(scenario.checked()); })
        .def_property_readonly("folder", &Scenario::folder)
        .def_property_readonly("name", &Scenario::name)
        .def_property_readonly("edited", &Scenario::edited);
    module.def(
        "read_yaml",
        [](const std::string& text) {
            loader::Problems problems;
            const Value tree = loader::read_yaml(text, "text", problems);
            loader::throw_if_any(std::move(problems));
            return to_python(tree);
        },
        py::arg("text"));
    module.def("json_schema", [] {
        return schema::json_schema(schema::Schema{catalogue::device_types()}).dump();
    });
}

}  // namespace foretwin::python
