#include "scenarios/ingest_run.hpp"

#include <fstream>
#include <optional>

#include "engine/telemetry/ingest.hpp"
#include "engine/telemetry/record_source.hpp"
#include "engine/telemetry/store.hpp"
#include "engine/telemetry/trial_store.hpp"
#include "scenarios/ingest_broker.hpp"
#include "scenarios/ingest_description.hpp"
#include "scenarios/report/folders.hpp"
#include "scenarios/report/quality_page.hpp"
#include "scenarios/report/quality_report.hpp"
#include "scenarios/report/whole_file.hpp"

namespace foretwin::scenarios {

namespace {

using telemetry::IngestDescription;
using telemetry::QualityReport;
using telemetry::SetAside;
using telemetry::Store;

constexpr int columns_of_file = 100;
constexpr std::size_t held_samples = std::size_t{1} << 23U;  ///< by the store: packed, 60 MB

struct Asked {
    const IngestQuestion& question;
    const IngestTold& told;
};

/// The file that a description names, read from its beginning.
std::unique_ptr<telemetry::RecordSource> open_records(const Asked& asked,
                                                      const IngestDescription& description) {
    const std::filesystem::path path = asked.question.description.parent_path() / description.file;
    const auto told = [&asked](std::int64_t done, std::int64_t all) {
        if (asked.told.stop != nullptr && asked.told.stop->load())
            throw experiments::Cancelled(
                "stopped; the store has what was acknowledged, and the same command goes on");
        if (asked.told.read) asked.told.read(done, all);
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
void write_report(const Asked& asked, const QualityReport& report,
                  const std::function<void()>& last_chance) {
    if (asked.question.report.empty()) return last_chance();
    report::make_folder(asked.question.report, "--report");
    report::write_whole_files(
        {{asked.question.report / "quality.json", report::quality_json_text(report)},
         {asked.question.report / "quality.txt", report::quality_table(report, columns_of_file)},
         {asked.question.report / "quality.html", report::quality_page(report)}},
        last_chance);
}

/// A signal stays in the unit that it was first stored in.
void check_units(const Store& store, const Asked& asked, const IngestDescription& description) {
    std::vector<Problem> problems;
    for (const telemetry::SignalDescription& signal : description.signals)
        for (const telemetry::SeriesInfo& known : store.known())
            if (known.signal == signal.name && known.unit != signal.unit)
                problems.push_back({{asked.question.description.string(), 1, 1},
                                    known.device + "/" + known.signal + " is stored in '" +
                                        known.unit + "', not in '" + signal.unit + "'",
                                    "describe it in the stored unit, or give it another name"});
    if (!problems.empty()) throw InputError(std::move(problems));
}

/// Nothing is acknowledged whose report or rest is lost.
void acknowledge(const Asked& asked, const QualityReport& report, SetAsideFile& set_aside,
                 Store& store) {
    write_report(asked, report, [&] {
        set_aside.complete();
        store.commit();
    });
}

QualityReport ingest_all(const Asked& asked, const IngestDescription& description,
                         SetAsideFile& set_aside) {
    Store store(asked.question.store);
    store.hold(held_samples);
    check_units(store, asked, description);
    store.from(description.file);
    QualityReport report = ingest(open_records(asked, description), description, store,
                                  [&](const SetAside& one) { set_aside.add(one); });
    acknowledge(asked, report, set_aside, store);
    return report;
}

/// Into a store beside the store, which takes it in only when not too much of it is bad.
QualityReport ingest_unless_refused(const Asked& asked, const IngestDescription& description,
                                    SetAsideFile& set_aside) {
    std::optional<Store> store;
    if (std::filesystem::exists(asked.question.store)) {
        store.emplace(asked.question.store);
        check_units(*store, asked, description);
    }
    telemetry::TrialStore trial(store ? &*store : nullptr, asked.question.store);
    QualityReport report = ingest(open_records(asked, description), description, trial,
                                  [&](const SetAside& one) { set_aside.add(one); });
    report.refused = report.bad_share() > description.refuse_above;
    if (report.refused) {
        write_report(asked, report, [&] { set_aside.complete(); });
        return report;
    }
    if (!store) store.emplace(asked.question.store);
    store->from(description.file);
    trial.pour_into(*store);
    acknowledge(asked, report, set_aside, *store);
    return report;
}

/// Where what is not stored goes: as told, or beside the store under the name of the file.
std::filesystem::path set_aside_path(const Asked& asked, const IngestDescription& description) {
    if (!asked.question.set_aside.empty()) return asked.question.set_aside;
    return asked.question.store.string() + "." +
           std::filesystem::path(description.file).stem().string() + ".set_aside.csv";
}

std::filesystem::path folder_of(const std::filesystem::path& file) {
    return std::filesystem::absolute(file).parent_path();
}

IngestAnswer ingest_file(const Asked& asked, const IngestDescription& description) {
    const IngestQuestion& question = asked.question;
    const std::filesystem::path aside = set_aside_path(asked, description);
    report::refuse_unwritable_folder(folder_of(question.store), "--store");
    report::refuse_unwritable_folder(folder_of(aside), "--set-aside");
    if (!question.report.empty()) report::refuse_unwritable_folder(question.report, "--report");
    report::make_folder(folder_of(question.store), "--store");
    report::make_folder(folder_of(aside), "--set-aside");
    // A file that cannot be one of these samples is refused before there is a store.
    { const telemetry::SampleReader probe(open_records(asked, description), description); }
    SetAsideFile file(aside);
    const bool all = description.refuse_above >= 1;
    return {all ? ingest_all(asked, description, file)
                : ingest_unless_refused(asked, description, file),
            aside};
}

/// Until it is told to stop; then the account of what came.
IngestAnswer ingest_from_broker(const Asked& asked, const IngestPlan& plan) {
    const IngestQuestion& question = asked.question;
    report::refuse_unwritable_folder(folder_of(question.store), "--store");
    if (!question.report.empty()) report::refuse_unwritable_folder(question.report, "--report");
    report::make_folder(folder_of(question.store), "--store");
    std::optional<SetAsideFile> aside;
    if (!question.set_aside.empty()) {
        report::make_folder(folder_of(question.set_aside), "--set-aside");
        aside.emplace(question.set_aside);
    }
    telemetry::SetAsideSink sink;
    if (aside) sink = [&](const SetAside& one) { aside->add(one); };
    QualityReport report = ingest_live(plan, question, asked.told, sink, [&](const Store& store) {
        check_units(store, asked, plan.rules);
    });
    write_report(asked, report, [&] {
        if (aside) aside->complete();
    });
    return {std::move(report), question.set_aside};
}

}  // namespace

IngestAnswer ingest(const IngestQuestion& question, const IngestTold& told) {
    const IngestPlan plan = read_ingest_plan(question.description, question.file);
    const Asked asked{question, told};
    if (plan.source && !question.file.empty())
        throw InputError({}, "--file: this description has a source, and no file",
                         "leave --file out, or take a description of files");
    if (plan.source) return ingest_from_broker(asked, plan);
    if (!question.run_for.empty() || !question.until_idle.empty())
        throw InputError({}, "--for and --until-idle are for sources that never end",
                         "leave them out: a file is read to its end");
    return ingest_file(asked, plan.rules);
}

}  // namespace foretwin::scenarios
