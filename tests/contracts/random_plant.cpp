#include "tests/support/random_plant.hpp"

#include <algorithm>

namespace foretwin::test {
namespace {

std::string text(int number) {
    return std::to_string(number);
}

/// Never shorter than a second, so that it is worth cutting.
std::string conveyor(Dice& dice, const std::string& capacity, const std::string& next) {
    const std::string back = dice.chance(40) ? ", return: " + text(dice.from(1, 90)) + " s" : "";
    return "{type: conveyor, delay: " + text(dice.from(1, 120)) + " s, capacity: " + capacity +
           back + ", next: " + next + "}";
}

/// A duration around `mean_s` seconds, from a random family.
std::string duration(Dice& dice, int mean_s) {
    const std::string m = text(mean_s) + " s";
    switch (dice.from(0, 7)) {
        case 0:
            return m;
        case 1:
            return "{exponential: {mean: " + m + "}}";
        case 2:
            return "{weibull: {shape: 1." + text(dice.from(0, 9)) + ", scale: " + m + "}}";
        case 3:
            return "{lognormal: {mean: " + m + ", cv: 0." + text(dice.from(1, 9)) + "}}";
        case 4:
            return "{gamma: {shape: 2, mean: " + m + "}}";
        case 5:
            return "{erlang: {k: 3, mean: " + m + "}}";
        case 6:
            return "{uniform: {low: " + text(mean_s / 2) + " s, high: " + text(mean_s * 3 / 2) +
                   " s}}";
        default:
            return "{hyperexponential: {probabilities: [0.4, 0.6], means: [" + text(mean_s / 2) +
                   " s, " + text(mean_s * 4 / 3) + " s]}}";
    }
}

class Writer {
  public:
    Writer(Dice& dice, Dice& blocking, Dice& belts, std::string prefix)
        : dice_(dice), blocking_(blocking), belts_(belts), prefix_(std::move(prefix)) {}

    RandomPlant write() {
        write_calendars();
        write_people();
        const int stations = dice_.from(2, 6);
        for (int i = 0; i < stations; ++i) flow_.push_back(fresh_name());
        for (int i = 0, sinks = dice_.from(1, 2); i < sinks; ++i) {
            sinks_.push_back(fresh_name());
            line(sinks_.back() + ": {type: sink}");
        }
        for (std::size_t i = 0; i < flow_.size(); ++i) write_place(i);
        write_sources();
        if (dice_.chance(40)) write_machine();
        plant_.sinks = sinks_;
        return std::move(plant_);
    }

  private:
    std::string fresh_name() {
        // Any rank among the other devices: the first letter is drawn.
        std::string name = prefix_ + static_cast<char>('a' + dice_.from(0, 25)) +
                           text(static_cast<int>(plant_.names.size()));
        plant_.names.push_back(name);
        return name;
    }
    void line(const std::string& content) { plant_.devices += "  " + content + "\n"; }

    void write_calendars() {
        const std::vector<std::string> patterns{
            "{weekdays: \"06:00-22:00\"}",
            "{weekdays: \"06:00-14:00, 22:00-06:00\"}",
            "{every_day: \"07:30-16:15\"}",
            "{period: 90 min, open: [[10 min, 70 min]]}",
        };
        for (int i = 0; i < 2; ++i) {
            calendars_.push_back(prefix_ + "shift " + text(i));
            plant_.calendars += "  " + calendars_.back() + ": " + dice_.of(patterns) + "\n";
        }
    }
    std::string calendar(int percent) {
        return dice_.chance(percent) ? ", calendar: " + dice_.of(calendars_) : "";
    }

    void write_people() {
        for (int i = 0, crews = dice_.from(0, 2); i < crews; ++i) {
            crews_.push_back(fresh_name());
            line(crews_.back() + ": {type: crew, size: " + text(dice_.from(1, 2)) +
                 ", wage: 30 EUR/h" + calendar(60) +
                 (dice_.chance(50) ? ", at_shift_end: pause" : "") +
                 (dice_.chance(40) ? ", travel: 7 min" : "") + "}");
        }
        if (dice_.chance(50)) {
            stores_.push_back(fresh_name());
            line(stores_.back() + ": {type: spares, stock: " + text(dice_.from(0, 2)) +
                 ", lead_time: " + duration(dice_, 40000) + ", price: 5 EUR/part" +
                 (dice_.chance(30) ? ", lot: 2" : "") + "}");
        }
    }
    std::string helper(int percent) {
        return !crews_.empty() && dice_.chance(percent) ? ", crew: " + dice_.of(crews_) : "";
    }

