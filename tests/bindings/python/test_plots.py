"""What pictures show: numbers, labels and units on the axes, not pixels."""

from __future__ import annotations

import datetime
import subprocess
import sys
import types

import foretwin as ft
import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

from foretwin import plots  # noqa: E402 - after the choice of the canvas
from matplotlib import pyplot  # noqa: E402

PLANT = """foretwin: 1
name: Shop
time: {start: 2026-01-05T06:00, horizon: 4 days}
devices:
  In: {type: source, part: bolt, every: 5 min, when_full: wait, next: Mill}
  Mill:
    type: station
    buffer: 4
    cycle: {exponential: {mean: 4 min}}
    failures:
      tool: {clock: operating, time_to_failure: {exponential: {mean: 9 h}},
             repair: {exponential: {mean: {assumption: repair time}}}}
      jam: {clock: operating, time_to_failure: {exponential: {mean: 60 h}},
            repair: {exponential: {mean: 30 min}}}
    next: Out
  Out: {type: sink}
economics: {currency: EUR, margin: {bolt: 2 EUR/part}, discount_rate: 8 %/year, life: 3 years}
assumptions:
  repair time: {value: 40 min, low: 20 min, high: 90 min, why: no record}
changes:
  second mill: {set: {Mill/machines: 2}, invest: 30000 EUR}
  slower mill: {scale: {Mill/cycle: 1.5}, invest: 100 EUR}
"""


@pytest.fixture(scope="module")
def study() -> ft.Study:
    return ft.load(PLANT).compare(replications=16)


@pytest.fixture(autouse=True)
def _close():
    yield
    pyplot.close("all")


def _texts(ax) -> str:
    legend = ax.get_legend()
    keys = [one.get_text() for one in legend.get_texts()] if legend else []
    return "\n".join([*(one.get_text() for one in ax.texts), *keys])


def _rows(ax) -> list[str]:
    return [one.get_text() for one in ax.get_yticklabels()]


def test_a_difference_shows_each_change_with_its_interval_and_unit(study):
    ax = study.plot.difference("throughput")
    assert ax.get_title(loc="left") == "Throughput: change against the baseline"
    assert "difference, parts/h" in ax.get_xlabel() and "more is better →" in ax.get_xlabel()
    assert "95 % intervals of the mean, 16 futures" in ax.get_xlabel()
    assert _rows(ax) == ["second mill", "slower mill"]
    ends = [line.get_xdata() for line in ax.lines if line.get_linestyle() == "-"]
    for name, at in zip(("second mill", "slower mill"), ends):
        change = study[name].difference("throughput")
        np.testing.assert_allclose(at, [change.low, change.high])


def test_a_difference_is_blue_when_better_and_vermillion_when_worse(study):
    ax = study.plot.difference("throughput")
    points = {
        line.get_ydata()[0]: line.get_color() for line in ax.lines if line.get_marker() == "o"
    }
    assert points == {0: "#0072B2", 1: "#D55E00"}
    ax = study.plot.difference("work_in_process")
    assert "← less is better" in ax.get_xlabel()


def test_shares_differ_in_percentage_points_and_dots_are_single_futures(study):
    ax = study.plot.difference("availability", futures=True)
    assert "difference, percentage points" in ax.get_xlabel()
    dots = next(line.get_xdata() for line in ax.lines if line.get_marker() == ".")
    change = study["second mill"].futures("availability") - study["baseline"].futures(
        "availability"
    )
    np.testing.assert_allclose(dots, 100 * change)


def test_net_present_values_are_drawn_in_thousands_where_they_need_it(study):
    ax = plots.difference(study, "npv")
    assert "NPV, thousand EUR" in ax.get_xlabel()
    point = next(line.get_xdata()[0] for line in ax.lines if line.get_marker() == "o")
    npv = study["second mill"].tree["money"]["npv"]["mean"]
    assert point == pytest.approx(npv / 1000)


