#include "engine/telemetry/store.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "engine/core/error.hpp"
#include "engine/telemetry/store_file.hpp"
#include "tests/engine/telemetry/store_folder.hpp"

using namespace foretwin;
using namespace foretwin::telemetry;

namespace {

SignalDescription signal(const std::string& name, const std::string& unit = "V") {
    SignalDescription described;
    described.name = name;
    described.column = name + " of the file";
    described.unit = unit;
    return described;
}

/// The sample that stands at a place of a series: values that deflate does not make tiny.
Sample nth(std::size_t i) {
    const auto mixed = static_cast<std::uint32_t>(i * 2654435761U);
    return {static_cast<Instant>(i + 1) * second, mixed / 65536.0,
            static_cast<std::uint8_t>(i % 16)};
}

void append(Store& store, std::size_t series, std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) store.accept(series, nth(i));
}

constexpr Instant always = no_instant;
constexpr Instant ever = std::numeric_limits<Instant>::min();

/// How many samples of "m/a" there are; each of them is the right one.
std::size_t right_samples(const StoreReader& reader) {
    const auto answer = reader.read("m", "a", ever, always);
    for (std::size_t i = 0; i < answer.samples.size(); ++i)
        if (!(answer.samples[i] == nth(i))) FAIL("sample " << i << " is not what was stored");
    return answer.samples.size();
}

}  // namespace

TEST_CASE("what is committed is read back with its attributes, and appended to later") {
    const Folder folder;
    const std::size_t part = chunk_samples + 100;
    for (std::size_t run = 0; run < 3; ++run) {
        Store store(folder.store());
        store.from("first.csv");
        const std::size_t series = store.series("m", signal("a"));
        const std::size_t other = store.series("n", signal("b", "psi"));
        append(store, series, run * part, (run + 1) * part);
        append(store, other, run * 10, run * 10 + 10);
        CHECK(store.committed() == run * (part + 10));
        store.commit();
        CHECK(store.committed() == (run + 1) * (part + 10));
        CHECK(store.newest(series, 1).front() == nth((run + 1) * part - 1));
        CHECK(store.newest(series, part + 5).front() == nth(run == 0 ? 0 : run * part - 5));
        CHECK(store.value_at(series, nth(3).at) == nth(3).value);
        CHECK(store.value_at(series, nth(run * part + 1).at) == nth(run * part + 1).value);
        CHECK_FALSE(store.value_at(series, nth(3).at + 1).has_value());
        CHECK_FALSE(store.value_at(series, 0).has_value());
    }
    const StoreReader reader(folder.store());
    CHECK(right_samples(reader) == 3 * part);
    const auto all = reader.series();
    REQUIRE(all.size() == 2);
    CHECK(all[1].device == "n");
    CHECK(all[1].unit == "psi");
    CHECK(all[1].source == "first.csv");
    CHECK(all[1].aliases == "b of the file");
    CHECK(all[1].samples == 30);
    CHECK(all[0].first == nth(0).at);
    CHECK(all[0].last == nth(3 * part - 1).at);
}

TEST_CASE("what is not on disk yet is found, packed or not, and behind what is") {
    for (const unsigned threads : {1U, 2U}) {
        const Folder folder;
        Store store(folder.store());
        store.use_threads(threads);
        const std::size_t series = store.series("m", signal("a"));
        append(store, series, 0, chunk_samples + 50);
        store.commit();
        append(store, series, chunk_samples + 50, 4 * chunk_samples + 7);
        for (const std::size_t i :
             {std::size_t{3}, chunk_samples + 2, 2 * chunk_samples - 1, 2 * chunk_samples,
              3 * chunk_samples + 5, 4 * chunk_samples + 6}) {
            CHECK(store.value_at(series, nth(i).at) == nth(i).value);
            CHECK_FALSE(store.value_at(series, nth(i).at + 1).has_value());
        }
        CHECK(store.newest(series, 3 * chunk_samples).front() == nth(chunk_samples + 7));
        CHECK(store.committed() == chunk_samples + 50);
        store.commit();
        CHECK(store.value_at(series, nth(2 * chunk_samples).at) == nth(2 * chunk_samples).value);
        CHECK(store.newest(series, 1).front() == nth(4 * chunk_samples + 6));
        CHECK(store.committed() == 4 * chunk_samples + 7);
    }
}

