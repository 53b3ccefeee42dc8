#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "engine/telemetry/store.hpp"

namespace foretwin::telemetry {

enum class ExportForm : std::uint8_t {
    csv_long,   ///< a row per sample, with its marks: everything that a store has
    csv_wide,   ///< a row per instant and device, a column per signal: numbers without marks
    json_lines  ///< as long
};

/// What is taken out: of the series whose device and signal are as these patterns say, samples with
/// from <= time < to.
struct ExportChoice {
    std::string devices = "*";
    std::string signals = "*";
    Instant from = std::numeric_limits<Instant>::min();
    Instant to = no_instant;
};

/// The chosen series. InputError when there is none, or when a signal has several units or kinds,
/// which no one description could say; in wide form texts are left out.
std::vector<SeriesInfo> exported_series(const StoreReader& store, const ExportChoice& choice,
                                        ExportForm form);

/// Writes their samples, in memory that does not grow with them. Returns how many; `told` hears
/// them as they are written, and may throw.
std::size_t export_samples(const StoreReader& store, const std::vector<SeriesInfo>& series,
                           const ExportChoice& choice, ExportForm form, std::ostream& into,
                           const std::function<void(std::size_t)>& told = {});

/// The description with which `foretwin ingest` reads such a file into the same samples.
std::string export_description(const std::vector<SeriesInfo>& series, ExportForm form,
                               const std::string& file);

}  // namespace foretwin::telemetry
