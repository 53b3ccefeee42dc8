#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>

#include "engine/core/error.hpp"
#include "engine/telemetry/observed_samples.hpp"
#include "engine/telemetry/store.hpp"
#include "tests/engine/telemetry/store_folder.hpp"

using namespace foretwin;
using namespace foretwin::telemetry;

namespace {

SignalDescription texts(const std::string& name) {
    SignalDescription described;
    described.name = described.column = name;
    described.texts = true;
    return described;
}

/// The text at a place of a series: three in a row share an instant, every seventh is unavailable,
/// every eleventh is new, and some come with a detail.
TextSample nth(std::size_t i) {
    TextSample sample{static_cast<Instant>(i / 3) * second};
    if (i % 7 == 3)
        sample.quality = unavailable;
    else
        sample.text = i % 11 == 0 ? "message " + std::to_string(i) : i % 2 == 0 ? "ACTIVE" : "";
    if (i % 5 == 0) sample.detail = "code " + std::to_string(i % 20);
    return sample;
}

void append(Store& store, std::size_t series, std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) store.accept_text(series, nth(i));
}

constexpr Instant always = no_instant;
constexpr Instant ever = std::numeric_limits<Instant>::min();

std::size_t right_texts(const StoreReader& reader) {
    const auto answer = reader.read_texts("m", "execution", ever, always);
    for (std::size_t i = 0; i < answer.samples.size(); ++i)
        if (!(answer.samples[i] == nth(i))) FAIL("text " << i << " is not what was stored");
    return answer.samples.size();
}

}  // namespace

TEST_CASE("texts are read back with their details, marks and instants, and appended to later") {
    const Folder folder;
    const std::size_t part = chunk_samples + 101;
    for (std::size_t run = 0; run < 3; ++run) {
        Store store(folder.store());
        const std::size_t series = store.series("m", texts("execution"));
        append(store, series, run * part, run * part + 7);
        // Before they are in the file, and where the words have no number yet.
        CHECK(store.newest_texts(series, 2).back() == nth(run * part + 6));
        CHECK(store.texts_at(series, nth(run * part + 4).at).size() >= 2);
        append(store, series, run * part + 7, (run + 1) * part);
        store.commit();
        CHECK(store.newest_texts(series, 1).front() == nth((run + 1) * part - 1));
        CHECK(store.newest_texts(series, part + 5).front() == nth(run == 0 ? 0 : run * part - 5));
        CHECK(store.texts_at(series, nth(3).at) == std::vector<TextSample>{nth(3), nth(4), nth(5)});
        CHECK(store.texts_at(series, nth(3).at + 1).empty());
    }
    const StoreReader reader(folder.store());
    CHECK(right_texts(reader) == 3 * part);
    CHECK(reader.series().front().kind == SeriesKind::texts);
    CHECK_THROWS_WITH_AS(reader.read("m", "execution", ever, always),
                         doctest::Contains("a series of texts"), InputError);
}

TEST_CASE("texts of one instant on both sides of a chunk's border are found together") {
    const Folder folder;
    {
        Store store(folder.store());
        const std::size_t series = store.series("m", texts("condition"));
        for (std::size_t i = 0; i < 2 * chunk_samples; ++i)
            store.accept_text(series, {i < chunk_samples - 2 ? 1 : 2, std::to_string(i % 3)});
        store.commit();
        CHECK(store.texts_at(series, 2).size() == chunk_samples + 2);
    }
    const StoreReader reader(folder.store());
    CHECK(reader.read_texts("m", "condition", 2, 3).samples.size() == chunk_samples + 2);
    CHECK(reader.read_texts("m", "condition", 1, 2).chunks_read == 1);
}

TEST_CASE("a range of texts touches only its chunks") {
    const Folder folder;
    {
        Store store(folder.store());
        append(store, store.series("m", texts("execution")), 0, 6 * chunk_samples);
        store.commit();
    }
    const StoreReader reader(folder.store());
    // Chunk 2 begins with sample 16384: 16384 / 3 = 5461.33, so the instant 5461 lies in both.
    CHECK(reader.read_texts("m", "execution", 5460 * second, 5461 * second).chunks_read == 1);
    CHECK(reader.read_texts("m", "execution", 5461 * second, 5462 * second).chunks_read == 2);
    CHECK(reader.read_texts("m", "execution", 5462 * second, 5463 * second).chunks_read == 1);
    const auto answer = reader.read_texts("m", "execution", 5461 * second, 5462 * second);
    CHECK(answer.samples == std::vector<TextSample>{nth(16383), nth(16384), nth(16385)});
}

