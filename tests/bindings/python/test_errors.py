"""What goes wrong keeps its place, its words and the way out."""

from __future__ import annotations

import pathlib
import pickle

import pytest
from conftest import TINY

import foretwin as ft

WRONG = TINY.replace("cycle: {exponential: {mean: 4 min}}", "cycle: 4").replace("3,", "many,")


def test_every_problem_of_a_file_comes_with_its_place(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(WRONG)
    with pytest.raises(ft.InputError) as caught:
        ft.load(file)
    problems = caught.value.problems
    assert len(problems) >= 2
    assert {(pathlib.Path(one.file).name, one.line) for one in problems} == {("wrong.yaml", 6)}
    text = file.read_text().splitlines()[5]
    assert {text[one.column - 1:].split(",")[0] for one in problems} >= {"many", "4"}
    for one in problems:
        assert str(one) in str(caught.value) and one.what


def test_it_is_a_value_error_that_travels_between_processes() -> None:
    with pytest.raises(ValueError) as caught:
        ft.load(WRONG)
    assert isinstance(caught.value, ft.InputError)
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is ft.InputError
    assert again.problems == caught.value.problems and str(again) == str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: pathlib.Path) -> None:
    with pytest.raises((ft.InputError, ft.EnvironmentError), match="nowhere.yaml"):
        ft.load(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize("option", [
    {"replications": 0}, {"replications": -1}, {"level": 2}, {"precision": -1}, {"threads": -1},
    {"executor": "fast"}, {"life_model": "worst"}, {"seed": -1}, {"seed": 2**32},
    {"precision": 0.01, "precision_kpi": "speed"}, {"precision": float("nan")}])
def test_options_out_of_range_are_refused(option: dict) -> None:
    with pytest.raises((ValueError, TypeError)):
        ft.load(TINY).run(**{"replications": 2, **option})


@pytest.mark.parametrize("option", [{"level": "0.9"}, {"precision": "0.1"}, {"level": None},
                                    {"seed": "1"}])
def test_options_of_another_kind_are_refused_in_a_sentence(option: dict) -> None:
    with pytest.raises(ft.InputError, match="is a (whole )?number, not"):
        ft.load(TINY).run(**{"replications": 2, **option})


def test_names_of_files_in_messages_stay_as_they_are(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "a --out.yaml"
    with pytest.raises((ft.InputError, ft.EnvironmentError)) as caught:
        ft.load(file)
    assert str(file) in str(caught.value)


def test_an_unknown_option_is_named() -> None:
    with pytest.raises(TypeError, match="replication"):
        ft.load(TINY).run(replication=3)


def test_an_unknown_change_is_named() -> None:
    for ask in (lambda: ft.load(TINY).run("third desk", replications=1),
                lambda: ft.load(TINY).compare(["third desk"], replications=1),
                lambda: ft.load(TINY).study(["third desk"], replications=1)):
        with pytest.raises(ft.InputError, match="third desk"):
            ask()


def test_a_text_is_one_name_and_a_list_is_no_name() -> None:
    scenario = ft.load(TINY)
    assert list(scenario.compare(only="second desk", replications=1)) == ["baseline", "second desk"]
    assert list(scenario.study("second desk", replications=1)) == ["baseline", "second desk"]
    for ask in (lambda: scenario.run(["second desk"], replications=1),  # type: ignore[arg-type]
                lambda: scenario.compare(5, replications=1),  # type: ignore[arg-type]
                lambda: scenario.study([5], replications=1)):  # type: ignore[list-item]
        with pytest.raises(ft.InputError, match="takes names of changes, not"):
            ask()


def test_an_edit_that_breaks_the_scenario_is_told_when_it_is_used() -> None:
    scenario = ft.load(TINY)
    scenario["Desk/cycle"] = 4
    with pytest.raises(ft.InputError, match="cycle"):
        scenario.check()
    with pytest.raises(ft.InputError, match="cycle"):
        scenario.run(replications=1)
    scenario["Desk/cycle"] = "4 min"
    assert scenario.run(replications=1).replications == 1
