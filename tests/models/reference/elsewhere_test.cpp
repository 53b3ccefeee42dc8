#include <doctest/doctest.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "engine/core/fingerprint.hpp"
#include "engine/executors/parallel.hpp"
#include "engine/executors/sequential.hpp"
#include "engine/snapshot/snapshot.hpp"
#include "models/reference/phold.hpp"

/// A twin of 65,536 processes with half a million pending events goes on elsewhere: in another
/// process, on other numbers of threads.

using namespace foretwin;

namespace {

namespace fs = std::filesystem;

constexpr bool at_full_length = FORETWIN_ORACLE_LENGTH >= 1;
constexpr const char* continued = "a captured twin is continued by another process";

kernel::Model model_of_test() {
    reference::Phold plan;
    plan.processes = at_full_length ? 65'536 : 4096;
    plan.events = 8;
    return reference::phold(plan);
}

const Time captured_at = from_seconds(0.5);
const Time end = from_seconds(1.5);

std::string story(kernel::Simulation& simulation) {
    Fingerprint fingerprint;
    for (const Wide value : simulation.report(false).values) fingerprint.add(value);
    fingerprint.add(simulation.events_handled());
    fingerprint.add(simulation.trace_fingerprint());
    return fingerprint.text();
}

std::string text_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("a captured twin ends alike in any process, on any number of threads") {
    const kernel::Model model = model_of_test();
    kernel::Simulation simulation(model, {3, 4});
    simulation.start();
    executors::run_sequential(simulation, captured_at, executors::Trace::on);
    const snapshot::Bytes bytes = snapshot::capture(simulation);
    executors::run_sequential(simulation, end, executors::Trace::on);
    const std::string expected = story(simulation);

    for (const int threads : {1, 2, 3, 8}) {
        INFO(threads, " threads");
        const tbb::global_control allowed(tbb::global_control::max_allowed_parallelism,
                                          static_cast<std::size_t>(threads));
        tbb::task_arena arena(threads);
        kernel::Simulation other = snapshot::restore(model, bytes);
        arena.execute([&] {
            executors::run_parallel(other, end, threads, executors::Trace::on, nullptr,
                                    executors::Attempt::always);
        });
        CHECK(story(other) == expected);
    }

    const fs::path folder = fs::temp_directory_path() / ("foretwin elsewhere " + expected);
    fs::create_directory(folder);
    std::ofstream(folder / "snapshot", std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    const std::string command = "FORETWIN_TEST_FOLDER='" + folder.string() + "' '" +
                                fs::read_symlink("/proc/self/exe").string() +
                                "' --no-skip --test-case='" + continued + "' > /dev/null";
    CHECK(std::system(command.c_str()) == 0);
    CHECK(text_of(folder / "story") == expected);
    fs::remove_all(folder);
}

TEST_CASE("a captured twin is continued by another process" * doctest::skip()) {
    const char* folder = std::getenv("FORETWIN_TEST_FOLDER");
    REQUIRE(folder != nullptr);
    const std::string bytes = text_of(fs::path(folder) / "snapshot");
    const kernel::Model model = model_of_test();
    kernel::Simulation simulation =
        snapshot::restore(model, reinterpret_cast<const std::byte*>(bytes.data()), bytes.size());
    executors::run_sequential(simulation, end, executors::Trace::on);
    std::ofstream(fs::path(folder) / "story") << story(simulation);
}
