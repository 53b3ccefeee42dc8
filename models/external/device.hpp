#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/kernel/model_builder.hpp"
#include "models/contract/calendar.hpp"
#include "models/external/declaration.hpp"
#include "models/flow/presence.hpp"
#include "models/flow/waiting.hpp"

namespace foretwin::external {

/// One device of a type that was declared while the program runs: what a scenario says of it, and
/// where its state lies.
///
///   sender ──► [ places: parts held, each with a ticket ] ── send_on ──► [ line ] ──► next
///                handlers: part, timer, ...                         handler: left
///
/// A part counts against `capacity` until it has left. Handlers never run inside one another: what
/// a part sets off goes through the worklist.
struct External {
    DeviceTypePointer type;
    std::string name;
    Place place;  ///< in the scenario; for messages

    std::vector<double> values;  ///< by parameter, in its unit
    std::vector<std::string> texts;
    std::vector<random::Distribution> laws;
    std::int64_t capacity = 0;  ///< places; `unlimited` for any number
    flow::Routes next;
    flow::Sources sources;
    CalendarPointer calendar;
    DeviceIndex meter = no_device;

    static constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();

    // -- set by add_external ----------------------------------------------------------------------
    std::uint32_t numbers_at = 0;  ///< double per declared value
    std::uint32_t counts_at = 0;   ///< std::int64_t
    std::uint32_t figures_at = 0;  ///< FigureState
    std::uint32_t drawn_at = 0;    ///< std::uint32_t per purpose: numbers drawn so far
    struct Timers {
        TimerIndex first = 0;
        std::uint32_t slots = 1;
    };
    std::vector<Timers> timers;
    TimerIndex shift_timer = kernel::no_timer;
    std::vector<std::uint64_t> own_streams;     ///< by purpose
    std::vector<std::uint64_t> source_streams;  ///< by purpose x sources + source
};

/// A figure on its way: whole multiples of its resolution.
struct FigureState {
    Wide sum = 0;  ///< of a level: x ns, up to `since`
    std::int64_t level = 0;
    Time since = 0;
    std::uint64_t count = 0;
    std::uint64_t unused = 0;
};

struct Held {
    Part part;
    std::int64_t ticket = 0;
};

struct ExternalState {
    Wide energy = 0;  ///< mW x ns up to `power_since`
    std::int64_t power_mw = 0;
    Time power_since = 0;
    std::uint32_t edge = 0;  ///< of the calendar, the next one
    std::uint8_t on_shift = 1;
    std::uint8_t is_open = 1;
    std::uint8_t started = 0;
    std::uint8_t unused = 0;

    // -- of a type that parts flow through
    // ---------------------------------------------------------
    std::int64_t next_ticket = 0;
    flow::Places places;
    kernel::Ring held;     ///< Held, by ticket
    kernel::Ring entered;  ///< tickets that the handler `part` has not been told of
    flow::Line line;       ///< sent on, waiting to leave
    kernel::Ring tickets;  ///< of those in the line
    kernel::Ring gone;     ///< tickets that the handler `left` has not been told of
    flow::Presence inside;
    Wide sojourn = 0;
    std::uint64_t entered_count = 0;
    std::uint64_t left_count = 0;
    std::uint64_t scrapped = 0;
    std::uint64_t padding = 0;
};

/// A handler failed, or asked for what cannot be: the study is stopped.
class HandlerError : public InputError {
  public:
    using InputError::InputError;
};

/// The kernel's side of every type: which ports it has.
kernel::Behaviour behaviour_of(const Declaration& declaration);

/// Lays out the state, names the streams. `index` was named already; of a flow, `next` is read.
void add_external(kernel::ModelBuilder& builder, DeviceIndex index, External device);

}  // namespace foretwin::external
