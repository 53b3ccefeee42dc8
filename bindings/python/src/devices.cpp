#include "bindings/python/src/devices.hpp"

#include <cxxabi.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "bindings/python/src/device_object.hpp"
#include "models/catalogue/catalogue.hpp"

namespace py = pybind11;

namespace foretwin::python {
namespace {

/// From here on no thread but the one that ends the interpreter gets its lock: whoever waits for it
/// is ended inside, and what it unwinds must not touch Python.
bool is_ending() {
#if PY_VERSION_HEX >= 0x030D0000
    return Py_IsInitialized() == 0 || Py_IsFinalizing() != 0;
#else
    return Py_IsInitialized() == 0 || _Py_IsFinalizing() != 0;
#endif
}

/// A thread of the engine keeps what Python knows of it until it ends, instead of making it anew
/// for every event.
class KnownToPython {
  public:
    KnownToPython() : ensured_(PyGILState_Ensure()), saved_(PyEval_SaveThread()) {}
    KnownToPython(const KnownToPython&) = delete;
    KnownToPython& operator=(const KnownToPython&) = delete;
    ~KnownToPython() {
        if (is_ending()) return;
        PyEval_RestoreThread(saved_);
        PyGILState_Release(ensured_);
    }

  private:
    PyGILState_STATE ensured_;
    PyThreadState* saved_;
};

/// The interpreter's lock, for the length of one call.
class Locked {
  public:
    Locked() {
        if (PyGILState_GetThisThreadState() == nullptr) {
            static thread_local const KnownToPython known;
        }
        state_ = PyGILState_Ensure();
    }
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;
    ~Locked() {
        if (!is_ending()) PyGILState_Release(state_);
    }

  private:
    PyGILState_STATE state_;
};

// -- threads that are inside a handler
// -------------------------------------------------------------

/// One thread that runs handlers. Read and written under the interpreter's lock.
struct Inside {
    unsigned long thread = 0;  ///< as Python names it
    std::uint64_t call = 0;    ///< how many handlers it has begun
    bool is_inside = false;
    std::uint64_t seen = 0;  ///< the call that was under way at the last look, and since when
    std::chrono::steady_clock::time_point since;
};

/// The threads that run handlers now; each takes itself out when it ends, without Python's lock.
class Threads {
  public:
    void add(Inside* one) {
        const std::lock_guard<std::mutex> lock(mutex_);
        all_.push_back(one);
    }
    void remove(const Inside* one) {
        const std::lock_guard<std::mutex> lock(mutex_);
        all_.erase(std::remove(all_.begin(), all_.end(), one), all_.end());
    }
    template <class Do>
    void each(Do act) {
        const std::lock_guard<std::mutex> lock(mutex_);
        for (Inside* const one : all_) act(*one);
    }

  private:
    std::mutex mutex_;
    std::vector<Inside*> all_;
};
Threads& threads() {
    static auto* const all = new Threads;
    return *all;
}

/// This thread among them, as long as it lives.
class ThisThread {
  public:
    ThisThread() {
        inside.thread = PyThread_get_thread_ident();
        threads().add(&inside);
    }
    ThisThread(const ThisThread&) = delete;
    ThisThread& operator=(const ThisThread&) = delete;
    ~ThisThread() { threads().remove(&inside); }

    Inside inside;
};

/// Marks that this thread is inside a handler. Under the interpreter's lock.
class Entered {
  public:
    Entered() : inside_(&this_thread().inside) {
        ++inside_->call;
        inside_->is_inside = true;
    }
    Entered(const Entered&) = delete;
    Entered& operator=(const Entered&) = delete;
    ~Entered() { inside_->is_inside = false; }

