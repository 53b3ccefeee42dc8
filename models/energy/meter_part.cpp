#include "models/energy/meter_part.hpp"

#include <algorithm>

namespace foretwin::energy {

Stretch stretch_at(const Tariff& tariff, Time time) {
    if (time >= tariff.end) return {tariff.end, never};
    const std::size_t price = tariff.price.index_at(time);
    const std::size_t carbon = tariff.carbon.index_at(time);
    Stretch stretch{
        std::max(tariff.price.step_begin(price), tariff.carbon.step_begin(carbon)),
        std::min({tariff.price.step_end(price), tariff.carbon.step_end(carbon), tariff.end})};
    if (tariff.window > 0) {
        const Time window = time - (time - tariff.first_window) % tariff.window;
        stretch.begin = std::max(stretch.begin, window);
        stretch.end = std::min(stretch.end, window + tariff.window);
    }
    return stretch;
}

void restart(MeterPart& part, const Tariff& tariff, Time now) {
    part.merged_mw = part.power_mw;
    part.at = now;
    part.open = {now, stretch_at(tariff, now).end};
    part.has_changed = 0;
    part.open_energy = 0;
    part.drawn.head = part.drawn.count = 0;
}

void advance(MeterPart& part, kernel::Pool& pool, const Tariff& tariff, Time now) {
    const Wide power = part.power_mw;
    if (now >= part.open.end) {
        if (part.has_changed != 0) {
            const Wide energy = part.open_energy + power * (part.open.end - part.at);
            pool.push(part.drawn, DrawnStretch{energy, part.open, part.power_mw});
        }
        part.open = stretch_at(tariff, now);
        part.at = part.open.begin;
        part.has_changed = 0;
        part.open_energy = 0;
    }
    part.open_energy += power * (now - part.at);
    part.at = now;
}

}  // namespace foretwin::energy
