// M3 written by hand, as fast as one file with std::priority_queue gets: the floor for a repair
// shop.
#include <array>
#include <deque>
#include <iostream>
#include <queue>

#include "benchmarks/clock.hpp"
#include "engine/random/distribution.hpp"

namespace {

using foretwin::Time;

struct Event {
    Time at;
    std::uint64_t order;
    std::uint32_t machine;
    bool is_failure;
    bool operator<(const Event& other) const {
        return at != other.at ? at > other.at : order > other.order;
    }
};

struct Machine {
    std::uint64_t life_name, repair_name;
    std::uint32_t lives = 0, repairs = 0;
    Time up_since = 0, up_time = 0;
};

struct Shop {
    foretwin::random::Key key{1, 0};
    foretwin::random::Distribution life = foretwin::random::exponential(100 * 3600.0);
    foretwin::random::Distribution repair = foretwin::random::exponential(8 * 3600.0);
    std::priority_queue<Event> events;
    std::deque<std::uint32_t> waiting;
    std::array<Machine, 50> machines;
    Time now = 0;
    std::uint64_t order = 0;
    int idle_repairers = 3;

    Time draw(const foretwin::random::Distribution& law, std::uint64_t name, std::uint32_t number) {
        foretwin::random::Draws draws(key, name, number, 0);
        return foretwin::random::sample_time(law, draws);
    }
    void begin_life(std::uint32_t i) {
        Machine& machine = machines[i];
        machine.up_since = now;
        events.push({now + draw(life, machine.life_name, machine.lives++), order++, i, true});
    }
    void begin_repair(std::uint32_t i) {
        Machine& machine = machines[i];
        events.push(
            {now + draw(repair, machine.repair_name, machine.repairs++), order++, i, false});
    }
    void fail(std::uint32_t i) {
        machines[i].up_time += now - machines[i].up_since;
        if (idle_repairers == 0) return waiting.push_back(i);
        --idle_repairers;
        begin_repair(i);
    }
    void end_repair(std::uint32_t i) {
        begin_life(i);
        ++idle_repairers;
        if (waiting.empty()) return;
        --idle_repairers;
        begin_repair(waiting.front());
        waiting.pop_front();
    }
    void run(Time until) {
        for (std::uint32_t i = 0; i < machines.size(); ++i) {
            machines[i].life_name = i, machines[i].repair_name = machines.size() + i;
            begin_life(i);
        }
        while (events.top().at <= until) {
            const Event event = events.top();
            events.pop();
            now = event.at;
            event.is_failure ? fail(event.machine) : end_repair(event.machine);
        }
    }
};

}  // namespace

int main() {
    constexpr int runs = 20;
    const double begin = foretwin::benchmarks::cpu_seconds();
    double up = 0;
    for (std::uint32_t replication = 0; replication < runs; ++replication) {
        Shop shop;
        shop.key.replication = replication;
        shop.run(87600 * foretwin::hour);
        for (const Machine& machine : shop.machines) up += foretwin::to_hours(machine.up_time);
    }
    std::cout << "cpu_seconds " << (foretwin::benchmarks::cpu_seconds() - begin) / runs
              << "\nresult " << up / 87600 / runs << '\n';
}
