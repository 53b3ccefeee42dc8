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
    static_cast<void>(prepared(file, {}, schema, problems));
    for (const std::string& name : names(file.tree))
        static_cast<void>(prepared(file, {name}, schema, problems));
}

void check_all(const loader::ScenarioFile& file, const schema::Schema& schema) {
    Problems problems;
    find_problems(file, schema, problems);
    loader::throw_if_any(std::move(problems));
}

}  // namespace foretwin::changes
