#include <doctest/doctest.h>

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
#include "tests/support/executors.hpp"

/// A twin of 65,536 processes with half a million pending events goes on elsewhere: in another
/// process, on other numbers of threads.

using namespace foretwin;

namespace {

namespace fs = std::filesystem;

constexpr bool at_full_length = FORETWIN_ORACLE_LENGTH >= 1;
// No comma: doctest takes it for the end of a filter.
constexpr const char* title =
    "a captured twin ends alike in any process and on any number of threads";
constexpr const char* handed_over = "FORETWIN_TEST_FOLDER";  // set: this is the other process

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

void continue_what_was_handed_over(const fs::path& folder) {
    const std::string bytes = text_of(folder / "snapshot");
    const kernel::Model model = model_of_test();
    kernel::Simulation simulation =
        snapshot::restore(model, reinterpret_cast<const std::byte*>(bytes.data()), bytes.size());
    executors::run_sequential(simulation, end, executors::Trace::on);
    std::ofstream(folder / "story") << story(simulation);
}

/// The story as another process ends it: this program again, told where the snapshot lies.
std::string story_of_another_process(const snapshot::Bytes& bytes, const fs::path& folder) {
    fs::create_directory(folder);
    std::ofstream(folder / "snapshot", std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    const std::string command = std::string(handed_over) + "='" + folder.string() + "' '" +
                                fs::read_symlink("/proc/self/exe").string() + "' --test-case='" +
                                title + "' > /dev/null";
    CHECK(std::system(command.c_str()) == 0);
    const std::string ended = text_of(folder / "story");
    fs::remove_all(folder);
    return ended;
}

}  // namespace

TEST_CASE(title) {
    if (const char* folder = std::getenv(handed_over)) {
        continue_what_was_handed_over(folder);
        return;
    }
    const kernel::Model model = model_of_test();
    kernel::Simulation simulation(model, {3, 4});
    simulation.start();
    executors::run_sequential(simulation, captured_at, executors::Trace::on);
    const snapshot::Bytes bytes = snapshot::capture(simulation);
    executors::run_sequential(simulation, end, executors::Trace::on);
    const std::string expected = story(simulation);

    for (const int threads : {1, 2, 3, 8}) {
        INFO(threads, " threads");
        kernel::Simulation other = snapshot::restore(model, bytes);
        test::with_threads(threads, [&] {
            executors::run_parallel(other, end, threads, executors::Trace::on, nullptr,
                                    executors::Attempt::always);
        });
        CHECK(story(other) == expected);
    }
    const fs::path folder = fs::temp_directory_path() / ("foretwin elsewhere " + expected);
    CHECK(story_of_another_process(bytes, folder) == expected);
}
