#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <iostream>

#include "scenarios/ingest_run.hpp"
#include "scenarios/report/quality_report.hpp"
#include "tools/foretwin/interrupt.hpp"
#include "tools/foretwin/progress.hpp"
#include "tools/foretwin/terminal.hpp"
#include "tools/foretwin/verbs.hpp"

namespace foretwin::tool {
namespace {

struct IngestVerb {
    scenarios::IngestQuestion question;
    bool json = false;
};

void say(const std::string& line) {
    std::cerr << line << std::endl;  // NOLINT(performance-avoid-endl): whoever watches waits for it
}

/// A line about how it goes: on a terminal every second in one place, else every ten seconds.
class Pulse {
  public:
    void beat(std::int64_t messages, bool stalled) {
        const auto now = std::chrono::steady_clock::now();
        const double passed = std::chrono::duration<double>(now - last_).count();
        if (passed < (terminal_ ? 1.0 : 10.0)) return;
        const double rate = static_cast<double>(messages - messages_) / passed;
        std::fprintf(stderr, "%s%lld messages, %.0f a second%s%s", terminal_ ? "\r" : "",
                     static_cast<long long>(messages), rate, stalled ? ", waiting for room" : "",
                     terminal_ ? "    " : "\n");
        std::fflush(stderr);
        last_ = now;
        messages_ = messages;
    }

  private:
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
    std::int64_t messages_ = 0;
    bool terminal_ = isatty(STDERR_FILENO) != 0;
};

int tell(const IngestVerb& options, const scenarios::IngestAnswer& answer) {
    const telemetry::QualityReport& report = answer.report;
    if (options.json)
        std::cout << report::quality_json_text(report);
    else
        std::cout << report::quality_table(report, columns_of_terminal());
    std::ostream& messages = options.json ? std::cerr : std::cout;
    const scenarios::IngestQuestion& question = options.question;
    if (!report.refused) messages << "Store: " << question.store.string() << '\n';
    if (!answer.set_aside.empty())
        messages << "Not stored, one by one: " << answer.set_aside.string() << '\n';
    if (!question.report.empty())
        messages << "Report: " << (question.report / "quality.html").string() << '\n';
    return report.refused ? answered_no : good;
}

int ingest(const IngestVerb& options) {
    Pulse pulse;
    scenarios::IngestTold told;
    told.read = [bar = progress_bar("KiB read")](std::int64_t done, std::int64_t all) {
        constexpr std::int64_t kib = 1024;
        bar(done / kib, all / kib);
    };
    told.message = say;
    told.pulse = [&](std::int64_t messages, bool stalled) { pulse.beat(messages, stalled); };
    told.stop = &interrupted();
    return tell(options, scenarios::ingest(options.question, told));
}

}  // namespace

void add_ingest(CLI::App& app, Action& action) {
    auto options = std::make_shared<IngestVerb>();
    CLI::App* verb = app.add_subcommand(
        "ingest",
        "put telemetry into a store, by declared quality rules, from a file or while a broker "
        "tells "
        "it; exit code 1 when more of a file is bad than the description allows");
    verb->add_option("description", options->question.description,
                     "which file, what its columns mean, and what they are held to (YAML)")
        ->required();
    verb->add_option("--store", options->question.store, "HDF5 file; made when it is not there")
        ->required();
    verb->add_option("--file", options->question.file,
                     "instead of the file that the description names");
    verb->add_option("--report", options->question.report,
                     "folder for quality.html, quality.txt and quality.json; made when missing");
    verb->add_option("--set-aside", options->question.set_aside,
                     "CSV file for what is not stored; else beside the store");
    verb->add_option("--for", options->question.run_for,
                     "of a broker: end after this time (\"10 min\"); else when interrupted");
    verb->add_option("--until-idle", options->question.until_idle,
                     "of a broker: end when nothing came for so long (\"30 s\")");
    verb->add_flag("--json", options->json, "the quality report as JSON on standard output");
    verb->callback([options, &action] { action = [options] { return ingest(*options); }; });
}

}  // namespace foretwin::tool
