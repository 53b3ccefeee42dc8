"""Fits, replays, backtests, the catalogue and checks: the same answers as the command line's, and
tables that add up."""

from __future__ import annotations

import datetime
import pathlib
import shutil

import numpy as np
import pytest
from conftest import LIBRARY, ask_command

import foretwin as ft

TEXTBOOK = LIBRARY / "reliability_textbook"
FANS = TEXTBOOK / "data/diesel_fans.csv"
PARK = LIBRARY / "machine_park"
STEEL = LIBRARY / "steel_plant/backtest.yaml"
CENTRE = LIBRARY / "machining_centre/profile.yaml"


@pytest.fixture(scope="module")
def past() -> ft.Replay:
    return ft.replay(CENTRE)


@pytest.fixture(scope="module")
def scored() -> ft.Backtest:
    return ft.backtest(STEEL)


# -- fits


def test_a_description_is_fitted_as_the_command_line_does(tmp_path: pathlib.Path) -> None:
    found = ft.fit(TEXTBOOK / "fits.yaml")
    assert found.tree == ask_command("fit", TEXTBOOK / "fits.yaml", "--out", tmp_path / "a.yaml")
    written = found.save(tmp_path / "b.yaml").read_text()
    assert written == (tmp_path / "a.yaml").read_text() == (TEXTBOOK / "fitted.yaml").read_text()


def test_laws_are_a_table_with_the_chosen_law_of_each_fit() -> None:
    laws = ft.fit(TEXTBOOK / "fits.yaml").laws
    bearing = laws[laws["fit"] == "ball bearing"]
    assert list(bearing[bearing["chosen"]]["family"]) == ["gamma"]
    assert bearing["aic"].is_monotonic_increasing
    weibull = bearing[(bearing["family"] == "weibull") & ~bearing["shifted"]].iloc[0]
    # Lieblein and Zelen's bearings: shape 2.10, scale 81.9 million revolutions.
    assert weibull["shape"] == pytest.approx(2.102, abs=0.001)
    assert weibull["scale"] == pytest.approx(81.88, abs=0.01)


def test_a_file_of_lifetimes_needs_its_unit_and_names_no_place_to_save(
    tmp_path: pathlib.Path,
) -> None:
    with pytest.raises(ft.InputError, match="^unit is missing"):
        ft.fit(FANS)
    fans = ft.fit(FANS, unit="h", time="hours", status="failed")
    assert list(fans) == ["diesel_fans"]
    with pytest.raises(ValueError, match="names no file"):
        fans.save()
    assert "exponential" in fans._repr_html_()


def test_a_scenario_read_before_is_fitted_as_its_file(tmp_path: pathlib.Path) -> None:
    then = datetime.datetime(2015, 6, 1, 6)
    told = ask_command("fit", PARK / "scenario.yaml", "--as-of", "2015-06-01T06:00", "--out",
                       tmp_path / "a.yaml")
    read = ft.fit(ft.load(PARK / "scenario.yaml"), as_of=then)
    assert read.tree == told
    assert read.parameters == (tmp_path / "a.yaml").read_text()
    assert set(read.laws["fit"]) == {one["name"] for one in told["lives"]}
    assert read.warnings == told["warnings"]


def test_the_past_of_a_scenario_lies_in_the_range_of_its_fit() -> None:
    verdict = ft.fit(PARK / "scenario.yaml").check(replications=32, seed=3)
    assert verdict.tree == ask_command("fit", PARK / "scenario.yaml", "--check", "--replications",
                                       "32", "--seed", "3")
    assert bool(verdict) == verdict.rows["inside"].all()


def test_records_that_are_wrong_say_where(tmp_path: pathlib.Path) -> None:
    shutil.copy(FANS, tmp_path / "fans.csv")
    lines = FANS.read_text().splitlines()
    lines[3] = "many," + lines[3].split(",", 1)[1]
    (tmp_path / "fans.csv").write_text("\n".join(lines) + "\n")
    with pytest.raises(ft.InputError) as raised:
        ft.fit(tmp_path / "fans.csv", unit="h", time="hours", status="failed")
    assert [(one.line, one.column) for one in raised.value.problems] == [(4, 1)]
    with pytest.raises(ft.InputError, match="^as_of: 'soon' is no date"):
        ft.fit(TEXTBOOK / "fits.yaml", as_of="soon")
    with pytest.raises(ft.InputError, match="check replays a scenario's own records"):
        ft.fit(FANS, unit="h", time="hours", status="failed").check()


# -- replays


def test_a_replay_is_the_command_lines(past: ft.Replay) -> None:
    assert past.tree == ask_command("replay", CENTRE)
    assert past.fingerprint == past.tree["fingerprint"]


def test_states_fill_the_time_without_gaps_and_sum_to_the_accounts(past: ft.Replay) -> None:
    states = past.states
    assert states["begin"].dtype == np.dtype("datetime64[ns]")
    assert (states["begin"].iloc[1:].values == states["end"].iloc[:-1].values).all()
    accounts = past.tree["total"]["devices"]["Mazak01"]["seconds_per_state"]
    for state, seconds in states.groupby("state")["seconds"].sum().items():
        assert seconds == pytest.approx(accounts[state], abs=1e-6)
    # All there is: two days of the record.
    assert past.time_in_state.drop(columns=["day", "device"]).to_numpy().sum() == pytest.approx(
        past.tree["total"]["seconds"])


