"""Edits by path, named changes, and the way from dict to YAML and back."""

from __future__ import annotations

import copy
import json
import multiprocessing
import os
import pathlib
import pickle
import threading

import numpy as np
import pytest
from conftest import LIBRARY, TINY
from hypothesis import given, settings
from hypothesis import strategies as st

import foretwin as ft
from foretwin import _engine

letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ äöü0123456789-_"
names = st.text(letters, min_size=1, max_size=12).map(str.strip).filter(
    lambda name: name and name.lower() not in ("on", "off", "yes", "no", "y", "n", "true", "false",
                                               "null"))
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20)
numbers = st.floats(allow_nan=False, allow_infinity=False)
whole = st.integers(-2**53, 2**53)
leaves = st.one_of(st.none(), st.booleans(), whole, numbers, texts)
trees = st.recursive(leaves, lambda inner: st.one_of(
    st.lists(inner, max_size=4), st.dictionaries(names, inner, max_size=4)), max_leaves=12)


def as_written(scenario: ft.Scenario) -> dict:
    """The tree that reading its YAML gives, unchecked."""
    return _engine.read_yaml(scenario.to_yaml())


@settings(max_examples=300, deadline=None)
@given(names, trees)
def test_whatever_is_set_is_read_back(name: str, value: object) -> None:
    scenario = ft.Scenario()
    scenario[f"/notes/{name}"] = value
    found = scenario[f"/notes/{name}"]
    assert found == value and type(found) is type(value)
    assert f"/notes/{name}" in scenario and scenario.to_dict()["notes"] == {name: value}
    del scenario[f"/notes/{name}"]
    assert f"/notes/{name}" not in scenario


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(names, trees, max_size=4))
def test_what_is_written_as_yaml_reads_back_equal(tree: dict) -> None:
    scenario = ft.Scenario()
    scenario["/notes"] = tree
    assert as_written(scenario) == {"foretwin": 1, "notes": tree}


@pytest.mark.parametrize("name", ["bottling_line", "machine_park", "living_line"])
def test_library_scenarios_go_round(name: str) -> None:
    scenario = ft.load(LIBRARY / name / "scenario.yaml")
    again = ft.load(scenario.to_dict(), folder=LIBRARY / name)
    assert again.to_dict() == scenario.to_dict()
    again["/name"] = again["/name"]  # an edit: from here on it is written anew
    once_more = ft.load(again.to_yaml(), folder=LIBRARY / name)
    assert once_more.to_dict() == scenario.to_dict()


def test_paths_follow_the_rules_of_changes() -> None:
    scenario = ft.load(TINY)
    assert scenario["Desk/buffer"] == 3 and scenario["/devices/Desk/buffer"] == 3
    assert scenario["/time/horizon"] == "2 h"
    scenario["Desk/power/busy"] = "2 kW"
    assert scenario["Desk/power"] == {"busy": "2 kW"}
    for path in ("Desk/bufer", "Desks/buffer", "/times"):
        assert path not in scenario
        with pytest.raises(ft.InputError):
            scenario[path]
        with pytest.raises(ft.InputError):
            del scenario[path]
    with pytest.raises(ft.InputError):
        scenario["Desk/buffer/more"] = 1


def test_numbers_of_numpy_are_numbers() -> None:
    scenario = ft.load(TINY)
    for number in (np.int64(7), np.uint8(7)):
        scenario["Desk/buffer"] = number
        assert scenario["Desk/buffer"] == 7 and type(scenario["Desk/buffer"]) is int
    scenario["/notes"] = np.float32(0.5)
    assert scenario["/notes"] == 0.5


@pytest.mark.parametrize("value", [object(), {1: 2}, {"a": object()}, [lambda: 0], b"bytes", 1j])
def test_what_no_scenario_holds_is_refused_with_its_path(value: object) -> None:
    with pytest.raises(TypeError, match="Desk/buffer"):
        ft.load(TINY)["Desk/buffer"] = value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_numbers_without_a_value_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="Desk/buffer"):
        ft.load(TINY)["Desk/buffer"] = value


def test_what_numpy_has_is_taken_as_python_has_it() -> None:
    scenario = ft.load(TINY)
    scenario["/notes"] = {"yes": np.bool_(True), "all": np.array([[.5, 1.5], [2, 3]]),
                          "one": np.array(4), "long": np.longdouble(2)}
    assert scenario["/notes"] == {"yes": True, "all": [[.5, 1.5], [2.0, 3.0]], "one": 4, "long": 2}
    assert scenario["/notes/yes"] is True
    with pytest.raises(TypeError, match="/notes/0: a scenario cannot hold a value of type"):
        scenario["/notes"] = np.array([1, 1j])


def test_what_contains_itself_is_refused() -> None:
    scenario = ft.load(TINY)
    ring: dict = {}
    ring["a"] = ring
    row: list = []
    row.append(row)
    for value in (ring, row):
        with pytest.raises(ValueError, match="/notes/.*: nested deeper than 64 levels"):
            scenario["/notes"] = value
    with pytest.raises(ValueError, match="nested deeper than 64 levels"):
        scenario.change("endless", set=ring)
    with pytest.raises(ValueError, match="nested deeper than 64 levels"):
        ft.load({"foretwin": 1, "notes": ring})
    assert scenario.to_yaml() == TINY


