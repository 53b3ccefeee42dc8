#include "scenarios/schema/schema.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "engine/core/quantity.hpp"
#include "tests/scenarios/loader/plant_specs.hpp"

using namespace foretwin;

namespace {

/// Every key below a list of keys, sections included.
void walk(std::span<const ParameterSpec> keys, auto&& visit) {
    for (const ParameterSpec& key : keys) {
        visit(key);
        walk(key.children, visit);
    }
}

}  // namespace

TEST_CASE("every key of the file has a meaning, a unit that exists, and a safe name") {
    walk(schema::top_level(), [](const ParameterSpec& key) {
        CAPTURE(std::string(key.name));
        CHECK_FALSE(key.meaning.empty());
        CHECK(parse_unit(key.unit));
        const std::set<std::string_view> mangled{"on", "off", "yes", "no", "y", "n"};
        CHECK(mangled.count(key.name) == 0);
        if (key.kind == ParameterKind::quantity) CHECK_FALSE(key.unit.empty());
        if (key.kind == ParameterKind::choice) CHECK_FALSE(key.choices.empty());
    });
}

TEST_CASE("choices are taken apart at bars") {
    CHECK(schema::choices_of("a | b c |d") == std::vector<std::string>{"a", "b c", "d"});
    CHECK(schema::choices_of("").empty());
}

TEST_CASE("the JSON Schema names every section, every device type and every distribution") {
    const nlohmann::json published = schema::json_schema(test::plant_schema);
    for (const ParameterSpec& key : schema::top_level())
        CHECK(published["properties"].contains(std::string(key.name)));
    CHECK(published["required"] == nlohmann::json({"foretwin", "name", "time"}));
    CHECK(published["additionalProperties"] == false);

    const nlohmann::json& kinds =
        published["properties"]["devices"]["additionalProperties"]["anyOf"];
    REQUIRE(kinds.size() == std::size(test::devices) + 1);  // and one that is like another
    CHECK(kinds[1]["properties"]["type"]["const"] == "station");
    CHECK(kinds[1]["properties"]["power"]["properties"].contains("busy"));
    CHECK(kinds[1]["required"] == nlohmann::json({"cycle", "next", "type"}));

    const std::string text = published["$defs"]["distribution"].dump();
    for (const schema::DistributionSpec& family : schema::distributions())
        CHECK(text.find("\"" + std::string(family.family) + "\"") != std::string::npos);
}

TEST_CASE("types are found by name") {
    CHECK(test::plant_schema.device("crew") == &test::crew);
    CHECK(test::plant_schema.device("crow") == nullptr);
    CHECK(test::plant_schema.device_types().size() == std::size(test::devices));
}
