"""The same figures from Python as from the command line, by every route to the same study."""

from __future__ import annotations

import math
import pathlib

import pytest
from conftest import COMMAND, LIBRARY, TINY, ask_command

import foretwin as ft

SCENARIOS = sorted(path.parent.name for path in LIBRARY.glob("*/scenario.yaml"))

pytestmark = pytest.mark.skipif(not COMMAND.exists(), reason="the command line is not built")


def without_inputs(tree: dict) -> dict:
    """What both routes must tell alike; inputs name the file as it was given."""
    return {key: value for key, value in tree.items() if key not in ("inputs", "counters")}


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_run_of_the_library_has_the_figures_of_the_command_line(name: str, in_tree: object
                                                                  ) -> None:
    file = f"scenarios/library/{name}/scenario.yaml"
    told = ask_command("run", file, "--replications", 4, "--seed", 7)
    study = ft.load(file).run(replications=4, seed=7)
    assert study.fingerprint == told["fingerprint"]
    assert without_inputs(study.tree) == without_inputs(told)


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name != "machine_park"])
def test_a_comparison_of_the_library_has_them_too(name: str, in_tree: object) -> None:
    scenario = ft.load(f"scenarios/library/{name}/scenario.yaml")
    if not scenario.changes:
        pytest.skip("nothing to compare")
    told = ask_command("compare", f"scenarios/library/{name}/scenario.yaml", "--replications", 4,
                       "--seed", 7)
    study = scenario.compare(replications=4, seed=7)
    assert study.fingerprint == told["fingerprint"]
    assert without_inputs(study.tree) == without_inputs(told)


def test_options_reach_the_engine(in_tree: object) -> None:
    file = "scenarios/library/bottling_line/scenario.yaml"
    told = ask_command("run", file, "--replications", 3, "--level", 0.8, "--change",
                       "larger buffer", "--trace-fingerprint")
    study = ft.load(file).run("larger buffer", replications=3, level=0.8, trace_fingerprint=True)
    assert without_inputs(study.tree) == without_inputs(told)


@pytest.mark.parametrize("executor", ["sequential", "parallel", "optimistic", "reference"])
def test_neither_threads_nor_executor_move_a_figure(executor: str) -> None:
    scenario = ft.load(TINY)
    expected = scenario.run(replications=9, threads=1).fingerprint
    assert scenario.run(replications=9, threads=2, executor=executor).fingerprint == expected


def test_file_text_dict_and_edits_back_and_forth_are_the_same_scenario(in_tree: pathlib.Path
                                                                         ) -> None:
    file = in_tree / "scenarios/library/bottling_line/scenario.yaml"
    from_file = ft.load(file)
    expected = from_file.run(replications=2).fingerprint
    edited = from_file.copy()
    edited["Filler/buffer"] = 1
    assert edited.run(replications=2).fingerprint != expected
    edited["Filler/buffer"] = from_file["Filler/buffer"]
    for same in (ft.load(file.read_text(), folder=file.parent),
                 ft.load(from_file.to_dict(), folder=file.parent), edited):
        assert same.run(replications=2).fingerprint == expected


def test_figures_are_those_of_the_tree() -> None:
    study = ft.load(TINY).compare(replications=20)
    desk = study["second desk"]
    tree = study.tree["alternatives"]["second desk"]["kpis"]["throughput"]
    assert (desk["throughput"].mean, desk["throughput"].unit) == (tree["mean"], tree["unit"])
    assert desk.difference("throughput").mean == tree["difference"]["mean"]
    assert math.isclose(desk["throughput"].mean - study["baseline"]["throughput"].mean,
                        desk.difference("throughput").mean, rel_tol=1e-9)
    with pytest.raises(KeyError):
        study["third desk"]
    with pytest.raises(KeyError):
        desk["throughputs"]
    with pytest.raises(KeyError):
        study["baseline"].difference("throughput")