def test_a_stretch_of_one_log_alone(past: ft.Replay) -> None:
    log = LIBRARY / "machining_centre/data/Mazak01-20161020-20161021.txt.gz"
    words = ["--from", "2016-10-20T14:00", "--to", "2016-10-20T18:00"]
    part = ft.replay(CENTRE, log, start="2016-10-20T14:00", end=np.datetime64("2016-10-20T18:00"))
    assert part.tree == ask_command("replay", CENTRE, log, *words)
    assert part.tree["total"]["seconds"] == 4 * 3600
    assert part.fingerprint != past.fingerprint
    with pytest.raises(ft.InputError, match="start"):
        ft.replay(CENTRE, start="yesterday")


def test_kpis_of_a_replay_carry_their_formulas_and_are_nan_where_undefined(
    past: ft.Replay,
) -> None:
    kpis = past.kpis
    total = kpis[(kpis["day"] == "total") & (kpis["device"] == "")].set_index("kpi")
    told = past.tree["total"]["kpis"]
    assert set(total.index) == set(told)
    for name, one in told.items():
        assert np.isnan(total.loc[name, "value"]) == (one["value"] is None)
    assert total.loc["availability", "formula"].startswith("production time")


def test_reports_are_those_of_the_command_line(past: ft.Replay, scored: ft.Backtest,
                                               tmp_path: pathlib.Path) -> None:
    ask_command("replay", CENTRE, "--report", tmp_path / "there")
    past.save_report(tmp_path / "here")
    ask_command("backtest", STEEL, "--out", tmp_path / "there")
    scored.save_report(tmp_path / "here")
    names = sorted(one.name for one in (tmp_path / "there").iterdir())
    assert names == ["backtest.html", "backtest.json", "replay.html", "replay.json", "replay.txt"]
    for name in names:
        assert (tmp_path / "here" / name).read_text() == (tmp_path / "there" / name).read_text()


# -- backtests


def test_a_backtest_of_energy_is_the_command_lines(scored: ft.Backtest) -> None:
    assert scored.tree == ask_command("backtest", STEEL)
    assert scored.good and scored.demands["met"].all()
    assert scored.stops.empty


def test_forecasts_are_as_many_as_were_scored_with_the_truths_that_came(scored: ft.Backtest
                                                                         ) -> None:
    forecasts = scored.forecasts
    assert forecasts["origin"].dtype == np.dtype("datetime64[ns]")
    assert (forecasts["low"] <= forecasts["q25"]).all()
    truths = forecasts.groupby(["target", "horizon", "forecaster"])["truth"]
    for one in scored.tree["scores"]:
        key = (one["target"], one["horizon"], one["forecaster"])
        assert truths.count()[key] == one["forecasts"]
        assert truths.mean()[key] == pytest.approx(one["truth"], rel=1e-9)
    assert set(scored.scores["unit"]) == {"kWh", "kW"}


def test_a_backtest_of_failures_from_another_origin() -> None:
    fleet = ft.backtest(PARK / "backtest.yaml", start="2015-08-20T00:00")
    assert fleet.tree == ask_command("backtest", PARK / "backtest.yaml", "--from",
                                     "2015-08-20T00:00")
    assert set(fleet.reliability["forecaster"]) == set(fleet.stops["forecaster"])
    with pytest.raises(ft.InputError, match="^start: 'noon' is no date"):
        ft.backtest(PARK / "backtest.yaml", start="noon")


def test_progress_is_told_and_what_it_raises_stops_the_work() -> None:
    heard: list[tuple[int, int]] = []
    ft.backtest(STEEL, progress=lambda done, expected: heard.append((done, expected)))
    assert heard and heard[-1][0] <= heard[-1][1]

    def refuse(done: int, expected: int) -> None:
        raise KeyError("enough")

    with pytest.raises(KeyError, match="enough"):
        ft.backtest(PARK / "backtest.yaml", progress=refuse)


# -- the catalogue, and checks


def test_the_catalogue_is_the_command_lines() -> None:
    told = ask_command("devices")["devices"]
    native = {one["type"] for one in told}  # other tests declare types of their own
    assert [one for one in ft.devices().tree if one["type"] in native] == told
    crew = ft.devices()["crew"]
    assert crew.tree == ask_command("devices", "crew")
    assert crew["size"]["kind"] == "count"
    assert len(crew.to_pandas()) >= len(crew)
    assert "crew" in ft.devices() and "cruw" not in ft.devices()
    with pytest.raises(ft.InputError, match="did you mean 'crew'"):
        ft.devices()["cruw"]


def test_a_check_tells_what_the_command_line_does() -> None:
    path = LIBRARY / "bottling_line/scenario.yaml"
    checked = ft.load(path).check()
    assert checked.tree == ask_command("check", path)
    assert checked.alternatives[0] == "baseline"
    assert checked.calendars["two shifts"] == pytest.approx(80.2, abs=0.1)
    assert "electricity by day" in checked.assumptions
    assert checked.text().startswith(f"{path}: good")
    assert "<pre>" in checked._repr_html_()


def test_a_check_finds_what_is_wrong_with_an_alternative() -> None:
    scenario = ft.load(LIBRARY / "bottling_line/scenario.yaml")
    scenario["Filler/cycle"] = "3 kg"
    with pytest.raises(ft.InputError, match="Filler"):
        scenario.check()
