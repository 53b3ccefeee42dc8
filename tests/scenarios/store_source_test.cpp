#include "scenarios/living/store_source.hpp"

#include <doctest/doctest.h>

#include <filesystem>

/// Telemetry out of a store, in order, and what is written late.

using namespace foretwin;
using namespace foretwin::living;
using telemetry::Observation;
using telemetry::Store;

namespace {

constexpr Instant begin = 20'458 * day;

observed::Profile profile() {
    observed::Profile all;
    observed::DeviceProfile device;
    device.device = device.source = "Saw";
    device.items = {{"state"}, {"parts"}};
    all.devices.push_back(device);
    return all;
}

struct Scratch {
    std::filesystem::path path = std::filesystem::temp_directory_path() /
                                 ("foretwin_source_" + std::to_string(getpid()) + ".h5");
    Scratch() { std::filesystem::remove(path); }
    ~Scratch() { std::filesystem::remove(path); }

    void write(const std::string& signal, std::vector<int> minutes) const {
        Store store(path);
        telemetry::SignalDescription description;
        description.name = description.column = signal;
        description.texts = signal == "state";
        const std::size_t series = store.series("Saw", description);
        for (const int at : minutes) {
            if (description.texts)
                store.accept_text(series, {begin + at * minute, "busy"});
            else
                store.accept(series, {begin + at * minute, static_cast<double>(at)});
        }
        store.commit();
    }
};

std::vector<Instant> minutes_told(StoreSource& source) {
    std::vector<Instant> all;
    Observation one;
    while (source.next(one)) all.push_back((one.at - begin) / minute);
    return all;
}

}  // namespace

TEST_CASE("series are told in the order of time, from the last values before the beginning on") {
    const Scratch scratch;
    scratch.write("state", {0, 30, 200});
    scratch.write("parts", {10, 20, 40, 300});
    const telemetry::StoreReader store(scratch.path);
    const observed::Profile all = profile();
    StoreSource source(store, all);
    CHECK(source.first() == begin);
    CHECK(source.last() == begin + 300 * minute);
    source.start(begin + 25 * minute);
    source.allow(begin + 200 * minute);
    CHECK(minutes_told(source) == std::vector<Instant>{0, 20, 30, 40, 200});
    source.allow(begin + 1000 * minute);
    CHECK(minutes_told(source) == std::vector<Instant>{300});
}

TEST_CASE("a store that did not change has nothing behind what was told") {
    const Scratch scratch;
    scratch.write("state", {0, 30});
    scratch.write("parts", {10, 60});
    const telemetry::StoreReader store(scratch.path);
    const observed::Profile all = profile();
    StoreSource source(store, all);
    source.start(begin);
    source.allow(source.last());
    CHECK(minutes_told(source).size() == 4);
    CHECK(source.look_again());
}
