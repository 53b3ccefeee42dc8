#include <pybind11/stl.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <string_view>

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

bool begins_word(const std::string& text, std::size_t at) {
    return at == 0 || text[at - 1] == ' ' || text[at - 1] == '(';
}

/// Whether a word may end before this place. A point ends one only where a sentence ends, not in
/// the name of a file.
bool ends_word(const std::string& text, std::size_t at) {
    if (at < text.size() && text[at] == '.') ++at;
    return at >= text.size() ||
           std::string_view(" \n,:;)").find(text[at]) != std::string_view::npos;
}

/// What the command line calls --as-of is as_of here; a few have another name, since Python keeps
/// theirs to itself. What stands in quotes is told as it was given.
std::string in_python_words(const std::string& text) {
    static const std::map<std::string, std::string> others{{"from", "start"}, {"to", "end"}};
    std::string told;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] == '\'' && (quoted ? ends_word(text, i + 1) : begins_word(text, i)))
            quoted = !quoted;
        std::size_t end = i;
        if (!quoted && text.compare(i, 2, "--") == 0 && begins_word(text, i))
            for (end = i + 2; end < text.size(); ++end)
                if (std::islower(static_cast<unsigned char>(text[end])) == 0 && text[end] != '-')
                    break;
        if (end <= i + 2 || text[i + 2] == '-' || !ends_word(text, end)) {
            told += text[i++];
            continue;
        }
        std::string word = text.substr(i + 2, end - i - 2);
        std::replace(word.begin(), word.end(), '-', '_');
        const auto other = others.find(word);
        told += other == others.end() ? word : other->second;
        i = end;
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