  private:
    static ThisThread& this_thread() {
        static thread_local ThisThread thread;
        return thread;
    }
    Inside* inside_;
};

/// Runs a handler under the interpreter's lock.
template <class Work>
std::int32_t in_python(foretwin_device* device, Work work) {
    if (is_ending()) {
        device->services->fail(device, "the interpreter is ending");
        return 1;
    }
    try {
        const Locked locked;
        const Entered entered;
        return work();
    } catch (abi::__forced_unwind&) {
        // The interpreter ended while this thread waited for its lock, and ends the thread. Its
        // frames hold what is Python's: it stays where it is until the process ends.
        for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
    }
}

/// Exceptions of handlers, by the number that the message of their study bears until it is told.
/// Guarded by the interpreter's lock.
struct Raised {
    std::map<std::uint64_t, py::object> by_number;
    std::uint64_t next = 0;
};
Raised& raised() {
    static auto* const all = new Raised;
    return *all;
}

/// Stands before and behind that number; no message has it otherwise.
constexpr char mark = '\x1f';

/// The message with the number that finds its exception again, whichever study tells it.
std::string marked(const std::string& message, const py::object& exception) {
    Raised& all = raised();
    // Of several futures that fail at once one is told; the others are forgotten in time.
    constexpr std::size_t most_kept = 100;
    if (all.by_number.size() >= most_kept) all.by_number.erase(all.by_number.begin());
    const std::uint64_t number = all.next++;
    all.by_number.emplace(number, exception);
    return message + mark + std::to_string(number) + mark;
}

/// A class that stands for a type: its functions, and what must live as long as they may be called.
struct PythonType {
    struct Timer {
        py::object function;
        bool has_slot = false;
    };
    py::object type;
    py::object start, part, left, shift, finish, timer;
    std::vector<Timer> timers;
    py::object kept;
};

/// The exception that a handler raised becomes the message, and later its cause.
std::int32_t failed(foretwin_device* device) {
    py::error_already_set error;
    // What a service noted first is what the study is stopped with.
    std::string message = device->services->failure(device);
    if (device->failed == 0)
        message = std::string(py::str(error.type().attr("__name__"))) + ": " +
                  std::string(py::str(error.value()));
    if (error.trace()) PyException_SetTraceback(error.value().ptr(), error.trace().ptr());
    device->failed = 0;  // the same message again, marked, is to count
    device->services->fail(device, marked(message, error.value()).c_str());
    return 1;
}

/// Calls function(self, arguments...); `count` of them are given.
std::int32_t run(const PythonType& python, const py::object& function, foretwin_device* device,
                 std::array<PyObject*, 2> arguments, std::size_t count) {
    auto* const type = reinterpret_cast<PyTypeObject*>(python.type.ptr());
    PyObject* const self = type->tp_alloc(type, 0);
    if (self == nullptr) return failed(device);
    reinterpret_cast<DeviceObject*>(self)->device = device;
    const std::array<PyObject*, 3> all{self, arguments[0], arguments[1]};
    PyObject* const answer = PyObject_Vectorcall(function.ptr(), all.data(), 1 + count, nullptr);
    reinterpret_cast<DeviceObject*>(self)->device = nullptr;
    Py_DECREF(self);
    if (answer == nullptr) return failed(device);
    Py_DECREF(answer);
    return 0;
}

const PythonType& python_of(void* context) {
    return *static_cast<const PythonType*>(context);
}

template <py::object PythonType::*function, int given>
std::int32_t call(void* context, foretwin_device* device, std::int64_t what, std::int64_t) {
    return in_python(device, [&] {
        const PythonType& python = python_of(context);
        py::object argument;
        if (given == 1) argument = py::int_(what);
        if (given == 2) argument = py::bool_(what != 0);
        return run(python, python.*function, device, {argument.ptr(), nullptr}, given == 0 ? 0 : 1);
    });
}

std::int32_t call_timer(void* context, foretwin_device* device, std::int64_t what,
                        std::int64_t which) {
    return in_python(device, [&] {
        const PythonType& python = python_of(context);
        const PythonType::Timer& own = python.timers[static_cast<std::size_t>(what)];
        const py::int_ slot(which);
        if (own.function) {
            return run(python, own.function, device, {slot.ptr(), nullptr}, own.has_slot ? 1 : 0);
        }
        const py::int_ number(what);
        return run(python, python.timer, device, {number.ptr(), slot.ptr()}, 2);
    });
}

void release(void* context) {
    if (is_ending()) return;
    const Locked locked;
    delete static_cast<PythonType*>(context);
}

// -- reading what a class declares
// -----------------------------------------------------------------

/// Texts that live as long as the registration.
class Texts {
  public:
    const char* of(const py::dict& map, const char* key) {
        const py::object value = map[key];
        if (value.is_none()) return nullptr;
        kept_.push_back(std::make_unique<std::string>(value.cast<std::string>()));
        return kept_.back()->c_str();
    }
    const char* of(const py::handle& text) {
        kept_.push_back(std::make_unique<std::string>(text.cast<std::string>()));
        return kept_.back()->c_str();
    }

