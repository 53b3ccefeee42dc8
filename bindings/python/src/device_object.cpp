#include "bindings/python/src/device_object.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "bindings/python/src/described.hpp"

namespace py = pybind11;

namespace foretwin::python {
namespace {

constexpr double seconds_per_ns = 1e-9;

foretwin_device* device_of(PyObject* self) {
    foretwin_device* const device = reinterpret_cast<DeviceObject*>(self)->device;
    if (device == nullptr) {
        PyErr_SetString(PyExc_RuntimeError,
                        "a device can be asked only while one of its handlers runs");
    }
    return device;
}

/// None, or the exception for what the service noted.
PyObject* nothing_or_failure(const foretwin_device* device) {
    if (device->failed == 0) Py_RETURN_NONE;
    PyErr_SetString(PyExc_ValueError, device->services->failure(device));
    return nullptr;
}

PyObject* float_or_failure(const foretwin_device* device, double value) {
    if (device->failed == 0) return PyFloat_FromDouble(value);
    return nothing_or_failure(device);
}

/// The arguments of one call, taken one by one; remembers whether any was wrong.
class Arguments {
  public:
    Arguments(PyObject* const* given, Py_ssize_t count) : given_(given), count_(count) {}

    bool expect(const char* usage, Py_ssize_t least, Py_ssize_t most) const {
        if (count_ >= least && count_ <= most) return true;
        PyErr_Format(PyExc_TypeError, "it is called as %s", usage);
        return false;
    }
    std::int64_t whole(std::int64_t otherwise = 0) {
        if (next_ >= count_) return otherwise;
        PyObject* const given = given_[next_++];
        if (given == Py_None) return otherwise;
        const std::int64_t value = PyLong_AsLongLong(given);
        wrong_ = wrong_ || (value == -1 && PyErr_Occurred() != nullptr);
        return value;
    }
    std::int32_t number(std::int32_t otherwise = 0) {
        const std::int64_t value = whole(otherwise);
        const bool fits = value >= -1 && value <= std::numeric_limits<std::int32_t>::max();
        return fits ? static_cast<std::int32_t>(value) : std::numeric_limits<std::int32_t>::max();
    }
    double real(double otherwise = 0) {
        if (next_ >= count_) return otherwise;
        const double value = PyFloat_AsDouble(given_[next_++]);
        wrong_ = wrong_ || (value == -1 && PyErr_Occurred() != nullptr);
        return value;
    }
    bool wrong() const { return wrong_; }

