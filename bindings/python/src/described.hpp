#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>
#include <string>

/// What a device class declares as an attribute, and what its states take.
namespace foretwin::python {

/// Kind and number of a declared attribute; made once per class, and kept for the process.
struct Described {
    std::string name;
    std::string kind;
    std::int32_t number = 0;
    std::int32_t size = 1;
    PyGetSetDef definition{};
};

inline const Described& described(void* closure) {
    return *static_cast<const Described*>(closure);
}

/// What a state is given, or the exception that says what it takes; its result says which.
inline bool read_number(const Described& own, PyObject* value, double& number) {
    if (value == nullptr) {
        PyErr_Format(PyExc_TypeError, "state '%s' cannot be deleted", own.name.c_str());
        return false;
    }
    number = PyFloat_AsDouble(value);
    if (number != -1 || PyErr_Occurred() == nullptr) return true;
    if (PyErr_ExceptionMatches(PyExc_TypeError) != 0) {
        PyErr_Clear();
        PyErr_Format(PyExc_TypeError, "state '%s' takes a number, not %R", own.name.c_str(), value);
    }
    return false;
}
inline bool read_count(const Described& own, PyObject* value, std::int64_t& count) {
    if (value == nullptr) {
        PyErr_Format(PyExc_TypeError, "state '%s' cannot be deleted", own.name.c_str());
        return false;
    }
    count = PyLong_AsLongLong(value);
    if (count != -1 || PyErr_Occurred() == nullptr) return true;
    const bool is_too_large = PyErr_ExceptionMatches(PyExc_OverflowError) != 0;
    if (!is_too_large && PyErr_ExceptionMatches(PyExc_TypeError) == 0) return false;
    PyErr_Clear();
    PyErr_Format(is_too_large ? PyExc_OverflowError : PyExc_TypeError,
                 "state '%s' takes a whole number of 64 bits, not %R; begun as ft.state(0.0) it "
                 "would take any number",
                 own.name.c_str(), value);
    return false;
}

}  // namespace foretwin::python
