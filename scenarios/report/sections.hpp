#pragma once

#include <string>

#include "scenarios/report/headline.hpp"

namespace foretwin::report {

/// Sections of the page as markup; each is empty when the study has nothing for it.

/// A section with its heading; `lead` is one plain sentence, `inside` markup. Empty if inside is.
std::string section(const std::string& heading, const std::string& lead, const std::string& inside);

/// The few figures that decide, large.
std::string tiles(const StudyResult& study);
/// Alternatives side by side: leading KPIs with paired differences, and the money.
std::string alternatives_table(const StudyResult& study);
/// Every KPI that the first table leaves out.
std::string further_table(const StudyResult& study);
/// The baseline alone: mean, interval, a single future.
std::string run_table(const StudyResult& study);
/// All that is known about the money of each alternative.
std::string money_table(const StudyResult& study);
std::string assumptions_section(const StudyResult& study);
std::string fitted_section(const StudyResult& study);
std::string provenance_section(const StudyResult& study);
std::string definitions_section(const StudyResult& study);

}  // namespace foretwin::report
