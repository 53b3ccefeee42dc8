// M2 written by hand, as fast as one file with std::priority_queue gets: the floor for a line.
#include <array>
#include <iostream>
#include <queue>

#include "benchmarks/clock.hpp"
#include "engine/random/distribution.hpp"

namespace {
using foretwin::Time;
constexpr int stations = 10, places = 10;  // of each buffer

enum class Kind : std::uint8_t { completed, failed, repaired };

struct Event {
    Time at;
    std::uint64_t order;
    std::uint32_t station;
    Kind kind;
    bool operator<(const Event& other) const {
        return at != other.at ? at > other.at : order > other.order;
    }
};

struct Station {
    std::uint64_t life_name, repair_name;
    std::uint32_t lives = 0, repairs = 0;
    Time life, remaining;  // until the next failure, until the part is done
    int waiting = 0;       // parts in the buffer before it
    bool holds = false, blocked = false;
};

struct Line {
    foretwin::random::Distribution to_failure = foretwin::random::exponential(480 * 60.0);
    foretwin::random::Distribution repair = foretwin::random::exponential(24 * 60.0);
    std::priority_queue<Event> events;
    std::array<Station, stations> line;
    Time now = 0;
    std::uint64_t order = 0, parts = 0, handled = 0;

    Time draw(const foretwin::random::Distribution& law, std::uint64_t name, std::uint32_t number) {
        foretwin::random::Draws draws({1, 0}, name, number, 0);
        return foretwin::random::sample_time(law, draws);
    }
    void work(std::uint32_t i) {
        Station& station = line[i];
        const bool fails = station.life < station.remaining;
        const Time until = fails ? station.life : station.remaining;
        station.life -= until;
        station.remaining -= until;
        events.push({now + until, order++, i, fails ? Kind::failed : Kind::completed});
    }
    void load(std::uint32_t i) {
        if (line[i].holds || (i > 0 && line[i].waiting == 0)) return;
        if (i > 0) --line[i].waiting;
        line[i].holds = true;
        line[i].remaining = foretwin::minute;
        work(i);
        if (i > 0 && line[i - 1].blocked) leave(i - 1);
    }
    void leave(std::uint32_t i) {
        line[i].blocked = i + 1 < stations && line[i + 1].holds && line[i + 1].waiting == places;
        if (line[i].blocked) return;
        line[i].holds = false;
        i + 1 < stations ? ++line[i + 1].waiting, load(i + 1) : void(++parts);
        load(i);
    }
    void run(Time until) {
        for (std::uint32_t i = 0; i < stations; ++i) {
            line[i].life_name = i, line[i].repair_name = stations + i;
            line[i].life = draw(to_failure, line[i].life_name, line[i].lives++);
        }
        for (load(0); events.top().at <= until; ++handled) {
            const Event event = events.top();
            events.pop();
            now = event.at;
            Station& station = line[event.station];
            if (event.kind == Kind::completed) {
                leave(event.station);
            } else if (event.kind == Kind::failed) {
                const Time takes = draw(repair, station.repair_name, station.repairs++);
                events.push({now + takes, order++, event.station, Kind::repaired});
            } else {
                station.life = draw(to_failure, station.life_name, station.lives++);
                work(event.station);
            }
        }
    }
};
}  // namespace

int main() {
    const double begin = foretwin::benchmarks::cpu_seconds();
    Line line;
    line.run(365 * foretwin::day);
    std::cout << "cpu_seconds " << foretwin::benchmarks::cpu_seconds() - begin << "\nresult "
              << line.parts << "\nevents " << line.handled << '\n';
}