TEST_CASE("reading a range touches only the chunks that hold it") {
    const Folder folder;
    {
        Store store(folder.store());
        append(store, store.series("m", signal("a")), 0, 10 * chunk_samples + 7);
        store.commit();
    }
    const StoreReader reader(folder.store());
    const auto chunks = [&](std::size_t from, std::size_t to) {
        const auto answer = reader.read("m", "a", nth(from).at, nth(to).at);
        CHECK(answer.samples.size() == to - from);
        if (!answer.samples.empty()) CHECK(answer.samples.front() == nth(from));
        return answer.chunks_read;
    };
    CHECK(chunks(0, 1) == 1);
    CHECK(chunks(3 * chunk_samples, 4 * chunk_samples) == 1);
    CHECK(chunks(3 * chunk_samples - 1, 4 * chunk_samples + 1) == 3);
    CHECK(chunks(5, 5) <= 1);
    CHECK(chunks(10 * chunk_samples, 10 * chunk_samples + 6) == 1);
    CHECK(reader.read("m", "a", always - 1, always).chunks_read == 0);
    CHECK(reader.read("m", "a", ever, 0).chunks_read == 0);
    CHECK(reader.read("m", "a", ever, always).chunks_read == 11);
    CHECK_THROWS_WITH_AS(reader.read("m", "b", ever, always),
                         doctest::Contains("did you mean 'm/a'?"), InputError);
}

