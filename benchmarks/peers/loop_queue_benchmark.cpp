// M1 written by hand, as fast as one file with std::priority_queue gets: the floor for M/M/1.
#include <deque>
#include <iostream>
#include <queue>

#include "benchmarks/clock.hpp"
#include "engine/core/name_hash.hpp"
#include "engine/random/distribution.hpp"

namespace {

using foretwin::Time;

struct Event {
    Time at;
    std::uint64_t order;
    bool is_arrival;
    bool operator<(const Event& other) const {
        return at != other.at ? at > other.at : order > other.order;
    }
};

struct Queue {
    foretwin::random::Key key{1, 0};
    foretwin::random::Distribution interval = foretwin::random::exponential(1.25);
    foretwin::random::Distribution service = foretwin::random::exponential(1.0);
    std::priority_queue<Event> events;
    std::deque<Time> waiting;  // when each arrived
    Time now = 0;
    std::uint64_t order = 0;
    std::uint32_t arrivals = 0, services = 0;
    bool busy = false;
    __extension__ __int128 waited = 0;

    Time draw(const foretwin::random::Distribution& law, std::uint64_t name, std::uint32_t number) {
        foretwin::random::Draws draws(key, name, number, 0);
        return foretwin::random::sample_time(law, draws);
    }
    void schedule_arrival() {
        constexpr std::uint64_t name = foretwin::name_hash("Source/interval");
        events.push({now + draw(interval, name, arrivals++), order++, true});
    }
    void begin_service(Time arrived) {
        constexpr std::uint64_t name = foretwin::name_hash("Server/Source/processing");
        busy = true;
        waited += now - arrived;
        events.push({now + draw(service, name, services++), order++, false});
    }
    void run(std::uint32_t departures) {
        schedule_arrival();
        while (departures > 0) {
            const Event event = events.top();
            events.pop();
            now = event.at;
            if (event.is_arrival) {
                busy ? waiting.push_back(now) : begin_service(now);
                schedule_arrival();
                continue;
            }
            --departures;
            busy = false;
            if (waiting.empty()) continue;
            const Time arrived = waiting.front();
            waiting.pop_front();
            begin_service(arrived);
        }
    }
};

}  // namespace

int main() {
    const double begin = foretwin::benchmarks::cpu_seconds();
    Queue queue;
    queue.run(1'000'000);
    std::cout << "cpu_seconds " << foretwin::benchmarks::cpu_seconds() - begin << "\nresult "
              << static_cast<double>(queue.waited) * 1e-9 / queue.services << '\n';
}
