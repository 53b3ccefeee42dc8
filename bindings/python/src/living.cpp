#include <pybind11/functional.h>
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "bindings/python/src/background.hpp"
#include "bindings/python/src/parts.hpp"
#include "bindings/python/src/scenario.hpp"
#include "bindings/python/src/store_turn.hpp"
#include "bindings/python/src/trees.hpp"
#include "engine/telemetry/instant.hpp"
#include "scenarios/ingest_run.hpp"
#include "scenarios/live_run.hpp"
#include "scenarios/living/imitation.hpp"
#include "scenarios/living/page.hpp"
#include "scenarios/report/quality_page.hpp"
#include "scenarios/report/quality_report.hpp"

namespace py = pybind11;

namespace foretwin::python {
namespace {

using experiments::Progress;
using nlohmann::ordered_json;
using scenarios::IngestAnswer;

/// A function of Python that the work's own thread may call with text.
std::function<void(const std::string&)> teller(const py::object& told) {
    if (told.is_none()) return {};
    return [&told](const std::string& line) {
        const py::gil_scoped_acquire locked;
        told(line);
    };
}

std::string last_text(living::Instant at) {
    return telemetry::instant_text(at);
}

ordered_json standings_json(const living::LivingTwin& twin) {
    ordered_json list = ordered_json::array();
    for (const living::Standing& one : twin.scoreboard().standings()) {
        ordered_json json{{"horizon", twin.description().horizons[one.horizon].name},
                          {"figure", twin.figures()[one.figure].name},
                          {"unit", twin.figures()[one.figure].unit},
                          {"forecasts", one.forecasts},
                          {"score", one.score},
                          {"bias", one.bias},
                          {"truth", one.truth}};
        json["coverage"] = {{"inside", one.coverage.inside}, {"trials", one.coverage.trials}};
        const auto add = [&](const char* name, const living::Standing::Reference& reference) {
            json[name] = {{"forecasts", reference.forecasts},
                          {"score", reference.score},
                          {"skill", reference.skill}};
        };
        add("persistence", one.persistence);
        add("seasonal_naive", one.seasonal);
        list.push_back(std::move(json));
    }
    return list;
}

/// What the twin knows of the plant and of itself, once the telemetry is used up.
ordered_json outcome(const scenarios::LiveRun& live) {
    const living::LivingTwin& twin = live.twin();
    const living::Agreement agreement = twin.agreement();
    ordered_json paces = ordered_json::object();
    for (const auto& [device, factor] : agreement.paces) paces[device] = factor;
    return {
        {"now", last_text(twin.now())},
        {"next_forecast_from", last_text(live.issue_from())},
        {"level", live.description().level},
        {"paces", std::move(paces)},
        {"states", {{"read", agreement.states_read}, {"surprising", agreement.states_surprising}}},
        {"effective_particles", agreement.effective_particles},
        {"standings", standings_json(twin)}};
}

struct Lived {
    ordered_json json;
    std::string latest, standing;
};

Lived live(const scenarios::LiveQuestion& question, const py::object& issued,
           const py::object& message, const py::object& progress) {
    return in_background(
        [&](const std::atomic<bool>& cancelled, const Progress& told) {
            StoreTurn turn;
            scenarios::LiveTold listeners;
            listeners.passed = [&](std::int64_t done, std::int64_t expected) {
                told(done, expected);
                turn.let_others();
            };
            if (const auto say = teller(message)) listeners.message = turn.without(say);
            listeners.idle = turn.without([](const std::function<void()>& nap) { nap(); });
            double level = 0;
            if (const auto issue_told = teller(issued))
                listeners.issued = turn.without([&, issue_told](const living::Issue& issue) {
                    for (const living::Issue::Item& item : issue.items)
                        issue_told(living::message_of(issue, item, level));
                });
            scenarios::LiveRun run(question, std::move(listeners));
            level = run.description().level;
            try {
                run.run(cancelled);
            } catch (const InputError&) {
                if (cancelled) throw experiments::Cancelled();
                throw;
            }
            Lived lived{outcome(run), "", living::standing_text(run.twin(), 100)};
            lived.json["stopped"] = cancelled.load();
            if (const living::Issue* latest = run.ledger().latest())
                lived.latest = living::issue_text(*latest);
            return lived;
        },
        progress);
}

IngestAnswer ingest(const scenarios::IngestQuestion& question, const py::object& message,
                    const py::object& progress) {
    return in_background(
        [&](const std::atomic<bool>& cancelled, const Progress& told) {
            StoreTurn turn;
            scenarios::IngestTold listeners;
            listeners.read = [&](std::int64_t done, std::int64_t expected) {
                told(done, expected);
                turn.let_others();
            };
            if (const auto say = teller(message)) listeners.message = turn.without(say);
            listeners.stop = &cancelled;
            return scenarios::ingest(question, listeners);
        },
        progress);
}

/// Tells the plant of a scenario as lines of JSON into a file; how many.
std::int64_t imitate(const Scenario& scenario, const std::filesystem::path& out,
                     const living::Imitation::Plan& plan, const py::object& progress) {
    const std::shared_ptr<const loader::ScenarioFile> file = scenario.checked();
    return in_background(
        [&](const std::atomic<bool>& cancelled, const Progress& told) {
            living::Imitation plant(*file, plan);
            std::ofstream stream(out, std::ios::binary);
            std::int64_t lines = 0;
            telemetry::Observation one;
            for (; stream && !cancelled && plant.next(one); ++lines) {
                stream << living::line_of(one) << '\n';
                told((plant.now() - plan.from) / minute, plan.length / minute);
            }
            stream.close();
            if (cancelled) throw experiments::Cancelled();
            if (!stream)
                throw EnvironmentError("cannot write " + out.string() +
                                       " (is there such a folder, and is there room?)");
            return lines;
        },
        progress);
}

void bind_ingest(py::module_& module) {
    py::class_<IngestAnswer>(module, "IngestAnswer")
        .def("json",
             [](const IngestAnswer& answer) {
                 return to_python(ordered_json::parse(report::quality_json_text(answer.report)));
             })
        .def("json_text",
             [](const IngestAnswer& answer) { return report::quality_json_text(answer.report); })
        .def("text", [](const IngestAnswer& answer,
                        int columns) { return report::quality_table(answer.report, columns); })
        .def("html", [](const IngestAnswer& answer) { return report::quality_page(answer.report); })
        .def_readonly("set_aside", &IngestAnswer::set_aside);
    module.def(
        "ingest",
        [](const std::filesystem::path& description, const std::filesystem::path& store,
           const std::string& file, const std::filesystem::path& report,
           const std::filesystem::path& set_aside, const std::string& run_for,
           const std::string& until_idle, const py::object& message, const py::object& progress) {
            return ingest({description, file, store, report, set_aside, run_for, until_idle},
                          message, progress);
        },
        py::arg("description"), py::kw_only(), py::arg("store"), py::arg("file"), py::arg("report"),
        py::arg("set_aside"), py::arg("run_for"), py::arg("until_idle"), py::arg("message"),
        py::arg("progress"));
}

}  // namespace

void bind_living(py::module_& module) {
    bind_ingest(module);
    module.def(
        "live",
        [](const std::filesystem::path& description, const std::filesystem::path& store,
           const std::filesystem::path& out, const std::string& since, bool once, int threads,
           const py::object& issued, const py::object& message, const py::object& progress) {
            const Lived lived =
                live({description, store, out, since, once, threads}, issued, message, progress);
            return py::make_tuple(to_python(lived.json), lived.latest, lived.standing);
        },
        py::arg("description"), py::kw_only(), py::arg("store"), py::arg("out"), py::arg("since"),
        py::arg("once"), py::arg("threads"), py::arg("issued"), py::arg("message"),
        py::arg("progress"));
    module.def(
        "imitate",
        [](const Scenario& scenario, const std::filesystem::path& out, std::int64_t start,
           const std::string& length, const std::string& period, std::uint32_t seed,
           const py::object& progress) {
            return imitate(scenario, out,
                           {start, living::imitated_time(length, "length"),
                            living::imitated_time(period, "period"), seed, 0},
                           progress);
        },
        py::arg("scenario"), py::kw_only(), py::arg("out"), py::arg("start"), py::arg("length"),
        py::arg("period"), py::arg("seed"), py::arg("progress"));
}

}  // namespace foretwin::python