def test_a_loss_tree_splits_the_whole_time_of_a_device(study):
    ax = study.plot.loss_tree("second mill")
    assert ax.get_xlabel() == "share of the time on shift, %" and _rows(ax) == ["Mill"]
    assert sum(bar.get_width() for bar in ax.patches) == pytest.approx(100, abs=0.3)
    assert "busy" in _texts(ax) and "starved: no parts" in _texts(ax)
    shares = study["second mill"].tree["devices"]["Mill"]["state_shares"]
    assert ax.patches[0].get_width() == pytest.approx(100 * shares["busy"]["mean"])
    ax = study.plot.loss_tree(show="losses")
    assert "busy" not in _texts(ax) and "down, in repair" in _texts(ax)


def test_causes_are_sorted_by_their_hours_and_compared(study):
    ax = study.plot.causes("second mill")
    assert _rows(ax) == ["Mill – tool", "Mill – jam"]
    assert ax.get_xlabel() == "hours down in 4 days, mean of 16 futures"
    tree = study["baseline"].tree["devices"]["Mill"]["downtime_by_cause"]["tool"]
    assert ax.patches[0].get_width() == pytest.approx(tree["repair"]["mean"])
    assert "second mill: in repair" in _texts(ax)


def test_a_cash_flow_fan_starts_with_the_investment_and_marks_when_it_is_paid_back(study):
    ax = study.plot.cash_flow_fan("second mill")
    assert ax.get_title(loc="left") == "When does “second mill” pay back?"
    assert ax.get_ylabel() == "cumulative cash flow, thousand EUR"
    mean = ax.lines[0]
    assert list(mean.get_xdata()) == [0, 1, 2, 3] and mean.get_ydata()[0] == -30
    paid = study["second mill"].tree["money"]["payback"]["years"]
    assert paid is not None
    mark = next(line for line in ax.lines if line.get_marker() == "D")
    assert mark.get_xdata()[0] == paid and f"paid back after {paid:.1f} years" in _texts(ax)


def test_a_tornado_shows_inputs_at_both_ends_of_their_range(study):
    ax = study.plot.tornado("slower mill")
    assert _rows(ax) == ["repair time, min"] or _rows(ax) == ["repair time, h"]
    swing = study["slower mill"].tree["tornado"][0]
    middle = study["slower mill"].tree["money"]["npv"]["mean"]
    reached = sorted(bar.get_x() + bar.get_width() for bar in ax.patches)
    ends = sorted((swing["npv_at_low"], swing["npv_at_high"]))
    factor = reached[0] / ends[0]
    assert factor in (pytest.approx(1), pytest.approx(1e-3), pytest.approx(1e-6))
    np.testing.assert_allclose(reached, [end * factor for end in ends])
    assert all(bar.get_x() == pytest.approx(middle * factor) for bar in ax.patches)


FORECASTS = [
    {
        "origin": "2026-01-05T06:00",
        "low": 1,
        "q25": 2,
        "median": 3,
        "q75": 4,
        "high": 6,
        "truth": 5,
    },
    {
        "origin": "2026-01-06T06:00",
        "low": 0,
        "q25": 1,
        "median": 2,
        "q75": 3,
        "high": 5,
        "truth": 9,
    },
    {
        "origin": "2026-01-07T06:00",
        "low": 2,
        "q25": 3,
        "median": 4,
        "q75": 5,
        "high": 7,
        "truth": None,
    },
]


def test_a_fan_chart_shows_bands_median_and_what_came():
    ax = plots.fan_chart(FORECASTS, level=0.8, label="failures", unit="1/day")
    assert ax.get_ylabel() == "failures, 1/day"
    texts = _texts(ax)
    assert "80 % of futures" in texts and "50 % of futures" in texts
    assert "what came: 1 of 2 inside" in texts and "outside" in texts
    outside = next(line for line in ax.lines if line.get_marker() == "X")
    assert list(outside.get_ydata()) == [9]
    assert list(ax.lines[0].get_ydata()) == [3, 2, 4]
    low = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert low.min() == 0 and low.max() == 7