@pytest.mark.parametrize("make", [ft.Scenario.copy, copy.copy, copy.deepcopy,
                                  lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copy_is_its_own(make) -> None:  # type: ignore[no-untyped-def]
    first = ft.load(TINY)
    second = make(first)
    assert second.to_yaml() == TINY
    second["Desk/buffer"] = 9
    assert first["Desk/buffer"] == 3 and first.to_yaml() == TINY
    assert make(second).to_yaml() == second.to_yaml() and make(second)["Desk/buffer"] == 9
    second["Desk/cycle"] = "as long as it takes"
    assert make(second)["Desk/cycle"] == "as long as it takes"  # copied unchecked
    tree = first.to_dict()
    kept = copy.deepcopy(tree)
    tree["devices"].clear()
    assert first.to_dict() == kept


def means(scenario: ft.Scenario) -> tuple[str, float]:
    study = scenario.run(replications=2)
    return study.fingerprint, study["baseline"]["throughput"].mean


def test_scenarios_go_to_other_processes() -> None:
    first = ft.load(TINY)
    second = first.copy()
    second["Desk/buffer"] = 1
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found = pool.map(means, [first, second])
    assert found == [means(first), means(second)] and found[0] != found[1]


def test_a_refused_edit_leaves_everything_as_it_was() -> None:
    scenario = ft.load(TINY)
    for path, value in (("Desk/buffer/more/still", 1), ("Out/type/a", {}), ("/name/x", 1)):
        with pytest.raises(ft.InputError):
            scenario[path] = value
    with pytest.raises(TypeError):
        scenario["/new/map"] = object()
    with pytest.raises(ft.InputError):
        del scenario["Desk/nothing"]
    bare = ft.Scenario()
    with pytest.raises(TypeError):
        bare.change("no", set={"Desk/buffer": object()})
    assert scenario.to_yaml() == TINY and scenario._engine.edited is False
    assert bare.to_dict() == {"foretwin": 1}


def test_relative_files_stay_where_they_are(tmp_path: pathlib.Path,
                                            monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fitted.yaml").write_text(
        "foretwin_parameters: 1\nparameters: {cycle of desk: {value: 3 min}}\n")
    (tmp_path / "plant.yaml").write_text(TINY + "parameters: fitted.yaml\n")
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path)
    found = [ft.load("plant.yaml"), ft.load((tmp_path / "plant.yaml").read_text(), folder="."),
             ft.load(ft.load("plant.yaml").to_dict())]
    os.chdir("other")
    for scenario in found:
        scenario.check()
        scenario["Desk/buffer"] = 4
        scenario.check()
        assert scenario.run(replications=1).replications == 1
        assert scenario._engine.folder.samefile(tmp_path)


@pytest.mark.parametrize("key", ["on", "off", "No", "y", "TRUE", "null", "a: b", "# c", ""])
def test_names_in_quotes_stay_readable_after_an_edit(key: str) -> None:
    scenario = ft.load(TINY)
    scenario["/notes"] = {key: 1}
    assert as_written(scenario)["notes"] == {key: 1}


def test_half_made_scenarios_show_themselves() -> None:
    scenario = ft.load(TINY)
    scenario["Desk"] = 5
    assert "Desk" in repr(scenario) and "5" in repr(scenario) and "5" in scenario._repr_html_()
    for section in ("/devices", "/fleets", "/changes"):
        scenario[section] = "nothing much"
        assert repr(scenario) and scenario._repr_html_()
    scenario["/fleets"] = {"a": 1, "b": {"device": 2}}
    assert "fleet" not in repr(scenario) and scenario._repr_html_()


def test_json_on_one_line_is_text() -> None:
    text = json.dumps(ft.load(TINY).to_dict())
    assert "\n" not in text and ft.load(text).to_dict() == ft.load(TINY).to_dict()


def test_edits_while_another_thread_checks() -> None:
    scenario = ft.load(TINY)
    done = threading.Event()
    wrong: list[Exception] = []

    def check() -> None:
        try:
            for _ in range(30):
                scenario.check()
        except Exception as error:  # noqa: BLE001 - told below
            wrong.append(error)
        done.set()

    thread = threading.Thread(target=check)
    thread.start()
    while not done.is_set():
        scenario["Desk/buffer"] = 3
    thread.join()
    assert not wrong


def test_a_scenario_from_nothing() -> None:
    scenario = ft.Scenario()
    scenario["/name"] = "From nothing"
    scenario["/time/horizon"] = "1 day"
    scenario["In"] = {"type": "source", "part": "job", "every": "5 min", "when_full": "lost",
                      "next": "Desk"}
    scenario["Desk"] = {"type": "station", "buffer": 2, "cycle": "4 min", "next": "Out"}
    scenario["Out"] = {"type": "sink"}
    scenario.change("faster", set={"Desk/cycle": "2 min"}, invest="100 EUR")
    scenario["/economics"] = {"currency": "EUR", "margin": {"job": "1 EUR/part"},
                              "discount_rate": "5 %/year", "life": "3 years"}
    scenario.check()
    study = scenario.compare(replications=2)
    assert list(study) == ["baseline", "faster"]
    assert scenario.changes == ["faster"] and "faster" in repr(scenario)


def test_changes_by_scale_add_remove_and_combination() -> None:
    scenario = ft.load(TINY)
    scenario.change("slow", scale={"Desk/cycle": 2.0}, description="half as fast")
    scenario.change("no queue", set={"Desk/buffer": 0})
    scenario.change("both", combine=["slow", "no queue"])
    study = scenario.study([["slow"], ["no queue"], ["slow", "no queue"], "both"],
                           replications=20)
    mean = {name: one["throughput"].mean for name, one in study.items()}
    assert mean["baseline"] > mean["slow"] > mean["slow + no queue"] == mean["both"]
