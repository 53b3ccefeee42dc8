#pragma once

#include <cstdint>
#include <type_traits>

#include "engine/kernel/memory.hpp"
#include "models/energy/tariff.hpp"

namespace foretwin::energy {

/// Between two instants at which price, carbon or window changes, all that is drawn counts alike.
struct Stretch {
    Time begin = 0, end = 0;
};
/// The stretch that holds `time` >= 0; endless from the tariff's end on.
Stretch stretch_at(const Tariff& tariff, Time time);

/// A stretch of one cell in which something changed.
struct DrawnStretch {
    Wide energy = 0;  ///< mW x ns, in all of it
    Stretch stretch;
    std::int64_t power_mw = 0;  ///< from its end until the next such stretch
};

/// What the devices of one cell draw. Cells share the stretches, so the site's energy in one is the
/// sum over the cells, to the last bit. Zero bytes are a part that has not begun.
struct MeterPart {
    std::int64_t power_mw = 0;   ///< since `at`
    std::int64_t merged_mw = 0;  ///< power at the end of what was merged
    Time at = 0;
    Stretch open;                   ///< holds `at`
    std::uint64_t has_changed = 0;  ///< in the open stretch
    Wide open_energy = 0;           ///< of the open stretch up to `at`, mW x ns
    kernel::Ring drawn;             ///< DrawnStretch, ended and not merged yet
};
static_assert(std::is_trivially_copyable_v<MeterPart>);

/// A part that measures from `now` on, at the power it has.
void restart(MeterPart& part, const Tariff& tariff, Time now);

/// Counts up to `now` >= part.at. The rings of the part live in `pool`.
void advance(MeterPart& part, kernel::Pool& pool, const Tariff& tariff, Time now);

}  // namespace foretwin::energy