TEST_CASE("numbers stay numbers and texts texts, also in a store of the first version") {
    const Folder folder;
    SignalDescription number;
    number.name = "a";
    {
        Store store(folder.store());
        store.accept(store.series("m", number), {1, 2.5, good});
        store.commit();
    }
    {  // what the first version wrote: no kind of series, and its number
        const Hdf5Handle file =
            owned(H5Fopen(folder.store().c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose, "open");
        const Hdf5Handle series =
            owned(H5Gopen2(file.id(), "/devices/m/a", H5P_DEFAULT), H5Gclose, "open");
        const Hdf5Handle root = owned(H5Gopen2(file.id(), "/", H5P_DEFAULT), H5Gclose, "open");
        REQUIRE(H5Adelete(series.id(), "kind") >= 0);
        REQUIRE(H5Adelete(root.id(), "schema_version") >= 0);
        put_attribute(root.id(), "schema_version", 1);
    }
    CHECK(StoreReader(folder.store()).read("m", "a", ever, always).samples.size() == 1);
    Store store(folder.store());
    CHECK_THROWS_WITH_AS(store.series("m", texts("a")), doctest::Contains("as numbers, not"),
                         InputError);
    const std::size_t state = store.series("m", texts("state"));
    CHECK_THROWS_AS(store.series("m",
                                 [] {
                                     SignalDescription same;
                                     same.name = "state";
                                     return same;
                                 }()),
                    InputError);
    store.accept_text(state, {7, std::string("a\0b", 3)});  // a zero would end the word
    store.accept(store.series("m", number), {2, 3.5, good});
    store.commit();
    CHECK(store.newest_texts(state, 1).front().text == "ab");
    CHECK(store.value_at(0, 1) == 2.5);
    CHECK(store.value_at(0, 2) == 3.5);
}

TEST_CASE("series may come at any time between samples of others") {
    const Folder folder;
    {
        Store store(folder.store());
        const std::size_t first = store.series("m", texts("execution"));
        append(store, first, 0, 100);
        store.commit();
        append(store, first, 100, 200);
        const std::size_t later_one = store.series("m", texts("mode"));
        store.accept_text(later_one, {5, "AUTOMATIC"});
        append(store, first, 200, 300);
        store.commit();
        CHECK(store.newest_texts(later_one, 9).size() == 1);
    }
    const StoreReader reader(folder.store());
    CHECK(right_texts(reader) == 300);
    CHECK(reader.read_texts("m", "mode", ever, always).samples.front().text == "AUTOMATIC");
}

TEST_CASE("whenever the writer of texts is killed, its texts and their words are there") {
    const Folder folder;
    std::uint64_t stored = 0;
    for (int round = 0; round < 8; ++round) {
        Pipe acknowledged;
        const pid_t writer = in_a_process([&] {
            Store store(folder.store());
            const std::size_t series = store.series("m", texts("execution"));
            std::size_t done = store.committed();
            if (done < stored) _exit(1);
            while (true) {
                const std::size_t batch = 1 + done * 7919 % 3000;
                append(store, series, done, done + batch);
                store.commit();
                done += batch;
                acknowledged.tell(done);
            }
        });
        if (round == 0) acknowledged.wait();
        usleep(static_cast<useconds_t>(20'000 + round * 7'001));
        kill(writer, SIGKILL);
        CHECK(WIFSIGNALED(wait_for(writer)));
        const std::uint64_t promised = std::max(stored, acknowledged.last());
        const StoreReader before(folder.store());
        if (!before.series().empty()) CHECK(right_texts(before) >= promised);
        stored = promised;
    }
    CHECK(stored > 0);
    Store store(folder.store());
    const std::size_t there = store.committed();
    append(store, 0, there, there + 10);
    store.commit();
    CHECK(store.newest_texts(0, 11).front() == nth(there - 1));
}

TEST_CASE("texts are read while they are written, each with its word") {
    const Folder folder;
    { Store(folder.store()).declare({{"m", "execution", "", "", "", 0, 0, 0, SeriesKind::texts}}); }
    constexpr std::size_t all = 4 * chunk_samples;
    const pid_t writer = in_a_process([&] {
        Store store(folder.store());
        for (std::size_t done = 0; done < all; done += 512) {
            append(store, 0, done, done + 512);
            store.commit();
        }
    });
    StoreReader reader(folder.store());
    std::size_t seen = 0;
    int status = 0;
    while (waitpid(writer, &status, WNOHANG) == 0) {
        reader.refresh();
        const std::size_t now = right_texts(reader);
        CHECK(now >= seen);
        CHECK(now % 512 == 0);
        seen = now;
    }
    CHECK(status == 0);
    reader.refresh();
    CHECK(right_texts(reader) == all);
}

TEST_CASE("observations go into series and come back as they were") {
    const Folder folder;
    using Kind = Observation::Kind;
    const std::vector<Observation> told{{"m", "system", 1, Kind::text, 0, "FAULT", "|E7|2||hot"},
                                        {"m", "system", 1, Kind::text, 0, "FAULT", "|E8|1||wet"},
                                        {"m", "system", 2, Kind::unavailable, 0, "", ""},
                                        {"m", "system", 3, Kind::text, 0, "NORMAL", ""}};
    {
        Store store(folder.store());
        const std::size_t series = store.series("m", texts("system"));
        for (const Observation& one : told) store.accept_text(series, text_sample(one));
        store.commit();
    }
    const StoreReader reader(folder.store());
    std::vector<Observation> read;
    for (const auto& one : reader.read_texts("m", "system", ever, always).samples)
        read.push_back(observed("m", "system", one));
    CHECK(read == told);
    const Observation load{"m", "load", 5, Kind::number, 2.5, "", ""};
    CHECK(observed("m", "load", number_sample(load)) == load);
    const Observation gone{"m", "load", 6, Kind::unavailable, 0, "", ""};
    CHECK(observed("m", "load", number_sample(gone)) == gone);
    CHECK(text_sample(load).text == "2.5");
}