TEST_CASE("a committed chunk is never written over in place, whatever its length") {
    const Folder folder;
    Store store(folder.store());
    const std::size_t series = store.series("m", signal("a"));
    const Hdf5Handle how = owned(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "prepare");
    H5Pset_libver_bounds(how.id(), H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
    H5Pset_file_locking(how.id(), false, true);
    std::vector<haddr_t> places;
    for (std::size_t i = 0; i < 60; ++i) {
        store.accept(series, {static_cast<Instant>(i), 1.0, good});
        store.commit();
        // The writer's own file once more: HDF5 shares it within a process.
        const Hdf5Handle file =
            owned(H5Fopen(folder.store().c_str(), H5F_ACC_RDWR | H5F_ACC_SWMR_WRITE, how.id()),
                  H5Fclose, "open");
        const Hdf5Handle column =
            owned(H5Dopen2(file.id(), "/devices/m/a/quality", H5P_DEFAULT), H5Dclose, "open");
        const hsize_t first = 0;
        haddr_t place = 0;
        REQUIRE(H5Dget_chunk_info_by_coord(column.id(), &first, nullptr, &place, nullptr) >= 0);
        CHECK(std::find(places.begin(), places.end(), place) == places.end());
        places.push_back(place);
    }
    CHECK(store.newest(series, 200).size() == 60);
}

TEST_CASE("what is no store, or is being written, is refused and stays as it is") {
    const Folder folder;
    const auto text = folder.path / "text.h5";
    std::ofstream(text) << "not HDF5 at all, but longer than a superblock would have to be\n";
    CHECK_THROWS_AS(Store{text}, InputError);
    CHECK_THROWS_AS(StoreReader{text}, InputError);
    CHECK_THROWS_AS(StoreReader{folder.store()}, InputError);
    CHECK_THROWS_AS(Store{folder.path / "nowhere" / "store.h5"}, EnvironmentError);
    const auto foreign = folder.path / "foreign.h5";
    H5Fclose(H5Fcreate(foreign.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
    CHECK_THROWS_WITH_AS(Store{foreign}, doctest::Contains("no store of telemetry"), InputError);
    {
        const Store store(folder.store());
        const pid_t second_writer = in_a_process([&] {
            try {
                const Store other(folder.store());
            } catch (const EnvironmentError&) {
                _exit(7);
            }
        });
        CHECK(WEXITSTATUS(wait_for(second_writer)) == 7);
    }
    Store again(folder.store());
    CHECK(again.series("m", signal("a", "V")) == 0);
    CHECK_THROWS_AS(again.series("m", signal("a", "kV")), InputError);
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 3);
}

TEST_CASE("whenever the writer is killed, what it acknowledged is there and the file is whole") {
    const Folder folder;
    std::uint64_t stored = 0;
    for (int round = 0; round < 12; ++round) {
        Pipe acknowledged;
        const pid_t writer = in_a_process([&] {
            Store store(folder.store());
            const std::size_t series = store.series("m", signal("a"));
            std::size_t done = store.committed();
            if (done < stored) _exit(1);
            while (true) {
                // Batches of all sizes, so that the kill meets whole chunks and rests of them.
                const std::size_t batch = 1 + done * 7919 % 3000;
                append(store, series, done, done + batch);
                store.commit();
                done += batch;
                acknowledged.tell(done);
            }
        });
        if (round == 0) acknowledged.wait();  // on a busy machine a process is slow to begin
        usleep(static_cast<useconds_t>(20'000 + round * 7'001));
        kill(writer, SIGKILL);
        CHECK(WIFSIGNALED(wait_for(writer)));
        const std::uint64_t promised = std::max(stored, acknowledged.last());
        if (!std::filesystem::exists(folder.store())) continue;  // killed before it began
        const StoreReader before(folder.store());
        if (!before.series().empty()) CHECK(right_samples(before) >= promised);
        stored = promised;
    }
    CHECK(stored > 0);
    Store store(folder.store());
    const std::size_t there = store.committed();
    CHECK(there >= stored);
    append(store, 0, there, there + 10);
    store.commit();
    CHECK(store.newest(0, 11).front() == nth(there - 1));
}

TEST_CASE("others read while samples are appended, and never see what is not whole") {
    const Folder folder;
    { Store(folder.store()).declare({{"m", "a", "V", "", ""}}); }
    constexpr std::size_t all = 5 * chunk_samples;
    const pid_t writer = in_a_process([&] {
        Store store(folder.store());
        for (std::size_t done = 0; done < all; done += 512) {
            append(store, 0, done, done + 512);
            store.commit();
        }
    });
    StoreReader reader(folder.store());
    std::size_t seen = 0;
    std::size_t grew = 0;
    int status = 0;
    while (waitpid(writer, &status, WNOHANG) == 0) {
        reader.refresh();
        const std::size_t now = right_samples(reader);
        CHECK(now >= seen);
        CHECK(now % 512 == 0);
        grew += now > seen ? 1 : 0;
        seen = now;
    }
    CHECK(status == 0);
    CHECK(grew > 1);  // it was read while it was written
    reader.refresh();
    CHECK(right_samples(reader) == all);
}

TEST_CASE("a reader finds series that came later") {
    const Folder folder;
    { Store(folder.store()).declare({{"m", "a", "V", "", ""}}); }
    // The process begins before the reader does: HDF5 opens a file once per process, and a fork
    // would take the reader's along.
    Pipe go;
    const pid_t writer = in_a_process([&] {
        if (go.last() != 1) _exit(1);
        Store store(folder.store());
        append(store, store.series("m", signal("b")), 0, 3);
        store.commit();
    });
    StoreReader reader(folder.store());
    CHECK(reader.series().size() == 1);
    go.tell(1);
    close(std::exchange(go.ends[1], -1));
    CHECK(wait_for(writer) == 0);
    reader.refresh();
    REQUIRE(reader.series().size() == 2);
    CHECK(reader.series()[1].samples == 3);
}

TEST_CASE("a full disk is met before anything is touched") {
    const Folder folder;
    Pipe acknowledged;
    const pid_t writer = in_a_process([&] {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{600'000, 600'000};
        setrlimit(RLIMIT_FSIZE, &limit);
        Store store(folder.store());
        const std::size_t series = store.series("m", signal("a"));
        for (std::size_t done = 0;; done += 1000) {
            append(store, series, done, done + 1000);
            try {
                store.commit();
            } catch (const EnvironmentError&) {
                _exit(store.committed() == done ? 7 : 1);
            }
            acknowledged.tell(done + 1000);
        }
    });
    CHECK(WEXITSTATUS(wait_for(writer)) == 7);
    const std::uint64_t promised = acknowledged.last();
    CHECK(promised >= 2000);
    {
        const StoreReader reader(folder.store());
        CHECK(right_samples(reader) == promised);
    }
    Store store(folder.store());  // with place again
    CHECK(store.committed() == promised);
    append(store, 0, promised, promised + 1000);
    store.commit();
    CHECK(store.committed() == promised + 1000);
}

TEST_CASE("new series go to one copy, which becomes the store when it is committed") {
    const Folder folder;
    {
        Store store(folder.store());
        append(store, store.series("m", signal("a")), 0, chunk_samples + 5);
        store.commit();
    }
    const auto files = [&] {
        return std::distance(std::filesystem::directory_iterator(folder.path), {});
    };
    const auto seen = [&] {  // by another process, while the store itself is not open in this one
        return WEXITSTATUS(wait_for(in_a_process([&] {
            const StoreReader reader(folder.store());
            if (right_samples(reader) != chunk_samples + 5) _exit(1);
            _exit(10 + static_cast<int>(reader.series().size()));
        })));
    };
    for (const bool commits : {false, true}) {
        {
            Store store(folder.store());
            store.hold(chunk_samples);
            for (int i = 0; i < 3; ++i) {  // each is met when the ones before are in the copy
                const std::size_t fresh = store.series("n" + std::to_string(i), signal("b"));
                append(store, fresh, 0, 2 * chunk_samples + 3);
                CHECK(store.value_at(fresh, nth(7).at) == nth(7).value);
                CHECK(store.value_at(0, nth(7).at) == nth(7).value);
            }
            CHECK(files() == 2);
            CHECK(store.committed() == chunk_samples + 5);
#ifndef __SANITIZE_THREAD__  // which takes no fork of a process whose threads run
            CHECK(seen() == 11);
#endif
            if (!commits) continue;
            store.commit();
            CHECK(store.committed() == 7 * chunk_samples + 14);
            CHECK(store.value_at(3, nth(2 * chunk_samples + 2).at) ==
                  nth(2 * chunk_samples + 2).value);
            append(store, 3, 2 * chunk_samples + 3, 2 * chunk_samples + 4);
            store.commit();
        }
        CHECK(files() == 1);
        CHECK(seen() == (commits ? 14 : 11));
    }
    const StoreReader reader(folder.store());
    CHECK(reader.read("n2", "b", ever, always).samples.size() == 2 * chunk_samples + 4);
}

TEST_CASE("whole chunks that were written by themselves count when they are committed") {
    const Folder folder;
    const pid_t dead = in_a_process([] {});
    wait_for(dead);
    const auto left = folder.store().string() + "." + std::to_string(dead) + ".partial";
    std::ofstream(left) << "a copy that a killed process left behind\n";
    {
        Store store(folder.store());
        store.hold(chunk_samples);
        append(store, store.series("m", signal("a")), 0, 2 * chunk_samples);
        CHECK(store.committed() == 0);
        store.commit();
        CHECK(store.committed() == 2 * chunk_samples);
    }
    CHECK_FALSE(std::filesystem::exists(left));
    CHECK(right_samples(StoreReader(folder.store())) == 2 * chunk_samples);
}

TEST_CASE("a store for which there is no place is not begun") {
    const Folder folder;
    const auto limited = [&](rlim_t bytes) {
        return WEXITSTATUS(wait_for(in_a_process([&] {
            std::signal(SIGXFSZ, SIG_IGN);
            const rlimit limit{bytes, bytes};
            setrlimit(RLIMIT_FSIZE, &limit);
            try {
                Store store(folder.store());
                store.series("m", signal("a"));
                store.commit();
            } catch (const EnvironmentError&) {
                std::exit(7);  // with all that the library does at the exit
            }
        })));
    };
    CHECK(limited(1000) == 7);
    CHECK(std::filesystem::is_empty(folder.path));
    CHECK(limited(90'000) == 7);  // a store, but no series
    CHECK(Store(folder.store()).known().empty());
    CHECK(limited(1'000'000) == 0);
    CHECK(StoreReader(folder.store()).series().size() == 1);
}
