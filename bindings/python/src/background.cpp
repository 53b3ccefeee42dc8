#include "bindings/python/src/background.hpp"

#include <algorithm>
#include <vector>

namespace py = pybind11;

namespace foretwin::python {
namespace {

/// All works of the process.
struct Works {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::atomic<bool>*> running;
    bool is_over = false;
};

Works& works() {
    static Works all;
    return all;
}

/// A handler in Python that never ends holds its work up; nobody waits longer for it than this.
constexpr std::chrono::seconds patience{10};

void stop_all() {
    const py::gil_scoped_release unlocked;
    Works& all = works();
    std::unique_lock<std::mutex> lock(all.mutex);
    all.is_over = true;
    for (std::atomic<bool>* cancelled : all.running) *cancelled = true;
    all.changed.wait_for(lock, patience, [&all] { return all.running.empty(); });
}

}  // namespace

RunningWork::RunningWork(std::atomic<bool>& cancelled) : cancelled_(&cancelled) {
    Works& all = works();
    const std::lock_guard<std::mutex> lock(all.mutex);
    if (all.is_over) throw std::runtime_error("the interpreter ends: nothing new is begun");
    all.running.push_back(cancelled_);
}

RunningWork::~RunningWork() {
    Works& all = works();
    const std::lock_guard<std::mutex> lock(all.mutex);
    std::erase(all.running, cancelled_);
    all.changed.notify_all();
}

void bind_exit() {
    py::module_::import("atexit").attr("register")(py::cpp_function(&stop_all));
}

}  // namespace foretwin::python
