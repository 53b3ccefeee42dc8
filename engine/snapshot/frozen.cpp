#include "engine/snapshot/frozen.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/core/rule.hpp"

namespace foretwin::snapshot {
namespace {

using kernel::Event;

std::size_t page_size() {
    static const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return size;
}

std::size_t whole_pages(std::size_t bytes) {
    return (bytes + page_size() - 1) / page_size() * page_size();
}

std::vector<Event> live_events_in_order(kernel::Simulation& simulation) {
    std::vector<Event> events = std::move(simulation.pending());
    const kernel::Context context = simulation.context();
    std::erase_if(events, [&](const Event& event) { return context.is_stale(event); });
    std::sort(events.begin(), events.end(), kernel::earlier);
    return events;
}

}  // namespace

/// A nameless file in memory: the state, then each pool, each on pages of its own with a page of
/// room to grow.
class Frozen::Image {
  public:
    /// nullptr where the system gives none.
    static std::shared_ptr<const Image> of(const kernel::Memory& memory) {
        const int file = ::memfd_create("foretwin frozen twin", MFD_CLOEXEC);
        if (file < 0) return nullptr;
        auto image = std::shared_ptr<Image>(new Image(file, memory));
        return image->fill(memory) ? image : nullptr;
    }
    ~Image() { ::close(file_); }
    Image(const Image&) = delete;
    Image& operator=(const Image&) = delete;

    std::size_t size() const { return size_; }
    /// Where pool `number` begins.
    std::size_t pool(std::size_t number) const { return pools_[number]; }
    /// A mapping of one's own, copied when written; nullptr where the system gives none.
    std::shared_ptr<void> map() const {
        void* at = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE, file_, 0);
        if (at == MAP_FAILED) return nullptr;
        return {at, [size = size_](void* mapping) { ::munmap(mapping, size); }};
    }

  private:
    Image(int file, const kernel::Memory& memory)
        : file_(file), size_(whole_pages(memory.fixed().size())) {
        for (const kernel::Pool& pool : memory.pools()) {
            pools_.push_back(size_);
            size_ += whole_pages(pool.bytes().size() + 1);
        }
    }
    bool fill(const kernel::Memory& memory) {
        if (::ftruncate(file_, static_cast<off_t>(size_)) != 0) return false;
        bool good = put(memory.fixed(), 0);
        for (std::size_t i = 0; i < pools_.size(); ++i) {
            good = good && put(memory.pools()[i].bytes(), pools_[i]);
        }
        return good;
    }
    bool put(const kernel::Slab& slab, std::size_t offset) {
        for (std::size_t done = 0; done < slab.size();) {
            const ssize_t written = ::pwrite(file_, slab.data() + done, slab.size() - done,
                                             static_cast<off_t>(offset + done));
            if (written <= 0) return false;
            done += static_cast<std::size_t>(written);
        }
        return true;
    }

    int file_;
    std::size_t size_;
    std::vector<std::size_t> pools_;
};

Frozen::Frozen(kernel::Simulation simulation, std::size_t map_from)
    : twin_(std::move(simulation)),
      events_(std::make_shared<const std::vector<Event>>(live_events_in_order(twin_))) {
    twin_ = kernel::Simulation(twin_.model(), twin_.key(), state_with(std::move(twin_.memory())));
    if (twin_.memory().bytes() >= map_from) image_ = Image::of(twin_.memory());
    // The twin itself looks at the image, too: one copy in all.
    if (image_ != nullptr) {
        twin_ = kernel::Simulation(twin_.model(), twin_.key(), state_with(memory_of_fork()));
    }
}

kernel::Simulation::State Frozen::state_with(kernel::Memory memory) const {
    kernel::Simulation::State state;
    state.memory = std::move(memory);
    state.shared_pending = events_;
    state.now = twin_.now();
    state.step = twin_.step();
    state.events_handled = twin_.events_handled();
    return state;
}

kernel::Memory Frozen::memory_of_fork() const {
    const std::shared_ptr<void> mapping = image_ != nullptr ? image_->map() : nullptr;
    if (mapping == nullptr) return twin_.memory();
    return mapped_memory(mapping);
}

kernel::Memory Frozen::mapped_memory(const std::shared_ptr<void>& mapping) const {
    const kernel::Memory& memory = twin_.memory();
    auto* at = static_cast<std::byte*>(mapping.get());
    std::vector<kernel::Pool> pools;
    pools.reserve(memory.pools().size());
    for (std::size_t i = 0; i < memory.pools().size(); ++i) {
        const kernel::Pool& pool = memory.pools()[i];
        const std::size_t end =
            i + 1 < memory.pools().size() ? image_->pool(i + 1) : image_->size();
        kernel::Slab slab(at + image_->pool(i), pool.bytes().size(), end - image_->pool(i),
                          mapping);
        pools.push_back(kernel::Pool::restored(std::move(slab), pool.free_blocks()));
    }
    kernel::Slab fixed(at, memory.fixed().size(), memory.fixed().size(), mapping);
    return kernel::Memory::restored(std::move(fixed), std::move(pools));
}

kernel::Simulation Frozen::fork(random::Key key) const {
    return kernel::Simulation(twin_.model(), key, state_with(memory_of_fork()));
}

/// An event is the twin's when its sender had sent it before the twin was frozen. Events are
/// handled in order, so those still pending are the last ones, but for some that were cancelled.
Parked Frozen::park(kernel::Simulation fork) const {
    FORETWIN_RULE(&fork.model() == &twin_.model(), "a fork is parked at the twin it was made of");
    Parked parked;
    parked.key = fork.key();
    const kernel::Context context = fork.context();
    const auto* counters = twin_.memory().at<std::uint64_t>(twin_.model().counters);
    const auto is_of_twin = [&](const Event& event) {
        return event.counter < counters[event.order & 0xffffffff];
    };
    std::vector<Event> pending = std::move(fork.pending());
    std::erase_if(pending, [&](const Event& event) { return context.is_stale(event); });
    const auto own = std::partition(pending.begin(), pending.end(), is_of_twin);
    const auto earliest = std::min_element(pending.begin(), own, kernel::earlier);
    const auto first = earliest == own ? events_->end()
                                       : std::lower_bound(events_->begin(), events_->end(),
                                                          *earliest, kernel::earlier);
    const auto live = std::count_if(first, events_->end(),
                                    [&](const Event& event) { return !context.is_stale(event); });
    FORETWIN_RULE(live == own - pending.begin(), "a fork handles its events in order");
    parked.first = static_cast<std::size_t>(first - events_->begin());
    parked.state.pending.assign(own, pending.end());
    parked.state.now = fork.now();
    parked.state.step = fork.step();
    parked.state.events_handled = fork.events_handled();
    parked.state.memory = std::move(fork.memory());
    return parked;
}

kernel::Simulation Frozen::wake(Parked parked) const {
    kernel::Simulation fork(twin_.model(), parked.key, std::move(parked.state));
    const kernel::Context context = fork.context();
    std::vector<Event>& pending = fork.pending();
    pending.reserve(pending.size() + events_->size() - parked.first);
    std::copy_if(events_->begin() + static_cast<std::ptrdiff_t>(parked.first), events_->end(),
                 std::back_inserter(pending),
                 [&](const Event& event) { return !context.is_stale(event); });
    return fork;
}

}  // namespace foretwin::snapshot
