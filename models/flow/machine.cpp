#include "models/flow/machine.hpp"

namespace foretwin::flow {
namespace {

struct MachineSlot {
    Time started = never;  ///< working since
};

constexpr std::uint8_t mark_reached = 1;

MachineSlot& slot_of(Context& context, const Machine& machine, std::uint16_t unit) {
    return context.at<MachineSlot>(machine.slots_at)[unit];
}

/// Causes on the operating clock age while the machine works: stop and go at each of their marks.
void work_changed(Context& context, DeviceIndex device, std::uint16_t unit) {
    const Machine& machine = context.parameters<Machine>(device);
    if (!machine.upkeep.ages_by_operating) return;
    MachineSlot& slot = slot_of(context, machine, unit);
    reliability::UnitState& state = reliability::unit_state(context, machine.upkeep, unit);
    if (slot.started != never) {
        reliability::operate(machine.upkeep, state, context.now() - slot.started);
        slot.started = never;
        context.cancel(machine.first_timer + unit);
    }
    if (!state.may_work()) return;
    slot.started = context.now();
    Event event = event_for(device, mark_reached);
    event.unit = unit;
    context.set_timer(
        machine.first_timer + unit,
        later(context.now(), reliability::operating_budget(context, machine.upkeep, unit, state)),
        EventClass::failure, event);
}

void part_affected(Context&, DeviceIndex, std::uint16_t, reliability::PartFate) {}

void start(Context& context, DeviceIndex device) {
    const Machine& machine = context.parameters<Machine>(device);
    reliability::start(context, machine.upkeep, device);
    for (std::uint32_t number = 0; number < machine.upkeep.units; ++number) {
        const auto unit = static_cast<std::uint16_t>(number);
        reliability::set_activity(context, machine.upkeep, unit,
                                  reliability::unit_state(context, machine.upkeep, unit),
                                  MachineState::busy);
        work_changed(context, device, unit);
    }
}

void handle(Context& context, DeviceIndex device, const Event& event) {
    const Machine& machine = context.parameters<Machine>(device);
    if (reliability::handle(context, machine.upkeep, device, event)) return;
    MachineSlot& slot = slot_of(context, machine, event.unit);
    reliability::operate(machine.upkeep,
                         reliability::unit_state(context, machine.upkeep, event.unit),
                         context.now() - slot.started);
    slot.started = never;
    reliability::check_marks(context, machine.upkeep, device, event.unit,
                             reliability::FailureClock::operating);
    if (slot.started == never) work_changed(context, device, event.unit);
}

void handle_call(Context& context, DeviceIndex device, const Event& event) {
    const bool known = reliability::handle_call(context, context.parameters<Machine>(device).upkeep,
                                                device, event);
    FORETWIN_RULE(known, "a machine understands every call it gets");
}

void begin_measuring(Context& context, DeviceIndex device) {
    reliability::begin_measuring(context, context.parameters<Machine>(device).upkeep);
}

void report(Context& context, DeviceIndex device, kernel::FigureSink& sink) {
    const Machine& machine = context.parameters<Machine>(device);
    reliability::report(context, machine.upkeep, sink);
    Wide busy = 0;
    for (std::uint32_t unit = 0; unit < machine.upkeep.units; ++unit) {
        busy += reliability::unit_state(context, machine.upkeep, unit)
                    .times[index_of(MachineState::busy)];
    }
    sink.add([&] { return "parts/" + machine.part; }, busy, "part", machine.rate_per_s * 1e-9);
}

void present(Context& context, DeviceIndex device, kernel::FigureSink& sink) {
    const Machine& machine = context.parameters<Machine>(device);
    reliability::present(context, machine.upkeep, sink, [&](std::uint32_t unit) {
        const Time started = slot_of(context, machine, static_cast<std::uint16_t>(unit)).started;
        return started == never ? Time{0} : context.now() - started;
    });
}

constexpr kernel::Behaviour behaviour{.type = "machine",
                                      .start = start,
                                      .handle = handle,
                                      .call = handle_call,
                                      .begin_measuring = begin_measuring,
                                      .report = report,
                                      .present = present};
constexpr reliability::UpkeepHost host{work_changed, part_affected};

}  // namespace

void add_machine(kernel::ModelBuilder& builder, DeviceIndex device, Machine machine) {
    machine.upkeep.host = &host;
    machine.slots_at = builder.reserve<MachineSlot>(machine.upkeep.units);
    machine.first_timer = builder.reserve_timers(machine.upkeep.units);
    reliability::lay_out(machine.upkeep, builder, machine.name);
    builder.set(device, behaviour, std::make_shared<const Machine>(std::move(machine)), 0);
}

}  // namespace foretwin::flow
