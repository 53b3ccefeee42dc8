#include "bindings/python/src/trees.hpp"

#include <pybind11/stl.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/core/quantity.hpp"

namespace py = pybind11;

namespace foretwin::python {
namespace {

using loader::Value;

/// Whether a YAML reader would take an unquoted text for something else, or not at all.
bool needs_quotes(const std::string& text) {
    if (parse_number(text) || text.find('\n') != std::string::npos) return true;
    loader::Problems problems;
    const Value read = loader::read_yaml("x: " + text + "\n", "", problems);
    const Value* back = read.find("x");
    return !problems.empty() || back == nullptr || !back->is_scalar() || back->text() != text;
}

[[noreturn]] void refuse(const std::string& path, const py::handle& object) {
    const auto type = py::str(py::type::handle_of(object).attr("__name__"));
    throw py::type_error((path.empty() ? std::string("the top") : path) +
                         ": a scenario cannot hold a value of type '" + std::string(type) +
                         "' (it takes text with a unit, numbers, True, False, None, lists, dicts)");
}

std::string number_text(const py::handle& object, const std::string& path) {
    const auto number = object.cast<double>();
    if (!std::isfinite(number))
        throw py::value_error(path + ": " + std::string(py::str(object)) +
                              " is no number that a scenario can hold");
    return std::string(py::str(py::float_(number)));  // the shortest text that reads back equal
}

Value map_from(const py::dict& dict, const std::string& path) {
    Value map = Value::map();
    for (const auto& [key, value] : dict) {
        if (!py::isinstance<py::str>(key)) refuse(path + "'s key", key);
        const auto name = key.cast<std::string>();
        map.set(name, from_python(value, path.empty() ? name : path + "/" + name));
    }
    return map;
}

}  // namespace

Value from_python(const py::handle& object, const std::string& path) {
    if (object.is_none()) return {};
    if (py::isinstance<py::bool_>(object)) return Value::boolean(object.cast<bool>());
    if (py::isinstance<py::str>(object)) {
        auto text = object.cast<std::string>();
        const bool quoted = needs_quotes(text);
        return Value::scalar(std::move(text), quoted);
    }
    if (PyIndex_Check(object.ptr()) != 0)  // NumPy's whole numbers, too
        return Value::scalar(
            std::string(py::str(py::int_(py::reinterpret_borrow<py::object>(object)))));
    if (py::isinstance<py::float_>(object) || py::hasattr(object, "__float__"))
        return Value::scalar(number_text(object, path));
    if (py::isinstance<py::dict>(object))
        return map_from(py::reinterpret_borrow<py::dict>(object), path);
    if (!py::isinstance<py::list>(object) && !py::isinstance<py::tuple>(object))
        refuse(path, object);
    Value list = Value::list();
    for (const py::handle& item : object) {
        const std::string number = std::to_string(list.items().size());
        list.items().push_back(from_python(item, path.empty() ? number : path + "/" + number));
    }
    return list;
}

py::object to_python(const Value& value) {
    return to_python(loader::to_json(value));
}

py::object to_python(const nlohmann::ordered_json& json) {
    switch (json.type()) {
        case nlohmann::ordered_json::value_t::boolean:
            return py::bool_(json.get<bool>());
        case nlohmann::ordered_json::value_t::number_integer:
            return py::int_(json.get<std::int64_t>());
        case nlohmann::ordered_json::value_t::number_unsigned:
            return py::int_(json.get<std::uint64_t>());
        case nlohmann::ordered_json::value_t::number_float:
            return std::isfinite(json.get<double>()) ? py::object(py::float_(json.get<double>()))
                                                     : py::object(py::none());
        case nlohmann::ordered_json::value_t::string:
            return py::str(json.get_ref<const std::string&>());
        case nlohmann::ordered_json::value_t::array: {
            py::list list;
            for (const auto& item : json) list.append(to_python(item));
            return list;
        }
        case nlohmann::ordered_json::value_t::object: {
            py::dict dict;
            for (const auto& [key, item] : json.items()) dict[py::str(key)] = to_python(item);
            return dict;
        }
        default:
            return py::none();
    }
}

}  // namespace foretwin::python
