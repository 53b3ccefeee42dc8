#pragma once

#include <pybind11/pybind11.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include "bindings/python/src/devices.hpp"
#include "scenarios/experiments/study_plan.hpp"

namespace foretwin::python {

/// Whether `work` has ended, for who waits for it.
class Ending {
  public:
    void set() {
        const std::lock_guard<std::mutex> lock(mutex_);
        is_set_ = true;
        changed_.notify_all();
    }
    bool wait_for(std::chrono::milliseconds time) {
        std::unique_lock<std::mutex> lock(mutex_);
        return changed_.wait_for(lock, time, [this] { return is_set_; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool is_set_ = false;
};

/// A work from its beginning until its caller has what became of it. While there is one the
/// interpreter does not end: a hook at exit stops every work and waits. RuntimeError when that has
/// begun already.
class RunningWork {
  public:
    explicit RunningWork(std::atomic<bool>& cancelled);
    ~RunningWork();
    RunningWork(const RunningWork&) = delete;
    RunningWork& operator=(const RunningWork&) = delete;

  private:
    std::atomic<bool>* cancelled_;
};

/// Has the interpreter call that hook.
void bind_exit();

/// Runs `work(cancelled, progress)` in a thread of its own, without the interpreter's lock, and
/// waits for it. Python's signals are heard meanwhile: on Ctrl-C `cancelled` is set, and what the
/// work still gives is the result. `told` is None or is called with (done, expected), 0 until that
/// is known, now and then, always by the caller's thread; what it raises stops the work, and goes
/// on to the caller.
template <class Work>
auto in_background(Work work, const pybind11::object& told) {
    using Result = decltype(work(std::declval<const std::atomic<bool>&>(),
                                 std::declval<const experiments::Progress&>()));
    namespace py = pybind11;
    constexpr std::chrono::milliseconds between_looks{20};
    std::atomic<bool> cancelled{false};
    std::atomic<std::int64_t> done{0};
    std::atomic<std::int64_t> expected{0};
    std::optional<Result> result;
    std::exception_ptr thrown;
    Ending ending;
    const experiments::Progress progress = [&](std::int64_t so_far, std::int64_t all) {
        done = so_far;
        expected = all;
    };
    std::exception_ptr raised;
    const auto look = [&] {
        if (cancelled) interrupt_handlers();
        try {
            if (PyErr_CheckSignals() != 0) throw py::error_already_set();
            if (!told.is_none() && !cancelled) told(done.load(), expected.load());
        } catch (py::error_already_set& error) {
            cancelled = true;
            if (!error.matches(PyExc_KeyboardInterrupt) && !raised)
                raised = std::current_exception();
        }
    };
    const RunningWork running(cancelled);
    {
        const py::gil_scoped_release unlocked;
        std::thread worker([&] {
            try {
                result.emplace(work(cancelled, progress));
            } catch (...) {
                thrown = std::current_exception();
            }
            ending.set();
        });
        while (!ending.wait_for(between_looks)) {
            const py::gil_scoped_acquire locked;
            look();
        }
        worker.join();
    }
    if (raised) std::rethrow_exception(raised);
    if (thrown) std::rethrow_exception(thrown);
    if (!told.is_none() && !cancelled && expected > 0) told(done.load(), expected.load());
    return std::move(*result);
}

}  // namespace foretwin::python
