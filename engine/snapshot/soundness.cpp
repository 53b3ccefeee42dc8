#include "engine/snapshot/soundness.hpp"

#include <algorithm>
#include <utility>

namespace foretwin::snapshot {
namespace {

using kernel::Event;

bool begins_first(const Stretch& a, const Stretch& b) {
    return a.begin < b.begin;
}

/// Free blocks in order of their place.
std::vector<Stretch> free_stretches(const kernel::Pool::FreeBlocks& free_blocks) {
    std::vector<Stretch> free;
    for (std::size_t size_class = 0; size_class < free_blocks.size(); ++size_class) {
        for (const std::uint32_t block : free_blocks[size_class]) {
            const std::size_t begin = block * kernel::Pool::grain;
            free.push_back({begin, begin + (kernel::Pool::grain << size_class)});
        }
    }
    std::sort(free.begin(), free.end(), begins_first);
    return free;
}

/// Looks through the events of one state; the parts of a key that are packed are taken apart here.
class Events {
  public:
    Events(const kernel::Model& model, const kernel::Simulation::State& state)
        : model_(model),
          state_(state),
          timers_(state.memory.at<kernel::Timer>(model.timers)),
          counters_(state.memory.at<std::uint64_t>(model.counters)) {}

    std::string fault() {
        for (const Event& event : state_.pending) {
            const char* fault = fault_of_one(event);
            if (fault != nullptr) return fault;
            if (event.has_cargo()) note_cargo(event);
        }
        return cargo_fault();
    }

  private:
    const char* fault_of_one(const Event& event) const {
        const std::uint64_t event_class = event.order >> 32 & 0xf;
        const std::uint64_t sender = event.order & 0xffffffff;
        if (event.device >= model_.devices.size())
            return "an event is for a device beyond the last";
        if (sender >= model_.devices.size()) return "an event is of a device beyond the last";
        if (event.at < state_.now) return "an event lies in the past";
        if (event_class > static_cast<std::uint64_t>(kernel::EventClass::reporting)) {
            return "an event has a class that does not exist";
        }
        if (event.counter >= counters_[sender]) return "an event has a number never given out";
        if (event.timer == kernel::no_timer) return nullptr;
        if (event.timer >= model_.timer_count) return "an event has a timer beyond the last";
        const kernel::Timer& timer = timers_[event.timer];
        if (timer.generation == event.generation && timer.at != event.at) {
            return "an event is not due when its timer is";
        }
        return nullptr;
    }
    void note_cargo(const Event& event) {
        const std::uint32_t cell = model_.dispatch[event.device].cell;
        const std::size_t begin = (event.generation - std::size_t{1}) * kernel::Pool::grain;
        cargo_.push_back({cell, {begin, begin + sizeof(kernel::Cargo)}});
    }
    /// Cargo of a cell must be separate from one another and from what is free there.
    std::string cargo_fault() {
        const std::vector<kernel::Pool>& pools = state_.memory.pools();
        std::sort(cargo_.begin(), cargo_.end(), [](const auto& a, const auto& b) {
            return std::pair(a.first, a.second.begin) < std::pair(b.first, b.second.begin);
        });
        for (auto first = cargo_.begin(); first != cargo_.end();) {
            const std::uint32_t cell = first->first;
            std::vector<Stretch> all = free_stretches(pools[cell].free_blocks());
            for (; first != cargo_.end() && first->first == cell; ++first) {
                if (first->second.end > pools[cell].bytes().size()) {
                    return "a message has its cargo beyond the end of the pool";
                }
                all.push_back(first->second);
            }
            std::sort(all.begin(), all.end(), begins_first);
            for (std::size_t i = 1; i < all.size(); ++i) {
                if (all[i].begin < all[i - 1].end) return "a message shares the place of its cargo";
            }
        }
        return "";
    }

    const kernel::Model& model_;
    const kernel::Simulation::State& state_;
    const kernel::Timer* timers_;
    const std::uint64_t* counters_;
    std::vector<std::pair<std::uint32_t, Stretch>> cargo_;  ///< by cell
};

}  // namespace

std::vector<Stretch> used_stretches(const kernel::Pool::FreeBlocks& free_blocks, std::size_t size) {
    std::vector<Stretch> used;
    std::size_t begin = 0;
    for (const Stretch& free : free_stretches(free_blocks)) {
        if (free.begin > begin) used.push_back({begin, free.begin});
        begin = free.end;
    }
    if (size > begin) used.push_back({begin, size});
    return used;
}

std::size_t total_of(const std::vector<Stretch>& stretches) {
    std::size_t total = 0;
    for (const Stretch& own : stretches) total += own.end - own.begin;
    return total;
}

std::string fault_of(const kernel::Pool::FreeBlocks& free_blocks, std::size_t size) {
    constexpr std::size_t most_classes = 33;
    if (free_blocks.size() > most_classes) return "it has free blocks of an impossible size";
    std::size_t end = 0;
    for (const Stretch& free : free_stretches(free_blocks)) {
        if (free.begin < end) return "two free blocks overlap";
        if (free.end > size) return "a free block lies beyond the end of its pool";
        end = free.end;
    }
    return "";
}

std::string fault_of(const kernel::Model& model, const kernel::Simulation::State& state) {
    if (state.now < 0) return "its clock stands before the start";
    if (state.step > Event::last_step) return "its clock stands at a step beyond the last";
    return Events(model, state).fault();
}

}  // namespace foretwin::snapshot
