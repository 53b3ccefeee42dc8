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

std::string below(const std::string& path, const std::string& step) {
    return path.empty() ? step : path + "/" + step;
}

Value value_from(const py::handle& object, const std::string& path, int depth);

Value map_from(const py::dict& dict, const std::string& path, int depth) {
    Value map = Value::map();
    for (const auto& [key, value] : dict) {
        if (!py::isinstance<py::str>(key)) refuse(path + "'s key", key);
        const auto name = key.cast<std::string>();
        map.set(name, value_from(value, below(path, name), depth + 1));
    }
    return map;
}

Value list_from(const py::handle& object, const std::string& path, int depth) {
    Value list = Value::list();
    for (const py::handle& item : object)
        list.items().push_back(
            value_from(item, below(path, std::to_string(list.items().size())), depth + 1));
    return list;
}

/// The scalars and arrays of NumPy as Python's own numbers and lists; others as they are.
py::object plain(const py::handle& object) {
    auto same = py::reinterpret_borrow<py::object>(object);
    if (!py::hasattr(object, "tolist") || py::isinstance<py::type>(object)) return same;
    py::object told = object.attr("tolist")();
    return py::hasattr(told, "tolist") ? same : told;  // NumPy's long doubles tell themselves
}

/// Maps and lists deeper than files have them are refused; so is what contains itself.
Value value_from(const py::handle& given, const std::string& path, int depth) {
    const py::object object = plain(given);
    if (object.is_none()) return {};
    if (py::isinstance<py::bool_>(object)) return Value::boolean(object.cast<bool>());
    if (py::isinstance<py::str>(object)) {
        auto text = object.cast<std::string>();
        const bool quoted = needs_quotes(text);
        return Value::scalar(std::move(text), quoted);
    }
    if (PyIndex_Check(object.ptr()) != 0)  // whole numbers of other libraries, too
        return Value::scalar(std::string(py::str(py::int_(object))));
    if (py::isinstance<py::float_>(object) || py::hasattr(object, "__float__"))
        return Value::scalar(number_text(object, path));
    const bool is_dict = py::isinstance<py::dict>(object);
    if (!is_dict && !py::isinstance<py::list>(object) && !py::isinstance<py::tuple>(object))
        refuse(path, object);
    const int deepest = loader::Limits{}.depth;
    if (depth >= deepest)
        throw py::value_error(path + ": nested deeper than " + std::to_string(deepest) + " levels");
    return is_dict ? map_from(object, path, depth) : list_from(object, path, depth);
}

}  // namespace

Value from_python(const py::handle& object, const std::string& path) {
    return value_from(object, path, 0);
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
