#include "engine/random/philox.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

using foretwin::random::philox4x32_10;

namespace {

template <std::size_t Count>
std::array<std::uint32_t, Count> words(const std::string& text) {
    std::array<std::uint32_t, Count> result{};
    std::istringstream stream(text);
    for (std::uint32_t& word : result) stream >> std::hex >> word;
    REQUIRE_FALSE(stream.fail());
    return result;
}

}  // namespace

TEST_CASE("Philox4x32-10 gives the published known answers (oracle S-PX)") {
    std::ifstream file(FORETWIN_SOURCE_DIR "/tests/known_answers/statistics.json");
    const auto cases = nlohmann::json::parse(file).at("cases");
    int seen = 0;
    for (const auto& oracle : cases) {
        if (!oracle.at("id").get<std::string>().starts_with("S-PX")) continue;
        for (const auto& answer : oracle.at("answers").at("philox4x32_10")) {
            const auto counter = words<4>(answer.at("ctr").get<std::string>());
            const auto key = words<2>(answer.at("key").get<std::string>());
            CHECK(philox4x32_10(counter, key) == words<4>(answer.at("out").get<std::string>()));
            ++seen;
        }
    }
    CHECK(seen == 3);
}

static_assert(philox4x32_10({0, 0, 0, 0}, {0, 0})[0] == 0x6627e8d5, "known at compile time");
