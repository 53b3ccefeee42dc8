#include "bindings/python/src/store_turn.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>

namespace py = pybind11;

namespace foretwin::python {
namespace {

/// Who waits for HDF5, the holder in front.
struct Line {
    std::mutex mutex;
    std::condition_variable moved;
    std::deque<std::uint64_t> waiting;
    std::uint64_t last = 0;
};

Line& line() {
    static Line one;
    return one;
}

/// Stands in line; `look` is called now and then, without the lock, and may throw: then it leaves.
template <class Look>
void stand_in_line(Look look) {
    constexpr std::chrono::milliseconds between_looks{20};
    Line& all = line();
    std::unique_lock<std::mutex> lock(all.mutex);
    const std::uint64_t own = ++all.last;
    all.waiting.push_back(own);
    while (!all.moved.wait_for(lock, between_looks, [&] { return all.waiting.front() == own; })) {
        lock.unlock();
        try {
            look();
        } catch (...) {
            lock.lock();
            std::erase(all.waiting, own);
            all.moved.notify_all();
            throw;
        }
        lock.lock();
    }
}

}  // namespace

void StoreTurn::take() {
    stand_in_line([] {
        const py::gil_scoped_acquire locked;
        if (PyErr_CheckSignals() != 0) throw py::error_already_set();
    });
    held_ = true;
}

void StoreTurn::take_deaf() {
    stand_in_line([] {});
    held_ = true;
}

void StoreTurn::give() {
    if (!std::exchange(held_, false)) return;
    Line& all = line();
    const std::lock_guard<std::mutex> lock(all.mutex);
    all.waiting.pop_front();
    all.moved.notify_all();
}

void StoreTurn::let_others() {
    {
        Line& all = line();
        const std::lock_guard<std::mutex> lock(all.mutex);
        if (all.waiting.size() < 2) return;
    }
    give();
    take_deaf();
}

}  // namespace foretwin::python