  private:
    std::vector<std::unique_ptr<std::string>> kept_;
};

template <class T>
T value_of(const py::dict& map, const char* key) {
    return map[key].cast<T>();
}

/// A handler given as a number is the address of compiled code; as a function, it is Python's.
template <py::object PythonType::*function, int given>
foretwin_handler handler(const py::dict& handlers, const char* name, PythonType& python) {
    if (!handlers.contains(name)) return nullptr;
    const py::object value = handlers[name];
    if (py::isinstance<py::int_>(value))
        return reinterpret_cast<foretwin_handler>(value.cast<std::uintptr_t>());
    python.*function = value;
    return call<function, given>;
}

foretwin_handler timer_handler(const py::dict& handlers, const py::list& timers,
                               PythonType& python) {
    bool any = handlers.contains("timer");
    if (any && py::isinstance<py::int_>(handlers["timer"]))
        return reinterpret_cast<foretwin_handler>(handlers["timer"].cast<std::uintptr_t>());
    if (any) python.timer = handlers["timer"];
    for (const py::handle& item : timers) {
        const auto timer = item.cast<py::dict>();
        const py::object function = timer["function"];
        python.timers.push_back({});
        if (function.is_none()) continue;
        any = true;
        python.timers.back() = {function, value_of<bool>(timer, "has_slot")};
    }
    return any ? call_timer : nullptr;
}

foretwin_parameter parameter_of(const py::dict& map, Texts& texts) {
    return {texts.of(map, "name"),
            value_of<std::int32_t>(map, "kind"),
            value_of<bool>(map, "required") ? 1 : 0,
            texts.of(map, "unit"),
            value_of<double>(map, "lowest"),
            value_of<double>(map, "highest"),
            texts.of(map, "usual"),
            texts.of(map, "choices"),
            texts.of(map, "meaning")};
}

template <class Item, class Read>
std::vector<Item> all_of(const py::dict& map, const char* key, Read read) {
    std::vector<Item> items;
    for (const py::handle& item : map[key].cast<py::list>())
        items.push_back(read(item.cast<py::dict>()));
    return items;
}

void register_device(const py::object& type, const py::dict& declared, const py::dict& handlers,
                     const py::object& kept) {
    Texts texts;
    const auto parameters = all_of<foretwin_parameter>(
        declared, "parameters", [&](const py::dict& map) { return parameter_of(map, texts); });
    const auto states = all_of<foretwin_state>(declared, "states", [&](const py::dict& map) {
        return foretwin_state{texts.of(map, "name"),
                              value_of<bool>(map, "integer") ? FORETWIN_INTEGER : FORETWIN_DOUBLE,
                              value_of<std::int32_t>(map, "size"),
                              value_of<std::int32_t>(map, "parameter"),
                              0,
                              value_of<double>(map, "initial"),
                              value_of<std::int64_t>(map, "initial_count")};
    });
    const auto timers = all_of<foretwin_timer>(declared, "timers", [&](const py::dict& map) {
        return foretwin_timer{texts.of(map, "name"), value_of<std::int32_t>(map, "timer_class"),
                              value_of<std::int32_t>(map, "slots"),
                              value_of<std::int32_t>(map, "parameter"), 0};
    });
    const auto figures = all_of<foretwin_figure>(declared, "figures", [&](const py::dict& map) {
        return foretwin_figure{texts.of(map, "name"), texts.of(map, "unit"),
                               value_of<std::int32_t>(map, "kind"), 0,
                               value_of<double>(map, "resolution")};
    });
    std::vector<const char*> purposes;
    for (const py::handle& purpose : declared["purposes"].cast<py::list>())
        purposes.push_back(texts.of(purpose));

    auto python = std::make_unique<PythonType>();
    python->type = type;
    python->kept = kept;
    foretwin_device_type made{};
    made.abi = FORETWIN_DEVICE_ABI;
    made.flow = value_of<bool>(declared, "flow") ? 1 : 0;
    made.type = texts.of(declared, "type");
    made.summary = texts.of(declared, "summary");
    made.limits = texts.of(declared, "limits");
    made.parameters = parameters.data();
    made.states = states.data();
    made.timers = timers.data();
    made.purposes = purposes.data();
    made.figures = figures.data();
    made.parameter_count = static_cast<std::int32_t>(parameters.size());
    made.state_count = static_cast<std::int32_t>(states.size());
    made.timer_count = static_cast<std::int32_t>(timers.size());
    made.purpose_count = static_cast<std::int32_t>(purposes.size());
    made.figure_count = static_cast<std::int32_t>(figures.size());
    made.capacity = texts.of(declared, "capacity");
    made.highest_power_w = value_of<double>(declared, "highest_power_w");
    made.handlers.start = handler<&PythonType::start, 0>(handlers, "start", *python);
    made.handlers.part = handler<&PythonType::part, 1>(handlers, "part", *python);
    made.handlers.left = handler<&PythonType::left, 1>(handlers, "left", *python);
    made.handlers.shift = handler<&PythonType::shift, 2>(handlers, "shift", *python);
    made.handlers.finish = handler<&PythonType::finish, 0>(handlers, "finish", *python);
    made.handlers.timer = timer_handler(handlers, declared["timers"].cast<py::list>(), *python);
    made.context = python.get();
    made.release = release;
    // While the lock is held: whoever replaces a type releases it, which takes the lock again.
    catalogue::register_type(made);
    static_cast<void>(python.release());
}

}  // namespace

void interrupt_handlers() {
    constexpr std::chrono::seconds patience{1};
    const auto now = std::chrono::steady_clock::now();
    threads().each([&](Inside& one) {
        if (!one.is_inside) return;
        if (one.seen != one.call) {
            one.seen = one.call;
            one.since = now;
        } else if (now - one.since >= patience) {
            PyThreadState_SetAsyncExc(one.thread, PyExc_KeyboardInterrupt);
            one.since = now;
        }
    });
}

Told told_of(const std::string& message) {
    const std::size_t begin = message.find(mark);
    const std::size_t end = begin == std::string::npos ? begin : message.find(mark, begin + 1);
    if (end == std::string::npos) return {message, py::none()};
    Told told{message.substr(0, begin) + message.substr(end + 1), py::none()};
    const auto found = raised().by_number.find(std::stoull(message.substr(begin + 1)));
    if (found == raised().by_number.end()) return told;
    told.cause = std::move(found->second);
    raised().by_number.erase(found);
    return told;
}

void bind_devices(py::module_& module) {
    bind_device_object(module);
    module.def("register_device", &register_device, py::arg("type"), py::arg("declared"),
               py::arg("handlers"), py::arg("kept"));
}

}  // namespace foretwin::python
