#pragma once

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

/// The economics oracles: exactly solved cases with their tolerance (tests/known_answers).
inline nlohmann::json economics_case(const std::string& id) {
    std::ifstream file(std::string(FORETWIN_SOURCE_DIR) + "/tests/known_answers/economics.json");
    if (!file) throw std::runtime_error("tests/known_answers/economics.json is missing");
    const nlohmann::json all = nlohmann::json::parse(file);
    for (const auto& one : all["cases"])
        if (one["id"] == id) return one;
    throw std::runtime_error("no such oracle: " + id);
}

/// The oracle's own rule: |got - value| <= atol + rtol |value|.
inline bool agrees(double got, double value, const nlohmann::json& tolerance) {
    const double allowed =
        tolerance["atol"].get<double>() + tolerance["rtol"].get<double>() * std::fabs(value);
    return std::fabs(got - value) <= allowed;
}
