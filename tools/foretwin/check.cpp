#include <iostream>
#include <nlohmann/json.hpp>

#include "scenarios/checked_scenario.hpp"
#include "scenarios/good_scenario.hpp"
#include "tools/foretwin/terminal.hpp"
#include "tools/foretwin/verbs.hpp"

namespace foretwin::tool {
namespace {

struct CheckOptions {
    std::filesystem::path scenario;
    bool json = false;
};

int check(const CheckOptions& options) {
    const CheckedScenario checked = check_scenario(read_good_scenario(options.scenario));
    if (options.json) {
        std::cout << check_json(checked).dump(2) << '\n';
    } else {
        std::cout << check_text(checked, columns_of_terminal());
    }
    return good;
}

}  // namespace

void add_check(CLI::App& app, Action& action) {
    auto options = std::make_shared<CheckOptions>();
    CLI::App* verb = app.add_subcommand(
        "check", "read a scenario and all its changes, tell what is wrong or what was assumed");
    verb->add_option("scenario", options->scenario, "scenario file (YAML or JSON)")->required();
    verb->add_flag("--json", options->json, "as JSON on standard output");
    verb->callback([options, &action] { action = [options] { return check(*options); }; });
}

}  // namespace foretwin::tool
