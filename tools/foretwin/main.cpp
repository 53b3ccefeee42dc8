#include <exception>
#include <iostream>
#include <new>

#include "engine/core/error.hpp"
#include "engine/core/rule.hpp"
#include "scenarios/study.hpp"
#include "tools/foretwin/verbs.hpp"

namespace {

using namespace foretwin;  // NOLINT(google-build-using-namespace): the program's own file

int run(int argc, char** argv) {
    CLI::App app{
        "Foretwin: what a change to a plant does to downtime, energy and money, before "
        "anyone makes it"};
    app.set_version_flag("--version", std::string("foretwin ") + version());
    app.require_subcommand(1);
    app.footer(
        "Exit codes: 0 good, 1 answered no (target missed, check failed), 2 wrong input,\n"
        "3 environment (file, memory, rights), 4 a fault of Foretwin's own, 130 stopped.");
    tool::Action action;
    tool::add_new(app, action);
    tool::add_check(app, action);
    tool::add_run(app, action);
    tool::add_compare(app, action);
    tool::add_fit(app, action);
    tool::add_devices(app, action);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? tool::good : tool::wrong_input;
    }
    return action();
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const experiments::Cancelled&) {
        std::cerr << "\nstopped; nothing was written\n";
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
