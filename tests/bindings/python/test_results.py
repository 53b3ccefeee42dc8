"""What a study gives back: figures, tables, labelled arrays, files, pickles, notebook pages."""

from __future__ import annotations

import copy
import doctest
import html.parser
import json
import math
import multiprocessing
import pathlib
import pickle
import subprocess
import sys

import foretwin as ft
import numpy as np
import pytest
from conftest import COMMAND

#: Two machines, money, a target, and names that a page must escape.
PLANT = """foretwin: 1
name: Shop <b>&amp; co</b>
time: {start: 2026-01-05T06:00, horizon: 4 days}
devices:
  In: {type: source, part: bolt, every: 5 min, when_full: wait, next: Mill}
  Mill:
    type: station
    buffer: 4
    cycle: {exponential: {mean: 4 min}}
    power: {busy: 12 kW, starved: 2 kW}
    failures:
      tool: {clock: operating, time_to_failure: {exponential: {mean: 9 h}},
             repair: {exponential: {mean: 40 min}}}
    next: Out
  Out: {type: sink}
economics: {currency: EUR, margin: {bolt: 2 EUR/part}, discount_rate: 8 %/year, life: 3 years}
kpis: {throughput: {target: at least 250 part/day}, downtime: {of: Mill}}
changes:
  second & third mill: {set: {Mill/machines: 2}, invest: 5000 EUR}
"""
CHANGE = "second & third mill"


@pytest.fixture(scope="module")
def study() -> ft.Study:
    return ft.load(PLANT).compare(replications=8, seed=3)


