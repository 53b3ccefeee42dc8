#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "scenarios/experiments/study_result.hpp"

namespace foretwin::report {

/// The building blocks of json.hpp, one per section of the result.
nlohmann::ordered_json number_or_null(double value);
nlohmann::ordered_json numbers(const std::vector<double>& values);
nlohmann::ordered_json share_json(const roi::Share& share);
nlohmann::ordered_json interval_json(const roi::Interval& interval);
nlohmann::ordered_json money_json(const experiments::AlternativeResult& alternative);
nlohmann::ordered_json tornado_json(const roi::Tornado& tornado);
nlohmann::ordered_json assumptions_json(const experiments::StudyResult& study);
nlohmann::ordered_json fitted_json(const experiments::StudyResult& study);
nlohmann::ordered_json inputs_json(const experiments::StudyResult& study);
nlohmann::ordered_json validation_json(const experiments::StudyResult& study);

}  // namespace foretwin::report
