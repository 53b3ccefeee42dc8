#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

/// Access to the cases of tests/known_answers/statistics.json and their tolerance.
namespace foretwin::test {

class Oracle {
  public:
    explicit Oracle(nlohmann::json content) : content_(std::move(content)) {}

    std::string id() const { return content_.at("id").get<std::string>(); }
    const nlohmann::json& parameters() const { return content_.at("params"); }
    const nlohmann::json& answers() const { return content_.at("answers"); }
    std::vector<double> values(const std::string& name) const {
        return parameters().at(name).get<std::vector<double>>();
    }

    /// |got - answer| <= atol + rtol |answer|, the tolerance of the file.
    void check(double got, const nlohmann::json& answer) const {
        const auto expected = answer.get<double>();
        const auto& tolerance = content_.at("tolerance");
        const double allowed = tolerance.at("atol").get<double>() +
                               tolerance.at("rtol").get<double>() * std::abs(expected);
        CAPTURE(id());
        CAPTURE(got);
        CAPTURE(expected);
        CHECK(std::abs(got - expected) <= allowed);
    }
    void check(double got, const char* answer) const {
        CAPTURE(answer);
        check(got, answers().at(answer));
    }

  private:
    nlohmann::json content_;
};

/// All cases of a family, e.g. "S-MS"; at least one.
inline std::vector<Oracle> oracles(const std::string& family) {
    std::ifstream file(FORETWIN_SOURCE_DIR "/tests/known_answers/statistics.json");
    const auto document = nlohmann::json::parse(file);
    std::vector<Oracle> found;
    for (const auto& content : document.at("cases")) {
        if (content.at("id").get<std::string>().starts_with(family)) found.emplace_back(content);
    }
    REQUIRE_FALSE(found.empty());
    return found;
}

}  // namespace foretwin::test
