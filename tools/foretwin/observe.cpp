#include "tools/foretwin/observe.hpp"

#include <chrono>
#include <iostream>
#include <string>
#include <system_error>
#include <vector>

#include "engine/core/error.hpp"
#include "scenarios/report/chrome_trace.hpp"
#include "scenarios/report/whole_file.hpp"
#include "tools/foretwin/terminal.hpp"

namespace foretwin::tool {
namespace {

/// So many spans and values are kept: some 20 MB of text, which viewers open within seconds.
constexpr std::size_t most_trace_entries = 150'000;

std::uint64_t wall_ns() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

}  // namespace

void add_observation(const StudyOptions& options, experiments::StudyPlan& plan) {
    if (options.counters || !options.trace.empty()) plan.clock = wall_ns;
    if (options.trace.empty()) return;
    refuse_unwritable_folder(std::filesystem::absolute(options.trace).parent_path(), "--trace");
    std::error_code ignored;
    if (std::filesystem::exists(options.trace, ignored) &&
        !std::filesystem::is_regular_file(options.trace, ignored)) {
        throw InputError(Place{options.trace.string(), 0, 0}, "a trace is a file of its own",
                         "name another one with --trace");
    }
    plan.timeline = std::make_shared<executors::Timeline>(most_trace_entries);
}

void write_trace(const StudyOptions& options, const experiments::StudyPlan& plan) {
    if (plan.timeline == nullptr) return;
    std::vector<std::string> alternatives;
    for (const experiments::Alternative& one : plan.alternatives) alternatives.push_back(one.name);
    make_folder(std::filesystem::absolute(options.trace).parent_path(), "--trace");
    report::write_whole_file(options.trace, report::chrome_trace(*plan.timeline, alternatives));
    std::ostream& messages = options.json ? std::cerr : std::cout;
    messages << "Trace: " << options.trace.string() << '\n';
    if (plan.timeline->left_out() > 0) {
        std::cerr << "the trace holds its first " << plan.timeline->most_entries()
                  << " entries at most; " << plan.timeline->left_out()
                  << " more were left out (fewer replications or a shorter horizon leave none)\n";
    }
}

}  // namespace foretwin::tool
