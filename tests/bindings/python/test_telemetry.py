"""The store, ingest, imitated plants and living twins: the same as the command line's, in NumPy's
words."""

from __future__ import annotations

import datetime
import json
import pathlib
import shutil
import subprocess

import numpy as np
import pytest
from conftest import COMMAND, LIBRARY, ask_command

import foretwin as ft

PARK = LIBRARY / "machine_park/telemetry.yaml"
LINE = LIBRARY / "living_line"


@pytest.fixture(scope="module")
def park(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The telemetry of the machine park, as Python puts it into a store."""
    folder = tmp_path_factory.mktemp("park")
    ft.ingest(PARK, store=folder / "park.h5")
    return folder / "park.h5"


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A folder with the living line, small, and ten hours of its telemetry."""
    folder = tmp_path_factory.mktemp("line")
    for file in LINE.glob("*.yaml"):
        shutil.copy(file, folder)
    live = (folder / "live.yaml").read_text()
    for old, new in (("futures: 200", "futures: 24"), ("particles: 200", "particles: 24"),
                     ("{hour: 1 h, shift: 8 h, day: 24 h}", "{hour: 1 h, two: 2 h}")):
        assert old in live
        live = live.replace(old, new)
    (folder / "live.yaml").write_text(live)
    ft.imitate(folder / "plant.yaml", folder / "telemetry.jsonl", length="10 h")
    ft.ingest(folder / "telemetry.yaml", store=folder / "t.h5")
    return folder


def command(*words: object) -> str:
    answer = subprocess.run([str(COMMAND), *map(str, words)], capture_output=True, text=True,
                            timeout=300, check=True)
    return answer.stdout


# -- the store


def test_ingest_tells_what_the_command_line_tells(tmp_path: pathlib.Path) -> None:
    here = ft.ingest(PARK, store=tmp_path / "a.h5", report=tmp_path / "report")
    assert here.tree == ask_command("ingest", PARK, "--store", tmp_path / "b.h5")
    assert json.loads((tmp_path / "report/quality.json").read_text()) == here.tree
    assert here and not here.refused
    counts = here.series
    assert (counts["received"] == counts[["accepted", "rejected", "late"]].sum(axis=1)).all()
    again = ft.ingest(PARK, store=tmp_path / "a.h5")
    assert again.tree["samples"]["accepted"] == 0
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


def test_a_store_lists_its_series_as_the_command_line_does(park: pathlib.Path) -> None:
    store = ft.Store(park)
    told = json.loads(command("store", "list", park, "--json"))["series"]
    assert [(one.device, one.signal, one.unit, one.samples) for one in store] == [
        (one["device"], one["signal"], one["unit"], one["samples"]) for one in told]
    assert f"{store.series[0].first}".startswith(told[0]["first"].rstrip("Z"))
    assert len(store.to_pandas()) == len(store)
    assert f"{len(store)} series" in repr(store)


def test_samples_are_arrays_that_own_what_the_engine_read(park: pathlib.Path) -> None:
    store = ft.Store(park)
    info = store.series[0]
    every = store[info.device, info.signal]
    assert len(every) == info.samples and every.value.dtype == np.float64
    assert every.time.dtype == np.dtype("datetime64[ns]")
    assert (np.diff(every.time) > np.timedelta64(0, "ns")).all()
    assert every.quality.dtype == np.uint8
    assert every.time[0] == info.first and every.time[-1] == info.last
    table = every.to_pandas()
    assert str(table.index.tz) == "UTC" and list(table.columns) == ["value", "quality"]


def test_a_range_is_open_at_its_end_however_it_is_told(park: pathlib.Path) -> None:
    store = ft.Store(park)
    info = store.series[0]
    every = store[info.device, info.signal]
    start, end = every.time[3], every.time[9]
    assert len(every) > 12
    for told in ((start, end), (str(start), f"{end}Z"), (int(start.astype(int)), end),
                 (start.astype("datetime64[s]").item(), end)):
        part = store.read(info.device, info.signal, *told)
        assert (part.time == every.time[3:9]).all() and (part.value == every.value[3:9]).all()
    with pytest.raises(KeyError, match="no series"):
        store.read(info.device, "nothing")
    with pytest.raises(ft.InputError, match="no such store"):
        ft.Store(park.parent / "nothing.h5")


def test_limits_beyond_all_counts_are_no_limits(park: pathlib.Path) -> None:
    store = ft.Store(park)
    info = store.series[0]
    every = store[info.device, info.signal]
    for told in (("1000-01-01", "3000-01-01"), (datetime.datetime.min, datetime.datetime.max),
                 (-2**70, 2**70), (None, None)):
        assert len(store.read(info.device, info.signal, *told)) == len(every) > 0
    with pytest.raises(ValueError, match="NaT is no moment"):
        store.read(info.device, info.signal, np.datetime64("NaT"))


def test_stores_are_read_while_a_twin_runs(line: pathlib.Path, park: pathlib.Path,
                                           tmp_path: pathlib.Path) -> None:
    lengths: list[int] = []

    def look(done: int, expected: int) -> None:
        store = ft.Store(park)
        lengths.append(len(store[store.series[0].device, store.series[0].signal]))

    twin = ft.live(line / "live.yaml", store=line / "t.h5", out=tmp_path,
                   since="2026-01-05T06:00", progress=look)
    assert len(lengths) > 1 and len(set(lengths)) == 1
    assert not twin.stopped


def test_texts_are_told_as_texts(line: pathlib.Path) -> None:
    store = ft.Store(line / "t.h5")
    states = store["Saw", "state"]
    assert states.info.kind == "texts"
    assert set(states.value) <= {"busy", "starved", "blocked", "repair", "down_waiting"}


def test_a_store_that_is_open_sees_what_is_put_into_it(line: pathlib.Path,
                                                       tmp_path: pathlib.Path) -> None:
    lines = (line / "telemetry.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "telemetry.jsonl").write_text("".join(lines[:500]))
    shutil.copy(line / "telemetry.yaml", tmp_path)
    store = ft.ingest(tmp_path / "telemetry.yaml", store=tmp_path / "t.h5").store
    before = sum(one.samples for one in store)
    (tmp_path / "more.jsonl").write_text("".join(lines[500:900]))
    ft.ingest(tmp_path / "telemetry.yaml", file=tmp_path / "more.jsonl", store=tmp_path / "t.h5")
    assert before == 500 and sum(one.samples for one in store.refresh()) == 900


# -- living twins


def test_an_imitated_plant_tells_the_command_lines_telemetry(line: pathlib.Path,
                                                             tmp_path: pathlib.Path) -> None:
    command("imitate", line / "plant.yaml", "--for", "10 h", "--out", tmp_path / "there.jsonl")
    assert (tmp_path / "there.jsonl").read_bytes() == (line / "telemetry.jsonl").read_bytes()
    with pytest.raises(ft.InputError, match="^length: 'long' is no duration"):
        ft.imitate(line / "plant.yaml", tmp_path / "a.jsonl", length="long")


def test_a_living_twin_writes_the_command_lines_ledger(line: pathlib.Path) -> None:
    since = "2026-01-05T06:00"
    heard: list[dict] = []
    minutes: list[tuple[int, int]] = []
    twin = ft.live(line / "live.yaml", store=line / "t.h5", out=line / "here", since=since,
                   issued=heard.append, progress=lambda *told: minutes.append(told))
    command("live", line / "live.yaml", "--store", line / "t.h5", "--out", line / "there",
            "--since", since, "--once")
    ledger = (line / "here/forecasts.jsonl").read_text()
    assert ledger == (line / "there/forecasts.jsonl").read_text()
    assert twin.html() == (line / "there/live.html").read_text()

    forecasts = twin.forecasts
    assert len(heard) == len(forecasts) > 0
    assert forecasts["issued"].iloc[0] == np.datetime64(since)
    assert minutes[-1][0] <= minutes[-1][1] and minutes[-1][1] >= 590
    production = forecasts[(forecasts["figure"] == "production")
                           & (forecasts["alternative"] == "baseline")]
    assert (production["low"] <= production["median"]).all()
    known = production[production["truth"].notna()]
    scores = [one for record in map(json.loads, ledger.splitlines())
              for one in record.get("scores", []) if one["figure"] == "production"]
    assert sorted(known["score"]) == sorted(one["score"] for one in scores)
    assert len(scores) > 3
    told = twin.scores.set_index(["figure", "horizon"]).loc[("production", "hour")]
    assert told["score"] == pytest.approx(known[known["horizon"] == "hour"]["score"].mean())
    assert "production" in twin.text() and "production" in twin._repr_html_()


def test_a_twin_without_telemetry_says_so(line: pathlib.Path, tmp_path: pathlib.Path) -> None:
    with pytest.raises(ft.InputError, match="has nothing of the profile's devices"):
        ft.live(line / "live.yaml", store=tmp_path / "none.h5", out=tmp_path / "out")
    with pytest.raises(ft.InputError, match="neither store nor the description"):
        ft.live(line / "live.yaml", out=tmp_path / "out")


def test_what_a_listener_raises_ends_the_twin(line: pathlib.Path, tmp_path: pathlib.Path) -> None:
    def refuse(forecast: dict) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        ft.live(line / "live.yaml", store=line / "t.h5", out=tmp_path / "out",
                since="2026-01-05T06:00", issued=refuse)
    again = ft.live(line / "live.yaml", store=line / "t.h5", out=tmp_path / "out",
                    since="2026-01-05T09:00")
    assert len(again.forecasts) > 0
