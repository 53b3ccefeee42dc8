#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/calibration/mapping.hpp"
#include "engine/telemetry/events.hpp"

namespace foretwin::calibration {

/// A file that was read, for provenance.
struct RecordFile {
    std::string file;
    std::string sha256;
    std::size_t rows = 0;
    std::size_t used = 0;  ///< without excluded failures
};

/// All records of a mapping, in time order, with names turned into indices. Models and causes are
/// sorted by name, so that results do not depend on the order of rows.
struct Records {
    std::vector<std::string> devices, models, causes, codes;
    std::vector<std::uint32_t> model_of;  ///< per device
    std::vector<telemetry::Event> failures, replacements, alarms;
    LocalSeconds observed_from = 0;
    LocalSeconds observed_to = 0;
    std::vector<RecordFile> files;
};

/// Reads the files of a mapping. Throws InputError with every problem of every file. With
/// `continuation`, the events go on in files of the same names in that folder (the list of devices
/// stays); a row that both have counts once, and the observation ends with the last record of all.
Records read_record_files(const RecordMapping& mapping, const std::filesystem::path& base_folder,
                          const std::filesystem::path& continuation = {});

/// True when the failure lies at the instant of an exclusion.
bool is_excluded(const RecordMapping& mapping, const telemetry::Event& failure);

}  // namespace foretwin::calibration