  private:
    PyObject* const* given_;
    Py_ssize_t count_;
    Py_ssize_t next_ = 0;
    bool wrong_ = false;
};

// -- time
// ------------------------------------------------------------------------------------------

PyObject* after(PyObject* self, PyObject* const* given, Py_ssize_t count) {
    foretwin_device* const device = device_of(self);
    Arguments arguments(given, count);
    if (device == nullptr || !arguments.expect("after(timer, seconds, slot=0)", 2, 3))
        return nullptr;
    const std::int32_t timer = arguments.number();
    const double seconds = arguments.real();
    const std::int32_t slot = arguments.number();
    if (arguments.wrong()) return nullptr;
    device->services->after(device, timer, slot, seconds);
    return nothing_or_failure(device);
}

PyObject* cancel(PyObject* self, PyObject* const* given, Py_ssize_t count) {
    foretwin_device* const device = device_of(self);
    Arguments arguments(given, count);
    if (device == nullptr || !arguments.expect("cancel(timer, slot=0)", 1, 2)) return nullptr;
    const std::int32_t timer = arguments.number();
    const std::int32_t slot = arguments.number();
    if (arguments.wrong()) return nullptr;
    device->services->cancel(device, timer, slot);
    return nothing_or_failure(device);
}

PyObject* due(PyObject* self, PyObject* const* given, Py_ssize_t count) {
    foretwin_device* const device = device_of(self);
    Arguments arguments(given, count);
    if (device == nullptr || !arguments.expect("due(timer, slot=0)", 1, 2)) return nullptr;
    const std::int32_t timer = arguments.number();
    const std::int32_t slot = arguments.number();
    if (arguments.wrong()) return nullptr;
    const std::int64_t at = device->services->due(device, timer, slot);
    if (at == std::numeric_limits<std::int64_t>::max())
        return PyFloat_FromDouble(std::numeric_limits<double>::infinity());
    return PyFloat_FromDouble(static_cast<double>(at) * seconds_per_ns);
}

// -- random numbers
// --------------------------------------------------------------------------------

/// One method per law: name(purpose, a, b, part=None).
template <std::int32_t law, int parameters>
PyObject* draw_law(PyObject* self, PyObject* const* given, Py_ssize_t count) {
    foretwin_device* const device = device_of(self);
    Arguments arguments(given, count);
    if (device == nullptr ||
        !arguments.expect(parameters == 2 ? "a law with (purpose, a, b, part=None)"
                                          : "a law with (purpose, a, part=None)",
                          1 + parameters, 2 + parameters))
        return nullptr;
    const std::int32_t purpose = arguments.number();
    const double a = arguments.real();
    const double b = parameters == 2 ? arguments.real() : 0;
    const std::int64_t part = arguments.whole(-1);
    if (arguments.wrong()) return nullptr;
    const double value = device->services->draw(device, purpose, part, law, a, b);
    if (law == FORETWIN_WHOLE && device->failed == 0)
        return PyLong_FromLongLong(static_cast<std::int64_t>(value));
    return float_or_failure(device, value);
}

PyObject* sample(PyObject* self, PyObject* const* given, Py_ssize_t count) {
    foretwin_device* const device = device_of(self);
    Arguments arguments(given, count);
    if (device == nullptr || !arguments.expect("sample(law, purpose, part=None)", 2, 3))
        return nullptr;
    const std::int32_t parameter = arguments.number();
    const std::int32_t purpose = arguments.number();
    const std::int64_t part = arguments.whole(-1);
    if (arguments.wrong()) return nullptr;
    return float_or_failure(device,
                            device->services->draw_parameter(device, purpose, part, parameter));
}

// -- figures, power, parts
// -------------------------------------------------------------------------

PyObject* record(PyObject* self, PyObject* const* given, Py_ssize_t count) {
    foretwin_device* const device = device_of(self);
    Arguments arguments(given, count);
    if (device == nullptr || !arguments.expect("record(figure, value)", 2, 2)) return nullptr;
    const std::int32_t figure = arguments.number();
    const double value = arguments.real();
    if (arguments.wrong()) return nullptr;
    device->services->record(device, figure, value);
    return nothing_or_failure(device);
}

PyObject* set_power(PyObject* self, PyObject* const* given, Py_ssize_t count) {
    foretwin_device* const device = device_of(self);
    Arguments arguments(given, count);
    if (device == nullptr || !arguments.expect("set_power(watts)", 1, 1)) return nullptr;
    const double watts = arguments.real();
    if (arguments.wrong()) return nullptr;
    device->services->set_power(device, watts);
    return nothing_or_failure(device);
}

template <void (*foretwin_services::*service)(foretwin_device*, std::int64_t)>
PyObject* with_part(PyObject* self, PyObject* const* given, Py_ssize_t count) {
    foretwin_device* const device = device_of(self);
    Arguments arguments(given, count);
    if (device == nullptr || !arguments.expect("a method with (part)", 1, 1)) return nullptr;
    const std::int64_t part = arguments.whole();
    if (arguments.wrong()) return nullptr;
    (device->services->*service)(device, part);
    return nothing_or_failure(device);
}

template <std::int32_t fact>
PyObject* part_fact(PyObject* self, PyObject* const* given, Py_ssize_t count) {
    foretwin_device* const device = device_of(self);
    Arguments arguments(given, count);
    if (device == nullptr || !arguments.expect("a method with (part)", 1, 1)) return nullptr;
    const std::int64_t part = arguments.whole();
    if (arguments.wrong()) return nullptr;
    const std::int64_t value = device->services->part_fact(device, part, fact);
    if (device->failed != 0) return nothing_or_failure(device);
    if (fact == FORETWIN_PART_ENTERED || fact == FORETWIN_PART_ARRIVED)
        return PyFloat_FromDouble(static_cast<double>(value) * seconds_per_ns);
    return PyLong_FromLongLong(value);
}

PyObject* let_in(PyObject* self, PyObject* const* given, Py_ssize_t count) {
    foretwin_device* const device = device_of(self);
    Arguments arguments(given, count);
    if (device == nullptr || !arguments.expect("let_in(open)", 1, 1)) return nullptr;
    const int open = PyObject_IsTrue(given[0]);
    if (open < 0) return nullptr;
    device->services->let_in(device, open);
    return nothing_or_failure(device);
}

// -- properties
// ------------------------------------------------------------------------------------

PyObject* get_now(PyObject* self, void*) {
    const foretwin_device* const device = device_of(self);
    if (device == nullptr) return nullptr;
    return PyFloat_FromDouble(static_cast<double>(device->services->now(device)) * seconds_per_ns);
}
PyObject* get_now_ns(PyObject* self, void*) {
    const foretwin_device* const device = device_of(self);
    return device == nullptr ? nullptr : PyLong_FromLongLong(device->services->now(device));
}
PyObject* get_name(PyObject* self, void*) {
    const foretwin_device* const device = device_of(self);
    return device == nullptr ? nullptr : PyUnicode_FromString(device->services->name(device));
}
PyObject* get_inside(PyObject* self, void*) {
    const foretwin_device* const device = device_of(self);
    return device == nullptr ? nullptr
                             : PyLong_FromLongLong(device->services->parts_inside(device));
}
PyObject* get_capacity(PyObject* self, void*) {
    const foretwin_device* const device = device_of(self);
    if (device == nullptr) return nullptr;
    const std::int64_t places = device->services->capacity(device);
    if (places == std::numeric_limits<std::int64_t>::max())
        return PyFloat_FromDouble(std::numeric_limits<double>::infinity());
    return PyLong_FromLongLong(places);
}
PyObject* get_on_shift(PyObject* self, void*) {
    const foretwin_device* const device = device_of(self);
    return device == nullptr ? nullptr : PyBool_FromLong(device->services->on_shift(device));
}

// -- what a class declares
// -------------------------------------------------------------------------

PyObject* get_number(PyObject* self, void* closure) {
    const foretwin_device* const device = device_of(self);
    return device == nullptr ? nullptr
                             : PyFloat_FromDouble(device->numbers[described(closure).number]);
}
int set_number(PyObject* self, PyObject* value, void* closure) {
    foretwin_device* const device = device_of(self);
    double number = 0;
    if (device == nullptr || !read_number(described(closure), value, number)) return -1;
    device->numbers[described(closure).number] = number;
    return 0;
}
PyObject* get_count(PyObject* self, void* closure) {
    const foretwin_device* const device = device_of(self);
    return device == nullptr ? nullptr
                             : PyLong_FromLongLong(device->counts[described(closure).number]);
}
int set_count(PyObject* self, PyObject* value, void* closure) {
    foretwin_device* const device = device_of(self);
    std::int64_t count = 0;
    if (device == nullptr || !read_count(described(closure), value, count)) return -1;
    device->counts[described(closure).number] = count;
    return 0;
}
PyObject* get_parameter(PyObject* self, void* closure) {
    const foretwin_device* const device = device_of(self);
    if (device == nullptr) return nullptr;
    const Described& own = described(closure);
    const double value = device->parameters[own.number];
    if (own.kind == "count") return PyLong_FromDouble(value);
    if (own.kind == "boolean") return PyBool_FromLong(value != 0 ? 1 : 0);
    return PyFloat_FromDouble(value);
}
PyObject* get_text(PyObject* self, void* closure) {
    foretwin_device* const device = device_of(self);
    if (device == nullptr) return nullptr;
    return PyUnicode_FromString(device->services->text(device, described(closure).number));
}

/// One of the values of a state of several.
bool store(foretwin_device* device, const Described& own, std::int64_t at, PyObject* value) {
    return own.kind == "numbers" ? read_number(own, value, device->numbers[at])
                                 : read_count(own, value, device->counts[at]);
}

/// A state of several values: `self.levels[2] += 1`. Holds `self`, never an address.
class Values {
  public:
    Values(py::object self, const Described& own) : self_(std::move(self)), own_(&own) {}

