#include "scenarios/loader/scenario_file.hpp"

#include "scenarios/loader/resolver.hpp"

namespace foretwin::loader {
namespace {

/// Whether the tree is a scenario at all; if not, no other complaint about it would help.
bool check_version(const Value& tree, const std::string& file, Problems& problems) {
    const std::size_t before = problems.size();
    if (!tree.is_map()) {
        problems.push_back(
            {{file, 1, 1}, "a scenario is a map of sections", "it begins with `foretwin: 1`"});
        return false;
    }
    const Value* version = tree.find("foretwin");
    if (version == nullptr)
        problems.push_back({{file, 1, 1},
                            "not a scenario: the key `foretwin` is missing",
                            tree.has("foretwin_parameters")
                                ? "this is a fitted-parameter file; name it under `parameters`"
                                : "a scenario begins with `foretwin: 1`"});
    else if (version->text() != "1")
        problems.push_back({version->place(),
                            "version '" + version->text() + "' of the scenario language is unknown",
                            "this program reads `foretwin: 1`"});
    return problems.size() == before;
}

void check_parameter_file(const Value& file, const std::string& name, Problems& problems) {
    const Value* version = file.find("foretwin_parameters");
    const Value* section = file.find("parameters");
    if (version == nullptr || version->text() != "1" || section == nullptr || !section->is_map()) {
        problems.push_back({{name, 1, 1},
                            "not a fitted-parameter file",
                            "it begins with `foretwin_parameters: 1` and has a section "
                            "`parameters`"});
        return;
    }
    for (const Value::Entry& entry : section->entries())
        if (central_fitted(entry.value).is_null())
            problems.push_back({section->place_of_key(entry.key),
                                "fitted parameter '" + entry.key + "' has no value",
                                "write the file anew with `foretwin fit`"});
}

void read_parameters(ScenarioFile& file, Problems& problems) {
    const Value* given = file.tree.find("parameters");
    if (given == nullptr) return;
    std::vector<Value> paths = given->is_list() ? given->items() : std::vector<Value>{*given};
    for (const Value& path : paths) {
        if (!path.is_scalar()) {
            problems.push_back(
                {path.place(), "parameters: a path is expected", "as in parameters: fitted.yaml"});
            continue;
        }
        const std::size_t before = problems.size();
        const std::filesystem::path whole = file.folder / path.text();
        Value content = read_file(whole, problems, path.place());
        if (problems.size() == before)
            check_parameter_file(content, whole.string(), problems);
        else if (problems.back().what.starts_with("there is no file"))
            problems.back().hint = "`foretwin fit` writes it from records";
        file.parameter_files.push_back(std::move(content));
    }
}

}  // namespace

ScenarioFile read_scenario(const std::filesystem::path& path, Problems& problems,
                           ParameterFiles parameter_files) {
    const std::size_t before = problems.size();
    ScenarioFile file;
    file.path = path;
    file.folder = path.parent_path();
    const Limits limits;
    file.text = read_bytes(path, problems, {}, limits.bytes);
    if (problems.size() > before) {
        problems.back().hint = "give the path of a scenario file (YAML or JSON)";
        return file;
    }
    const std::string shown = path.string();
    file.tree = path.extension() == ".json" ? read_json(file.text, shown, problems, limits)
                                            : read_yaml(file.text, shown, problems, limits);
    // Text that could not be read at all is told already; "not a scenario" would only add noise.
    if (file.tree.is_null() && problems.size() > before) return file;
    if (!check_version(file.tree, shown, problems)) {
        file.tree = Value();
        return file;
    }
    if (parameter_files == ParameterFiles::read) read_parameters(file, problems);
    return file;
}

ScenarioFile read_scenario_text(const std::string& text, const std::filesystem::path& folder,
                                Problems& problems, const std::string& name) {
    const std::size_t before = problems.size();
    ScenarioFile file;
    file.folder = folder;
    file.text = text;
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    const bool json = first != std::string::npos && text[first] == '{';
    file.tree = json ? read_json(text, name, problems) : read_yaml(text, name, problems);
    if (file.tree.is_null() && problems.size() > before) return file;
    if (!check_version(file.tree, name, problems)) {
        file.tree = Value();
        return file;
    }
    read_parameters(file, problems);
    return file;
}

}  // namespace foretwin::loader
