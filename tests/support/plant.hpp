#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/executors/reference.hpp"
#include "engine/executors/sequential.hpp"
#include "models/catalogue/catalogue.hpp"
#include "scenarios/assembly/plant.hpp"
#include "scenarios/changes/changes.hpp"
#include "scenarios/loader/check.hpp"
#include "scenarios/loader/scenario_file.hpp"

/// Plants from scenario text, for tests: read, checked and assembled as the command line does it.
namespace foretwin::test {

inline loader::ScenarioFile read_text(const std::string& text) {
    loader::Problems problems;
    loader::ScenarioFile file = loader::read_scenario_text(text, {}, problems);
    loader::throw_if_any(std::move(problems));
    return file;
}

inline loader::ScenarioFile read_file(const std::string& path) {
    loader::Problems problems;
    loader::ScenarioFile file = loader::read_scenario(path, problems);
    loader::throw_if_any(std::move(problems));
    return file;
}

/// The plant under the central values of its assumptions.
inline std::shared_ptr<const assembly::Plant> assembled(
    const loader::ScenarioFile& file, const std::vector<std::string>& changes = {}) {
    const schema::Schema schema{catalogue::device_types()};
    const loader::Value tree = changes::alternative(file, changes, schema);
    const loader::CentralResolver resolver(tree, file.parameter_files);
    const loader::Reader reader(resolver, loader::currency_of(tree));
    return std::make_shared<const assembly::Plant>(assembly::assemble(tree, reader, file.folder));
}

using Figures = std::map<std::string, Wide>;  ///< "Device/figure" -> whole number

inline Figures figures_of(kernel::Simulation& simulation) {
    const kernel::FigureSink sink = simulation.report(true);
    Figures figures;
    for (std::size_t i = 0; i < sink.values.size(); ++i) {
        figures[sink.specs[i].device + "/" + sink.specs[i].name] = sink.values[i];
    }
    return figures;
}

/// A running plant, started, measured from time 0.
class Run {
  public:
    explicit Run(std::shared_ptr<const assembly::Plant> plant, random::Key key = {1, 0})
        : plant_(std::move(plant)), simulation_(plant_->model, key) {
        simulation_.start();
    }
    /// Devices as they stand below `devices:`, with a horizon of 1000 hours.
    static Run of(const std::string& devices, const std::string& calendars = "",
                  random::Key key = {1, 0}) {
        const std::string text =
            "foretwin: 1\nname: test\ntime: {start: 2026-01-05T00:00, "
            "horizon: 1000 h}\n" +
            calendars + "devices:\n" + devices;
        return Run(assembled(read_text(text)), key);
    }
    Run& to(Time until) {
        executors::run_sequential(simulation_, until, executors::Trace::on);
        figures_ = figures_of(simulation_);
        return *this;
    }
    std::int64_t count(const std::string& figure) const {
        return static_cast<std::int64_t>(value(figure));
    }
    /// A time, in seconds.
    double seconds(const std::string& figure) const { return to_double(value(figure)) * 1e-9; }
    Wide value(const std::string& figure) const {
        const auto found = figures_.find(figure);
        if (found == figures_.end()) throw std::out_of_range("no figure " + figure);
        return found->second;
    }
    kernel::Simulation& simulation() { return simulation_; }
    const assembly::Plant& plant() const { return *plant_; }

  private:
    std::shared_ptr<const assembly::Plant> plant_;
    kernel::Simulation simulation_;
    Figures figures_;
};

}  // namespace foretwin::test
