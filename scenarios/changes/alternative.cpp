#include <set>
#include <tuple>

#include "scenarios/changes/changes.hpp"
#include "scenarios/loader/check.hpp"
#include "scenarios/loader/expand.hpp"
#include "scenarios/loader/resolver.hpp"

namespace foretwin::changes {
namespace {

using loader::Problems;
using loader::Value;

/// Everything from the file to the checked tree; what is wrong goes to `problems`.
Value prepared(const loader::ScenarioFile& file, const std::vector<std::string>& names,
               const schema::Schema& schema, Problems& problems) {
    Value tree = file.tree;
    const std::size_t before = problems.size();
    loader::expand_like(tree, problems);
    tree = apply(tree, names, schema, problems);
    loader::expand_fleets(tree, file.folder, problems);
    loader::expand_flow(tree, problems);
    const loader::CentralResolver resolver(tree, file.parameter_files);
    loader::check(tree, schema, resolver, file.folder, problems);
    // The plant as a whole is judged only when its parts are right.
    if (problems.size() == before) {
        loader::check_flow(tree, schema, problems);
        loader::check_calendars(tree, schema, resolver, problems);
    }
    return tree;
}

}  // namespace

Value alternative(const loader::ScenarioFile& file, const std::vector<std::string>& names,
                  const schema::Schema& schema) {
    Problems problems;
    Value tree = prepared(file, names, schema, problems);
    loader::throw_if_any(std::move(problems));
    return tree;
}

void find_problems(const loader::ScenarioFile& file, const schema::Schema& schema,
                   Problems& problems) {
    if (!file.tree.is_map()) return;
    // What is wrong in the baseline is wrong under every change too, sometimes in other words.
    std::set<std::tuple<std::string, int, int>> told;
    const auto place_of = [](const Problem& problem) {
        return std::tuple(problem.place.file, problem.place.line, problem.place.column);
    };
    const auto add_new = [&](const Problems& found) {
        Problems fresh;
        for (const Problem& problem : found)
            if (told.count(place_of(problem)) == 0) fresh.push_back(problem);
        for (const Problem& problem : fresh) told.insert(place_of(problem));
        problems.insert(problems.end(), fresh.begin(), fresh.end());
    };
    for (const Problem& problem : problems) told.insert(place_of(problem));
    std::vector<std::vector<std::string>> alternatives{{}};
    for (const std::string& name : names(file.tree)) alternatives.push_back({name});
    for (const std::vector<std::string>& changes : alternatives) {
        Problems found;
        static_cast<void>(prepared(file, changes, schema, found));
        add_new(found);
    }
}

void check_all(const loader::ScenarioFile& file, const schema::Schema& schema) {
    Problems problems;
    find_problems(file, schema, problems);
    loader::throw_if_any(std::move(problems));
}

}  // namespace foretwin::changes