    std::int32_t size() const { return own_->size; }
    py::object get(std::int64_t index) const {
        const foretwin_device* const device = device_of(self_.ptr());
        if (device == nullptr) throw py::error_already_set();
        const std::int64_t at = place(index);
        if (own_->kind == "numbers") return py::float_(device->numbers[at]);
        return py::int_(device->counts[at]);
    }
    void set(std::int64_t index, const py::object& value) const {
        foretwin_device* const device = device_of(self_.ptr());
        if (device == nullptr) throw py::error_already_set();
        const std::int64_t at = place(index);
        if (!store(device, *own_, at, value.ptr())) throw py::error_already_set();
    }

  private:
    std::int64_t place(std::int64_t index) const {
        const std::int64_t from_start = index < 0 ? index + own_->size : index;
        if (from_start < 0 || from_start >= own_->size)
            throw py::index_error(own_->name + " has " + std::to_string(own_->size) +
                                  " values, none at index " + std::to_string(index));
        return own_->number + from_start;
    }
    py::object self_;
    const Described* own_;
};

PyObject* get_values(PyObject* self, void* closure) {
    try {
        return py::cast(Values(py::reinterpret_borrow<py::object>(self), described(closure)))
            .release()
            .ptr();
    } catch (py::error_already_set& error) {
        error.restore();
        return nullptr;
    }
}

/// `self.levels = [0.0, 1.0, 2.0]`: as many values as it holds.
int set_values(PyObject* self, PyObject* value, void* closure) {
    foretwin_device* const device = device_of(self);
    const Described& own = described(closure);
    if (device == nullptr) return -1;
    if (value == nullptr) {
        PyErr_Format(PyExc_TypeError, "state '%s' cannot be deleted", own.name.c_str());
        return -1;
    }
    const auto given = py::reinterpret_steal<py::object>(PySequence_Fast(value, ""));
    if (!given || PySequence_Fast_GET_SIZE(given.ptr()) != own.size) {
        if (!given && PyErr_ExceptionMatches(PyExc_TypeError) == 0) return -1;
        PyErr_Clear();
        PyErr_Format(PyExc_ValueError,
                     "state '%s' has %d values: assign one of them, as in  self.%s[0] = ..., or a "
                     "sequence of all %d",
                     own.name.c_str(), own.size, own.name.c_str(), own.size);
        return -1;
    }
    for (std::int32_t i = 0; i < own.size; ++i) {
        if (!store(device, own, own.number + i, PySequence_Fast_GET_ITEM(given.ptr(), i)))
            return -1;
    }
    return 0;
}

void describe(const py::object& type, const std::string& name, const std::string& kind,
              std::int32_t number, std::int32_t size) {
    // Never deleted: the attribute of the class looks at it as long as the process lives.
    auto* const own = new Described{name, kind, number, size, {}};
    own->definition.name = own->name.c_str();
    own->definition.closure = own;
    own->definition.get = get_parameter;
    if (kind == "text") own->definition.get = get_text;
    if (kind == "number") {
        own->definition.get = get_number;
        own->definition.set = set_number;
    }
    if (kind == "integer") {
        own->definition.get = get_count;
        own->definition.set = set_count;
    }
    if (kind == "numbers" || kind == "integers") {
        own->definition.get = get_values;
        own->definition.set = set_values;
    }
    const auto attribute = py::reinterpret_steal<py::object>(
        PyDescr_NewGetSet(reinterpret_cast<PyTypeObject*>(type.ptr()), &own->definition));
    if (!attribute) throw py::error_already_set();
    py::setattr(type, name.c_str(), attribute);
}

// -- the type
// --------------------------------------------------------------------------------------

/// State is what is declared, so that snapshots and forks hold all of it.
int set_attribute(PyObject* self, PyObject* name, PyObject* value) {
    const int result = PyObject_GenericSetAttr(self, name, value);
    if (result == 0 || PyErr_ExceptionMatches(PyExc_AttributeError) == 0) return result;
    // Declared, but not as state.
    if (PyObject_HasAttr(reinterpret_cast<PyObject*>(Py_TYPE(self)), name) != 0) {
        PyErr_Clear();
        PyErr_Format(PyExc_AttributeError,
                     "'%U' of %s cannot be assigned or deleted: only the values of ft.state change",
                     name, Py_TYPE(self)->tp_name);
        return -1;
    }
    PyErr_Clear();
    PyErr_Format(PyExc_AttributeError,
                 "'%U' is no state of %s: declare it in the class, as in  %U = ft.state(0.0). What "
                 "is not declared would be in no snapshot and no fork",
                 name, Py_TYPE(self)->tp_name, name);
    return -1;
}

void dealloc(PyObject* self) {
    PyTypeObject* const type = Py_TYPE(self);
    type->tp_free(self);
    Py_DECREF(reinterpret_cast<PyObject*>(type));
}

template <PyObject* (*method)(PyObject*, PyObject* const*, Py_ssize_t)>
constexpr PyMethodDef fast(const char* name) {
    return {name, reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(method)),
            METH_FASTCALL, nullptr};
}

PyGetSetDef properties[] = {
    {"now", get_now, nullptr, "seconds since the run began", nullptr},
    {"now_ns", get_now_ns, nullptr, "the same in whole nanoseconds", nullptr},
    {"name", get_name, nullptr, "of the device in the scenario", nullptr},
    {"parts_inside", get_inside, nullptr, "parts that it holds", nullptr},
    {"capacity", get_capacity, nullptr, "parts that it can hold; inf: any number", nullptr},
    {"on_shift", get_on_shift, nullptr, "whether its calendar is open", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

}  // namespace

void bind_device_object(py::module_& module) {
    static PyMethodDef all[] = {
        fast<after>("after"),
        fast<cancel>("cancel"),
        fast<due>("due"),
        fast<draw_law<FORETWIN_UNIFORM, 2>>("uniform"),
        fast<draw_law<FORETWIN_EXPONENTIAL, 1>>("exponential"),
        fast<draw_law<FORETWIN_NORMAL, 2>>("normal"),
        fast<draw_law<FORETWIN_LOGNORMAL, 2>>("lognormal"),
        fast<draw_law<FORETWIN_WEIBULL, 2>>("weibull"),
        fast<draw_law<FORETWIN_GAMMA, 2>>("gamma"),
        fast<draw_law<FORETWIN_WHOLE, 1>>("whole"),
        fast<sample>("sample"),
        fast<record>("record"),
        fast<set_power>("set_power"),
        fast<with_part<&foretwin_services::send_on>>("send_on"),
        fast<with_part<&foretwin_services::scrap>>("scrap"),
        fast<let_in>("let_in"),
        fast<part_fact<FORETWIN_PART_NUMBER>>("part_number"),
        fast<part_fact<FORETWIN_PART_SOURCE>>("part_source"),
        fast<part_fact<FORETWIN_PART_VISITS>>("part_visits"),
        fast<part_fact<FORETWIN_PART_ENTERED>>("part_entered"),
        fast<part_fact<FORETWIN_PART_ARRIVED>>("part_arrived"),
        {nullptr, nullptr, 0, nullptr},
    };
    PyType_Slot slots[] = {
        {Py_tp_dealloc, reinterpret_cast<void*>(dealloc)},
        {Py_tp_setattro, reinterpret_cast<void*>(set_attribute)},
        {Py_tp_methods, all},
        {Py_tp_getset, properties},
        {0, nullptr},
    };
    PyType_Spec spec{"foretwin._engine.DeviceBase", sizeof(DeviceObject), 0,
                     Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};
    auto type = py::reinterpret_steal<py::object>(PyType_FromSpec(&spec));
    if (!type) throw py::error_already_set();
    module.attr("DeviceBase") = type;
    py::class_<Values>(module, "Values")
        .def("__len__", &Values::size)
        .def("__getitem__", &Values::get)
        .def("__setitem__", &Values::set);
    module.def("describe", &describe);
}

}  // namespace foretwin::python
