#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "engine/core/time.hpp"
#include "engine/core/wide.hpp"

namespace foretwin::kernel {

/// What happens first when several things happen at one instant (DESIGN, section 4): a completion
/// beats a failure of the same instant, a failure beats planned maintenance.
enum class EventClass : std::uint8_t {
    processing_end,
    repair_end,
    shift_edge,
    arrival,
    failure,
    planned_maintenance,
    sampling,
    reporting,
};

using DeviceIndex = std::uint32_t;  ///< rank of the device's full name in byte order
using TimerIndex = std::uint32_t;

inline constexpr DeviceIndex no_device = 0xffffffffU;
inline constexpr TimerIndex no_timer = 0xffffffffU;

class FreshEvent;

/// What the model schedules: one small plain value, carried by value through every queue.
///
/// The total order is (at, step, class, sender, sender's counter). `order` packs step (28 bits),
/// class (4 bits) and sender (32 bits), so that two comparisons decide nearly always. `step` counts
/// zero-delay hops within one instant: what an event schedules for its own instant sorts after
/// everything already handled there.
struct Event {
    Event() = default;
    inline explicit Event(const FreshEvent& fresh);

    Time at = 0;
    std::uint64_t order = 0;
    std::uint64_t counter = 0;
    DeviceIndex device = no_device;  ///< who handles it
    TimerIndex timer = no_timer;     ///< the timer it belongs to; no_timer: cannot be cancelled
    /// An event whose timer has moved on is stale. Without a timer: 1 + where its cargo lies, or 0.
    std::uint32_t generation = 0;
    std::uint8_t kind = 0;   ///< meaning is the device type's own
    std::uint8_t index = 0;  ///< e.g. which failure cause
    std::uint16_t unit = 0;  ///< e.g. which machine of a station

    static constexpr unsigned step_shift = 36;
    static constexpr std::uint64_t last_step = (std::uint64_t{1} << 28) - 1;

    std::uint64_t step() const { return order >> step_shift; }
    bool has_cargo() const { return timer == no_timer && generation != 0; }
};

static_assert(std::is_trivially_copyable_v<Event> && sizeof(Event) == 40);

/// Of a kind that the device's type knows.
template <class Kind>
constexpr Event event_for(DeviceIndex device, Kind kind) {
    Event event;
    event.device = device;
    event.kind = static_cast<std::uint8_t>(kind);
    return event;
}

/// A fresh event, in five registers. It is written, and copied into a queue, in whole words: what
/// was just written narrow and is read wide keeps the processor waiting until it is in the cache.
class FreshEvent {
  public:
    /// What the event says of itself, and its key.
    FreshEvent(const Event& said, Time at, std::uint64_t order, std::uint64_t counter)
        : words_{static_cast<std::uint64_t>(at), order, counter,
                 said.device | std::uint64_t{said.timer} << 32,
                 said.generation | std::uint64_t{said.kind} << 32 |
                     std::uint64_t{said.index} << 40 | std::uint64_t{said.unit} << 48} {}
    /// One that was just written.
    explicit FreshEvent(const Event& written) {
        for (std::size_t i = 0; i < size; ++i) {
            std::memcpy(&words_[i], reinterpret_cast<const std::byte*>(&written) + 8 * i, 8);
        }
    }
    void write(Event& place) const {
        for (std::size_t i = 0; i < size; ++i) {
            std::uint64_t word = words_[i];
            asm("" : "+r"(word));  // or the compiler makes pairs of them again
            std::memcpy(reinterpret_cast<std::byte*>(&place) + 8 * i, &word, 8);
        }
    }
    /// earlier(this, other)
    bool earlier_than(const Event& other) const {
        const Wide key = static_cast<Wide>(words_[0]) << 64 | words_[1];
        const Wide others = static_cast<Wide>(other.at) << 64 | other.order;
        return key < others || (key == others && words_[2] < other.counter);
    }

  private:
    static constexpr std::size_t size = 5;
    std::uint64_t words_[size];
};

inline Event::Event(const FreshEvent& fresh) {
    fresh.write(*this);
}

/// A few plain values that travel beside a message, since events stay small: a part, for instance.
struct Cargo {
    std::array<std::byte, 32> bytes{};
};

constexpr std::uint64_t pack_order(std::uint64_t step, EventClass event_class, DeviceIndex sender) {
    return step << Event::step_shift | static_cast<std::uint64_t>(event_class) << 32 | sender;
}

/// True when `a` is handled before `b`.
constexpr bool earlier(const Event& a, const Event& b) {
    // One number, so that events at one instant cost no branch of their own.
    const Wide key_a = static_cast<Wide>(a.at) << 64 | a.order;
    const Wide key_b = static_cast<Wide>(b.at) << 64 | b.order;
    return key_a != key_b ? key_a < key_b : a.counter < b.counter;
}

}  // namespace foretwin::kernel
