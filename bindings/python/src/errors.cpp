#include <pybind11/stl.h>

#include <cctype>
#include <map>

#include "bindings/python/src/devices.hpp"
#include "bindings/python/src/parts.hpp"
#include "engine/core/error.hpp"
#include "scenarios/experiments/study_plan.hpp"

namespace py = pybind11;

namespace foretwin::python {
namespace {

/// Raises the class of that name of foretwin.errors, which is Python's own.
template <class Argument>
void raise(const char* name, const Argument& argument, const py::object& cause = py::none()) {
    const py::object kind = py::module_::import("foretwin.errors").attr(name);
    const py::object error = kind(argument);
    if (!cause.is_none()) error.attr("__cause__") = cause;
    PyErr_SetObject(kind.ptr(), error.ptr());
}

/// What the command line calls --as-of is as_of here; a few have another name, since Python keeps
/// theirs to itself.
std::string in_python_words(const std::string& text) {
    static const std::map<std::string, std::string> others{{"from", "start"}, {"to", "end"}};
    std::string told;
    for (std::size_t i = 0; i < text.size();) {
        const bool option = text.compare(i, 2, "--") == 0 && i + 2 < text.size() &&
                            std::islower(static_cast<unsigned char>(text[i + 2])) != 0 &&
                            (i == 0 || text[i - 1] == ' ' || text[i - 1] == '(');
        if (!option) {
            told += text[i++];
            continue;
        }
        std::string word;
        for (i += 2; i < text.size(); ++i) {
            const bool letter = std::islower(static_cast<unsigned char>(text[i])) != 0;
            if (!letter && text[i] != '-') break;
            word += letter ? text[i] : '_';
        }
        const auto other = others.find(word);
        told += other == others.end() ? word : other->second;
    }
    return told;
}

}  // namespace

void bind_errors(py::module_& module) {
    py::class_<Place>(module, "Place")
        .def_readonly("file", &Place::file)
        .def_readonly("line", &Place::line)
        .def_readonly("column", &Place::column);
    py::class_<Problem>(module, "Problem")
        .def_readonly("place", &Problem::place)
        .def_readonly("what", &Problem::what)
        .def_readonly("hint", &Problem::hint)
        .def("__str__", [](const Problem& problem) { return to_text(problem); });
    py::register_exception_translator([](std::exception_ptr thrown) {
        try {
            if (thrown) std::rethrow_exception(thrown);
        } catch (const InputError& error) {
            py::list problems;
            py::object cause = py::none();
            for (const Problem& one : error.problems()) {
                // What a handler written in Python raised is told with it.
                const Told told = told_of(one.what);
                if (!told.cause.is_none()) cause = told.cause;
                problems.append(py::make_tuple(one.place.file, one.place.line, one.place.column,
                                               in_python_words(told.message),
                                               in_python_words(one.hint)));
            }
            if (py::isinstance(cause, PyExc_KeyboardInterrupt)) {
                PyErr_SetNone(PyExc_KeyboardInterrupt);
            } else {
                raise("InputError", problems, cause);
            }
        } catch (const EnvironmentError& error) {
            raise("EnvironmentError", in_python_words(error.what()));
        } catch (const experiments::Cancelled&) {
            PyErr_SetNone(PyExc_KeyboardInterrupt);
        }
    });
}

}  // namespace foretwin::python
