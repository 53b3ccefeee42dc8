#include "tests/contracts/properties.hpp"

#include <algorithm>

#include "engine/executors/parallel.hpp"
#include "engine/snapshot/snapshot.hpp"

namespace foretwin::test {
namespace {

std::string text_of(Wide value) {
    if (value < 0) return "-" + text_of(-value);
    std::string digits;
    do {
        digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
        value /= 10;
    } while (value > 0);
    return digits;
}

void expect_equal(Faults& faults, const std::string& what, Wide left, Wide right) {
    if (left != right) faults.push_back(what + ": " + text_of(left) + " != " + text_of(right));
}

kernel::Simulation started(const PlantPointer& plant, random::Key key) {
    kernel::Simulation simulation(plant->model, key);
    simulation.start();
    return simulation;
}

void run(kernel::Simulation& simulation, Time until) {
    executors::run_sequential(simulation, until, executors::Trace::on);
}

bool ends_with_any(const std::string& name, std::initializer_list<const char*> ends) {
    return std::any_of(ends.begin(), ends.end(),
                       [&](const char* end) { return name.ends_with(end); });
}

/// Figures that are states, quantiles, maxima or rounded money rather than sums over time.
bool adds_up(const std::string& name) {
    const bool is_state =
        name.ends_with("/inside") ||
        (name.ends_with("/waiting") && name.find("/failures/") == std::string::npos);
    return !is_state && name.find("/lead_time_p") == std::string::npos &&
           !ends_with_any(name, {"/peak_power", "/demand_charge", "/energy_cost", "/carbon"});
}

/// Sum of one figure over all devices of a type.
Wide sum(const assembly::Plant& plant, const Figures& figures, const std::string& type,
         const std::string& name) {
    Wide total = 0;
    for (const assembly::DeviceNote& device : plant.devices) {
        if (device.type == type) total += figures.at(device.name + "/" + name);
    }
    return total;
}

/// Sum of the figures of a device whose names begin and end so.
Wide sum_between(const Figures& figures, const std::string& begin, const std::string& end) {
    Wide total = 0;
    for (const auto& [name, value] : figures) {
        if (name.starts_with(begin) && name.ends_with(end)) total += value;
    }
    return total;
}

void check_parts(Faults& faults, const assembly::Plant& plant, const Figures& f) {
    for (const assembly::DeviceNote& device : plant.devices) {
        const std::string n = device.name + "/";
        if (device.type == "station" || device.type == "buffer" || device.type == "conveyor") {
            expect_equal(faults, n + " entered = left + inside", f.at(n + "entered"),
                         f.at(n + "left") + f.at(n + "inside"));
        }
        if (device.type == "source") {
            expect_equal(faults, n + " offered = entered + lost + waiting", f.at(n + "offered"),
                         f.at(n + "entered") + f.at(n + "lost") + f.at(n + "waiting"));
        }
        if (device.type == "sink") {
            expect_equal(faults, n + " arrived = sum of its part types", f.at(n + "arrived"),
                         sum_between(f, n + "parts/", ""));
        }
    }
    expect_equal(faults, "parts in = parts out + scrapped + inside",
                 sum(plant, f, "source", "entered"),
                 sum(plant, f, "sink", "arrived") + sum(plant, f, "station", "scrapped") +
                     sum(plant, f, "station", "inside") + sum(plant, f, "buffer", "inside") +
                     sum(plant, f, "conveyor", "inside"));
}

/// The machines of a device share its calendar, so all of them are off shift equally long, in
/// whatever state they spend it.
void check_off_shift(Faults& faults, const Figures& f, const std::string& n,
                     std::uint32_t machines) {
    if (f.count(n + "off_shift/repair") == 0) return;
    Wide closed = f.at(n + "states/off_shift");
    for (const char* state : {"down_waiting", "repair", "maintenance"}) {
        const Wide part = f.at(n + "off_shift/" + state);
        closed += part;
        if (part < 0 || part > f.at(n + "states/" + state))
            faults.push_back(n + " is off shift in " + state + " longer than in it at all");
    }
    expect_equal(faults, n + " machines are off shift equally long", closed % machines, 0);
}

void check_times(Faults& faults, const assembly::Plant& plant, const Figures& f, Time elapsed) {
    for (const assembly::DeviceNote& device : plant.devices) {
        const std::string n = device.name + "/";
        if (device.machines == 0) continue;
        expect_equal(faults, n + " state times sum to the calendar",
                     sum_between(f, n + "states/", ""), Wide{elapsed} * device.machines);
        expect_equal(faults, n + " waiting by cause = down_waiting",
                     sum_between(f, n + "failures/", "/waiting"), f.at(n + "states/down_waiting"));
        expect_equal(faults, n + " repair by cause = repair",
                     sum_between(f, n + "failures/", "/repair"), f.at(n + "states/repair"));
        const Wide open = sum_between(f, n + "failures/", "/failures") -
                          sum_between(f, n + "failures/", "/repairs");
        if (open < 0) faults.push_back(n + " has more repairs than failures");
        check_off_shift(faults, f, n, device.machines);
    }
}

/// What completed parts have drawn beside the power, in mW x ns.
Wide energy_of_parts(kernel::Simulation& simulation) {
    const kernel::FigureSink sink = simulation.report(true);
    Wide energy = 0;
    for (std::size_t i = 0; i < sink.values.size(); ++i) {
        if (sink.specs[i].name != "energy_of_parts") continue;
        energy += sink.values[i] * static_cast<Wide>(sink.specs[i].factor * 1e12);
    }
    return energy;
}

void check_energy(Faults& faults, const assembly::Plant& plant, const Figures& f,
                  kernel::Simulation& simulation) {
    for (const assembly::DeviceNote& meter : plant.devices) {
        if (meter.type != "tariff") continue;
        expect_equal(faults, "energy by state and by part = energy of the bill",
                     sum(plant, f, "station", "energy") + sum(plant, f, "machine", "energy") +
                         energy_of_parts(simulation),
                     f.at(meter.name + "/energy"));
    }
}

void check_people(Faults& faults, const assembly::Plant& plant, const Figures& f) {
    for (const assembly::DeviceNote& device : plant.devices) {
        if (device.type != "crew") continue;
        const std::string n = device.name + "/";
        if (f.at(n + "working") > f.at(n + "staffed") + f.at(n + "overtime")) {
            faults.push_back(n + " works more than it is there");
        }
    }
}

}  // namespace

Trail trail_of(kernel::Simulation& simulation) {
    Trail trail;
    trail.figures = figures_of(simulation);
    trail.events = simulation.events_handled();
    const kernel::Model& model = simulation.model();
    const auto* traces = simulation.memory().at<std::uint64_t>(model.traces);
    for (std::size_t i = 0; i < model.devices.size(); ++i) {
        trail.traces[model.devices[i].name] = traces[i];
    }
    return trail;
}

Faults differences(const Trail& expected, const Trail& got, const std::string& what,
                   const std::vector<std::string>& except) {
    Faults faults;
    const auto left_out = [&](const std::string& device) {
        // "Belt/exit" is part of "Belt".
        const std::string own = device.substr(0, device.find('/'));
        return std::find(except.begin(), except.end(), own) != except.end();
    };
    for (const auto& [device, trace] : expected.traces) {
        if (left_out(device)) continue;
        const auto found = got.traces.find(device);
        if (found == got.traces.end()) {
            faults.push_back(what + ": no device " + device);
        } else if (found->second != trace) {
            faults.push_back(what + ": the story of " + device + " differs");
        }
    }
    for (const auto& [name, value] : expected.figures) {
        if (left_out(name.substr(0, name.find('/')))) continue;
        const auto found = got.figures.find(name);
        if (found == got.figures.end()) {
            faults.push_back(what + ": no figure " + name);
        } else {
            expect_equal(faults, what + ": " + name, value, found->second);
        }
    }
    return faults;
}

Trail run_whole(const PlantPointer& plant, random::Key key) {
    kernel::Simulation simulation = started(plant, key);
    run(simulation, plant->clock.end());
    return trail_of(simulation);
}

Faults executors_agree(const PlantPointer& plant, random::Key key) {
    const Trail fast = run_whole(plant, key);
    kernel::Simulation simulation = started(plant, key);
    executors::run_reference(simulation, plant->clock.end());
    const Trail plain = trail_of(simulation);
    Faults faults = differences(plain, fast, "sequential against reference");
    expect_equal(faults, "events handled", Wide{plain.events}, Wide{fast.events});
    for (const int threads : {2, 3, 8}) {
        kernel::Simulation parallel = started(plant, key);
        executors::run_parallel(parallel, plant->clock.end(), threads, executors::Trace::on,
                                nullptr, executors::Attempt::always);
        for (std::string& fault :
             differences(plain, trail_of(parallel), std::to_string(threads) + " threads")) {
            faults.push_back(std::move(fault));
        }
    }
    return faults;
}

Faults splitting_changes_nothing(const PlantPointer& plant, random::Key key) {
    const Trail whole = run_whole(plant, key);
    const Time end = plant->clock.end();
    Faults faults;
    // Whole hours fall together with shift edges and visits; the odd instant with nothing.
    for (const Time at :
         {Time{0}, 6 * hour, 11 * hour, 3 * day + 123456789, end / 2 / hour * hour, end - 1, end}) {
        if (at > end) continue;
        kernel::Simulation first = started(plant, key);
        run(first, at);
        figures_of(first);
        const snapshot::Bytes bytes = snapshot::capture(first);
        kernel::Simulation second = snapshot::restore(plant->model, bytes);
        if (snapshot::capture(second) != bytes) {
            faults.push_back("a restored twin is captured as other bytes");
        }
        run(second, end);
        const std::string what = "split at " + std::to_string(to_hours(at)) + " h";
        const Trail split = trail_of(second);
        const Faults more = differences(whole, split, what);
        faults.insert(faults.end(), more.begin(), more.end());
        expect_equal(faults, what + ": events", Wide{whole.events}, Wide{split.events});
    }
    return faults;
}

Faults stretches_add_up(const PlantPointer& plant, random::Key key) {
    const Figures whole = run_whole(plant, key).figures;
    kernel::Simulation simulation = started(plant, key);
    run(simulation, plant->clock.warm_up());
    const Figures first = figures_of(simulation);
    simulation.begin_measuring();
    run(simulation, plant->clock.end());
    const Figures second = figures_of(simulation);
    Faults faults;
    for (const auto& [name, value] : whole) {
        if (!adds_up(name)) continue;
        expect_equal(faults, "warm-up + measured: " + name, first.at(name) + second.at(name),
                     value);
    }
    return faults;
}

Faults nothing_is_lost(const PlantPointer& plant, random::Key key) {
    kernel::Simulation simulation = started(plant, key);
    Faults faults;
    const Time end = plant->clock.end();
    for (const Time at : {Time{0}, 6 * hour, 30 * hour + 1, end / 2, end}) {
        if (at > end) continue;
        run(simulation, at);
        const Figures figures = figures_of(simulation);
        check_parts(faults, *plant, figures);
        check_times(faults, *plant, figures, at);
        check_energy(faults, *plant, figures, simulation);
        check_people(faults, *plant, figures);
        const Faults more = littles_law(*plant, simulation, figures);
        faults.insert(faults.end(), more.begin(), more.end());
        const Faults places = places_are_kept(*plant, simulation);
        faults.insert(faults.end(), places.begin(), places.end());
    }
    return faults;
}

}  // namespace foretwin::test
