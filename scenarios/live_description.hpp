#pragma once

#include <filesystem>
#include <optional>

#include "scenarios/live_source.hpp"
#include "scenarios/living/description.hpp"
#include "scenarios/loader/value.hpp"

namespace foretwin::scenarios {

/// Reads
///
///   foretwin_live: 1
///   scenario: scenario.yaml
///   profile: profile.yaml              # what telemetry means, as for foretwin replay
///   store: telemetry.h5                # filled by foretwin ingest; may be told by --store
///   machines: [Filler, Packer]         # names that scenario and profile share
///   output: Packer                     # machine whose good parts are the plant's production
///   paces: [Filler, Packer]            # machines whose cycle is learned: busy time per part
///   counters:                          # counts of the twin that telemetry has
///     Filler: {figure: completed, counter: produced, machine: Filler, error: 2 part}
///   every: 1 h                         # when a forecast is issued
///   readings: 5 min                    # how often twin and plant are compared
///   horizons: {shift: 8 h, day: 24 h}  # whole multiples of `every`
///   memory: 7 days
///   wait: 1 min
///   silent_after: 30 min               # no word of any device: nothing is known; else silence is
///                                      # that nothing changed
///   futures: 200
///   particles: 200
///   level: 80 %
///   seed: 1
///   alternatives: [faster filler]      # changes of the scenario, as what-ifs from now
///   publish:                           # each forecast to <topic>/<alternative>/<figure>/<horizon>
///     mqtt: {host: localhost}          # as in a source (live_source.hpp)
///     topic: plant/forecasts
///
/// InputError with all problems of the file.
struct LiveFile {
    living::Description twin;
    std::optional<Publishing> publish;
};
LiveFile read_live_file(const std::filesystem::path& path);
/// Of a tree, all but `publish`; good only if no problem was added.
living::Description read_live_description(const loader::Value& tree, loader::Problems& problems);

}  // namespace foretwin::scenarios