def test_a_fan_chart_takes_arrays_and_frames_alike():
    pandas = pytest.importorskip("pandas")
    columns = {0.1: [1.0, 2.0], 0.5: [2.0, 3.0], 0.9: [4.0, 5.0]}
    from_arrays = plots.fan_chart(columns, time=[0.0, 24.0], truth=[2.0, np.nan])
    frame = pandas.DataFrame(
        {"q10": [1.0, 2.0], "median": [2.0, 3.0], "90 %": [4.0, 5.0]}, index=[0.0, 24.0]
    )
    from_frame = plots.fan_chart(frame, truth=[2.0, np.nan])
    for one, other in zip(from_arrays.lines, from_frame.lines):
        np.testing.assert_array_equal(one.get_xydata(), other.get_xydata())
    assert "80 % of futures" in _texts(from_frame)


def test_a_fan_chart_takes_one_fan_of_a_backtest():
    other = {"horizon": "24 h", "forecaster": "constant", "forecasts": FORECASTS[:1]}
    tree = {
        "scores": [],
        "best": "age",
        "level": 0.8,
        "fleet": [other, {"horizon": "24 h", "forecaster": "age", "forecasts": FORECASTS}],
    }
    ax = plots.fan_chart(types.SimpleNamespace(tree=tree))
    assert ax.get_title(loc="left") == "Forecast (age, 24 h ahead) and what came"
    assert ax.get_ylabel() == "failures of all devices in 24 h" and "80 % of futures" in _texts(ax)
    assert list(ax.lines[0].get_ydata()) == [3, 2, 4]
    assert len(plots.fan_chart(tree, forecaster="constant").lines[0].get_ydata()) == 1
    with pytest.raises(ValueError, match="no target 'energy': choose one of fleet"):
        plots.fan_chart(tree, target="energy")
    with pytest.raises(ValueError, match="tells no forecasts"):
        plots.fan_chart({"scores": []})


def test_a_fan_chart_refuses_what_it_cannot_draw():
    with pytest.raises(ValueError, match="no quantiles"):
        plots.fan_chart({"value": [1, 2]})
    with pytest.raises(ValueError, match="3 times, but 2 forecasts"):
        plots.fan_chart({0.1: [1, 2], 0.9: [3, 4]}, time=[1, 2, 3])
    with pytest.raises(ValueError, match="1 truths, but 2 forecasts"):
        plots.fan_chart({0.1: [1, 2], 0.9: [3, 4]}, truth=[1])


BINS = [
    {"foretold": 0.1, "observed": 0.12, "low": 0.08, "high": 0.17, "forecasts": 400},
    {"foretold": 0.6, "observed": 0.5, "low": 0.2, "high": 0.8, "forecasts": 9},
]
BACKTEST = {
    "best": "age",
    "stops": [
        {"horizon": "24 h", "forecaster": "constant", "reliability": BINS[:1]},
        {"horizon": "24 h", "forecaster": "age", "reliability": BINS},
        {"horizon": "7 days", "forecaster": "age", "reliability": BINS},
    ],
}


def test_a_reliability_diagram_shows_foretold_against_observed_with_intervals():
    ax = plots.reliability(BACKTEST)
    assert ax.get_xlabel() == "chance foretold, %"
    points = [line for line in ax.lines if line.get_marker() == "o" and len(line.get_xdata())]
    assert [(p.get_xdata()[0], p.get_ydata()[0]) for p in points] == [(10, 12), (60, 50)]
    bars = [line.get_ydata() for line in ax.lines if line.get_linestyle() == "-"][:2]
    np.testing.assert_allclose(bars[0], [8, 17])
    assert points[1].get_markerfacecolor() == "white"
    assert "age, 24 h ahead" in _texts(ax) and "says little" in _texts(ax)
    assert "400" in _texts(ax)


def test_a_reliability_diagram_takes_a_frame_of_bins():
    pandas = pytest.importorskip("pandas")
    ax = plots.reliability(pandas.DataFrame(BINS))
    points = [line for line in ax.lines if line.get_marker() == "o" and len(line.get_xdata())]
    assert [p.get_xdata()[0] for p in points] == [10, 60]


