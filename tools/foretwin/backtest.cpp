#include "scenarios/backtest.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

#include "scenarios/report/backtest.hpp"
#include "scenarios/report/whole_file.hpp"
#include "tools/foretwin/terminal.hpp"
#include "tools/foretwin/verbs.hpp"

namespace foretwin::tool {
namespace {

struct BacktestOptions {
    std::filesystem::path file;
    std::filesystem::path data, then;
    std::string from;
    std::filesystem::path out;
    bool json = false;
};

/// Other records of the same layout: files of the same names in another folder.
void take_records_from(const std::filesystem::path& folder, BacktestFile& file) {
    calibration::RecordMapping& mapping = file.mapping;
    std::vector<std::string*> names{&mapping.devices.file, &mapping.failures.file,
                                    &mapping.replacements.file, &mapping.alarms.file};
    if (file.readings) names.push_back(&file.readings->file);
    for (std::string* name : names)
        if (!name->empty()) *name = (folder / std::filesystem::path(*name).filename()).string();
}

BacktestFile read(const BacktestOptions& options) {
    BacktestFile file = read_backtest(options.file);
    if (!options.data.empty()) {
        take_records_from(options.data, file);
        file.records_folder.clear();
    }
    file.continuation = options.then;
    if (options.from.empty()) return file;
    file.from = telemetry::parse_local_time(options.from);
    if (!file.from)
        throw InputError({}, "--from: '" + options.from + "' is no date and time",
                         "write 2015-09-14T06:00, local time without zone");
    return file;
}

int backtest(const BacktestOptions& options) {
    const BacktestFile file = read(options);
    if (!options.out.empty()) refuse_unwritable_folder(options.out, "--out");
    const experiments::BacktestResult result = run_backtest(file);
    const std::string json = report::backtest_json(result).dump(2) + "\n";
    if (!options.out.empty()) {
        make_folder(options.out, "--out");
        report::write_whole_files({{options.out / "backtest.html", report::backtest_html(result)},
                                   {options.out / "backtest.json", json}});
    }
    std::cout << (options.json ? json : report::backtest_text(result, columns_of_terminal()));
    return result.good() ? good : answered_no;
}

}  // namespace

void add_backtest(CLI::App& app, Action& action) {
    auto options = std::make_shared<BacktestOptions>();
    CLI::App* verb = app.add_subcommand(
        "backtest",
        "how good would past forecasts have been? exit code 1 when a demand of the file is missed");
    verb->add_option("file", options->file, "backtest file (YAML or JSON)")->required();
    verb->add_option("--data", options->data,
                     "folder with other records: files of the same names and columns");
    verb->add_option("--then", options->then,
                     "folder in whose files of the same names the records go on; forecasts then "
                     "begin where they ended, unless --from tells");
    verb->add_option("--from", options->from,
                     "first origin, as in 2015-09-14T06:00; fits end there. Else as the file says");
    verb->add_option("--out", options->out, "folder for backtest.html and backtest.json");
    verb->add_flag("--json", options->json, "as JSON on standard output");
    verb->callback([options, &action] { action = [options] { return backtest(*options); }; });
}

}  // namespace foretwin::tool
