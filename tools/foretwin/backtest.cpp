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
    BacktestChoice choice;
    std::filesystem::path out;
    bool json = false;
};

int backtest(const BacktestOptions& options) {
    const BacktestFile file = read_backtest(options.file, options.choice);
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
    verb->add_option("--data", options->choice.data,
                     "folder with other records: files of the same names and columns");
    verb->add_option("--then", options->choice.then,
                     "folder in whose files of the same names the records go on; forecasts then "
                     "begin where they ended, unless --from tells");
    verb->add_option("--from", options->choice.from,
                     "first origin, as in 2015-09-14T06:00; fits end there. Else as the file says");
    verb->add_option("--out", options->out, "folder for backtest.html and backtest.json");
    verb->add_flag("--json", options->json, "as JSON on standard output");
    verb->callback([options, &action] { action = [options] { return backtest(*options); }; });
}

}  // namespace foretwin::tool
