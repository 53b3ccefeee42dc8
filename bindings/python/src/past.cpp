#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "bindings/python/src/background.hpp"
#include "bindings/python/src/parts.hpp"
#include "bindings/python/src/scenario.hpp"
#include "bindings/python/src/trees.hpp"
#include "scenarios/backtest.hpp"
#include "scenarios/fitting.hpp"
#include "scenarios/replay.hpp"
#include "scenarios/report/backtest.hpp"
#include "scenarios/report/json_parts.hpp"
#include "scenarios/report/replay.hpp"
#include "scenarios/report/validation_table.hpp"
#include "scenarios/report/whole_file.hpp"

namespace py = pybind11;

namespace foretwin::python {
namespace {

using experiments::BacktestResult;
using experiments::Progress;
using experiments::ReplayResult;
using scenarios::Fitting;

void stop_if(const std::atomic<bool>& cancelled) {
    if (cancelled) throw experiments::Cancelled();
}

/// Runs work that tells how far it is to the function it is given, and can be stopped wherever it
/// does. Work that ends all the same was stopped, too, if Ctrl-C came.
template <class Work>
auto told_in_background(Work work, const py::object& progress) {
    return in_background(
        [&](const std::atomic<bool>& cancelled, const Progress& told) {
            auto result = work([&](std::int64_t done, std::int64_t all) {
                stop_if(cancelled);
                told(done, all);
            });
            stop_if(cancelled);
            return result;
        },
        progress);
}

/// A description, a scenario or a file of lifetimes; or a scenario that was read before.
struct FitSource {
    scenarios::FitQuestion question;
    std::optional<loader::ScenarioFile> scenario;
};

std::shared_ptr<Fitting> fit(FitSource source, const py::object& progress) {
    return told_in_background(
        [&](const Progress& told) {
            source.question.told = told;
            return std::make_shared<Fitting>(
                source.scenario ? scenarios::fit(*source.scenario, source.question.as_of)
                                : scenarios::fit(source.question));
        },
        progress);
}

py::tuple check_fit(const Fitting& fitting, std::uint32_t seed, std::int64_t replications,
                    int threads, const py::object& progress) {
    experiments::StudyPlan plan;
    plan.seed = seed;
    plan.replications = replications;
    plan.threads = threads;
    experiments::StudyResult study;
    study.validation = in_background(
        [&](const std::atomic<bool>& cancelled, const Progress& told) {
            plan.cancelled = &cancelled;
            plan.progress = told;
            return scenarios::check_fit(fitting, plan);
        },
        progress);
    return py::make_tuple(to_python(report::validation_json(study)),
                          report::validation_table(*study.validation));
}

std::shared_ptr<BacktestResult> backtest(const std::filesystem::path& path,
                                         const BacktestChoice& choice, const py::object& progress) {
    return told_in_background(
        [&](const Progress& told) {
            BacktestFile file = read_backtest(path, choice);
            file.told = told;
            return std::make_shared<BacktestResult>(run_backtest(file));
        },
        progress);
}

std::shared_ptr<ReplayResult> replay(const std::filesystem::path& profile,
                                     const std::vector<std::string>& logs,
                                     const scenarios::ReplayOptions& options,
                                     const py::object& progress) {
    return told_in_background(
        [&](const Progress& told) {
            return std::make_shared<ReplayResult>(scenarios::replay_logs(
                profile, logs, options,
                [&](const std::string&, std::int64_t done, std::int64_t all) { told(done, all); }));
        },
        progress);
}

void bind_fit(py::module_& module) {
    py::class_<Fitting, std::shared_ptr<Fitting>>(module, "Fitting")
        .def("json", [](const Fitting& fitting) { return to_python(fitting.json()); })
        .def("text", &Fitting::text)
        .def("parameter_file", &Fitting::parameter_file)
        .def("usual_out", &Fitting::usual_out)
        .def("check", &check_fit, py::kw_only(), py::arg("seed"), py::arg("replications"),
             py::arg("threads"), py::arg("progress"));
    module.def(
        "fit",
        [](const std::filesystem::path& file, const std::string& as_of, const std::string& unit,
           const std::string& time, const std::string& status, const py::object& progress) {
            return fit({{file, as_of, unit, time, status, false, {}}, std::nullopt}, progress);
        },
        py::arg("file"), py::kw_only(), py::arg("as_of"), py::arg("unit"), py::arg("time"),
        py::arg("status"), py::arg("progress"));
    module.def(
        "fit_scenario",
        [](const Scenario& scenario, const std::string& as_of, const py::object& progress) {
            FitSource source;
            source.question.as_of = as_of;
            source.scenario = *scenario.checked();
            return fit(std::move(source), progress);
        },
        py::arg("scenario"), py::kw_only(), py::arg("as_of"), py::arg("progress"));
}

void bind_backtest(py::module_& module) {
    py::class_<BacktestResult, std::shared_ptr<BacktestResult>>(module, "BacktestResult")
        .def("json",
             [](const BacktestResult& result) { return to_python(report::backtest_json(result)); })
        .def("json_text",
             [](const BacktestResult& result) {
                 return report::backtest_json(result).dump(2) + "\n";
             })
        .def("text", &report::backtest_text, py::arg("columns"))
        .def("html", &report::backtest_html)
        .def("good", &BacktestResult::good);
    module.def(
        "backtest",
        [](const std::filesystem::path& file, const std::filesystem::path& data,
           const std::filesystem::path& then, const std::string& start,
           const py::object& progress) {
            return backtest(file, {data, then, start}, progress);
        },
        py::arg("file"), py::kw_only(), py::arg("data"), py::arg("then"), py::arg("start"),
        py::arg("progress"));
}

void bind_replay(py::module_& module) {
    py::class_<ReplayResult, std::shared_ptr<ReplayResult>>(module, "ReplayResult")
        .def("json",
             [](const ReplayResult& result) {
                 return to_python(nlohmann::ordered_json::parse(report::replay_json_text(result)));
             })
        .def("json_text", &report::replay_json_text)
        .def("text", &report::replay_text, py::arg("columns"))
        .def("html", &report::replay_page)
        .def_readonly("fingerprint", &ReplayResult::fingerprint);
    module.def(
        "replay",
        [](const std::filesystem::path& profile, const std::vector<std::string>& logs,
           const std::string& start, const std::string& end, const py::object& progress) {
            return replay(profile, logs, {start, end, {}, {}}, progress);
        },
        py::arg("profile"), py::kw_only(), py::arg("logs"), py::arg("start"), py::arg("end"),
        py::arg("progress"));
}

}  // namespace

void bind_past(py::module_& module) {
    bind_fit(module);
    bind_backtest(module);
    bind_replay(module);
    module.def(
        "write_whole_files",
        [](const std::vector<std::pair<std::filesystem::path, std::string>>& named) {
            std::vector<report::WholeFile> files;
            for (const auto& [path, bytes] : named) files.push_back({path, bytes});
            report::write_whole_files(files);
        },
        py::arg("files"));
}

}  // namespace foretwin::python
