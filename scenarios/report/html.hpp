#pragma once

#include <filesystem>
#include <string>

#include "scenarios/experiments/study_result.hpp"

namespace foretwin::report {

/// The report as one self-contained page: no scripts, nothing loaded from elsewhere, pictures as
/// inline SVG; light and dark, and fit for paper. All text of the study is escaped.
std::string html(const experiments::StudyResult& study);

/// Writes it whole or not at all; EnvironmentError when it cannot be written.
void write_html(const experiments::StudyResult& study, const std::filesystem::path& path);

}  // namespace foretwin::report
