#include "scenarios/good_scenario.hpp"

#include "models/catalogue/catalogue.hpp"
#include "scenarios/changes/changes.hpp"
#include "scenarios/records.hpp"

namespace foretwin {

namespace {

loader::ScenarioFile checked(loader::ScenarioFile file, loader::Problems problems) {
    changes::find_problems(file, schema::Schema{catalogue::device_types()}, problems);
    if (const loader::Value* records = file.tree.find("records"))
        static_cast<void>(scenarios::read_records(*records, problems));
    loader::throw_if_any(std::move(problems));
    return file;
}

}  // namespace

loader::ScenarioFile read_good_scenario(const std::filesystem::path& path) {
    loader::Problems problems;
    loader::ScenarioFile file = loader::read_scenario(path, problems);
    return checked(std::move(file), std::move(problems));
}

loader::ScenarioFile read_good_scenario_text(const std::string& text,
                                             const std::filesystem::path& folder,
                                             const std::string& name) {
    loader::Problems problems;
    loader::ScenarioFile file = loader::read_scenario_text(text, folder, problems, name);
    return checked(std::move(file), std::move(problems));
}

std::vector<experiments::PreparedAlternative> build_alternatives(const loader::ScenarioFile& file) {
    const experiments::ParameterDraws draws(file, 1, 0, experiments::LifeModel::best);
    std::vector<experiments::PreparedAlternative> built;
    loader::Problems problems;
    for (experiments::Alternative& alternative : experiments::all_alternatives(file.tree)) {
        try {
            experiments::StudyPlan plan;
            plan.file = file;
            plan.alternatives = {alternative};
            built.push_back(std::move(experiments::prepare(plan, draws).front()));
        } catch (const InputError& error) {
            problems.insert(problems.end(), error.problems().begin(), error.problems().end());
        }
    }
    loader::throw_if_any(std::move(problems));
    return built;
}

}  // namespace foretwin
