#include "engine/telemetry/csv.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "engine/telemetry/sha256.hpp"

using namespace foretwin;
using namespace foretwin::telemetry;

namespace {

/// The problems of a text, each as "line:column: what".
std::vector<std::string> complaints(std::string_view text) {
    Problems problems;
    parse_csv(text, "t.csv", problems);
    std::vector<std::string> texts;
    for (const Problem& problem : problems)
        texts.push_back(std::to_string(problem.place.line) + ":" +
                        std::to_string(problem.place.column) + ": " + problem.what);
    return texts;
}

}  // namespace

TEST_CASE("rows keep their lines and columns, whatever the line ends and quotes") {
    Problems problems;
    const auto file =
        parse_csv("\xef\xbb\xbftime,what\r\n1,\"a, \"\"b\"\"\"\r\n\r\n2,\"two\nlines\"\n3,c",
                  "t.csv", problems);
    CHECK(problems.empty());
    CHECK(file.header == std::vector<std::string>{"time", "what"});
    REQUIRE(file.rows.size() == 3);
    CHECK(file.rows[0].fields[1].text == "a, \"b\"");
    CHECK(file.rows[0].line == 2);
    CHECK(file.rows[0].fields[1].column == 3);
    CHECK(file.rows[1].fields[1].text == "two\nlines");
    CHECK(file.rows[1].line == 4);
    CHECK(file.rows[2].fields[1].text == "c");
    CHECK(file.rows[2].line == 6);
}

TEST_CASE("malformed files are reported with place and reason") {
    using Texts = std::vector<std::string>;
    CHECK(complaints("") == Texts{"1:1: an empty file"});
    CHECK(complaints("a,b\n") == Texts{"1:1: no records below the header"});
    CHECK(complaints("a,a\n1,2\n") == Texts{"1:3: column 'a' stands twice in the header"});
    CHECK(complaints("a,b\n1,2\n1\n") == Texts{"3:1: a row of 1 fields; the header has 2"});
    CHECK(complaints("a,b\n1,2,3\n1,2\n") == Texts{"2:5: a row of 3 fields; the header has 2"});
    CHECK(complaints("a,b\n1,2\n1,\"x") == Texts{"3:3: a quoted field that never ends"});
    CHECK(complaints("a,b\n1,2\n\"x\"y,1\n") == Texts{"3:4: text after a closing quote"});
    CHECK(complaints("a,b\n1,2\nx\"y,1\n") == Texts{"3:2: a quote inside an unquoted field"});
    CHECK(complaints(std::string("a,b\n1,2\n\0,1\n", 12)) ==
          Texts{"3:1: a control character inside a field"});
}

TEST_CASE("a file full of errors names twenty and counts the rest") {
    std::string text = "a,b\n1,2\n";
    for (int i = 0; i < 100; ++i) text += "1\n";
    const auto all = complaints(text);
    REQUIRE(all.size() == 21);
    // Lines 3 to 102 are wrong; the twenty-first of them is line 23.
    CHECK(all.back() == "23:1: 80 more problems in t.csv");
}

TEST_CASE("a missing column is named with the nearest one") {
    Problems problems;
    const auto file = parse_csv("datetime,machineID\n1,2\n", "t.csv", problems);
    CHECK(find_column(file, "machineID", problems) == 1u);
    CHECK(problems.empty());
    CHECK_FALSE(find_column(file, "machineId2", problems).has_value());
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].what == "no column 'machineId2'");
    CHECK(problems[0].hint == "did you mean 'machineID'?");
    CHECK_FALSE(find_column(file, "price", problems).has_value());
    CHECK(problems[1].hint == "columns are 'datetime' 'machineID'");
}

TEST_CASE("a missing or too large file is reported where it was named") {
    Problems problems;
    read_csv("/nowhere/at/all.csv", "data/all.csv", problems, {"plant.yaml", 7, 3});
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].place.line == 7);
    CHECK(problems[0].what == "file not found: data/all.csv");
    const auto path = std::filesystem::temp_directory_path() / "foretwin_csv_test.csv";
    std::ofstream(path) << "a,b\n1,2\n";
    read_csv(path, "big.csv", problems, {"plant.yaml", 8, 3}, 4);
    REQUIRE(problems.size() == 2);
    CHECK(problems[1].what == "file too large: big.csv");
    CHECK(read_csv(path, "big.csv", problems).rows.size() == 1);
    std::filesystem::remove(path);
}

TEST_CASE("SHA-256 gives the published digests") {
    // FIPS 180-4 examples: "", "abc", and 448 bits.
    CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(sha256(std::string(1000000, 'a')) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