@pytest.fixture(scope="module")
def folder(study: ft.Study, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    return study.save(tmp_path_factory.mktemp("saved") / "new" / "folder")


def test_devices_and_money_of_an_alternative_are_figures(study):
    figures = study[CHANGE].device("Mill")
    tree = study.tree["alternatives"][CHANGE]
    assert figures["downtime"].mean == tree["devices"]["Mill"]["downtime"]["mean"]
    assert figures["downtime_by_cause/tool/repair"].unit == "h"
    npv = study[CHANGE].npv
    assert (npv.mean, npv.unit) == (tree["money"]["npv"]["mean"], "EUR")
    assert npv.low < study[CHANGE].npv_futures().mean() < npv.high
    with pytest.raises(KeyError, match="no device 'Lathe': it has In, Mill, Out"):
        study[CHANGE].device("Lathe")
    with pytest.raises(KeyError, match="baseline"):
        study["baseline"].npv  # noqa: B018 - a property that raises


# -- tables ---------------------------------------------------------------------------------------


def test_the_table_of_kpis_has_the_numbers_of_the_engine_and_the_paired_difference(study):
    pytest.importorskip("pandas")
    table = study.to_pandas()
    assert table.index.names == ["alternative", "kpi"]
    row = table.loc[(CHANGE, "throughput")]
    figure = study[CHANGE]["throughput"]
    assert (row["mean"], row["low"], row["high"]) == (figure.mean, figure.low, figure.high)
    change = study[CHANGE].futures("throughput") - study["baseline"].futures("throughput")
    assert row["difference"] == pytest.approx(change.mean(), rel=1e-12)
    # t with 7 degrees of freedom, 97.5 %: 2.364624 (Student 1908, tables)
    half = 2.364624 * change.std(ddof=1) / math.sqrt(8)
    assert row["difference_high"] - row["difference"] == pytest.approx(half, rel=1e-6)
    assert row["unit"] == "part/h"
    assert math.isnan(table.loc[("baseline", "throughput"), "difference"])
    assert table.attrs["fingerprint"] == study.fingerprint


def test_money_has_the_currency_for_its_unit(study):
    pytest.importorskip("pandas")
    units = study.to_pandas()["unit"]
    assert "EUR" in set(units) and not any("money" in unit for unit in units)
    assert study["baseline"]["maintenance_cost"].unit == "EUR"


def test_futures_come_long_and_wide_with_the_same_numbers(study):
    pytest.importorskip("pandas")
    long = study.to_pandas("futures", kpis=["downtime", "throughput"])
    assert len(long) == 2 * 2 * 8
    wide = study.to_pandas("wide futures", kpis="downtime")
    assert wide.shape == (8, 2)
    own = study[CHANGE].futures("downtime")
    np.testing.assert_array_equal(wide[(CHANGE, "downtime")].to_numpy(), own)
    rows = long[(long["alternative"] == CHANGE) & (long["kpi"] == "downtime")]
    np.testing.assert_array_equal(rows["value"].to_numpy(), own)
    base = study["baseline"].futures("downtime")
    np.testing.assert_array_equal(rows["difference"].to_numpy(), own - base)


def test_figures_of_devices_are_found_under_their_nested_paths(study):
    pytest.importorskip("pandas")
    table = study.to_pandas("devices").set_index(["alternative", "device", "figure"])
    tree = study.tree["alternatives"]["baseline"]["devices"]["Mill"]
    path = "downtime_by_cause/tool/repair"
    assert (
        table.loc[("baseline", "Mill", path), "mean"]
        == (tree["downtime_by_cause"]["tool"]["repair"]["mean"])
    )
    assert table.loc[("baseline", "Mill", path), "unit"] == "h"
    shares = table.loc["baseline"].loc["Mill"]
    shares = shares[shares.index.str.startswith("state_shares/")]
    assert shares["mean"].sum() == pytest.approx(1, abs=1e-12)


def test_money_and_cash_flows_agree_with_one_another(study):
    pytest.importorskip("pandas")
    money, flows = study.to_pandas("money"), study.to_pandas("cash_flows")
    assert list(money["alternative"]) == [CHANGE] and money["investment"][0] == 5000
    assert list(flows["year"]) == [0, 1, 2, 3] and flows["flow"][0] == -5000
    present = sum(flow / 1.08**year for year, flow in zip(flows["year"], flows["flow"]))
    assert money["npv"][0] == pytest.approx(present, rel=1e-9)
    np.testing.assert_allclose(flows["cumulative"], np.cumsum(flows["flow"]), rtol=1e-9)
    assert study[CHANGE].npv_futures().mean() == pytest.approx(money["npv"][0], rel=1e-9)


def test_targets_tell_in_what_share_of_futures_they_are_met(study):
    pytest.importorskip("pandas")
    table = study.to_pandas("targets").set_index(["alternative", "kpi"])
    row = table.loc[("baseline", "throughput")]
    met = study["baseline"].futures("throughput") >= 250 / 24
    assert row["met"] == met.mean() and row["bound"] == pytest.approx(250 / 24)
    target = study["baseline"].target("throughput")
    assert (target.text, target.met) == ("at least 250 part/day", met.mean())
    assert study["baseline"].target("energy") is None


def test_records_are_told_beside_what_was_simulated(study):
    pytest.importorskip("pandas")
    assert list(study.to_pandas("fitted").columns) == ["name", "text", "records"]
    row = {"group": "tool", "quantity": "failures", "recorded": 9, "simulated": 8.5, "low": 4}
    row.update(high=14, inside=True)
    told = copy.copy(study)
    told._tree = {**study.tree, "validation": {"rows": [row]}}
    assert told.to_pandas("validation").to_dict("records") == [row]
    assert len(study.to_pandas("validation")) == 0


def test_empty_tables_keep_their_columns(study):
    pytest.importorskip("pandas")
    table = study.to_pandas("deadlocks")
    assert len(table) == 0 and "standstill_h" in table.columns


def test_arrow_tables_have_the_columns_of_the_others(study):
    arrow = pytest.importorskip("pyarrow")
    table = study.to_arrow("kpis", kpis="throughput")
    assert isinstance(table, arrow.Table) and table.num_rows == 2
    assert table["mean"].to_pylist() == [study[name]["throughput"].mean for name in study]
    assert table.schema.metadata[b"fingerprint"].decode() == study.fingerprint


def test_labelled_arrays_have_dimensions_units_and_differences(study):
    pytest.importorskip("xarray")
    data = study.to_xarray()
    assert data["value"].dims == ("alternative", "kpi", "replication")
    at = {"alternative": CHANGE, "kpi": "downtime"}
    own, base = (study[name].futures("downtime") for name in (CHANGE, "baseline"))
    np.testing.assert_array_equal(data["value"].sel(at), own)
    np.testing.assert_array_equal(data["difference"].sel(at), own - base)
    assert data["unit"].sel(kpi="downtime").item() == "h"
    assert data.attrs["units_of_downtime"] == data.attrs["units_of_Mill_downtime"] == "h"
    named = study.to_xarray(["downtime", "Mill/downtime"], form="by kpi")
    assert named["downtime"].dims == ("alternative", "replication")
    assert named["Mill_downtime"].attrs["units"] == "h"


def test_what_there_is_not_is_refused_with_what_there_is(study):
    pytest.importorskip("pandas")
    with pytest.raises(ValueError, match="no table 'kpi': choose one of kpis, futures"):
        study.to_pandas("kpi")
    with pytest.raises(KeyError, match="no KPI 'thruput'.*throughput"):
        study.to_pandas(kpis="thruput")
    with pytest.raises(KeyError, match="no KPI 'thruput'.*throughput"):
        study.to_pandas("futures", kpis="thruput")
    with pytest.raises(ValueError, match="takes no kpis"):
        study.to_pandas("money", kpis="downtime")
    with pytest.raises(KeyError, match="no alternative 'third mill'.*baseline"):
        study["third mill"]
    with pytest.raises(KeyError, match="is the baseline"):
        study["baseline"].difference("downtime")
    with pytest.raises(KeyError, match="no net present value"):
        study["baseline"].npv_futures()
    with pytest.raises(ValueError, match="no form 'flat'"):
        study.to_xarray(form="flat")


# -- files, pickles, copies -----------------------------------------------------------------------


def test_arrays_of_a_study_that_was_run_here_are_the_engines_own(study):
    array = study[CHANGE].futures("throughput")
    engine = study._source.address_of(CHANGE, "throughput")
    assert array.__array_interface__["data"] == (engine, True)


def test_a_study_is_saved_as_the_command_line_does_and_opened_again(study, folder):
    pytest.importorskip("h5py")
    assert sorted(one.name for one in folder.iterdir()) == [
        "kpis.csv",
        "report.html",
        "study.h5",
        "study.json",
    ]
    assert json.loads((folder / "study.json").read_text()) == study.tree
    for path in (folder, folder / "study.h5"):
        opened = ft.open_study(path)
        assert opened == study and opened.tree == study.tree
        assert opened.headline == study.headline and opened.warnings == study.warnings
        assert opened.replications == 8 and not opened.stopped
        assert opened.scenario_text == study.scenario_text
        for name in study:
            for kpi in study[name]:
                np.testing.assert_array_equal(opened[name].futures(kpi), study[name].futures(kpi))
        assert not opened["baseline"].futures("downtime").flags.writeable
        with pytest.raises(KeyError, match="no KPI 'thruput'"):
            opened["baseline"].futures("thruput")


def test_the_files_are_those_of_the_command_line_to_the_byte(study, folder, tmp_path):
    if not COMMAND.exists():
        pytest.skip("the command line is not built")
    (tmp_path / "plant.yaml").write_text(PLANT)
    ft.load(tmp_path / "plant.yaml").compare(replications=8, seed=3).save(tmp_path / "own")
    words = [str(COMMAND), "compare", "plant.yaml", "--replications", "8", "--seed", "3"]
    answer = subprocess.run(
        [*words, "--out", "told"], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert answer.returncode in (0, 1), answer.stderr
    for name in ("study.json", "kpis.csv", "study.h5", "report.html"):
        assert (tmp_path / "own" / name).read_bytes() == (tmp_path / "told" / name).read_bytes()


def test_an_opened_study_has_read_nothing_until_it_is_asked(folder, monkeypatch):
    h5py = pytest.importorskip("h5py")
    opened = ft.open_study(folder)
    assert opened._tree is None
    read = []
    whole = h5py.Dataset.__getitem__
    monkeypatch.setattr(
        h5py.Dataset, "__getitem__", lambda table, *at: read.append(table.name) or whole(table, *at)
    )
    opened["baseline"].futures("downtime")
    assert read == ["/result", "/kpis/downtime"]


def test_an_opened_study_that_was_overwritten_says_so(study, folder, tmp_path):
    pytest.importorskip("h5py")
    path = tmp_path / "study.h5"
    path.write_bytes((folder / "study.h5").read_bytes())
    opened = ft.open_study(path)
    other = ft.load(study.scenario_text).compare(replications=2).save(tmp_path / "other")
    path.write_bytes((other / "study.h5").read_bytes())
    with pytest.raises(ft.InputError, match="another study since it was opened"):
        opened["baseline"].futures("downtime")
    pickled = pickle.dumps(ft.open_study(path))
    path.write_bytes((folder / "study.h5").read_bytes())
    with pytest.raises(ft.InputError, match="another study since it was opened"):
        pickle.loads(pickled)


def test_what_is_no_study_is_refused(tmp_path):
    h5py = pytest.importorskip("h5py")
    with pytest.raises(FileNotFoundError, match="there is no file"):
        ft.open_study(tmp_path / "none.h5")
    (tmp_path / "text.h5").write_text("no HDF5")
    with pytest.raises(ft.InputError, match="no HDF5 file that can be read"):
        ft.open_study(tmp_path / "text.h5")
    h5py.File(tmp_path / "other.h5", "w").close()
    with pytest.raises(ft.InputError, match="no study of Foretwin"):
        ft.open_study(tmp_path / "other.h5")
    with h5py.File(tmp_path / "newer.h5", "w") as file:
        file.attrs.update(layout=2, fingerprint="0")
        file["result"] = "{}"
    with pytest.raises(ft.InputError, match="has layout 2; this version reads layout 1"):
        ft.open_study(tmp_path / "newer.h5")


def test_saving_where_nobody_can_write_leaves_nothing_and_says_why(study, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ft.EnvironmentError, match="cannot make the folder"):
        study.save(tmp_path / "file")
    (tmp_path / "kpis.csv").mkdir()
    with pytest.raises(ft.EnvironmentError, match="cannot write .*kpis.csv"):
        study.save(tmp_path)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "kpis.csv"]


def test_pickles_and_copies_have_the_same_figures(study, folder):
    pytest.importorskip("h5py")
    for other in (
        pickle.loads(pickle.dumps(study)),
        copy.copy(study),
        copy.deepcopy(study),
        pickle.loads(pickle.dumps(ft.open_study(folder))),
    ):
        assert other == study and hash(other) == hash(study) and other.tree == study.tree
        np.testing.assert_array_equal(
            other[CHANGE].futures("downtime"), study[CHANGE].futures("downtime")
        )
        assert not other[CHANGE].futures("downtime").flags.writeable
    travelled = pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(study))))
    assert travelled == study and study.headline in repr(travelled)
    with pytest.raises(ValueError, match="only the process that ran a study can save it"):
        travelled.save(folder)
    with pytest.raises(KeyError, match="no KPI 'thruput'"):
        travelled["baseline"].futures("thruput")


