"""What each change does to a KPI, against the baseline in the same futures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from .. import _engine
from .._words import interval, is_seen, shown_difference, shown_figure, with_interval
from ._style import (
    BLUE,
    GREY,
    VERMILLION,
    axis_label,
    kpi_label,
    level_text,
    new_axes,
    scale,
    ticks,
    tidy,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..study import Study

Row = tuple[str, Any, bool]  # alternative, figure, more is better


def _rows(study: Study, kpi: str) -> tuple[list[Row], _engine.Shown, str]:
    alternatives = study.tree["alternatives"]
    if kpi == "npv":
        rows = [
            (name, one["money"]["npv"], True)
            for name, one in alternatives.items()
            if "money" in one
        ]
        if not rows:
            raise ValueError(
                "the study has no money: no change costs anything, or it only ran one plant"
            )
        widest = max((row[1] for row in rows), key=lambda one: abs(one["mean"] or 0))
        return rows, shown_figure(widest, study.currency), "Net present value"
    study[next(iter(study))].futures(kpi)  # says which KPIs there are
    rows = [
        (name, one["kpis"][kpi]["difference"], one["kpis"][kpi]["more_is_better"])
        for name, one in alternatives.items()
        if "difference" in one["kpis"].get(kpi, {})
    ]
    if not rows:
        raise ValueError("the study has nothing to compare: use compare(), or study() with changes")
    return rows, shown_difference(study.tree, kpi), f"{kpi_label(kpi)}: change against the baseline"


def difference(
    study: Study, kpi: str = "throughput", *, futures: bool = False, ax: Axes | None = None
) -> Axes:
    """What each change does to a KPI: the mean of the paired differences with its interval.

    Blue is better, vermillion is worse, grey cannot be told apart from no difference.

    Args:
        kpi: a KPI of the study, or ``npv`` for the net present value.
        futures: also a dot for every single future.
        ax: where to draw; a new figure unless told.
    """
    rows, shown, title = _rows(study, kpi)
    factor, unit = shown.factor, "percentage points" if shown.unit == "points" else shown.unit
    if shown.unit == study.currency:
        ends = (value for row in rows for value in interval(row[1]) if math.isfinite(value))
        factor, unit = scale(study.currency, max(map(abs, ends), default=0))
    ax = new_axes(ax, 7.5, 1.5 + 0.5 * len(rows))
    for y, (name, figure, more_is_better) in enumerate(rows):
        mean, low, high = (value * factor for value in interval(figure))
        if math.isnan(mean):
            continue
        better = (mean > 0) == more_is_better
        colour = (BLUE if better else VERMILLION) if is_seen(figure, shown) else GREY
        if futures:
            _dots(ax, study, name, kpi, y, factor, colour)
        if math.isfinite(low + high):
            ax.plot([low, high], [y, y], color=colour, linewidth=2.5, solid_capstyle="butt")
            ax.plot([low, high], [y, y], "|", color=colour, markersize=9, markeredgewidth=2)
        ax.plot([mean], [y], "o", color=colour, markersize=8)
        text = with_interval(interval(figure), shown, sign=True)
        ax.annotate(
            text,
            (1.02, y),
            xycoords=("axes fraction", "data"),
            va="center",
            color=colour,
            annotation_clip=False,
        )
    ax.axvline(0, color="0.25", linewidth=1)
    ax.set_yticks(range(len(rows)), [row[0] for row in rows])
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.margins(x=0.08)
    way = "more is better →" if rows[0][2] else "← less is better"
    level = level_text(rows[0][1]["level"])
    note = f"{level} intervals of the mean, {study.replications} futures"
    what = axis_label("difference" if kpi != "npv" else "NPV", unit)
    ax.set_xlabel(f"{what}   ({way})\n{note}")
    tidy(ax, title)
    ticks(ax.xaxis)
    return ax


def _dots(ax: Axes, study: Study, name: str, kpi: str, y: int, factor: float, colour: str) -> None:
    if kpi == "npv":
        values = study[name].npv_futures()
    else:
        values = study[name].futures(kpi) - study[next(iter(study))].futures(kpi)
    rise = [y + 0.22] * len(values)
    ax.plot(values * factor, rise, ".", color=colour, alpha=0.35, markersize=4, zorder=1)
