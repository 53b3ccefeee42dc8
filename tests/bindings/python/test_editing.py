"""Edits by path, named changes, and the way from dict to YAML and back."""

from __future__ import annotations

import copy

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


def test_a_copy_is_its_own() -> None:
    first = ft.load(TINY)
    second = first.copy()
    second["Desk/buffer"] = 9
    assert first["Desk/buffer"] == 3
    tree = first.to_dict()
    kept = copy.deepcopy(tree)
    tree["devices"].clear()
    assert first.to_dict() == kept


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