    /// Where the parts of place `i` go: onwards, now and then back.
    std::string next(std::size_t i) {
        std::vector<std::string> targets;
        for (int tries = dice_.from(1, 3); tries > 0; --tries) {
            const auto ahead = static_cast<std::size_t>(dice_.from(1, 3)) + i;
            const std::string target = ahead < flow_.size() ? flow_[ahead] : dice_.of(sinks_);
            if (std::count(targets.begin(), targets.end(), target) == 0) targets.push_back(target);
        }
        const bool loops = dice_.chance(25);
        if (loops)
            targets.push_back(flow_[static_cast<std::size_t>(dice_.from(0, static_cast<int>(i)))]);
        std::string shares;
        int left = 100;
        for (std::size_t t = 0; t < targets.size(); ++t) {
            const bool last = t + 1 == targets.size();
            const int most = left - 5 * static_cast<int>(targets.size() - t - 1);
            int share = last ? left : dice_.from(1, most);
            if (loops && t == 0 && !last) share = std::min(std::max(share, 70), most);
            left -= share;
            shares += (t == 0 ? "" : ", ") + targets[t] + ": " + text(share) + " %";
        }
        return targets.size() == 1 ? targets.front() : "{" + shares + "}";
    }

    void write_place(std::size_t i) {
        if (i > 0 && dice_.chance(15)) {
            const std::string capacity = dice_.chance(20) ? "unlimited" : text(dice_.from(1, 6));
            const std::string to = next(i);
            line(flow_[i] + ": " +
                 (belts_.chance(40)
                      ? conveyor(belts_, capacity, to)
                      : "{type: buffer, capacity: " + capacity + ", next: " + to + "}"));
            return;
        }
        plant_.stations.push_back(flow_[i]);
        line(flow_[i] + ":");
        line("  type: station");
        line("  machines: " + text(dice_.from(1, 3)));
        line("  buffer: " + (dice_.chance(15) ? "unlimited" : text(dice_.from(0, 5))));
        line("  cycle: " + duration(dice_, dice_.from(60, 400)));
        if (dice_.chance(40)) line("  scrap: " + text(dice_.from(1, 10)) + " %");
        if (blocking_.chance(35)) line("  blocking: before_service");
        if (dice_.chance(30)) line("  energy_per_part: 20 kJ/part");
        if (dice_.chance(25)) {
            line("  standby: {after: " + text(dice_.from(0, 300)) +
                 " s, wake: " + duration(dice_, 60) + "}");
        }
        line("  next: " + next(i));
        write_upkeep();
    }

    void write_upkeep() {
        if (dice_.chance(50)) line("  calendar: " + dice_.of(calendars_));
        line("  power: {busy: " + text(dice_.from(5, 40)) + " kW, starved: 2.5 kW, down: 700 W, " +
             "maintenance: 300 W, off_shift: 90 W, standby: 40 W}");
        const int causes = dice_.from(0, 3);
        if (causes == 0) return;
        line("  failures:");
        std::vector<std::string> clocks;
        for (int c = 0; c < causes; ++c) clocks.push_back(write_cause(c));
        write_care(clocks);
    }

    std::string write_cause(int c) {
        const std::string drawn = dice_.of({"operating", "on_shift", "calendar", "cycles"});
        const std::string clock = has_parts_ || drawn != "cycles" ? drawn : "operating";
        std::string fate = dice_.of({"resumes", "restarts", "scrapped"});
        std::string life = duration(dice_, dice_.from(20000, 120000));
        if (clock == "cycles") {
            life = "{weibull: {shape: 2, scale: " + text(dice_.from(40, 300)) + " cycle}}";
        }
        std::string extra = helper(70);
        if (!stores_.empty() && dice_.chance(40)) extra += ", spare: " + stores_.front();
        if (dice_.chance(30)) extra += ", priority: " + text(dice_.from(-2, 20));
        if (dice_.chance(25))
            extra += ", after_repair: as_bad_as_old";
        else if (dice_.chance(25))
            extra +=
                ", after_repair: imperfect, restoration: 40 %, kijima: " + text(dice_.from(1, 2));
        if (clock == "calendar" && dice_.chance(30)) extra += ", surfaces: {every: 11 h}";
        if (dice_.chance(20)) extra += clock == "cycles" ? ", age: 25 cycle" : ", age: 5 h";
        line("    cause " + text(c) + ": {clock: " + clock + ", time_to_failure: " + life +
             ", repair: " + duration(dice_, dice_.from(600, 9000)) + ", part: " + fate +
             ", cost: 10 EUR" + extra + "}");
        return clock;
    }

