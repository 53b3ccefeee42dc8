#include <algorithm>
#include <csignal>
#include <exception>
#include <iostream>
#include <new>

#include "engine/core/error.hpp"
#include "engine/core/rule.hpp"
#include "engine/core/suggestion.hpp"
#include "scenarios/study.hpp"
#include "tools/foretwin/terminal.hpp"
#include "tools/foretwin/verbs.hpp"

namespace {

using namespace foretwin;  // NOLINT(google-build-using-namespace): the program's own file

/// A verb that does not exist gets a suggestion, which the parser does not give.
void refuse_unknown_verb(const CLI::App& app, int argc, char** argv) {
    const std::string given = argc > 1 ? argv[1] : "--help";
    std::vector<std::string> verbs;
    for (const CLI::App* verb : app.get_subcommands({})) verbs.push_back(verb->get_name());
    const bool known = std::find(verbs.begin(), verbs.end(), given) != verbs.end();
    if (given.starts_with('-') || known) return;
    const std::string near = did_you_mean(given, verbs);
    throw InputError({}, "unknown verb '" + given + "'",
                     near.empty() ? "`foretwin --help` lists them" : near);
}

int run(int argc, char** argv) {
    CLI::App app{
        "Foretwin: what a change to a plant does to downtime, energy and money, before "
        "anyone makes it"};
    app.set_version_flag("--version", std::string("foretwin ") + version());
    app.require_subcommand(1);
    app.failure_message([](const CLI::App*, const CLI::Error& error) {
        return std::string("command line: ") + error.what() +
               " (`foretwin --help` and `foretwin VERB --help` list what is understood)\n";
    });
    app.footer(
        "Exit codes: 0 good, 1 answered no (target missed, check failed), 2 wrong input,\n"
        "3 environment (file, memory, rights), 4 a fault of Foretwin's own, 130 stopped.");
    tool::Action action;
    tool::add_new(app, action);
    tool::add_check(app, action);
    tool::add_run(app, action);
    tool::add_compare(app, action);
    tool::add_fit(app, action);
    tool::add_backtest(app, action);
    tool::add_devices(app, action);
    tool::add_ingest(app, action);
    tool::add_replay(app, action);
    tool::add_live(app, action);
    tool::add_imitate(app, action);
    tool::add_store(app, action);
    refuse_unknown_verb(app, argc, argv);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? tool::good : tool::wrong_input;
    }
    const int code = action();
    tool::flush_standard_output();
    return code;
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGXFSZ, SIG_IGN);  // beyond `ulimit -f` writing fails, and is told as such
    try {
        return run(argc, argv);
    } catch (const experiments::Cancelled& stopped) {
        std::cerr << '\n' << stopped.what() << '\n';
        return tool::stopped;
    } catch (const InputError& error) {
        for (const Problem& problem : error.problems()) std::cerr << to_text(problem) << '\n';
        return tool::wrong_input;
    } catch (const EnvironmentError& error) {
        std::cerr << error.what() << '\n';
        return tool::environment;
    } catch (const std::bad_alloc&) {
        std::cerr << "out of memory; try fewer devices or fewer replications\n";
        return tool::environment;
    } catch (const std::exception& error) {
        std::cerr << "a fault of Foretwin's own, please report it: " << error.what() << '\n';
        return tool::our_own_fault;
    }
}
