#include <doctest/doctest.h>

#include <set>

#include "models/contract/calendar.hpp"
#include "models/contract/machine_state.hpp"
#include "models/contract/ports.hpp"

using namespace foretwin;

TEST_CASE("a calendar's edges alternate on, off, on, ... and end with never") {
    const Calendar calendar{{{10, 20}, {30, never}}};
    CHECK(calendar.edge(0) == 10);
    CHECK(calendar.edge(1) == 20);
    CHECK(calendar.edge(2) == 30);
    CHECK(calendar.edge(3) == never);
    CHECK(calendar.edge(4) == never);
    CHECK(Calendar{}.edge(0) == never);
}

TEST_CASE("the states stand in the order of precedence of the design, each with its own name") {
    const std::set<std::string_view> names(machine_state_names.begin(), machine_state_names.end());
    CHECK(names.size() == machine_state_count);
    CHECK(machine_state_names[index_of(MachineState::down_waiting)] == "down_waiting");
    CHECK(machine_state_names[index_of(MachineState::standby)] == "standby");
    CHECK(MachineState::repair < MachineState::maintenance);
    CHECK(MachineState::maintenance < MachineState::off_shift);
    CHECK(MachineState::off_shift < MachineState::blocked);
    CHECK(MachineState::blocked < MachineState::setup);
    CHECK(MachineState::setup < MachineState::busy);
    CHECK(MachineState::busy < MachineState::waiting);
    CHECK(MachineState::waiting < MachineState::starved);
}

TEST_CASE("every state has its ISO 22400 time element: busy is production, repair is down") {
    for (const std::string_view element : iso_22400_time_elements) CHECK(!element.empty());
    CHECK(iso_22400_time_elements[index_of(MachineState::busy)] == "APT");
    CHECK(iso_22400_time_elements[index_of(MachineState::setup)] == "AUST");
    CHECK(iso_22400_time_elements[index_of(MachineState::repair)] == "ADOT");
    CHECK(iso_22400_time_elements[index_of(MachineState::blocked)] == "ADET");
}

TEST_CASE("what travels in queues and rings is plain bytes") {
    CHECK(std::is_trivially_copyable_v<Part>);
    CHECK(std::is_trivially_copyable_v<Waiter>);
    CHECK(std::is_trivially_copyable_v<JobRequest>);
    CHECK(sizeof(Part) == 32);
    const Job repair{3, 1, 2, JobKind::repair};
    CHECK(repair == Job{3, 1, 2, JobKind::repair});
    CHECK(!(repair == Job{3, 1, 2, JobKind::maintenance}));
}
