#include <iostream>

#include "engine/core/error.hpp"
#include "engine/core/suggestion.hpp"
#include "scenarios/loader/check.hpp"
#include "scenarios/report/whole_file.hpp"
#include "tools/foretwin/starters.hpp"
#include "tools/foretwin/terminal.hpp"
#include "tools/foretwin/verbs.hpp"

namespace foretwin::tool {
namespace {

struct NewOptions {
    std::filesystem::path folder;
    std::string from = "minimal";
};

const Starter& starter_of(const std::string& name) {
    std::vector<std::string> known;
    for (const Starter& starter : starters()) {
        if (starter.name == name) return starter;
        known.emplace_back(starter.name);
    }
    std::string listed;
    for (const std::string& one : known) listed += (listed.empty() ? "" : ", ") + one;
    const std::string near = did_you_mean(name, known);
    throw InputError({}, "--from: there is no starter '" + name + "'",
                     near.empty() ? "there are " + listed : near);
}

std::string filled_in(const Starter& starter, const std::string& name) {
    constexpr std::string_view placeholder = "NAME";
    std::string text(starter.text);
    return text.replace(text.find(placeholder), placeholder.size(), name);
}

int make_new(const NewOptions& options) {
    const Starter& starter = starter_of(options.from);
    const std::filesystem::path whole = options.folder.lexically_normal();
    const std::string name =
        (whole.has_filename() ? whole.filename() : whole.parent_path().filename()).string();
    const std::string problem = loader::name_problem(name);
    if (!problem.empty()) {
        throw InputError({}, "'" + name + "' is no name for a scenario: " + problem,
                         "try `foretwin new packing_line`");
    }
    std::error_code ignored;
    if (std::filesystem::exists(options.folder, ignored)) {
        throw InputError(Place{options.folder.string(), 0, 0}, "is already there",
                         "nothing is overwritten: choose another name, or remove it first");
    }
    make_folder(options.folder, "`foretwin new`");
    const std::filesystem::path file = options.folder / "scenario.yaml";
    report::write_whole_file(file, filled_in(starter, name));
    std::cout << "Written: " << file.string() << "\nNext:\n"
              << "  foretwin check " << file.string() << '\n'
              << "  foretwin compare " << file.string() << '\n';
    return good;
}

}  // namespace

void add_new(CLI::App& app, Action& action) {
    auto options = std::make_shared<NewOptions>();
    CLI::App* verb =
        app.add_subcommand("new", "write a commented scenario to begin with into a new folder");
    verb->add_option("name", options->folder, "the new folder; its last part names the scenario")
        ->required();
    std::string known;
    for (const Starter& starter : starters())
        known += (known.empty() ? "" : ", ") + std::string(starter.name);
    verb->add_option("--from", options->from, "what to begin with: " + known)
        ->capture_default_str();
    verb->callback([options, &action] { action = [options] { return make_new(*options); }; });
}

}  // namespace foretwin::tool