def test_a_reliability_diagram_refuses_what_the_backtest_does_not_have():
    with pytest.raises(ValueError, match="no horizon '3 days': choose one of 24 h, 7 days"):
        plots.reliability(BACKTEST, horizon="3 days")
    with pytest.raises(ValueError, match="no forecaster 'wear': choose one of constant, age"):
        plots.reliability(BACKTEST, forecaster=["age", "wear"])
    with pytest.raises(ValueError, match="tells no chances"):
        plots.reliability({"target": "energy", "scores": []})
    with pytest.raises(ValueError, match="no bins"):
        plots.reliability([])


def test_a_timeline_draws_every_interval_in_its_row():
    rows = [
        {"device": "Mill", "state": "busy", "begin": 0, "end": 2.5},
        {"device": "Mill", "state": "repair", "begin": 2.5, "end": 3},
        {"device": "Saw", "state": "warming", "begin": 0, "end": 1},
    ]
    ax = plots.state_timeline(rows)
    assert ax.get_xlabel() == "time, h" and _rows(ax) == ["Mill", "Saw"]
    spans = {
        bars.get_label(): bars.get_paths()[0].get_extents().intervalx.tolist()
        for bars in ax.collections
        if not bars.get_label().startswith("_")
    }
    assert spans == {"busy": [0, 2.5], "down, in repair": [2.5, 3], "warming": [0, 1]}
    assert _rows(plots.state_timeline(rows, devices=["Saw"])) == ["Saw"]


def test_a_timeline_takes_the_history_of_a_replay():
    history = {
        "Mazak": {
            "intervals": [
                {"state": "busy", "from": "2016-10-20T13:00:00.5Z", "to": "2016-10-20T14:00:00Z"}
            ]
        }
    }
    from_replay = plots.state_timeline(types.SimpleNamespace(tree={"history": history}))
    ax = plots.state_timeline(history)
    assert from_replay.get_xlim() == ax.get_xlim() and ax.get_xlabel() == "time, UTC"
    begin, end = ax.collections[0].get_paths()[0].get_extents().intervalx
    assert (end - begin) * 86400 == pytest.approx(3599.5, abs=1e-3)
    moment = datetime.datetime(2016, 10, 20, 13, 0, 0, 500000, tzinfo=datetime.timezone.utc)
    assert begin == pytest.approx(matplotlib.dates.date2num(moment), abs=1e-8)


def test_a_timeline_refuses_rows_that_it_cannot_draw():
    row = {"device": "Mill", "state": "busy", "begin": 2, "end": 1}
    with pytest.raises(ValueError, match="row 0 ends before it begins"):
        plots.state_timeline([row])
    with pytest.raises(ValueError, match="row 0 has no 'end'"):
        plots.state_timeline([{**row, "end": None}])
    with pytest.raises(ValueError, match="a number and a time"):
        plots.state_timeline([{**row, "end": "2026-01-05T06:00"}])
    with pytest.raises(ValueError, match="no rows"):
        plots.state_timeline([])
    with pytest.raises(ValueError, match="no row is of 'Saw'"):
        plots.state_timeline([{**row, "end": 3}], devices=["Saw"])


def test_studies_without_what_a_picture_needs_say_so(study):
    alone = ft.load(PLANT).run(replications=2)
    for draw, message in (
        (alone.plot.difference, "nothing to compare"),
        (lambda: alone.plot.difference("npv"), "no money"),
        (alone.plot.cash_flow_fan, "no money"),
        (alone.plot.tornado, "no money"),
        (lambda: study.plot.tornado("baseline"), "no cash flows"),
        (lambda: study.plot.loss_tree(show="all"), "choose 'time' or 'losses'"),
    ):
        with pytest.raises(ValueError, match=message):
            draw()
    with pytest.raises(KeyError, match="no KPI 'thruput'"):
        study.plot.difference("thruput")


def test_pictures_are_drawn_where_one_says(study):
    figure, (left, right) = pyplot.subplots(1, 2)
    assert study.plot.difference(ax=left) is left
    assert plots.reliability(BINS, ax=right) is right
    assert len(figure.axes) == 2


def test_matplotlib_is_not_imported_before_the_first_picture():
    program = (
        "import sys, foretwin, foretwin.plots\n"
        "heavy = {'matplotlib', 'pandas', 'xarray', 'pyarrow', 'h5py'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
