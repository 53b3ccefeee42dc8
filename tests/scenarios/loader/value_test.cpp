#include "scenarios/loader/value.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/scenarios/loader/plant_specs.hpp"

using namespace foretwin;
using namespace foretwin::loader;

namespace {

Value yaml(const std::string& text) {
    Problems problems;
    Value value = read_yaml(text, "plant.yaml", problems);
    for (const Problem& problem : problems) FAIL(to_text(problem));
    return value;
}

/// All problems of a text, one per line.
std::string complaints(const std::string& text, const Limits& limits = {}) {
    Problems problems;
    read_yaml(text, "p", problems, limits);
    std::string all;
    for (const Problem& problem : problems) all += to_text(problem) + "\n";
    return all;
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a tree keeps texts, order and places") {
    const Value tree = yaml("b: 1\na: {x: [2 h, \"3\"], z: true}\n");
    REQUIRE(tree.is_map());
    CHECK(tree.keys() == std::vector<std::string>{"b", "a"});
    CHECK(tree.find("b")->text() == "1");
    const Value& list = *tree.find("a")->find("x");
    CHECK(list.items()[0].text() == "2 h");
    CHECK_FALSE(list.items()[0].quoted());
    CHECK(list.items()[1].quoted());
    CHECK(tree.find("a")->find("z")->is_true());
    CHECK(list.place().line == 2);
    CHECK(list.place().column == 8);
    CHECK(tree.place_of_key("a").line == 2);
    CHECK(tree.place_of_key("a").column == 1);
    CHECK(list.place().file == "plant.yaml");
    CHECK(tree.find("c") == nullptr);
    CHECK(tree.size() == 7);
}

TEST_CASE("what two YAML readers would understand differently is refused") {
    CHECK(contains(complaints("a: 1\nb: 2\na: 3\n"), "p:3:1: key 'a' is given twice"));
    CHECK(contains(complaints("a: 1\nb: 2\na: 3\n"), "at line 1 already"));
    CHECK(contains(complaints("a:\n\tb: 1\n"), "p:2:1: tab used to indent"));
    CHECK(contains(complaints("a: &x 1\nb: *x\n"), "p:1:4: anchors"));
    CHECK(contains(complaints("a: &x 1\nb: *x\n"), "p:2:4: aliases"));
    CHECK(contains(complaints("a: !!str 1\n"), "p:1:4: tag"));
    CHECK(contains(complaints("a: .inf\n"), "not a finite number"));
    CHECK(contains(complaints("a: -.INF\n"), "not a finite number"));
    CHECK(contains(complaints("a: .nan\n"), "not a finite number"));
    CHECK(contains(complaints("a: NaN\n"), "not a finite number"));
    CHECK(contains(complaints("a: 012\n"), "begins with a zero"));
    CHECK(contains(complaints("a: 0x1F\n"), "hexadecimal"));
    CHECK(contains(complaints("a: yes\n"), "truth value"));
    CHECK(contains(complaints("a: Off\n"), "truth value"));
    CHECK(contains(complaints("on: 1\n"), "p:1:1: key 'on' is a truth value"));
    CHECK(contains(complaints("{y: 1}\n"), "p:1:2: key 'y' is a truth value"));
    CHECK(contains(complaints("a: 06:00\n"), "without quotes"));
    CHECK(contains(complaints("a: 06:00-22:00\n"), "without quotes"));
    CHECK(contains(complaints("<<: {a: 1}\n"), "merge keys"));
    CHECK(contains(complaints("{[1, 2]: 1}\n"), "a key must be a name"));
    CHECK(contains(complaints("a: 1\n---\nb: 1\n"), "more than one document"));
    CHECK(contains(complaints(""), "the file is empty"));
    CHECK(contains(complaints("a: [1, 2\n"), "not YAML"));
    CHECK(contains(complaints("a: \xff\n"), "p:1:4: not UTF-8"));
    CHECK(contains(complaints(std::string("a: b\0c\n", 7)), "control character"));
}

TEST_CASE("what looks similar but is meant so is accepted") {
    const Value tree = yaml(
        "start: 2026-01-05T06:00\nrange: \"06:00-22:00\"\nanswer: \"yes\"\nzero: 0\n"
        "half: 0.5\nnothing: ~\nonset: 1\n");
    CHECK(tree.find("start")->text() == "2026-01-05T06:00");
    CHECK(tree.find("answer")->text() == "yes");
    CHECK(tree.find("nothing")->is_null());
}

TEST_CASE("all problems of a file are told at once") {
    const std::string all = complaints("a: 012\nb: yes\na: 1\nc: .inf\n");
    CHECK(std::count(all.begin(), all.end(), '\n') == 4);
}

TEST_CASE("limits hold before memory is spent") {
    std::string deep = "a: ";
    for (int i = 0; i < 100; ++i) deep += "{b: ";
    deep += "1" + std::string(100, '}');
    CHECK_MESSAGE(contains(complaints(deep), "nested deeper than 64 levels"), complaints(deep));
    CHECK_FALSE(complaints(std::string(100'000, '[')).empty());
    CHECK(contains(complaints("a: [1, 2, 3]\n", {.nodes = 3}), "more than 3 values"));
    CHECK(contains(complaints(std::string(2'000'000, 'a'), {.bytes = 1 << 20}), "1 MiB"));
    Problems problems;
    read_file("/dev/zero", problems);
    REQUIRE(problems.size() == 1);
    CHECK(contains(problems[0].what, "is no file but a pipe or a device"));
}

TEST_CASE("JSON is the same tree, with places and as strict") {
    Problems problems;
    const Value json = read_json(
        "{\"a\": [1, 2.5e3, \"3 h\"],\n \"b\": {\"c\": true, \"d\": null}}", "p.json", problems);
    REQUIRE(problems.empty());
    CHECK(json.find("a")->items()[1].text() == "2.5e3");
    CHECK(json.find("a")->items()[2].quoted());
    CHECK(json.find("b")->find("c")->is_true());
    CHECK(json.find("b")->find("d")->is_null());
    CHECK(json.place_of_key("b").line == 2);
    CHECK(json.place_of_key("b").column == 2);
    CHECK(json.find("a")->items()[0].place().column == 8);

    for (const char* bad : {"{\"a\": 1, \"a\": 2}", "{\"a\": 1e999}", "{\"a\": }", "[1, 2", "",
                            "{\"a\": NaN}", "{} {}"}) {
        Problems found;
        read_json(bad, "p.json", found);
        CHECK_MESSAGE(found.size() == 1, bad);
    }
    std::string deep(100'000, '[');
    Problems found;
    read_json(deep, "p.json", found);
    CHECK(contains(found.at(0).what, "nested deeper"));
}

TEST_CASE("a tree survives the way through JSON and YAML") {
    const Value tree = yaml(test::bottling_line);
    Problems problems;
    const Value back = read_yaml(to_yaml(tree), "again", problems);
    CHECK(problems.empty());
    CHECK(back == tree);

    const auto json = to_json(tree);
    CHECK(json["devices"]["Filler"]["buffer"] == 60);
    CHECK(json["devices"]["Filler"]["cycle"]["lognormal"]["mean"] == "3.8 s");
    const Value from_json = read_json(json.dump(), "json", problems);
    CHECK(problems.empty());
    CHECK(to_json(from_json) == json);
}

TEST_CASE("keys that some readers take for something else are written in quotes") {
    Value tree = Value::map();
    for (const char* key : {"on", "OFF", "No", "yes", "y", "N", "True", "null", "<<", "...", "a: b",
                            "- c", "#d", "", "Desk"})
        tree.set(key, Value::scalar("1"));
    const std::string text = to_yaml(tree);
    Problems problems;
    CHECK(read_yaml(text, "again", problems) == tree);
    CHECK(problems.empty());
    CHECK(text.find("\"on\": 1\n\"OFF\": 1\n\"No\": 1\n") == 0);
    CHECK(text.find("\nDesk: 1\n") != std::string::npos);
}

TEST_CASE("editing a tree: set replaces or appends, erase removes") {
    Value tree = yaml("a: 1\nb: 2\n");
    tree.set("a", Value::scalar("9"));
    tree.set("c", Value::list());
    CHECK(tree.keys() == std::vector<std::string>{"a", "b", "c"});
    CHECK(tree.find("a")->text() == "9");
    CHECK(tree.erase("b"));
    CHECK_FALSE(tree.erase("b"));
    CHECK(tree.text_of("b", "none") == "none");
}

TEST_CASE("problems are thrown sorted, once each, and three per place at most") {
    Problems problems;
    for (int i = 0; i < 9; ++i)
        problems.push_back({{"f", 2, 1}, "machine " + std::to_string(i), ""});
    problems.push_back({{"f", 1, 1}, "first", ""});
    problems.push_back({{"f", 1, 1}, "first", ""});
    try {
        throw_if_any(problems);
        FAIL("must throw");
    } catch (const InputError& error) {
        CHECK(error.problems().size() == 4);
        CHECK(error.problems()[0].what == "first");
    }
    CHECK_NOTHROW(throw_if_any({}));
}
