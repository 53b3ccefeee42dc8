#include <cmath>
#include <optional>

#include "engine/core/math.hpp"
#include "engine/core/quantity.hpp"
#include "models/external/work.hpp"

namespace foretwin::external {
namespace {

constexpr double largest_level = 9.2e18;

Work& work_of(foretwin_device* device) {
    return *static_cast<Work*>(device);
}
const Work& work_of(const foretwin_device* device) {
    return *static_cast<const Work*>(device);
}
const Declaration& declared(const Work& work) {
    return work.external->type->declaration();
}

/// What only looks at the device (the handler `finish`) changes nothing outside its own state.
bool may_act(Work& work, const char* service) {
    if (!work.only_looks) return true;
    work.fail_with(std::string("`finish` records figures; it may not call ") + service);
    return false;
}

bool is_known(Work& work, const char* what, std::int64_t number, std::size_t count) {
    if (number >= 0 && static_cast<std::size_t>(number) < count) return true;
    work.fail_with(std::string("there is no ") + what + " " + std::to_string(number));
    return false;
}

std::int64_t now(const foretwin_device* device) {
    return work_of(device).context->now();
}

bool is_timer(Work& work, std::int32_t timer, std::int32_t slot) {
    if (!is_known(work, "timer", timer, work.external->timers.size())) return false;
    const auto number = static_cast<std::size_t>(timer);
    return is_known(work, "slot", slot, work.external->timers[number].slots);
}

TimerIndex index_of(const Work& work, std::int32_t timer, std::int32_t slot) {
    return work.external->timers[static_cast<std::size_t>(timer)].first +
           static_cast<TimerIndex>(slot);
}

void after(foretwin_device* device, std::int32_t timer, std::int32_t slot, double seconds) {
    Work& work = work_of(device);
    if (!may_act(work, "after") || !is_timer(work, timer, slot)) return;
    if (!(seconds >= 0)) {
        work.fail_with("a timer was set to " + shortest_text(seconds) +
                       " s from now; time runs forward only");
        return;
    }
    Event event = event_for(work.index, std::uint8_t{1});
    event.index = static_cast<std::uint8_t>(timer);
    event.unit = static_cast<std::uint16_t>(slot);
    const EventClass event_class =
        declared(work).timers[static_cast<std::size_t>(timer)].event_class;
    work.context->set_timer(index_of(work, timer, slot),
                            later(work.context->now(), from_seconds(seconds)), event_class, event);
}

void cancel(foretwin_device* device, std::int32_t timer, std::int32_t slot) {
    Work& work = work_of(device);
    if (!may_act(work, "cancel") || !is_timer(work, timer, slot)) return;
    work.context->cancel(index_of(work, timer, slot));
}

std::int64_t due(const foretwin_device* device, std::int32_t timer, std::int32_t slot) {
    const Work& work = work_of(device);
    const auto& timers = work.external->timers;
    const bool known =
        timer >= 0 && static_cast<std::size_t>(timer) < timers.size() && slot >= 0 &&
        static_cast<std::uint32_t>(slot) < timers[static_cast<std::size_t>(timer)].slots;
    return known ? work.context->timer_at(index_of(work, timer, slot)) : never;
}

// -- random numbers
// --------------------------------------------------------------------------------

/// The stream's next numbers, or those of the part; nothing when there are none.
std::optional<random::Draws> draws_of(Work& work, std::int32_t purpose, std::int64_t part) {
    if (!may_act(work, "draw")) return std::nullopt;
    if (!is_known(work, "purpose", purpose, work.external->own_streams.size())) return std::nullopt;
    const auto number = static_cast<std::size_t>(purpose);
    if (part < 0) {
        std::uint32_t& drawn = work.context->at<std::uint32_t>(work.external->drawn_at)[number];
        if (drawn == 0xffffffffU) {
            work.fail_with("a stream has no more than 4.2e9 numbers");
            return std::nullopt;
        }
        return work.context->draws(work.external->own_streams[number], drawn++);
    }
    const std::size_t place = work.held_at(part);
    if (place >= work.state->held.count) {
        work.fail_with("part " + std::to_string(part) + " is not held here");
        return std::nullopt;
    }
    const Held held =
        work.context->memory().get<Held>(work.state->held, static_cast<std::uint32_t>(place));
    const std::size_t sources = work.external->sources->size();
    return work.context->draws(work.external->source_streams[number * sources + held.part.source],
                               held.part.number, flow::position_of(held.part));
}

bool are_positive(Work& work, double a, double b) {
    if (a > 0 && b > 0 && std::isfinite(a) && std::isfinite(b)) return true;
    work.fail_with("a draw needs parameters above 0, not " + shortest_text(a) + " and " +
                   shortest_text(b));
    return false;
}

double uniform_draw(Work& work, double a, double b, random::Draws& draws) {
    if (a <= b && std::isfinite(a) && std::isfinite(b)) return a + (b - a) * draws.uniform();
    work.fail_with("a uniform draw lies between two bounds, not from " + shortest_text(a) + " to " +
                   shortest_text(b));
    return 0;
}

double normal_draw(Work& work, double a, double b, random::Draws& draws) {
    if (std::isfinite(a) && b >= 0 && std::isfinite(b))
        return a + b * math::normal_quantile(draws.uniform());
    work.fail_with("a normal draw has a finite mean and a spread from 0, not " + shortest_text(a) +
                   " and " + shortest_text(b));
    return 0;
}

double whole_draw(Work& work, double a, random::Draws& draws) {
    if (a >= 1 && a <= 0x1p53)
        return static_cast<double>(draws.below(static_cast<std::uint64_t>(a)));
    work.fail_with("one of " + shortest_text(a) + " whole numbers cannot be drawn");
    return 0;
}

double draw(foretwin_device* device, std::int32_t purpose, std::int64_t part, std::int32_t law,
            double a, double b) {
    Work& work = work_of(device);
    std::optional<random::Draws> draws = draws_of(work, purpose, part);
    if (!draws) return 0;
    switch (law) {
        case FORETWIN_UNIFORM:
            return uniform_draw(work, a, b, *draws);
        case FORETWIN_EXPONENTIAL:
            return are_positive(work, a, 1) ? random::sample(random::exponential(a), *draws) : 0;
        case FORETWIN_NORMAL:
            return normal_draw(work, a, b, *draws);
        case FORETWIN_LOGNORMAL:
            return are_positive(work, a, b) ? random::sample(random::lognormal(a, b), *draws) : 0;
        case FORETWIN_WEIBULL:
            return are_positive(work, a, b) ? random::sample(random::weibull(a, b), *draws) : 0;
        case FORETWIN_GAMMA:
            return are_positive(work, a, b) ? random::sample(random::gamma(a, b), *draws) : 0;
        case FORETWIN_WHOLE:
            return whole_draw(work, a, *draws);
        default:
            work.fail_with("there is no law " + std::to_string(law));
            return 0;
    }
}

double draw_parameter(foretwin_device* device, std::int32_t purpose, std::int64_t part,
                      std::int32_t parameter) {
    Work& work = work_of(device);
    if (!is_known(work, "parameter", parameter, declared(work).declared)) return 0;
    const auto number = static_cast<std::size_t>(parameter);
    if (declared(work).parameters[number].kind != ParameterKind::distribution) {
        work.fail_with("parameter '" + std::string(declared(work).parameters[number].name) +
                       "' is no distribution");
        return 0;
    }
    std::optional<random::Draws> draws = draws_of(work, purpose, part);
    return draws ? random::sample(work.external->laws[number], *draws) : 0;
}

// -- figures and power
// -----------------------------------------------------------------------------

void record(foretwin_device* device, std::int32_t figure, double value) {
    Work& work = work_of(device);
    const auto& figures = declared(work).figures;
    if (!is_known(work, "figure", figure, figures.size())) return;
    const auto number = static_cast<std::size_t>(figure);
    const double multiples = value / figures[number].resolution;
    if (!(std::fabs(multiples) < largest_level)) {
        work.fail_with("figure '" + figures[number].name + "' cannot hold " + shortest_text(value) +
                       " " + figures[number].unit + "; give it a coarser resolution");
        return;
    }
    FigureState& state = work.context->at<FigureState>(work.external->figures_at)[number];
    const std::int64_t whole = nearest_integer(multiples);
    ++state.count;
    if (figures[number].kind == FORETWIN_TOTAL || figures[number].kind == FORETWIN_MEAN) {
        state.sum += whole;
        return;
    }
    count_level(state, work.context->now());
    state.level = whole;
}

void set_power(foretwin_device* device, double watts) {
    Work& work = work_of(device);
    if (!may_act(work, "set_power")) return;
    const double highest = declared(work).highest_power_w;
    if (!(watts >= 0 && watts <= highest)) {
        work.fail_with("a power of " + shortest_text(watts) + " W is not within 0 and the type's " +
                       shortest_text(highest) + " W");
        return;
    }
    const std::int64_t before = work.state->power_mw;
    count_energy(*work.state, work.context->now());
    work.state->power_mw = nearest_integer(watts * 1e3);
    const DeviceIndex meter = work.external->meter;
    if (meter == no_device || work.state->power_mw == before) return;
    work.context->ports<PowerPorts>(meter).add(*work.context, meter, work.state->power_mw - before);
}

// -- parts
// -----------------------------------------------------------------------------------------

/// Takes a part out of those that are held.
std::optional<Held> taken(Work& work, const char* service, std::int64_t ticket) {
    if (!may_act(work, service)) return std::nullopt;
    const std::size_t place = work.held_at(ticket);
    if (place >= work.state->held.count) {
        work.fail_with("part " + std::to_string(ticket) + " is not held here");
        return std::nullopt;
    }
    kernel::Pool& pool = work.context->memory();
    if (place == 0) return pool.pop<Held>(work.state->held);
    const Held held = pool.get<Held>(work.state->held, static_cast<std::uint32_t>(place));
    pool.erase<Held>(work.state->held, static_cast<std::uint32_t>(place));
    return held;
}

std::int64_t part_fact(foretwin_device* device, std::int64_t part, std::int32_t fact) {
    Work& work = work_of(device);
    const std::size_t place = work.held_at(part);
    if (place >= work.state->held.count) {
        work.fail_with("part " + std::to_string(part) + " is not held here");
        return 0;
    }
    const Part found =
        work.context->memory().get<Held>(work.state->held, static_cast<std::uint32_t>(place)).part;
    switch (fact) {
        case FORETWIN_PART_NUMBER:
            return found.number;
        case FORETWIN_PART_SOURCE:
            return found.source;
        case FORETWIN_PART_VISITS:
            return found.visits;
        case FORETWIN_PART_ENTERED:
            return found.entered;
        case FORETWIN_PART_ARRIVED:
            return found.arrived;
        default:
            work.fail_with("there is no fact " + std::to_string(fact) + " of a part");
            return 0;
    }
}

void send_on(foretwin_device* device, std::int64_t part) {
    Work& work = work_of(device);
    const std::optional<Held> held = taken(work, "send_on", part);
    if (!held) return;
    work.context->memory().push(work.state->line.parts, held->part);
    work.context->memory().push(work.state->tickets, held->ticket);
}

void scrap(foretwin_device* device, std::int64_t part) {
    Work& work = work_of(device);
    const std::optional<Held> held = taken(work, "scrap", part);
    if (!held) return;
    work.state->inside.leave(work.context->now());
    ++work.state->scrapped;
    flow::part_gone(*work.context, work.external->sources, held->part);
}

void let_in(foretwin_device* device, std::int32_t open) {
    Work& work = work_of(device);
    if (may_act(work, "let_in")) work.state->is_open = open != 0 ? 1 : 0;
}

std::int64_t parts_inside(const foretwin_device* device) {
    const ExternalState& state = *work_of(device).state;
    return std::int64_t{state.held.count} + state.line.parts.count;
}

std::int64_t capacity(const foretwin_device* device) {
    return work_of(device).external->capacity;
}

std::int32_t on_shift(const foretwin_device* device) {
    return work_of(device).state->on_shift;
}

const char* text(foretwin_device* device, std::int32_t parameter) {
    Work& work = work_of(device);
    if (!is_known(work, "parameter", parameter, work.external->texts.size())) return "";
    return work.external->texts[static_cast<std::size_t>(parameter)].c_str();
}

const char* name(const foretwin_device* device) {
    return work_of(device).external->name.c_str();
}

void fail(foretwin_device* device, const char* message) {
    work_of(device).fail_with(message == nullptr || *message == '\0' ? "it failed" : message);
}

const char* failure(const foretwin_device* device) {
    return work_of(device).message.c_str();
}

}  // namespace

const foretwin_services& services() {
    static constexpr foretwin_services all{
        now,       after,     cancel,  due,   draw,   draw_parameter, record,
        set_power, part_fact, send_on, scrap, let_in, parts_inside,   capacity,
        on_shift,  text,      name,    fail,  failure};
    return all;
}

}  // namespace foretwin::external
