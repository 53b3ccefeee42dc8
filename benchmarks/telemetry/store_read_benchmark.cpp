// A store read from end to end, beside a plain HDF5 read of the same datasets through HDF5's own
// filters: store_read_benchmark FILE SAMPLES ROUNDS. The file is made when it is not there.

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <limits>
#include <string>

#include "benchmarks/clock.hpp"
#include "benchmarks/median.hpp"
#include "engine/telemetry/chunk_filter.hpp"
#include "engine/telemetry/store.hpp"

using namespace foretwin;
using namespace foretwin::telemetry;

namespace {

constexpr Instant ever = std::numeric_limits<Instant>::min();
constexpr Instant begin = 1'420'070'400 * second;

/// A sample a second of something that wanders and is told in thousandths, as sensors do.
void make(const std::filesystem::path& path, std::size_t samples) {
    Store store(path);
    SignalDescription signal;
    signal.name = signal.column = "volt";
    signal.unit = "V";
    const std::size_t series = store.series("Press", signal);
    std::uint64_t state = 1;
    double value = 170;
    for (std::size_t i = 0; i < samples; ++i) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        const auto step = static_cast<std::int64_t>(state >> 33U) % 4001 - 2000;
        value += (170 - value) * 0.01 + static_cast<double>(step) / 1000;
        const auto thousandths = static_cast<std::int64_t>(value * 1000);
        store.accept(series, {begin + static_cast<Instant>(i) * second,
                              static_cast<double>(thousandths) / 1000, good});
    }
    store.commit();
}

/// What both must have seen.
struct Sum {
    std::size_t samples = 0;
    double values = 0;
    std::uint64_t times = 0;
    void add(Instant at, double value) {
        ++samples;
        values += value;
        times += static_cast<std::uint64_t>(at);
    }
    friend bool operator==(const Sum&, const Sum&) = default;
};

Sum through_the_store(const std::filesystem::path& path, unsigned threads) {
    const StoreReader reader(path);
    Sum sum;
    const auto add = [&](const Rows& rows) {
        for (std::size_t i = 0; i < rows.size(); ++i) sum.add(rows.at[i], rows.value[i]);
    };
    reader.scan("Press", "volt", ever, no_instant, add, threads);
    return sum;
}

Sum through_hdf5(const std::filesystem::path& path) {
    const Hdf5Handle file =
        owned(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, "open");
    const Hdf5Handle group =
        owned(H5Gopen2(file.id(), "/devices/Press/volt", H5P_DEFAULT), H5Gclose, "open");
    const auto open = [&](const char* name) {
        return owned(H5Dopen2(group.id(), name, H5P_DEFAULT), H5Dclose, "open");
    };
    const Hdf5Handle time = open("time");
    const Hdf5Handle value = open("value");
    const Hdf5Handle quality = open("quality");
    const Hdf5Handle space = owned(H5Dget_space(time.id()), H5Sclose, "size");
    hsize_t rows = 0;
    H5Sget_simple_extent_dims(space.id(), &rows, nullptr);
    constexpr hsize_t block = 64 * chunk_samples;
    std::vector<Instant> times(block);
    std::vector<double> values(block);
    std::vector<std::uint8_t> marks(block);
    Sum sum;
    for (hsize_t first = 0; first < rows; first += block) {
        const hsize_t count = std::min(block, rows - first);
        const Hdf5Handle memory =
            owned(H5Screate_simple(1, &count, nullptr), H5Sclose, "make a space");
        check(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, &first, nullptr, &count, nullptr),
              "choose rows");
        const auto read = [&](const Hdf5Handle& data, hid_t type, void* into) {
            check(H5Dread(data.id(), type, memory.id(), space.id(), H5P_DEFAULT, into), "read");
        };
        read(time, H5T_NATIVE_INT64, times.data());
        read(value, H5T_NATIVE_DOUBLE, values.data());
        read(quality, H5T_NATIVE_UINT8, marks.data());
        for (hsize_t i = 0; i < count; ++i) sum.add(times[i], values[i]);
    }
    return sum;
}

template <class Work>
double seconds_of(const Work& work, Sum& sum) {
    const double start = benchmarks::wall_seconds();
    sum = work();
    return benchmarks::wall_seconds() - start;
}

}  // namespace

int main(int argc, char** argv) {
    const std::filesystem::path path = argc > 1 ? argv[1] : "store.h5";
    const std::size_t samples = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 10'000'000;
    const int rounds = argc > 3 ? std::atoi(argv[3]) : 5;
    keep_hdf5_quiet();
    if (!std::filesystem::exists(path)) make(path, samples);
    std::vector<double> plain, one_thread, all_threads;
    for (int round = 0; round < rounds; ++round) {
        std::array<Sum, 3> sums;
        plain.push_back(seconds_of([&] { return through_hdf5(path); }, sums[0]));
        one_thread.push_back(seconds_of([&] { return through_the_store(path, 1); }, sums[1]));
        all_threads.push_back(
            seconds_of([&] { return through_the_store(path, usable_threads()); }, sums[2]));
        if (!(sums[0] == sums[1] && sums[1] == sums[2]) || sums[0].samples != samples) {
            std::cerr << "the store has other samples\n";
            return 1;
        }
    }
    const StoreReader reader(path);
    const Instant middle = begin + static_cast<Instant>(samples / 2) * second;
    const auto hour_read = reader.read("Press", "volt", middle, middle + hour);
    const double hdf5 = benchmarks::median(plain);
    std::cout << "samples " << samples << "\nbytes " << std::filesystem::file_size(path)
              << "\nplain_ns " << 1e9 * hdf5 / static_cast<double>(samples)
              << "\nas_fast_one_thread " << hdf5 / benchmarks::median(one_thread) << "\nas_fast "
              << hdf5 / benchmarks::median(all_threads) << "\nhour_samples "
              << hour_read.samples.size() << "\nhour_chunks " << hour_read.chunks_read << '\n';
    return 0;
}