    /// Sensors and plans for these causes.
    void write_care(const std::vector<std::string>& clocks) {
        std::string sensors;
        std::string plans;
        for (std::size_t c = 0; c < clocks.size(); ++c) {
            const std::string cause = "cause " + text(static_cast<int>(c));
            const std::string job = ", takes: " + duration(dice_, 1500) + helper(60) + "}\n";
            if (clocks[c] != "cycles" && dice_.chance(40)) {
                const std::string sensor = "sensor " + text(static_cast<int>(c));
                sensors += "      " + sensor + ": {detects: " + cause +
                           ", period: " + text(dice_.from(0, 1) * 600) +
                           " s, lead: " + text(dice_.from(1, 9)) +
                           " h, missed: 20 %, false_alarms: 40 /year}\n";
                if (dice_.chance(70)) {
                    plans += "      on alarm " + text(static_cast<int>(c)) +
                             ": {on_alarm: " + sensor + ", renews: [" + cause + "]" + job;
                }
            }
            const bool counts = clocks[c] == "cycles";
            if (dice_.chance(30)) {
                plans += "      at age " + text(static_cast<int>(c)) +
                         ": {at_age: " + text(dice_.from(3, 12)) + (counts ? "0 cycle" : " h") +
                         ", renews: [" + cause + "]" + job;
            }
            if (!counts && dice_.chance(25)) {
                plans += "      visit " + text(static_cast<int>(c)) +
                         ": {every: 11 h, replaces: {" + cause +
                         ": {chances: [{from: 1 h, chance: 20 %}, {from: 9 h, chance: 60 "
                         "%}]}}" +
                         job;
            }
        }
        if (dice_.chance(40)) {
            plans += "      service: {every: " + text(dice_.from(20, 60)) +
                     " h, takes: " + duration(dice_, 3000) + helper(60) + "}\n";
        }
        if (!sensors.empty()) plant_.devices += "    sensors:\n" + sensors;
        if (!plans.empty()) plant_.devices += "    maintenance:\n" + plans;
    }

    void write_sources() {
        const std::string first = flow_.front();
        const int kind = dice_.from(0, 3);
        if (kind == 0) {
            line(fresh_name() + ": {type: source, saturated: true, next: " + first + "}");
        } else if (kind == 1) {
            line(fresh_name() + ": {type: source, conwip: " + text(dice_.from(1, 12)) +
                 ", next: " + first + "}");
        }
        if (kind > 1 || dice_.chance(30)) {
            line(fresh_name() + ": {type: source, every: " + duration(dice_, dice_.from(150, 500)) +
                 ", when_full: " + dice_.of({"lost", "wait"}) + calendar(40) +
                 ", next: " + (dice_.chance(50) ? first : plant_.stations.back()) + "}");
        }
    }

    void write_machine() {
        line(fresh_name() + ":");
        has_parts_ = false;
        line("  type: machine");
        line("  rate: 12 part/h");
        write_upkeep();
    }

    Dice& dice_;
    Dice& blocking_;  ///< of its own, so that it changes nothing else about a plant
    Dice& belts_;     ///< likewise
    bool has_parts_ = true;
    std::string prefix_;
    RandomPlant plant_;
    std::vector<std::string> flow_, sinks_, crews_, stores_, calendars_;
};

}  // namespace

RandomPlant random_plant(std::uint64_t seed, const std::string& prefix) {
    Dice dice(seed);
    Dice blocking(seed + 1'000'000);
    Dice belts(seed + 2'000'000);
    return Writer(dice, blocking, belts, prefix).write();
}

void join_by_conveyors(std::uint64_t seed, std::vector<RandomPlant>& plants) {
    Dice dice(seed);
    const auto lead = [&](RandomPlant& from, const std::string& sink, const std::string& next) {
        const std::string old = sink + ": {type: sink}";
        const std::string capacity = dice.chance(15) ? "unlimited" : text(dice.from(1, 8));
        from.devices.replace(from.devices.find(old), old.size(),
                             sink + ": " + conveyor(dice, capacity, next));
    };
    for (std::size_t i = 0; i < plants.size(); ++i) {
        RandomPlant& plant = plants[i];
        const bool last = i + 1 == plants.size();
        const std::string onwards = last ? plant.sinks.back() : dice.of(plants[i + 1].stations);
        if (!last) lead(plant, plant.sinks.back(), onwards);
        if (i == 0 || plant.sinks.size() == 1 || dice.chance(40)) continue;
        // Most go onwards all the same, so that parts find a way out of the site.
        const auto earlier = static_cast<std::size_t>(dice.from(0, static_cast<int>(i) - 1));
        lead(plant, plant.sinks.front(),
             "{" + dice.of(plants[earlier].stations) + ": 20 %, " + onwards + ": 80 %}");
    }
}

std::string scenario_of(const std::vector<RandomPlant>& plants, int hours, bool metered) {
    std::string text =
        "foretwin: 1\nname: random plant\ntime: {start: 2026-03-27T00:00, zone: "
        "Europe/Berlin, warm_up: 1 day, horizon: " +
        std::to_string(hours) + " h}\ncalendars:\n";
    for (const RandomPlant& plant : plants) text += plant.calendars;
    text += "devices:\n";
    for (const RandomPlant& plant : plants) text += plant.devices;
    if (!metered) return text;
    text +=
        "  Grid:\n    type: tariff\n    energy: {bands: {weekdays: {\"06:00-22:00\": 0.21 "
        "EUR/kWh}}, otherwise: 0.15 EUR/kWh}\n    demand: {price: 11 EUR/kW/month}\n"
        "    carbon: 0.35 kg/kWh\n";
    return text;
}

}  // namespace foretwin::test
