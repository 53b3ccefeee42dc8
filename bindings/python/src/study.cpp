#include "scenarios/study.hpp"

#include <pybind11/numpy.h>
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "bindings/python/src/background.hpp"
#include "bindings/python/src/parts.hpp"
#include "bindings/python/src/scenario.hpp"
#include "bindings/python/src/store_turn.hpp"
#include "bindings/python/src/trees.hpp"
#include "engine/core/suggestion.hpp"
#include "scenarios/questions.hpp"
#include "scenarios/report/csv.hpp"
#include "scenarios/report/hdf5.hpp"
#include "scenarios/report/html.hpp"
#include "scenarios/report/json.hpp"
#include "scenarios/report/table.hpp"
#include "scenarios/report/whole_file.hpp"

namespace py = pybind11;

namespace foretwin::python {
namespace {

using experiments::StudyPlan;
using experiments::StudyResult;

/// What Python asks for besides the scenario.
struct Asked {
    std::string question;  ///< "run", "compare" or "study"
    /// Of `run` and `study`: changes per alternative; of `compare`: the first is the list of names.
    std::vector<std::vector<std::string>> alternatives;
    std::uint32_t seed = 1;
    std::int64_t replications = 128;
    std::optional<double> precision;
    std::string precision_kpi = "throughput";
    double level = 0.95;
    int threads = 0;
    std::string executor = "sequential";
    std::string life_model = "best";
    bool trace_fingerprint = false;
};

StudyPlan plan_of(const loader::ScenarioFile& file, const Asked& asked) {
    StudyPlan plan;
    plan.file = file;
    plan.seed = asked.seed;
    plan.replications = asked.replications;
    plan.precision = asked.precision;
    plan.precision_kpi = asked.precision_kpi;
    plan.level = asked.level;
    plan.threads = asked.threads;
    plan.executor = executor_of(asked.executor);
    plan.life_model = life_model_of(asked.life_model);
    plan.trace = asked.trace_fingerprint;
    plan.keep_finished = true;
    if (asked.question == "compare") {
        plan.alternatives = compared_alternatives(file, asked.alternatives.front(), "only");
        return plan;
    }
    for (const std::vector<std::string>& changes : asked.alternatives)
        plan.alternatives.push_back(alternative_of(changes));
    return plan;
}

std::shared_ptr<StudyResult> run(const Scenario& scenario, const Asked& asked,
                                 const py::object& progress) {
    StudyPlan plan = plan_of(*scenario.checked(), asked);
    return in_background(
        [&](const std::atomic<bool>& cancelled, const experiments::Progress& told) {
            plan.cancelled = &cancelled;
            plan.progress = told;
            auto result = std::make_shared<StudyResult>(
                asked.question == "compare" ? compare_alternatives(plan) : run_study(plan));
            result->question = asked.question;
            return result;
        },
        progress);
}

const experiments::AlternativeResult& alternative_in(const StudyResult& study,
                                                     const std::string& name) {
    std::vector<std::string> known;
    for (const experiments::AlternativeResult& one : study.alternatives) {
        if (one.name == name) return one;
        known.push_back(one.name);
    }
    throw py::key_error("the study has no alternative '" + name + "': " + suggestion(name, known));
}

/// The figures of all futures as an array without a copy: it keeps the study alive.
py::array futures(const py::object& self, const std::string& alternative, const std::string& kpi) {
    const auto& study = self.cast<const StudyResult&>();
    std::vector<std::string> known;
    for (const experiments::KpiResult& one : alternative_in(study, alternative).kpis) {
        known.push_back(one.value.name);
        if (one.value.name != kpi) continue;
        py::array array = py::array_t<double>(static_cast<py::ssize_t>(one.by_replication.size()),
                                              one.by_replication.data(), self);
        py::detail::array_proxy(array.ptr())->flags &= ~py::detail::npy_api::NPY_ARRAY_WRITEABLE_;
        return array;
    }
    throw py::key_error("'" + alternative + "' has no KPI '" + kpi +
                        "': " + suggestion(kpi, known));
}

/// The four files of `foretwin ... --out FOLDER`, all or none. The folder must exist.
void save(const StudyResult& study, const std::filesystem::path& folder) {
    const py::gil_scoped_release unlocked;
    const StoreTurn turn;
    report::write_whole_files({{folder / "study.json", report::to_json(study).dump(2) + "\n"},
                               {folder / "kpis.csv", report::csv(study)},
                               {folder / "study.h5", report::hdf5(study)},
                               {folder / "report.html", report::html(study)}});
}

std::string bytes_of_file(const StudyResult& study) {
    const py::gil_scoped_release unlocked;
    const StoreTurn turn;
    return report::hdf5(study);
}

std::uintptr_t address_of(const StudyResult& study, const std::string& alternative,
                          const std::string& kpi) {
    for (const experiments::KpiResult& one : alternative_in(study, alternative).kpis)
        if (one.value.name == kpi)
            return reinterpret_cast<std::uintptr_t>(one.by_replication.data());
    return 0;
}

}  // namespace

void bind_study(py::module_& module) {
    py::class_<StudyResult, std::shared_ptr<StudyResult>>(module, "StudyResult")
        .def("json", [](const StudyResult& study) { return to_python(report::to_json(study)); })
        .def("futures", &futures, py::arg("alternative"), py::arg("kpi"))
        .def("address_of", &address_of, py::arg("alternative"), py::arg("kpi"))
        .def("table", &report::table, py::arg("columns"))
        .def("html", &report::html)
        .def("csv", &report::csv)
        .def("save", &save, py::arg("folder"))
        .def_readonly("text", &StudyResult::text)
        .def("hdf5", [](const StudyResult& study) { return py::bytes(bytes_of_file(study)); })
        .def_readonly("stopped", &StudyResult::stopped)
        .def_readonly("fingerprint", &StudyResult::fingerprint)
        .def_readonly("replications", &StudyResult::replications);
    module.def(
        "run",
        [](const Scenario& scenario, const std::string& question,
           const std::vector<std::vector<std::string>>& alternatives, std::uint32_t seed,
           std::int64_t replications, const std::optional<double>& precision,
           const std::string& precision_kpi, double level, int threads, const std::string& executor,
           const std::string& life_model, bool trace_fingerprint, const py::object& progress) {
            const Asked asked{question,         alternatives, seed,    replications, precision,
                              precision_kpi,    level,        threads, executor,     life_model,
                              trace_fingerprint};
            return run(scenario, asked, progress);
        },
        py::arg("scenario"), py::kw_only(), py::arg("question"), py::arg("alternatives"),
        py::arg("seed"), py::arg("replications"), py::arg("precision"), py::arg("precision_kpi"),
        py::arg("level"), py::arg("threads"), py::arg("executor"), py::arg("life_model"),
        py::arg("trace_fingerprint"), py::arg("progress"));
}

}  // namespace foretwin::python
