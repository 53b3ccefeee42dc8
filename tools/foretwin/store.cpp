#include "engine/telemetry/store.hpp"

#include <pwd.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/core/error.hpp"
#include "engine/core/quantity.hpp"
#include "engine/telemetry/store_export.hpp"
#include "engine/telemetry/store_upkeep.hpp"
#include "scenarios/report/number.hpp"
#include "scenarios/report/quality_findings.hpp"
#include "scenarios/report/text_grid.hpp"
#include "scenarios/report/whole_file.hpp"
#include "tools/foretwin/interrupt.hpp"
#include "tools/foretwin/progress.hpp"
#include "tools/foretwin/terminal.hpp"
#include "tools/foretwin/verbs.hpp"

namespace foretwin::tool {
namespace {

using nlohmann::ordered_json;
using telemetry::Instant;
using telemetry::LogEntry;
using telemetry::Removal;
using telemetry::SeriesInfo;
using telemetry::Share;

constexpr int name_columns = 40;

struct StoreOptions {
    std::filesystem::path store;
    std::string devices = "*";
    std::string signals = "*";
    std::string keep;
    std::string now;
    std::string by;
    std::string say;
    std::filesystem::path out;
    std::string form = "long";
    std::string from;
    std::string to;
    bool dry_run = false;
    bool json = false;
};

std::string dump(const ordered_json& json) {
    return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string whole(std::size_t number) {
    return report::count(static_cast<double>(number));
}

std::string name_of(const SeriesInfo& info) {
    return info.device + "/" + info.signal;
}

std::string kind_of(const SeriesInfo& info) {
    return info.kind == telemetry::SeriesKind::texts ? "texts" : "numbers";
}

int list_series(const StoreOptions& options) {
    const telemetry::StoreReader reader(options.store);
    ordered_json json = ordered_json::array();
    report::TextGrid grid(columns_of_terminal(), name_columns);
    grid.add_row({"Series", "kind", "unit", "samples", "first (UTC)", "last"});
    grid.add_line();
    for (const SeriesInfo& one : reader.series()) {
        grid.add_row({report::printable(name_of(one)), kind_of(one), report::printable(one.unit),
                      whole(one.samples), report::minute_text(one.first),
                      report::minute_text(one.last)});
        json.push_back({{"device", one.device},
                        {"signal", one.signal},
                        {"kind", kind_of(one)},
                        {"unit", one.unit},
                        {"source", one.source},
                        {"aliases", one.aliases},
                        {"samples", one.samples},
                        {"first", telemetry::instant_text(one.first)},
                        {"last", telemetry::instant_text(one.last)}});
    }
    std::cout << (options.json ? dump({{"series", json}}) : grid.text());
    return good;
}

int tell_log(const StoreOptions& options) {
    ordered_json json = ordered_json::array();
    report::TextGrid grid(columns_of_terminal(), 16);
    grid.add_row({"When (UTC)", "deed", "by", "series", "samples", "what"});
    grid.add_line();
    for (const LogEntry& one : telemetry::store_log(options.store)) {
        grid.add_row({report::minute_text(one.at), one.deed, report::printable(one.who),
                      whole(one.series), whole(one.samples), report::printable(one.what)});
        json.push_back({{"at", telemetry::instant_text(one.at)},
                        {"deed", one.deed},
                        {"by", one.who},
                        {"what", one.what},
                        {"series", one.series},
                        {"samples", one.samples}});
    }
    std::cout << (options.json ? dump({{"log", json}}) : grid.text());
    return good;
}

Instant wall_clock() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string person() {
    const passwd* entry = ::getpwuid(::geteuid());
    return entry == nullptr ? "user " + std::to_string(::geteuid()) : std::string(entry->pw_name);
}

/// Does it, or tells what would be done.
int rewrite(const StoreOptions& options, const std::string& deed, const std::string& what,
            const std::vector<Removal>& removals) {
    telemetry::Rewritten result;
    if (options.dry_run) {
        result.series = telemetry::shares_of(options.store, removals);
    } else {
        const auto bar = progress_bar("thousand samples written");
        const auto told = [bar](std::size_t done, std::size_t all) {
            if (interrupted().load())
                throw experiments::Cancelled("stopped; the store is as it was");
            bar(static_cast<std::int64_t>(done / 1000), static_cast<std::int64_t>(all / 1000));
        };
        const std::string who = options.by.empty() ? person() : options.by;
        result = telemetry::rewrite_store(options.store, removals,
                                          {wall_clock(), who, deed, what, 0, 0}, told);
    }
    if (options.json) {
        ordered_json touched = ordered_json::array();
        for (const Share& one : result.series)
            if (one.whole || one.removed > 0)
                touched.push_back({{"device", one.info.device},
                                   {"signal", one.info.signal},
                                   {"removed", one.removed},
                                   {"whole", one.whole}});
        std::cout << dump({{"deed", deed},
                           {"done", !options.dry_run},
                           {"series", touched},
                           {"samples", result.samples_removed()},
                           {"bytes_before", result.bytes_before},
                           {"bytes_after", result.bytes_after}});
        return good;
    }
    for (const Share& one : result.series)
        if (one.whole || one.removed > 0)
            std::cout << report::printable(name_of(one.info)) << ": " << whole(one.removed)
                      << " of " << whole(one.info.samples) << " samples"
                      << (one.whole ? ", and the series" : "") << '\n';
    if (deed != "compact")
        std::cout << whole(result.samples_removed()) << " samples of "
                  << whole(result.series_touched()) << " series "
                  << (options.dry_run ? "would go" : "are gone") << '\n';
    if (!options.dry_run)
        std::cout << "The file had " << whole(result.bytes_before) << " bytes and has "
                  << whole(result.bytes_after) << '\n';
    return good;
}

/// Whoever asks for a series that there is not has mistaken its name.
void require_some(const StoreOptions& options, const Removal& removal) {
    Removal all = removal;
    all.before = telemetry::no_instant;
    std::vector<std::string> known;
    for (const Share& one : telemetry::shares_of(options.store, {all})) {
        if (one.whole) return;
        known.push_back(one.info.device);
    }
    throw InputError(
        Place{options.store.string(), 0, 0},
        "has no series of device '" + removal.devices + "' and signal '" + removal.signals + "'",
        "`foretwin store list` tells what there is; * stands for any characters");
}

/// What an option says, in UTC unless it names an offset.
Instant instant_of(const std::string& option, const std::string& text, Instant otherwise) {
    if (text.empty()) return otherwise;
    const auto read = telemetry::ClockReader("UTC").read(text);
    if (read.outcome == telemetry::ClockReader::Outcome::good) return read.at;
    throw InputError({}, option + " '" + text + "' is no date and time", "as in 2026-01-31T00:00Z");
}

Time length(const StoreOptions& options) {
    constexpr double longest_s = 100 * 365.25 * 86400;
    const auto read = parse_quantity(options.keep);
    if (read && read->dimension == parse_unit("s")->dimension && read->value >= 0 &&
        read->value <= longest_s)
        return from_seconds(read->value);
    throw InputError({}, "--keep '" + options.keep + "' is no duration of at most a century",
                     "as in --keep \"90 days\"");
}

int retain(const StoreOptions& options) {
    const Instant before =
        telemetry::earlier(instant_of("--now", options.now, wall_clock()), length(options));
    const Removal removal{options.devices, options.signals, before};
    require_some(options, removal);
    return rewrite(options, "retain",
                   "before " + telemetry::instant_text(before) + " of " + options.devices + "/" +
                       options.signals,
                   {removal});
}

int erase(const StoreOptions& options) {
    const Removal removal{options.devices, options.signals, telemetry::no_instant};
    require_some(options, removal);
    const std::string what =
        options.say.empty() ? options.devices + "/" + options.signals : options.say;
    return rewrite(options, "erase", what, {removal});
}

telemetry::ExportForm form_of(const StoreOptions& options) {
    const std::string ending = options.out.extension().string();
    if (ending == ".jsonl" && options.form == "wide")
        throw InputError({}, "--form wide is for CSV",
                         "JSON lines have an object per sample; name a file that ends in .csv");
    if (ending == ".jsonl") return telemetry::ExportForm::json_lines;
    if (ending != ".csv")
        throw InputError({}, "--out '" + options.out.string() + "' is neither .csv nor .jsonl",
                         "the ending says what is written");
    return options.form == "wide" ? telemetry::ExportForm::csv_wide
                                  : telemetry::ExportForm::csv_long;
}

/// Under its own name only when it is whole, and beside it how `ingest` reads it.
int export_series(const StoreOptions& options) {
    const telemetry::ExportForm form = form_of(options);
    telemetry::ExportChoice choice{options.devices, options.signals};
    choice.from = instant_of("--from", options.from, choice.from);
    choice.to = instant_of("--to", options.to, choice.to);
    const telemetry::StoreReader store(options.store);
    const auto series = telemetry::exported_series(store, choice, form);
    const std::filesystem::path folder = std::filesystem::absolute(options.out).parent_path();
    refuse_unwritable_folder(folder, "--out");
    make_folder(folder, "--out");
    const std::filesystem::path draft = options.out.string() + ".partial";
    std::size_t all = 0;
    for (const SeriesInfo& one : series) all += one.samples;
    const auto bar = progress_bar("thousand samples written");
    const auto told = [&](std::size_t done) {
        if (interrupted().load()) throw experiments::Cancelled("stopped; nothing was written");
        bar(static_cast<std::int64_t>(done / 1000), static_cast<std::int64_t>(all / 1000));
    };
    std::size_t samples = 0;
    std::error_code error;
    try {
        std::ofstream file(draft);
        samples = telemetry::export_samples(store, series, choice, form, file, told);
        file.close();
        if (!file) throw EnvironmentError("");
        std::filesystem::rename(draft, options.out, error);
        if (error) throw EnvironmentError("");
    } catch (const EnvironmentError& failed) {
        std::filesystem::remove(draft, error);
        if (*failed.what() != '\0') throw;
        throw EnvironmentError("cannot write " + options.out.string() +
                               " (free some space, or name another file with --out)");
    } catch (...) {
        std::filesystem::remove(draft, error);
        throw;
    }
    const std::filesystem::path description = options.out.string() + ".ingest.yaml";
    report::write_whole_file(
        description, telemetry::export_description(series, form, options.out.filename().string()));
    std::cout << whole(samples) << " samples of " << whole(series.size())
              << " series: " << options.out.string() << "\nTo read them again: foretwin ingest "
              << description.string() << '\n';
    return good;
}

using Options = std::shared_ptr<StoreOptions>;

CLI::App* add_deed(CLI::App& verb, const Options& options, const std::string& name,
                   const std::string& help) {
    CLI::App* deed = verb.add_subcommand(name, help);
    deed->add_option("store", options->store, "the store, an HDF5 file")->required();
    deed->add_flag("--json", options->json, "as JSON on standard output");
    return deed;
}

void add_choice(CLI::App* deed, const Options& options, bool device_required) {
    CLI::Option* device = deed->add_option("--device", options->devices,
                                           "of these devices; * stands for any characters");
    if (device_required) device->required();
    deed->add_option("--signal", options->signals, "of these signals; all unless told");
}

void add_change(CLI::App* deed, const Options& options) {
    deed->add_option("--by", options->by, "who does it, for the log; else the user's name");
}

}  // namespace

void add_store(CLI::App& app, Action& action) {
    auto options = std::make_shared<StoreOptions>();
    CLI::App* verb = app.add_subcommand(
        "store", "looks after a store: what is in it, and what no longer should be");
    verb->require_subcommand(1);
    const auto on = [&action, options](CLI::App* deed, int (*run)(const StoreOptions&)) {
        deed->callback(
            [&action, options, run] { action = [options, run] { return run(*options); }; });
    };
    on(add_deed(*verb, options, "list", "every series, its samples, its first and last time"),
       list_series);
    on(add_deed(*verb, options, "log", "what was compacted, dropped and erased, when and by whom"),
       tell_log);
    CLI::App* copy = add_deed(*verb, options, "export",
                              "writes samples as CSV or JSON lines, which `ingest` reads back");
    copy->add_option("--out", options->out, "file that ends in .csv or .jsonl")->required();
    copy->add_option("--form", options->form,
                     "of CSV: long (everything) or wide (numbers without marks)")
        ->check(CLI::IsMember({"long", "wide"}));
    copy->add_option("--from", options->from, "first instant, UTC; from the beginning otherwise");
    copy->add_option("--to", options->to, "the instant behind the last; to the end otherwise");
    add_choice(copy, options, false);
    on(copy, export_series);
    CLI::App* compact = add_deed(*verb, options, "compact",
                                 "writes the file anew, without what live appending left in it");
    add_change(compact, options);
    on(compact, [](const StoreOptions& told) { return rewrite(told, "compact", "", {}); });
    CLI::App* drop = add_deed(*verb, options, "retain", "drops samples that are too old");
    drop->add_option("--keep", options->keep, "how long samples are kept, as in \"90 days\"")
        ->required();
    drop->add_option("--now", options->now, "counted back from here; else from the clock's time");
    drop->add_flag("--dry-run", options->dry_run, "only tells what would go");
    add_choice(drop, options, false);
    add_change(drop, options);
    on(drop, retain);
    CLI::App* forget = add_deed(*verb, options, "erase",
                                "erases devices or persons, and keeps an entry that it was done");
    add_choice(forget, options, true);
    add_change(forget, options);
    forget->add_option("--say", options->say,
                       "what the log says instead of the names, which may be personal");
    forget->add_flag("--dry-run", options->dry_run, "only tells what would go");
    on(forget, erase);
}

}  // namespace foretwin::tool
