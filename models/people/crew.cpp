#include "models/people/crew.hpp"

namespace foretwin::people {
namespace {

void book(Context& context, const Crew& crew, CrewState& state) {
    const Wide elapsed = context.now() - state.since;
    const bool on_shift = state.on_shift != 0;
    // Jobs that were put aside at the end of the shift are active, but nobody works on them.
    const std::uint32_t at_work = on_shift || crew.finish_at_shift_end ? state.active.count : 0;
    state.since = context.now();
    state.busy += elapsed * at_work;
    state.queued += elapsed * state.queue.count;
    (on_shift ? state.staffed : state.overtime) += elapsed * (on_shift ? crew.size : at_work);
}

void tell_owner(Context& context, const Job& job, Call for_repair, Call for_maintenance) {
    call(context, job.owner, job.kind == JobKind::repair ? for_repair : for_maintenance, job.unit,
         job.index);
}

/// Free members on shift take the most urgent requests.
void serve(Context& context, const Crew& crew, CrewState& state) {
    while (state.on_shift != 0 && state.queue.count > 0 && state.active.count < crew.size) {
        const Job job = context.memory().pop<JobRequest>(state.queue).job;
        context.memory().push(state.active, job);
        ++state.jobs;
        tell_owner(context, job, Call::crew_granted, Call::maintenance_crew_granted);
    }
}

void request(Context& context, DeviceIndex device, const JobRequest& request) {
    const Crew& crew = context.parameters<Crew>(device);
    CrewState& state = context.state<CrewState>(device);
    book(context, crew, state);
    kernel::Pool& memory = context.memory();
    memory.push(state.queue, request);
    // The newcomer moves up past everything less urgent; among equals it stays behind.
    for (std::uint32_t place = state.queue.count - 1; place > 0; --place) {
        const JobRequest before = memory.get<JobRequest>(state.queue, place - 1);
        const bool stays = before.priority < request.priority ||
                           (before.priority == request.priority && before.since <= request.since);
        if (stays) break;
        memory.set(state.queue, place, before);
        memory.set(state.queue, place - 1, request);
    }
    serve(context, crew, state);
}

void give_back(Context& context, DeviceIndex device, const Job& job) {
    const Crew& crew = context.parameters<Crew>(device);
    CrewState& state = context.state<CrewState>(device);
    book(context, crew, state);
    for (std::uint32_t place = 0; place < state.active.count; ++place) {
        if (!(context.memory().get<Job>(state.active, place) == job)) continue;
        context.memory().erase<Job>(state.active, place);
        serve(context, crew, state);
        return;
    }
    FORETWIN_RULE(false, "a crew gets back only a job that it has begun");
}

void withdraw(Context& context, DeviceIndex device, const Job& job) {
    CrewState& state = context.state<CrewState>(device);
    book(context, context.parameters<Crew>(device), state);
    for (std::uint32_t place = 0; place < state.queue.count; ++place) {
        if (!(context.memory().get<JobRequest>(state.queue, place).job == job)) continue;
        context.memory().erase<JobRequest>(state.queue, place);
        return;
    }
    FORETWIN_RULE(false, "only a request that waits for a crew is withdrawn");
}

void arm(Context& context, const Crew& crew, const CrewState& state, DeviceIndex device) {
    Event event;
    event.device = device;
    context.set_timer(crew.shift_timer, crew.calendar->edge(state.edge), EventClass::shift_edge,
                      event);
}

void start(Context& context, DeviceIndex device) {
    const Crew& crew = context.parameters<Crew>(device);
    CrewState& state = context.state<CrewState>(device);
    if (!crew.calendar) return;
    while (crew.calendar->edge(state.edge) <= 0) ++state.edge;
    state.on_shift = state.edge % 2;
    arm(context, crew, state, device);
}

void handle(Context& context, DeviceIndex device, const Event&) {
    const Crew& crew = context.parameters<Crew>(device);
    CrewState& state = context.state<CrewState>(device);
    book(context, crew, state);
    while (crew.calendar->edge(state.edge) <= context.now()) ++state.edge;
    state.on_shift = state.edge % 2;
    arm(context, crew, state, device);
    if (!crew.finish_at_shift_end) {
        for (std::uint32_t place = 0; place < state.active.count; ++place) {
            const Job job = context.memory().get<Job>(state.active, place);
            if (state.on_shift != 0) {
                tell_owner(context, job, Call::repair_resumed, Call::maintenance_resumed);
            } else {
                tell_owner(context, job, Call::repair_paused, Call::maintenance_paused);
            }
        }
    }
    serve(context, crew, state);
}

void begin_measuring(Context& context, DeviceIndex device) {
    CrewState& state = context.state<CrewState>(device);
    state.busy = state.staffed = state.overtime = state.queued = 0;
    state.jobs = 0;
    state.since = context.now();
}

void report(Context& context, DeviceIndex device, kernel::FigureSink& sink) {
    const Crew& crew = context.parameters<Crew>(device);
    CrewState& state = context.state<CrewState>(device);
    book(context, crew, state);
    sink.add("working", state.busy, "s", 1e-9);
    sink.add("staffed", state.staffed, "s", 1e-9);
    sink.add("overtime", state.overtime, "s", 1e-9);
    sink.add("queue_time", state.queued, "s", 1e-9);
    sink.add("jobs", state.jobs, "1", 1);
    sink.add("labour_cost", state.staffed + state.overtime, "money", crew.wage_per_s * 1e-9);
}

constexpr SupplyPorts ports{request, give_back, withdraw};
constexpr kernel::Behaviour behaviour{"crew",          start,  handle, nullptr,
                                      begin_measuring, report, &ports};

constexpr ParameterSpec parameters[] = {
    {.name = "size",
     .kind = ParameterKind::count,
     .lowest = 1,
     .highest = 10000,
     .usual = "1",
     .meaning = "members; each does one job at a time"},
    {.name = "wage",
     .kind = ParameterKind::quantity,
     .unit = "money/h",
     .lowest = 0,
     .usual = "0",
     .meaning = "per member and hour on shift, and for overtime"},
    {.name = "calendar",
     .kind = ParameterKind::calendar,
     .meaning = "when jobs are begun; left out: always"},
    {.name = "at_shift_end",
     .kind = ParameterKind::choice,
     .usual = "finish",
     .choices = "finish | pause",
     .meaning = "finish the job in overtime, or go on at the next shift"},
    {.name = "travel",
     .kind = ParameterKind::quantity,
     .unit = "s",
     .lowest = 0,
     .usual = "0 s",
     .meaning = "way to the machine, before each job"},
    {.name = "skill", .kind = ParameterKind::text, .meaning = "for people; not interpreted"},
};

}  // namespace

const DeviceSpec Crew::spec{"crew", "people who repair and maintain; a queue of jobs by priority",
                            "every member can do every job", parameters};

void add_crew(kernel::ModelBuilder& builder, DeviceIndex device, Crew crew) {
    crew.state = builder.reserve<CrewState>();
    crew.shift_timer = builder.reserve_timers(1);
    const std::uint32_t state = crew.state;
    builder.set(device, behaviour, std::make_shared<const Crew>(std::move(crew)), state);
}

}  // namespace foretwin::people
