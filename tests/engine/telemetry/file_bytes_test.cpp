#include "engine/telemetry/file_bytes.hpp"

#include <doctest/doctest.h>
#include <unistd.h>
#include <zlib.h>

#include <fstream>

#include "engine/core/error.hpp"

using namespace foretwin;
using namespace foretwin::telemetry;

namespace {

struct TemporaryFile {
    std::filesystem::path path;
    explicit TemporaryFile(const std::string& bytes) {
        std::string name = (std::filesystem::temp_directory_path() / "foretwin_bytes_XXXXXX");
        const int file = mkstemp(name.data());
        REQUIRE(file >= 0);
        close(file);
        path = name;
        std::ofstream(path, std::ios::binary) << bytes;
    }
    ~TemporaryFile() { std::filesystem::remove(path); }
};

std::string packed(const std::string& text) {
    const TemporaryFile file("");
    gzFile out = gzopen(file.path.c_str(), "wb");
    REQUIRE(gzwrite(out, text.data(), static_cast<unsigned>(text.size())) ==
            static_cast<int>(text.size()));
    gzclose(out);
    std::ifstream in(file.path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// All of a file, seven bytes at a time.
std::string read(const std::string& bytes) {
    const TemporaryFile file(bytes);
    const ByteSource source = file_bytes(file.path, "t.csv");
    std::string all;
    std::string part(7, ' ');
    while (const std::size_t got = source(part.data(), part.size())) all += part.substr(0, got);
    return all;
}

}  // namespace

TEST_CASE("a file is read as it stands, and unpacked when it is packed") {
    std::string text;
    for (int i = 0; i < 10'000; ++i) text += std::to_string(i * i) + ",";
    CHECK(read(text) == text);
    CHECK(read(packed(text)) == text);
    CHECK(read("").empty());
    CHECK(read(packed("")).empty());
    CHECK(read(packed("a") + packed("b")) == "ab");
}

TEST_CASE("a packed file that is cut off or damaged is refused, never read in part") {
    const std::string bytes = packed("a text that is told in full");
    for (std::size_t length = 2; length < bytes.size(); ++length)
        CHECK_THROWS_AS(read(bytes.substr(0, length)), InputError);
    std::string damaged = bytes;
    damaged[damaged.size() - 6] ^= 1;  // of the check sum
    CHECK_THROWS_AS(read(damaged), InputError);
}

TEST_CASE("what cannot be read is told, and reading can be ended") {
    CHECK_THROWS_AS(file_bytes("/nowhere/t.csv", "t.csv"), EnvironmentError);
    const TemporaryFile file("text");
    std::int64_t told_all = 0;
    const ByteSource source =
        file_bytes(file.path, "t.csv", [&](std::int64_t, std::int64_t all) { told_all = all; });
    std::string part(7, ' ');
    CHECK(source(part.data(), part.size()) == 4);
    CHECK(told_all == 4);
    struct Stop {};
    const ByteSource stopped =
        file_bytes(file.path, "t.csv", [](std::int64_t, std::int64_t) { throw Stop{}; });
    CHECK_THROWS_AS(stopped(part.data(), part.size()), Stop);
}