def _asked_elsewhere(study: ft.Study) -> tuple[str, float]:
    return study.fingerprint, float(study["baseline"].futures("downtime").sum())


def test_studies_go_to_other_processes(study, folder):
    pytest.importorskip("h5py")
    expected = _asked_elsewhere(study)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(_asked_elsewhere, [study, ft.open_study(folder)]) == [expected] * 2


def test_other_figures_make_another_study(study):
    other = ft.load(study.scenario_text).compare(replications=8, seed=4)
    assert other != study and study != "study"
    assert other["baseline"] != study["baseline"]
    assert ft.load(study.scenario_text).compare(replications=8, seed=3) == study


# -- in notebooks ---------------------------------------------------------------------------------


class _Page(html.parser.HTMLParser):
    """Texts and tags of a page; tags must close in the order in which they open."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.text = ""
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.add(tag)
        assert not any(name.startswith("on") or name in ("src", "href") for name, _ in attrs)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += "" if "style" in self.open else data


def test_a_study_shows_its_answer_with_intervals_and_escapes_every_text(study):
    page = _Page(study._repr_html_())
    assert study.headline in page.text
    assert all(warning in page.text for warning in study.warnings)
    assert CHANGE in page.text and "Shop <b>&amp; co</b>" in page.text
    assert {"script", "b"}.isdisjoint(page.tags)
    assert "better" in study._repr_html_() and "±" in page.text
    assert f"fingerprint {study.fingerprint}" in page.text


def test_a_single_alternative_shows_targets_and_single_futures(study):
    run = ft.load(study.scenario_text).run(replications=4)
    page = _Page(run._repr_html_())
    assert "a single future" in page.text and "at least 250 part/day: met in" in page.text


def test_alternatives_figures_and_scenarios_show_themselves(study):
    page = _Page(study[CHANGE]._repr_html_())
    assert CHANGE in page.text and "Downtime: repair" in page.text
    page = _Page(study[CHANGE]["throughput"]._repr_html_())
    assert "Throughput" in page.text and "parts/h" in page.text and "95 %" in page.text
    page = _Page(ft.load(study.scenario_text)._repr_html_())
    assert "Mill" in page.text and "station" in page.text and "5000 EUR" in page.text
    assert "Mill/machines" in page.text


def test_a_plain_text_for_terminals_stays(study):
    assert study.headline.split()[0] in repr(study) and "<div" not in repr(study)
    assert "throughput" in repr(study["baseline"])


def test_what_is_undefined_says_why_in_a_terminal():
    idle = ft.load(PLANT.replace("every: 5 min", "every: 99 days")).run(replications=2)
    assert str(idle["baseline"]["quality_ratio"]) == "undefined in every future (0/0)"
    assert "undefined in every future (0/0)" in _Page(idle._repr_html_()).text
    alone = ft.load(PLANT).run(replications=1)["baseline"]["throughput"]
    assert math.isnan(alone.low) and str(alone) == f"{alone.mean:.6g} part/h"


def test_the_examples_of_the_documentation_run():
    pytest.importorskip("pandas")
    results = doctest.testmod(sys.modules["foretwin.study"])
    assert results.attempted > 0 and results.failed == 0
