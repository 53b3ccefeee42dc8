#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/time.hpp"

namespace foretwin::telemetry {

/// How a file lays out its samples.
enum class Form : std::uint8_t {
    wide,      ///< a row per time and device, a column per signal
    longer,    ///< a row per time, device and signal, one column for all values ("long")
    intervals  ///< a row per state and device: from when until when; one signal, of texts
};

/// What a file is written in.
enum class Format : std::uint8_t { csv, json_lines, hdf5, parquet };

/// Which instant of what it was measured over the time of a sample is. Stored is the beginning.
enum class Stamp : std::uint8_t { instant, start, end };

/// A unit that a signal is known to be sent in by mistake: its numbers are `factor` times too
/// large.
struct WrongUnit {
    std::string name;
    double factor = 1;
};

/// One signal, and what its samples are held to. Numbers are in the signal's own unit.
struct SignalDescription {
    std::string name;    ///< as stored
    std::string column;  ///< wide: of the file; long: its name in the signal column
    std::string unit;
    std::vector<double> sentinels;  ///< numbers that say "nothing was measured"
    bool ranged = false;
    double lowest = 0;                     ///< smallest value that can be
    double highest = 0;                    ///< largest value that can be
    int stuck_at_least = 0;                ///< equal values in a row that nobody believes; 0: any
    int drift_at_least = 12;               ///< values in a row that make a stretch of wrong unit
    std::vector<WrongUnit> wrong_units{};  ///< looked for, the nearest by factor
    Time hold = never;                     ///< longest time that a value stands for what follows
    Time every = 0;  ///< how often a sample should come, to count those missing in gaps; 0: unknown
    bool texts = false;  ///< its values are texts: states, messages; unit and range do not apply
    std::vector<std::string> text_sentinels{};  ///< texts that say "nothing is known"
    std::vector<std::string> words{};           ///< texts that can be; none: any
    bool zero_is_nothing = false;               ///< a 0 says that nothing was recorded
};

/// What becomes of samples that a rule doubts.
struct Doubts {
    bool reject_stuck = false;
    bool reject_range = false;
    bool reject_unit = false;
};

/// Which file holds samples, how they are laid out, and what they are held to: quality rules are
/// data, never code.
struct IngestDescription {
    std::string file;  ///< relative to the description
    Form form = Form::wide;
    Format format = Format::csv;
    std::string zone = "UTC";  ///< of times without one
    std::string time_column;   ///< of intervals: when it begins
    std::string until_column;  ///< intervals only: when it ends
    Time time_unit = 0;        ///< times are counts of so long since 1970; 0: dates
    Time clock_offset = 0;     ///< the source's clock shows so much more than the time is
    Stamp stamp = Stamp::instant;
    Time interval = 0;           ///< what a value was measured over, when stamped at its end
    std::string arrival_column;  ///< when a sample came in, to see how the clock goes; empty: none
    std::string quality_column;  ///< marks (`Quality`) that are taken over; empty: none
    std::string detail_column;   ///< what else comes with a text; empty: none
    std::string device_column;   ///< empty: all rows are of `device`
    std::string device;
    std::string signal_column;  ///< long only
    std::string value_column;   ///< long only
    std::vector<SignalDescription> signals;
    Time late_after = 0;         ///< how far behind the newest of its series a sample may come
    Time ahead_at_most = never;  ///< live: how far before our clock a sample's time may be
    double refuse_above = 1;     ///< share of samples, duplicates left out, that may be bad
    Doubts doubts;
};

}  // namespace foretwin::telemetry
