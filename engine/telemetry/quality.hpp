#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/telemetry/sample_reader.hpp"
#include "engine/telemetry/time_profile.hpp"

namespace foretwin::telemetry {

/// What can be wrong with one sample. What stands before `late` is always rejected, late ones are
/// kept apart, what stands behind it is accepted with a mark unless the description rejects it.
enum class Defect : std::uint8_t {
    empty,                  ///< nothing in the field
    text,                   ///< no number
    not_finite,             ///< NaN or infinity
    sentinel,               ///< a number that says "nothing was measured"
    not_recorded,           ///< a zero, where that says so
    exact_duplicate,        ///< the same instant and value once more
    conflicting_duplicate,  ///< the same instant with another value; the first one stays
    overlap,                ///< an interval that begins before the one before it ends
    late,                   ///< further behind the newest of its series than is waited for
    stuck,
    out_of_range,
    wrong_unit,
};
inline constexpr std::size_t sample_defects = 12;
std::string_view to_text(Defect defect);

/// What became of the samples of one device and signal.
struct SeriesCounts {
    std::string device;
    std::string signal;
    std::string unit;
    std::int64_t received = 0;
    std::int64_t accepted = 0;
    std::int64_t rejected = 0;
    std::int64_t late = 0;
    std::int64_t waiting = 0;  ///< held back until others have come; 0 at the end
    std::array<std::int64_t, sample_defects> defects{};
    std::int64_t marked = 0;        ///< accepted, and stuck, out of range or in a wrong unit
    std::int64_t out_of_order = 0;  ///< accepted, though not the newest of its series
    std::int64_t gaps = 0;          ///< between accepted samples, longer than a value holds
    Time gap_time = 0;              ///< their whole length
    Time longest_gap = 0;
    std::int64_t missing = 0;    ///< in gaps, by how often the signal should come; 0 if unknown
    Instant first = no_instant;  ///< accepted
    Instant last = no_instant;
    std::string found_unit;          ///< the last wrong unit that was found
    Instant unit_from = no_instant;  ///< first sample in a wrong unit
    Instant unit_to = no_instant;    ///< the last one
    TimeProfile profile;             ///< without exact duplicates

    std::int64_t of(Defect defect) const { return defects[static_cast<std::size_t>(defect)]; }
};

/// How long after their time the rows of a device came in, by the clock of whoever received them.
/// What is below zero came before it was measured: the device's clock is ahead.
struct ClockDelays {
    std::string device;
    std::int64_t rows = 0;
    std::int64_t early = 0;  ///< came in before their own time
    Time least = 0;
    Time most = 0;

    void add(Time delay);
    /// The offset that explains the delays best, as `clock_offset` wants it: how much more the
    /// device's clock shows than the time is. Nothing while it may as well be right: rows come in
    /// at once, or a moment later.
    std::optional<Time> offset() const;
    static constexpr Time at_once = 2 * second;  ///< no data travel longer in a plant
};

/// What a file was worth. Rows: received = read + rejected. Samples, which only rows that could be
/// read have: received = accepted + rejected + late (+ waiting, while samples still come). Both
/// hold always.
struct QualityReport {
    std::string source;
    std::int64_t rows_received = 0;
    std::int64_t rows_read = 0;
    std::array<std::int64_t, row_defects> rows_rejected{};
    // Of the rows read, by what their samples were; a row counts once in each.
    std::int64_t rows_repeated = 0;     ///< all that they hold was there: exact duplicates
    std::int64_t rows_conflicting = 0;  ///< with a conflicting duplicate
    std::int64_t rows_late = 0;         ///< with a late sample
    std::vector<SeriesCounts> series;   ///< in the order of devices, then signals, of the file
    std::vector<ClockDelays> clocks;    ///< of the devices whose rows tell when they came in
    double refuse_above = 1;
    bool refused = false;  ///< then nothing was stored

    std::int64_t rejected_rows() const;
    /// The sum over all series, without names and times.
    SeriesCounts total() const;
    /// Share of samples, and of rows that hold none that can be read, that are rejected or late.
    /// Exact duplicates lose nothing and are not bad, so a file told twice is as bad as told once.
    /// 0 of nothing.
    double bad_share() const;
    /// Broken accounts are a fault of our own (RuleBroken).
    void check_accounts() const;
};

/// One thing that was not stored, with where it stood and why.
struct SetAside {
    int line = 0;
    int column = 0;
    std::string_view device;  ///< empty: of a whole row
    std::string_view signal;
    Instant at = no_instant;
    std::string_view text;  ///< as it stood in the file
    std::string_view reason;
};

}  // namespace foretwin::telemetry
