#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "engine/kernel/simulation.hpp"

namespace foretwin::snapshot {

/// A fork at rest: what of it differs from the twin it was made of.
class Parked {
  private:
    friend class Frozen;
    random::Key key;
    kernel::Simulation::State state;  ///< `pending` holds what the fork caused itself
    std::size_t first = 0;            ///< of the twin's events, the ones from here on are pending
};

/// One warmed-up twin as the beginning of thousands of futures. Its memory lies once in an image
/// that every fork maps copy on write: a fork owns the pages (4 KiB) it has written to, and shares
/// all others. Its pending events lie once, in order, until a fork goes on.
///
///     image     [ state of all devices | pool | pool ... ]     events, sorted
///     fork 1    [ .  .  own  .  .  .   |  .   |  .       ]     its own list, once it goes on
///     parked 2  [ .  .  .  own  .  .   |  .   | own      ]     the last n of the shared, and some
///
/// Small twins, and systems that give no mapping, get plain copies; nothing else differs. Forks may
/// outlive the Frozen and be run by different threads; making them is thread-safe.
class Frozen {
  public:
    /// Below so many bytes of memory a copy is cheaper than a mapping (measured, README).
    static constexpr std::size_t smallest_mapped = std::size_t{1} << 18;

    explicit Frozen(kernel::Simulation simulation, std::size_t map_from = smallest_mapped);

    /// Continues bit for bit where the twin stood.
    kernel::Simulation fork() const { return fork(twin_.key()); }
    /// The same past, and from here on a future of its own: draws are those of another key.
    kernel::Simulation fork(random::Key key) const;
    /// Puts a fork of this twin aside: gives back the events that are the twin's anyway. So
    /// thousands may stand half-way at once, each at the size of what it changed.
    Parked park(kernel::Simulation fork) const;
    /// Goes on with it, bit for bit.
    kernel::Simulation wake(Parked parked) const;

    /// Whether forks share memory, or are plain copies.
    bool is_mapped() const { return image_ != nullptr; }
    const kernel::Simulation& twin() const { return twin_; }

  private:
    class Image;
    kernel::Memory memory_of_fork() const;
    kernel::Memory mapped_memory(const std::shared_ptr<void>& mapping) const;
    kernel::Simulation::State state_with(kernel::Memory memory) const;

    kernel::Simulation twin_;
    std::shared_ptr<const std::vector<kernel::Event>> events_;  ///< the twin's, in order
    std::shared_ptr<const Image> image_;
};

}  // namespace foretwin::snapshot
