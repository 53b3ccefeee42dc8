"""Forecasts against what came: fans over time, and whether chances were told honestly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ._backtests import backtest_tree, bins_of, fan_of
from ._style import (
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    VERMILLION,
    axis_label,
    date_axis,
    new_axes,
    ticks,
    tidy,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TIMES = ("time", "origin", "year", "at")
_ENOUGH = 30
_NAMES = {"low": "low", "high": "high", "median": 0.5, "mean": "mean", "truth": "truth"}


def _named(column: Any) -> Any:
    """The quantile that a column is: 0.05 of ``q05``, ``5 %`` and 0.05; or its role."""
    if isinstance(column, (int, float)) and not isinstance(column, bool):
        return float(column) if 0 < column < 1 else None
    text = str(column)
    if text in _NAMES:
        return _NAMES[text]
    digits = text[1:] if text.startswith("q") else text[:-1].strip() if text.endswith("%") else ""
    try:
        share = float(digits) / 100
    except ValueError:
        return None
    return share if 0 < share < 1 else None


def _columns(forecast: Any, time: Any) -> tuple[Any, dict[Any, Any]]:
    """Times, and arrays by quantile or role."""
    if hasattr(forecast, "columns"):
        table = {name: forecast[name].to_numpy() for name in forecast.columns}
        if time is None and not any(name in table for name in _TIMES):
            time = forecast.index.to_numpy()
    elif isinstance(forecast, Mapping):
        table = {name: np.asarray(values) for name, values in forecast.items()}
    else:
        rows = list(forecast)
        table = {name: np.array([row[name] for row in rows]) for name in (rows[0] if rows else ())}
    if time is None:
        time = next((table[name] for name in _TIMES if name in table), None)
    found = {_named(name): values for name, values in table.items() if _named(name) is not None}
    if not {key for key in found if isinstance(key, float)} and "low" not in found:
        raise ValueError(
            "the forecast has no quantiles: name columns 0.05 or q05, low and high, median"
        )
    length = len(next(iter(found.values())))
    if time is None:
        time = np.arange(length)
    if len(time) != length:
        raise ValueError(f"{len(time)} times, but {length} forecasts")
    return _instants(time), found


def _instants(values: Any) -> Any:
    array = np.asarray(values)
    return array.astype("datetime64[us]") if array.dtype.kind in "UO" else array


def _bands(found: Mapping[Any, Any], level: float | None) -> list[tuple[float | None, Any, Any]]:
    """Share of futures inside, lower and upper end; widest first."""
    quantiles = sorted(key for key in found if isinstance(key, float))
    bands: list[tuple[float | None, Any, Any]] = []
    if "low" in found and "high" in found:
        bands.append((level, found["low"], found["high"]))
    for low in quantiles:
        high = next((one for one in quantiles if abs(1 - low - one) < 1e-9), None)
        if high is not None and low < high:
            bands.append((high - low, found[low], found[high]))
    return bands


def fan_chart(
    forecast: Any,
    *,
    time: Any = None,
    truth: Any = None,
    level: float | None = None,
    target: str | None = None,
    horizon: str | None = None,
    forecaster: str | None = None,
    label: str = "",
    unit: str = "",
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Quantiles of forecasts over time as bands, and the truth as dots where it is known.

    Truths outside the widest band are marked, and counted in the legend.

    Args:
        forecast: a ``Backtest`` or its JSON; or a DataFrame, a mapping of columns, a list of
            mappings (``fleet[].forecasts``). Columns: quantiles named 0.05, ``q05`` or ``5 %``;
            ``low`` and ``high``; ``median``; ``mean``; ``truth``; the time as ``time``, ``origin``
            or ``year``, else the index.
        time: in place of that column: times or numbers.
        truth: in place of that column; NaN where not known.
        level: the chance between ``low`` and ``high``, for the legend.
        target, horizon, forecaster: which fan of a backtest; the best forecaster unless told.
        label, unit: what is forecast, for the axis.

    Raises:
        ValueError: without quantiles, where lengths differ, or for a fan there is not.
    """
    tree = backtest_tree(forecast)
    if tree is not None:
        forecast, told, own_unit, who = fan_of(tree, target, horizon, forecaster)
        level = tree["level"] if level is None else level
        label, unit, title = (
            label or told,
            unit or own_unit,
            title or f"Forecast ({who}) and what came",
        )
    title = title or "Forecast and what came"
    times, found = _columns(forecast, time)
    bands = _bands(found, level)
    ax = new_axes(ax, 9, 4.2)
    for i, (share, low, high) in enumerate(bands):
        told = "forecast interval" if share is None else f"{100 * share:.3g} % of futures"
        ax.fill_between(
            times,
            low.astype(float),
            high.astype(float),
            color=BLUE,
            linewidth=0,
            alpha=0.16 + 0.16 * i,
            label=told,
        )
    for key, told in ((0.5, "median"), ("mean", "mean")):
        if key in found:
            ax.plot(times, found[key], color=BLUE, linewidth=1.6, label=told)
            break
    truth = found.get("truth") if truth is None else np.asarray(truth)
    if truth is not None:
        _draw_truth(ax, times, np.asarray(truth, dtype=float), bands)
    ax.set_ylabel(axis_label(label, unit) if label else unit)
    if times.dtype.kind == "M":
        date_axis(ax)
    ax.margins(x=0.01)
    tidy(ax, title, grid="y")
    ticks(ax.yaxis)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=5, frameon=False)
    return ax


