#include "scenarios/loader/expand.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace foretwin;
using namespace foretwin::loader;

namespace {

Value yaml(const std::string& text) {
    Problems problems;
    Value value = read_yaml(text, "p", problems);
    for (const Problem& problem : problems) FAIL(to_text(problem));
    return value;
}

std::string told(const Problems& problems) {
    std::string all;
    for (const Problem& problem : problems) all += to_text(problem) + "\n";
    return all;
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// A folder of its own for files that a test writes.
struct Folder {
    std::filesystem::path path;
    Folder() {
        static int number = 0;
        path = std::filesystem::temp_directory_path() /
               ("foretwin_expand_" + std::to_string(::getpid()) + "_" + std::to_string(number++));
        std::filesystem::create_directory(path);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(path); }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(path / name) << text;
    }
};

}  // namespace

TEST_CASE("like takes over a sibling's keys, own keys win as a whole, chains are followed") {
    Value tree = yaml(
        "devices:\n"
        "  C: {like: B, cycle: 3 s}\n"
        "  A: {type: station, cycle: 1 s, power: {busy: 9 kW, down: 1 kW}}\n"
        "  B: {like: A, power: {busy: 5 kW}}\n");
    Problems problems;
    expand_like(tree, problems);
    CHECK(told(problems) == "");
    const Value& c = *tree.find("devices")->find("C");
    CHECK(c.text_of("type") == "station");
    CHECK(c.text_of("cycle") == "3 s");
    CHECK(c.find("power")->text_of("busy") == "5 kW");
    CHECK_FALSE(c.find("power")->has("down"));
    CHECK_FALSE(c.has("like"));
    CHECK(tree.find("devices")->keys() == std::vector<std::string>{"C", "A", "B"});
}

TEST_CASE("a circle of like and an unknown sibling are told") {
    Value circle = yaml("devices:\n  A: {like: B}\n  B: {like: C}\n  C: {like: A}\n");
    Problems problems;
    expand_like(circle, problems);
    CHECK(problems.size() == 1);
    CHECK(contains(told(problems), "'A' is like 'B' is like 'C' is like 'A'"));

    Value strange = yaml("devices:\n  Packer: {type: sink}\n  B: {like: Paker}\n");
    problems.clear();
    expand_like(strange, problems);
    CHECK(told(problems) ==
          "p:3:13: there is no device 'Paker' to be like (did you mean 'Packer'?)\n");
}

TEST_CASE("flow joins a serial line; with next it is an error") {
    Value tree = yaml("flow: [A, B, C]\ndevices: {A: {}, B: {}, C: {}}\n");
    Problems problems;
    expand_flow(tree, problems);
    CHECK(told(problems) == "");
    CHECK(tree.find("devices")->find("A")->text_of("next") == "B");
    CHECK(tree.find("devices")->find("B")->text_of("next") == "C");
    CHECK_FALSE(tree.find("devices")->find("C")->has("next"));
    CHECK_FALSE(tree.has("flow"));

    Value both = yaml("flow: [A, B, A, D]\ndevices: {A: {next: B}, B: {}}\n");
    expand_flow(both, problems);
    CHECK(contains(told(problems), "'A' has `next` and stands in `flow`"));
    CHECK(contains(told(problems), "'A' stands in flow twice"));
    CHECK(contains(told(problems), "there is no device 'D'"));
}

TEST_CASE("a fleet makes one device per row, with placeholders in keys and values") {
    const Folder folder;
    folder.write("machines.csv", "machineID,model,age\r\n1,model3,18\r\n2,\"model 4, new\",7\r\n");
    Value tree = yaml(
        "fleets:\n  Park:\n    for_each: {file: machines.csv}\n"
        "    name: \"Machine {machineID}\"\n"
        "    device: {type: machine, model: \"{model}\",\n"
        "             failures: {\"comp {machineID}\": {age: \"{age} days\", life: {fitted: \"life "
        "{model}\"}}}}\n");
    Problems problems;
    expand_fleets(tree, folder.path, problems);
    CHECK(told(problems) == "");
    const Value& devices = *tree.find("devices");
    CHECK(devices.keys() == std::vector<std::string>{"Machine 1", "Machine 2"});
    const Value& second = *devices.find("Machine 2");
    CHECK(second.text_of("model") == "model 4, new");
    CHECK(second.text_of("fleet") == "Park");
    const Value& cause = *second.find("failures")->find("comp 2");
    CHECK(cause.text_of("age") == "7 days");
    CHECK(cause.find("life")->text_of("fitted") == "life model 4, new");
    CHECK_FALSE(tree.has("fleets"));
}

TEST_CASE("a fleet without a table counts") {
    Value tree = yaml(
        "fleets: {Row: {for_each: {count: 3}, name: \"M{number}\", device: {type: machine}}}\n");
    Problems problems;
    expand_fleets(tree, ".", problems);
    CHECK(told(problems) == "");
    CHECK(tree.find("devices")->keys() == std::vector<std::string>{"M1", "M2", "M3"});
    Value absurd = yaml(
        "fleets: {R: {for_each: {count: 1000000000}, name: \"M{number}\", device: {type: m}}}\n");
    expand_fleets(absurd, ".", problems);
    CHECK(contains(told(problems), "not a number of devices from 1 to 100000"));
}

TEST_CASE("bad tables are told with their file and line") {
    const Folder folder;
    const auto problems_with = [&](const std::string& csv, const std::string& template_name) {
        folder.write("t.csv", csv);
        Value tree = yaml("fleets: {F: {for_each: {file: t.csv}, name: \"" + template_name +
                          "\", device: {type: machine, model: \"{model}\"}}}\n");
        Problems problems;
        expand_fleets(tree, folder.path, problems);
        return told(problems);
    };
    CHECK(problems_with("id,model\n1,a\n2,b\n", "M {id}") == "");
    CHECK(
        contains(problems_with("id,modell\n1,a\n", "M {id}"), "placeholder {model} is no column"));
    CHECK(contains(problems_with("id,modell\n1,a\n", "M {id}"), "did you mean 'modell'?"));
    CHECK(contains(problems_with("id,model\n1,a\n2,\n", "M {id}"), "t.csv:3:1: column 'model'"));
    CHECK(contains(problems_with("id,model\n1,a\n2,NaN\n", "M {id}"), "t.csv:3:1: column 'model'"));
    CHECK(contains(problems_with("id,model\n1,a,b\n", "M {id}"), "t.csv:2:1: 3 fields"));
    CHECK(contains(problems_with("id,model\n", "M {id}"), "no rows"));
    CHECK(contains(problems_with("", "M {id}"), "t.csv:1"));
    CHECK(contains(problems_with("id,id\n1,a\n", "M {id}"), "column 'id' stands twice"));
    CHECK(contains(problems_with("id,model\n1,a\n1,b\n", "M {id}"), "makes the name 'M 1' twice"));
    Value missing = yaml(
        "fleets: {F: {for_each: {file: no.csv}, name: \"M {id}\", device: {type: machine}}}\n");
    Problems problems;
    expand_fleets(missing, folder.path, problems);
    CHECK(contains(told(problems), "p:1:31: there is no file"));
    Value unknown = yaml(
        "fleets: {F: {for_each: {count: 1}, naem: x, name: \"M{number}\", device: {type: m}}}\n");
    problems.clear();
    expand_fleets(unknown, folder.path, problems);
    CHECK(contains(told(problems), "unknown key 'naem' in a fleet (did you mean 'name'?)"));
}
