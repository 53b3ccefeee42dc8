#include "engine/telemetry/ingest.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <optional>

#include "engine/telemetry/record_source.hpp"
#include "engine/telemetry/store.hpp"
#include "engine/telemetry/trial_store.hpp"
#include "scenarios/experiments/study_plan.hpp"
#include "scenarios/ingest_description.hpp"
#include "scenarios/report/quality_page.hpp"
#include "scenarios/report/quality_report.hpp"
#include "scenarios/report/whole_file.hpp"
#include "tools/foretwin/ingest_live.hpp"
#include "tools/foretwin/interrupt.hpp"
#include "tools/foretwin/progress.hpp"
#include "tools/foretwin/terminal.hpp"
#include "tools/foretwin/verbs.hpp"

namespace foretwin::tool {
namespace {

using telemetry::IngestDescription;
using telemetry::QualityReport;
using telemetry::SetAside;
using telemetry::Store;

constexpr int columns_of_file = 100;
constexpr std::size_t held_samples = std::size_t{1} << 23U;  ///< by the store: packed, 60 MB

struct IngestOptions {
    std::filesystem::path description;
    std::string file;
    std::filesystem::path store;
    std::filesystem::path report;
    std::filesystem::path set_aside;
    bool json = false;
    LiveTimes live;
};

/// The file that a description names, read from its beginning.
std::unique_ptr<telemetry::RecordSource> open_records(const IngestOptions& options,
                                                      const IngestDescription& description) {
    const std::filesystem::path path = options.description.parent_path() / description.file;
    const auto bar = progress_bar("KiB read");
    const auto told = [bar](std::int64_t done, std::int64_t all) {
        if (interrupted().load())
            throw experiments::Cancelled(
                "stopped; the store has what was acknowledged, and the same command goes on");
        constexpr std::int64_t kib = 1024;
        bar(done / kib, all / kib);
    };
    return telemetry::open_records(path, path.string(), description, told);
}

std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) result += c == '"' ? std::string("\"\"") : std::string(1, c);
    return result + '"';
}

/// The list of what was not stored, under its own name only once it is complete.
class SetAsideFile {
  public:
    explicit SetAsideFile(std::filesystem::path path)
        : path_(std::move(path)), draft_(path_.string() + ".partial"), stream_(draft_) {
        if (!stream_) refuse();
        stream_ << "line,column,device,signal,time,text,reason\n";
    }
    ~SetAsideFile() {
        std::error_code ignored;
        if (!done_) std::filesystem::remove(draft_, ignored);
    }
    SetAsideFile(const SetAsideFile&) = delete;
    SetAsideFile& operator=(const SetAsideFile&) = delete;

    void add(const SetAside& one) {
        stream_ << one.line << ',' << one.column << ',' << quoted(one.device) << ','
                << quoted(one.signal) << ',' << telemetry::instant_text(one.at) << ','
                << quoted(one.text) << ',' << one.reason << '\n';
    }
    /// Before the samples are acknowledged, so that nothing can be stored and its rest be lost.
    void complete() {
        stream_.close();
        std::error_code error;
        if (stream_) std::filesystem::rename(draft_, path_, error);
        if (!stream_ || error) refuse();
        done_ = true;
    }

  private:
    [[noreturn]] void refuse() const {
        throw EnvironmentError("cannot write " + path_.string() +
                               " (free some space, or name another file with --set-aside)");
    }
    std::filesystem::path path_;
    std::filesystem::path draft_;
    std::ofstream stream_;
    bool done_ = false;
};

/// The files of the report, all or none; `last_chance` is the step that must not fail after them.
void write_report(const IngestOptions& options, const QualityReport& report,
                  const std::function<void()>& last_chance) {
    if (options.report.empty()) return last_chance();
    make_folder(options.report, "--report");
    report::write_whole_files(
        {{options.report / "quality.json", report::quality_json_text(report)},
         {options.report / "quality.txt", report::quality_table(report, columns_of_file)},
         {options.report / "quality.html", report::quality_page(report)}},
        last_chance);
}

/// A signal stays in the unit that it was first stored in.
void check_units(const Store& store, const IngestOptions& options,
                 const IngestDescription& description) {
    std::vector<Problem> problems;
    for (const telemetry::SignalDescription& signal : description.signals)
        for (const telemetry::SeriesInfo& known : store.known())
            if (known.signal == signal.name && known.unit != signal.unit)
                problems.push_back({{options.description.string(), 1, 1},
                                    known.device + "/" + known.signal + " is stored in '" +
                                        known.unit + "', not in '" + signal.unit + "'",
                                    "describe it in the stored unit, or give it another name"});
    if (!problems.empty()) throw InputError(std::move(problems));
}

/// Nothing is acknowledged whose report or rest is lost.
void acknowledge(const IngestOptions& options, const QualityReport& report, SetAsideFile& set_aside,
                 Store& store) {
    write_report(options, report, [&] {
        set_aside.complete();
        store.commit();
    });
}

QualityReport ingest_all(const IngestOptions& options, const IngestDescription& description,
                         SetAsideFile& set_aside) {
    Store store(options.store);
    store.hold(held_samples);
    check_units(store, options, description);
    store.from(description.file);
    QualityReport report = ingest(open_records(options, description), description, store,
                                  [&](const SetAside& one) { set_aside.add(one); });
    acknowledge(options, report, set_aside, store);
    return report;
}

