#include "engine/telemetry/store_upkeep.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>

#include "engine/core/error.hpp"
#include "engine/telemetry/name_pattern.hpp"
#include "engine/telemetry/store.hpp"
#include "tests/engine/telemetry/store_folder.hpp"

using namespace foretwin;
using namespace foretwin::telemetry;

namespace {

constexpr Instant always = no_instant;
constexpr Instant ever = std::numeric_limits<Instant>::min();
constexpr const char* secret = "Frieda-at-the-press";

SignalDescription signal(const std::string& name, bool texts = false) {
    SignalDescription described;
    described.name = described.column = name;
    described.unit = texts ? "" : "V";
    described.texts = texts;
    return described;
}

Sample nth(std::size_t i) {
    const auto mixed = static_cast<std::uint32_t>(i * 2654435761U);
    return {static_cast<Instant>(i + 1) * second, mixed / 65536.0, good};
}

/// Two machines with a signal of numbers and one of texts; committed piece by piece, as live data
/// are, which leaves chunks behind that nothing uses any longer.
void fill(const std::filesystem::path& path, std::size_t samples, std::size_t piece = 700) {
    Store store(path);
    for (const std::string device : {"Press 1", "Press 2"}) {
        const std::size_t numbers = store.series(device, signal("volt"));
        const std::size_t texts = store.series(device, signal("operator", true));
        for (std::size_t i = 0; i < samples; ++i) {
            store.accept(numbers, nth(i));
            if (i % 10 == 0)
                store.accept_text(texts, {nth(i).at, device == "Press 1" ? secret : "nobody",
                                          i % 20 == 0 ? "by badge" : ""});
            if (i % piece == 0) store.commit();
        }
    }
    store.commit();
}

std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

struct Content {
    std::vector<std::string> names;
    std::vector<std::vector<Sample>> numbers;
    std::vector<std::vector<TextSample>> texts;
    friend bool operator==(const Content&, const Content&) = default;
};

Content content_of(const std::filesystem::path& path) {
    const StoreReader reader(path);
    Content content;
    for (const SeriesInfo& one : reader.series()) {
        content.names.push_back(one.device + "/" + one.signal + " " + one.unit + one.aliases);
        if (one.kind == SeriesKind::texts)
            content.texts.push_back(
                reader.read_texts(one.device, one.signal, ever, always).samples);
        else
            content.numbers.push_back(reader.read(one.device, one.signal, ever, always).samples);
    }
    return content;
}

LogEntry entry(const std::string& deed) {
    return {1'700'000'000 * second, "tester", deed, "as the test says", 0, 0};
}

std::size_t files_in(const std::filesystem::path& folder) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

}  // namespace

TEST_CASE("patterns of names") {
    CHECK(matches("Press 7", "Press 7"));
    CHECK(matches("Press 7", "Press ?"));
    CHECK(matches("Press 7", "*7"));
    CHECK(matches("aXbXc", "a*X*c"));
    CHECK(matches("", "*"));
    CHECK_FALSE(matches("Press 77", "Press ?"));
    CHECK_FALSE(matches("Press 7", "press 7"));
    CHECK_FALSE(matches("", "?"));
    CHECK_FALSE(matches("abc", "a*d"));
}

TEST_CASE("compaction leaves what there is, and nothing between it") {
    const Folder folder;
    fill(folder.store(), 30'000);
    const Content before = content_of(folder.store());
    const Rewritten result = rewrite_store(folder.store(), {}, entry("compact"));
    CHECK(result.samples_removed() == 0);
    CHECK(result.bytes_after < result.bytes_before / 2);  // every chunk stood there many times
    CHECK(result.bytes_after == std::filesystem::file_size(folder.store()));
    CHECK(content_of(folder.store()) == before);
    CHECK(files_in(folder.path) == 1);
    // Once more changes nothing but the log, and it is still a store to append to.
    const Rewritten again = rewrite_store(folder.store(), {}, entry("compact"));
    CHECK(again.bytes_after - result.bytes_after < 200);
    CHECK(store_log(folder.store()).size() == 2);
    {
        Store store(folder.store());
        store.accept(store.series("Press 1", signal("volt")), nth(30'000));
        store.accept(store.series("Press 3", signal("volt")), nth(0));
        store.commit();
    }
    CHECK(content_of(folder.store()).numbers[0].size() == 30'001);
    CHECK(store_log(folder.store()).size() == 2);  // the copy for a new series keeps the log
}

TEST_CASE("retention takes what is older, of the series that are meant") {
    const Folder folder;
    fill(folder.store(), 20'000);
    const std::vector<Removal> old{{"Press 1", "v*", nth(9'000).at}};
    const auto shares = shares_of(folder.store(), old);
    REQUIRE(shares.size() == 4);
    CHECK(shares[1].info.signal == "volt");
    CHECK(shares[1].removed == 9'000);
    CHECK(shares[0].removed + shares[2].removed + shares[3].removed == 0);
    CHECK_FALSE(shares[1].whole);
    const Content before = content_of(folder.store());
    rewrite_store(folder.store(), old, entry("retain"));
    const Content after = content_of(folder.store());
    CHECK(after.numbers[0].size() == 11'000);
    CHECK(after.numbers[0].front() == nth(9'000));
    CHECK(after.numbers[1] == before.numbers[1]);
    CHECK(after.texts == before.texts);
    LogEntry told = entry("retain");
    told.series = 1;
    told.samples = 9'000;
    CHECK(store_log(folder.store()) == std::vector<LogEntry>{told});
    // All of a series: it stays, empty, and goes on.
    rewrite_store(folder.store(), {{"Press 1", "*", no_instant - 1}}, entry("retain"));
    CHECK(content_of(folder.store()).numbers[0].empty());
    Store store(folder.store());
    store.accept(store.series("Press 1", signal("volt")), nth(0));
    store.commit();
}

TEST_CASE("what is erased is in no byte of the file, and the log says that it went") {
    const Folder folder;
    fill(folder.store(), 3'000);
    REQUIRE(bytes_of(folder.store()).find(secret) != std::string::npos);
    REQUIRE(bytes_of(folder.store()).find("Press 1") != std::string::npos);
    // What a killed process left behind would keep it.
    const auto left = folder.path / "store.h5.4711.partial";
    std::filesystem::copy_file(folder.store(), left);
    std::ofstream(folder.path / "store.h5.line.set_aside.csv.partial") << "another's\n";
    const Rewritten result =
        rewrite_store(folder.store(), {{"Press 1", "*", no_instant}}, entry("erase"));
    CHECK(result.samples_removed() == 3'000 + 300);
    CHECK(result.series_touched() == 2);
    const std::string bytes = bytes_of(folder.store());
    CHECK(bytes.find(secret) == std::string::npos);
    CHECK(bytes.find("Press 1") == std::string::npos);
    CHECK(bytes.find("nobody") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(left));
    CHECK(files_in(folder.path) == 2);
    const auto log = store_log(folder.store());
    REQUIRE(log.size() == 1);
    CHECK(log[0].who == "tester");
    CHECK(log[0].deed == "erase");
    CHECK(log[0].samples == 3'300);
    CHECK(content_of(folder.store()).names.size() == 2);
}

TEST_CASE("words go when the last text that used them is too old") {
    const Folder folder;
    {
        Store store(folder.store());
        const std::size_t series = store.series("m", signal("operator", true));
        for (int i = 0; i < 10; ++i) store.accept_text(series, {i, i < 4 ? secret : "nobody"});
        store.commit();
    }
    rewrite_store(folder.store(), {{"*", "*", 4}}, entry("retain"));
    CHECK(bytes_of(folder.store()).find(secret) == std::string::npos);
    CHECK(content_of(folder.store()).texts[0].size() == 6);
}

TEST_CASE("a store that is written to, or is none, is not rewritten") {
    const Folder folder;
    CHECK_THROWS_AS(rewrite_store(folder.store(), {}, entry("compact")), InputError);
    CHECK(files_in(folder.path) == 0);
    fill(folder.store(), 100);
    Pipe go;
    Pipe open;
    const pid_t writer = in_a_process([&] {
        const Store store(folder.store());
        open.tell(1);
        if (go.last() != 1) _exit(1);
    });
    open.wait();
    CHECK_THROWS_AS(rewrite_store(folder.store(), {}, entry("compact")), EnvironmentError);
    go.tell(1);
    close(std::exchange(go.ends[1], -1));
    CHECK(wait_for(writer) == 0);
    CHECK(store_log(folder.store()).empty());
}

TEST_CASE("whenever rewriting is killed, the file is the old one or the new one") {
    const Folder folder;
    fill(folder.store(), 60'000, 5'000);
    const Content old_content = content_of(folder.store());
    const std::vector<Removal> removals{{"Press 1", "*", no_instant}};
    int whole = 0;
    for (int round = 0; round < 10; ++round) {
        const pid_t child =
            in_a_process([&] { rewrite_store(folder.store(), removals, entry("erase")); });
        usleep(static_cast<useconds_t>(1'000 + round * 4'000));
        kill(child, SIGKILL);
        wait_for(child);
        const Content now = content_of(folder.store());
        const bool erased = now.names.size() == 2;
        CHECK((erased || now == old_content));
        CHECK(store_log(folder.store()).size() == (erased ? 1 : 0));
        if (erased) {
            CHECK(bytes_of(folder.store()).find(secret) == std::string::npos);
            break;
        }
        ++whole;
    }
    CHECK(whole > 0);  // some were killed in the middle
    rewrite_store(folder.store(), removals, entry("erase"));
    CHECK(content_of(folder.store()).names.size() == 2);
    CHECK(files_in(folder.path) == 1);  // nothing of those that were killed
}

TEST_CASE("rewriting that has no place leaves the old file") {
    const Folder folder;
    fill(folder.store(), 30'000, 30'000);
    const Content before = content_of(folder.store());
    for (const rlim_t place : {rlim_t{20'000}, rlim_t{150'000}, rlim_t{300'000}}) {
        const pid_t child = in_a_process([&] {
            std::signal(SIGXFSZ, SIG_IGN);
            const rlimit limit{place, place};
            setrlimit(RLIMIT_FSIZE, &limit);
            try {
                rewrite_store(folder.store(), {}, entry("compact"));
            } catch (const EnvironmentError&) {
                _exit(7);
            }
        });
        CHECK(WEXITSTATUS(wait_for(child)) == 7);
        CHECK(content_of(folder.store()) == before);
        CHECK(files_in(folder.path) == 1);
    }
}

TEST_CASE("whoever stops rewriting finds the old file") {
    const Folder folder;
    fill(folder.store(), 20'000, 20'000);
    struct Enough {};
    std::size_t heard = 0;
    const auto told = [&](std::size_t done, std::size_t all) {
        CHECK(all == 2 * 22'000);
        heard = done;
        if (done > all / 2) throw Enough{};
    };
    CHECK_THROWS_AS(rewrite_store(folder.store(), {}, entry("compact"), told), Enough);
    CHECK(heard > 22'000);
    CHECK(store_log(folder.store()).empty());
    CHECK(files_in(folder.path) == 1);
}
