#pragma once

#include <filesystem>
#include <string>

#include "scenarios/experiments/study_result.hpp"

namespace foretwin::report {

/// The study as the bytes of one HDF5 file (layout: README.md, "The HDF5 file"). Holds no time of
/// day, so equal studies give equal bytes. EnvironmentError when memory does not suffice.
std::string hdf5(const experiments::StudyResult& study);

/// Writes it whole or not at all; EnvironmentError when it cannot be written.
void write_hdf5(const experiments::StudyResult& study, const std::filesystem::path& path);

}  // namespace foretwin::report
