#pragma once

#include <CLI/CLI.hpp>
#include <functional>

/// The verbs of the command line, one file each. A verb registers its options and leaves behind
/// what is to be done; it returns the exit code.
namespace foretwin::tool {

/// What a process ends with.
enum ExitCode : int {
    good = 0,
    answered_no = 1,    ///< a target missed, a check failed
    wrong_input = 2,    ///< the scenario, its files or the command line
    environment = 3,    ///< a file, memory, rights
    our_own_fault = 4,  ///< a broken rule of Foretwin
    stopped = 130,      ///< Ctrl-C; nothing was written
};

/// The verb that the command line chose.
using Action = std::function<int()>;

void add_run(CLI::App& app, Action& action);
void add_compare(CLI::App& app, Action& action);
void add_backtest(CLI::App& app, Action& action);
void add_check(CLI::App& app, Action& action);
void add_devices(CLI::App& app, Action& action);
void add_fit(CLI::App& app, Action& action);
void add_ingest(CLI::App& app, Action& action);
void add_replay(CLI::App& app, Action& action);
void add_live(CLI::App& app, Action& action);
void add_imitate(CLI::App& app, Action& action);
void add_new(CLI::App& app, Action& action);
void add_store(CLI::App& app, Action& action);

}  // namespace foretwin::tool