/// Into a store beside the store, which takes it in only when not too much of it is bad.
QualityReport ingest_unless_refused(const IngestOptions& options,
                                    const IngestDescription& description, SetAsideFile& set_aside) {
    std::optional<Store> store;
    if (std::filesystem::exists(options.store)) {
        store.emplace(options.store);
        check_units(*store, options, description);
    }
    telemetry::TrialStore trial(store ? &*store : nullptr, options.store);
    QualityReport report = ingest(open_records(options, description), description, trial,
                                  [&](const SetAside& one) { set_aside.add(one); });
    report.refused = report.bad_share() > description.refuse_above;
    if (report.refused) {
        write_report(options, report, [&] { set_aside.complete(); });
        return report;
    }
    if (!store) store.emplace(options.store);
    store->from(description.file);
    trial.pour_into(*store);
    acknowledge(options, report, set_aside, *store);
    return report;
}

int tell(const IngestOptions& options, const QualityReport& report,
         const std::filesystem::path& set_aside) {
    if (options.json)
        std::cout << report::quality_json_text(report);
    else
        std::cout << report::quality_table(report, columns_of_terminal());
    std::ostream& messages = options.json ? std::cerr : std::cout;
    if (!report.refused) messages << "Store: " << options.store.string() << '\n';
    if (!set_aside.empty()) messages << "Not stored, one by one: " << set_aside.string() << '\n';
    if (!options.report.empty())
        messages << "Report: " << (options.report / "quality.html").string() << '\n';
    return report.refused ? answered_no : good;
}

/// Where what is not stored goes: as told, or beside the store under the name of the file.
std::filesystem::path set_aside_path(const IngestOptions& options,
                                     const IngestDescription& description) {
    if (!options.set_aside.empty()) return options.set_aside;
    return options.store.string() + "." + std::filesystem::path(description.file).stem().string() +
           ".set_aside.csv";
}

std::filesystem::path folder_of(const std::filesystem::path& file) {
    return std::filesystem::absolute(file).parent_path();
}

int ingest_file(const IngestOptions& options, const IngestDescription& description) {
    const std::filesystem::path aside = set_aside_path(options, description);
    refuse_unwritable_folder(folder_of(options.store), "--store");
    refuse_unwritable_folder(folder_of(aside), "--set-aside");
    if (!options.report.empty()) refuse_unwritable_folder(options.report, "--report");
    make_folder(folder_of(options.store), "--store");
    make_folder(folder_of(aside), "--set-aside");
    // A file that cannot be one of these samples is refused before there is a store.
    { const telemetry::SampleReader probe(open_records(options, description), description); }
    SetAsideFile file(aside);
    const bool all = description.refuse_above >= 1;
    return tell(options,
                all ? ingest_all(options, description, file)
                    : ingest_unless_refused(options, description, file),
                aside);
}

/// Until it is told to stop; then the account of what came.
int ingest_from_broker(const IngestOptions& options, const scenarios::IngestPlan& plan) {
    refuse_unwritable_folder(folder_of(options.store), "--store");
    if (!options.report.empty()) refuse_unwritable_folder(options.report, "--report");
    make_folder(folder_of(options.store), "--store");
    std::optional<SetAsideFile> aside;
    if (!options.set_aside.empty()) {
        make_folder(folder_of(options.set_aside), "--set-aside");
        aside.emplace(options.set_aside);
    }
    telemetry::SetAsideSink sink;
    if (aside) sink = [&](const SetAside& one) { aside->add(one); };
    const QualityReport report =
        ingest_live(plan, options.store, options.live, sink,
                    [&](const Store& store) { check_units(store, options, plan.rules); });
    write_report(options, report, [&] {
        if (aside) aside->complete();
    });
    return tell(options, report, options.set_aside);
}

int ingest_described(const IngestOptions& options) {
    const scenarios::IngestPlan plan =
        scenarios::read_ingest_plan(options.description, options.file);
    if (plan.source && !options.file.empty())
        throw InputError({}, "--file: this description has a source, and no file",
                         "leave --file out, or take a description of files");
    if (plan.source) return ingest_from_broker(options, plan);
    if (!options.live.run_for.empty() || !options.live.until_idle.empty())
        throw InputError({}, "--for and --until-idle are for sources that never end",
                         "leave them out: a file is read to its end");
    return ingest_file(options, plan.rules);
}

}  // namespace

void add_ingest(CLI::App& app, Action& action) {
    auto options = std::make_shared<IngestOptions>();
    CLI::App* verb = app.add_subcommand(
        "ingest",
        "put telemetry into a store, by declared quality rules, from a file or while a broker "
        "tells "
        "it; exit code 1 when more of a file is bad than the description allows");
    verb->add_option("description", options->description,
                     "which file, what its columns mean, and what they are held to (YAML)")
        ->required();
    verb->add_option("--store", options->store, "HDF5 file; made when it is not there")->required();
    verb->add_option("--file", options->file, "instead of the file that the description names");
    verb->add_option("--report", options->report,
                     "folder for quality.html, quality.txt and quality.json; made when missing");
    verb->add_option("--set-aside", options->set_aside,
                     "CSV file for what is not stored; else beside the store");
    verb->add_option("--for", options->live.run_for,
                     "of a broker: end after this time (\"10 min\"); else when interrupted");
    verb->add_option("--until-idle", options->live.until_idle,
                     "of a broker: end when nothing came for so long (\"30 s\")");
    verb->add_flag("--json", options->json, "the quality report as JSON on standard output");
    verb->callback(
        [options, &action] { action = [options] { return ingest_described(*options); }; });
}

}  // namespace foretwin::tool