def _draw_truth(
    ax: Axes, times: Any, truth: Any, bands: list[tuple[float | None, Any, Any]]
) -> None:
    if len(truth) != len(times):
        raise ValueError(f"{len(truth)} truths, but {len(times)} forecasts")
    known = np.isfinite(truth)
    outside = np.zeros(len(truth), dtype=bool)
    told = "what came"
    if bands:
        outside = known & ((truth < bands[0][1]) | (truth > bands[0][2]))
        told += f": {known.sum() - outside.sum()} of {known.sum()} inside"
    inside = known & ~outside
    ax.plot(times[inside], truth[inside], "o", color="0.15", markersize=4, label=told)
    if outside.any():
        ax.plot(
            times[outside],
            truth[outside],
            "X",
            color=VERMILLION,
            markersize=8,
            markeredgecolor="white",
            markeredgewidth=0.6,
            label="outside",
        )


def reliability(
    backtest: Any,
    *,
    horizon: str | None = None,
    forecaster: str | Iterable[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Were chances told honestly? Of the times that x % was foretold, in what share did it happen?

    Points on the diagonal are honest; the bars are 95 % Wilson intervals; hollow points stand for
    few forecasts.

    Args:
        backtest: a ``Backtest``, the JSON of ``foretwin backtest --json``, or bins as mappings or
            a DataFrame with ``foretold``, ``observed``, ``low``, ``high``, ``forecasts``.
        horizon: of several, e.g. ``24 h``; the first unless told.
        forecaster: one or several; the best one unless told.

    Raises:
        ValueError: for a horizon or forecaster there is not, with those there are.
    """
    tree = backtest_tree(backtest)
    if tree is not None:
        series = bins_of(tree, horizon, forecaster)
    else:
        records = backtest.to_dict("records") if hasattr(backtest, "to_dict") else backtest
        series = {"forecast": list(records)}
    if not all(series.values()):
        raise ValueError("there are no bins to draw")
    ax = new_axes(ax, 5.6, 5.6)
    most = max(one["high"] for bins in series.values() for one in bins)
    most = min(
        1.0, 1.08 * max(most, *(one["foretold"] for bins in series.values() for one in bins))
    )
    ax.plot([0, 100], [0, 100], color="0.45", linewidth=1, linestyle=(0, (4, 3)), label="honest")
    for (name, bins), colour in zip(series.items(), (BLUE, ORANGE, GREEN, PURPLE, VERMILLION)):
        _draw_bins(ax, sorted(bins, key=lambda one: float(one["foretold"])), name, colour)
    ax.set_xlim(0, 100 * most)
    ax.set_ylim(0, 100 * most)
    ax.set_aspect("equal")
    ax.set_xlabel("chance foretold, %")
    ax.set_ylabel("share in which it happened, %")
    tidy(ax, "Were the chances honest?", grid="both")
    for place, told, side in (
        ((0.03, 0.97), "more often than foretold", "left"),
        ((0.97, 0.03), "less often than foretold", "right"),
    ):
        ax.annotate(
            told,
            place,
            xycoords="axes fraction",
            ha=side,
            color="0.4",
            fontsize=9,
            va="top" if side == "left" else "bottom",
            style="italic",
        )
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), frameon=False)
    return ax


def _draw_bins(ax: Axes, bins: list[Mapping[str, Any]], name: str, colour: str) -> None:
    """Points with Wilson bars and their numbers; hollow where there are too few to judge."""
    few = False
    for one in bins:
        x, y = 100 * one["foretold"], 100 * one["observed"]
        few_here = one["forecasts"] < _ENOUGH
        few = few or few_here
        ax.plot(
            [x, x],
            [100 * one["low"], 100 * one["high"]],
            color=colour,
            linewidth=1.4,
            alpha=0.45 if few_here else 1,
            clip_on=False,
        )
        ax.plot(
            [x],
            [y],
            "o",
            color=colour,
            markersize=7,
            clip_on=False,
            zorder=4,
            markerfacecolor="white" if few_here else colour,
        )
        ax.annotate(
            f"{one['forecasts']:,}",
            (x, y),
            (6, 4),
            textcoords="offset points",
            fontsize=8,
            color=colour,
        )
    ax.plot([], [], "o", color=colour, label=f"{name} (number: forecasts)")
    if few:
        ax.plot(
            [],
            [],
            "o",
            color=colour,
            markerfacecolor="white",
            label=f"fewer than {_ENOUGH} forecasts: says little",
        )
