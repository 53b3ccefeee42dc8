#include <algorithm>
#include <string>

#include "models/reliability/upkeep_internal.hpp"

namespace foretwin::reliability {
namespace {

constexpr double ns = 1e-9;

/// Sums one integer over the machines of a device.
template <class Value>
Wide total(Context& context, const Upkeep& upkeep, Value value) {
    Wide sum = 0;
    for (std::uint32_t number = 0; number < upkeep.units; ++number) {
        sum += value(view(context, upkeep, no_device, number));
    }
    return sum;
}

void report_states(Context& context, const Upkeep& upkeep, kernel::FigureSink& sink) {
    Wide energy = 0;
    for (std::size_t state = 0; state < machine_state_count; ++state) {
        const Wide time =
            total(context, upkeep, [&](const Unit& unit) { return Wide{unit.state.times[state]}; });
        sink.add([&] { return "states/" + std::string(machine_state_names[state]); }, time, "s",
                 ns);
        energy += time * upkeep.power[state];
    }
    sink.add("energy", energy, "J", 1e-12);
}

/// What of the time in a state fell off shift, until now.
void report_off_shift(Context& context, const Upkeep& upkeep, kernel::FigureSink& sink) {
    if (!upkeep.calendar) return;
    for (std::size_t i = 0; i < std::size(kept_off_shift); ++i) {
        const std::size_t state = index_of(kept_off_shift[i]);
        const Wide time = total(context, upkeep, [&](const Unit& unit) {
            const Time since_closed = unit.state.off_shift == 0 ? 0 : unit.state.times[state];
            return Wide{off_shift_state(context, upkeep, unit.number).times[i] + since_closed};
        });
        sink.add([&] { return "off_shift/" + std::string(machine_state_names[state]); }, time, "s",
                 ns);
    }
}

void report_causes(Context& context, const Upkeep& upkeep, kernel::FigureSink& sink) {
    for (std::size_t c = 0; c < upkeep.causes.size(); ++c) {
        const FailureCause& cause = upkeep.causes[c];
        const auto add = [&](const char* name, auto value, const char* unit, double factor) {
            sink.add([&] { return "failures/" + cause.name + "/" + name; },
                     total(context, upkeep,
                           [&](const Unit& machine) { return Wide{value(machine.causes[c])}; }),
                     unit, factor);
        };
        add(
            "failures", [](const CauseState& s) { return s.failures; }, "1", 1);
        add(
            "repairs", [](const CauseState& s) { return s.repairs; }, "1", 1);
        add(
            "preventive", [](const CauseState& s) { return s.preventive; }, "1", 1);
        add(
            "waiting", [](const CauseState& s) { return s.waiting_ns; }, "s", ns);
        add(
            "repair", [](const CauseState& s) { return s.repair_ns; }, "s", ns);
        add(
            "cost", [](const CauseState& s) { return s.repairs; }, "money", cause.cost);
    }
}

void report_plans(Context& context, const Upkeep& upkeep, kernel::FigureSink& sink) {
    for (std::size_t s = 0; s < upkeep.sensors.size(); ++s) {
        const auto add = [&](const char* name, auto value) {
            sink.add([&] { return "sensors/" + upkeep.sensors[s].name + "/" + name; },
                     total(context, upkeep,
                           [&](const Unit& machine) { return Wide{value(machine.sensors[s])}; }),
                     "1", 1);
        };
        add("true_alarms", [](const SensorState& state) { return state.true_alarms; });
        add("false_alarms", [](const SensorState& state) { return state.false_alarms; });
        add("missed", [](const SensorState& state) { return state.missed; });
    }
    for (std::size_t p = 0; p < upkeep.plans.size(); ++p) {
        const MaintenancePlan& plan = upkeep.plans[p];
        const auto add = [&](const char* name, auto value, const char* unit, double factor) {
            sink.add([&] { return "maintenance/" + plan.name + "/" + name; },
                     total(context, upkeep,
                           [&](const Unit& machine) { return Wide{value(machine.plans[p])}; }),
                     unit, factor);
        };
        const bool per_piece = plan.trigger == Trigger::visits;
        add(
            "jobs", [](const PlanState& state) { return state.jobs; }, "1", 1);
        add(
            "replaced", [](const PlanState& state) { return state.replaced; }, "1", 1);
        if (per_piece) {
            add(
                "cost", [](const PlanState& state) { return state.replaced; }, "money", plan.cost);
        } else {
            add(
                "cost", [](const PlanState& state) { return state.jobs; }, "money", plan.cost);
        }
    }
}

}  // namespace

void report(Context& context, const Upkeep& upkeep, kernel::FigureSink& sink) {
    for (std::uint32_t number = 0; number < upkeep.units; ++number) {
        Unit unit = view(context, upkeep, no_device, number);
        refresh(unit);
    }
    report_states(context, upkeep, sink);
    report_off_shift(context, upkeep, sink);
    report_causes(context, upkeep, sink);
    report_plans(context, upkeep, sink);
}

namespace {

/// A hazard as a whole number of its unit; beyond 1e9 units it is no less than certain.
Wide in_steps(double hazard, double step) {
    return static_cast<Wide>(std::min(hazard, 1e9) / step);
}

void add_hazards(kernel::FigureSink& sink, const std::string& cause,
                 const random::Distribution& life, double age) {
    constexpr double step = 1e-15;
    sink.add([&] { return cause + "/hazard"; }, in_steps(random::hazard(life, age), step), "1/s",
             step);
    sink.add([&] { return cause + "/cumulative_hazard"; },
             in_steps(random::cumulative_hazard(life, age), step), "1", step);
}

}  // namespace

void present(Context& context, const Upkeep& upkeep, kernel::FigureSink& sink,
             const std::function<Time(std::uint32_t unit)>& in_work) {
    for (std::uint32_t number = 0; number < upkeep.units; ++number) {
        const Unit unit = view(context, upkeep, no_device, number);
        const std::string machine = std::to_string(number + 1) + "/";
        sink.add([&] { return machine + "state"; }, index_of(unit.state.state), "1", 1);
        for (std::size_t c = 0; c < upkeep.causes.size(); ++c) {
            const FailureCause& cause = upkeep.causes[c];
            const CauseState& state = unit.causes[c];
            const bool operating = cause.clock == FailureClock::operating;
            const bool counts = cause.clock == FailureClock::cycles;
            const bool repairing = state.stage == RepairStage::repairing;
            const Time age = age_now(unit, c) + (operating ? in_work(number) : 0);
            sink.add([&] { return machine + cause.name + "/age"; }, age, counts ? "1" : "s",
                     counts ? 1 : ns);
            sink.add([&] { return machine + cause.name + "/repair_so_far"; },
                     state.repair_so_far + (repairing ? context.now() : 0), "s", ns);
            const double life = static_cast<double>(age) * (counts ? 1 : ns);
            // What a visit finds may have failed long before.
            if (!cause.surfaces_at_visits) {
                add_hazards(sink, machine + cause.name, cause.life, life);
            }
        }
    }
}

}  // namespace foretwin::reliability
