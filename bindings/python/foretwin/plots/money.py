"""Pictures of the return: when a change pays back, and which inputs move the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .._words import number
from ._style import BLUE, ORANGE, axis_label, new_axes, scale, ticks, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..study import Study


def _with_money(study: Study, alternative: str | None) -> tuple[str, Mapping[str, Any]]:
    """The alternative asked for, or the one with the highest net present value."""
    if alternative is not None:
        tree = study[alternative].tree
        if "money" not in tree:
            raise ValueError(
                f"'{alternative}' has no cash flows: it is the baseline, or costs nothing"
            )
        return alternative, tree
    paid = {name: one for name, one in study.tree["alternatives"].items() if "money" in one}
    if not paid:
        raise ValueError(
            "the study has no money: no change costs anything, or it only ran one plant"
        )
    name = max(paid, key=lambda one: number(paid[one]["money"]["npv"], "mean"))
    return name, paid[name]


def cash_flow_fan(study: Study, alternative: str | None = None, *, ax: Axes | None = None) -> Axes:
    """Money in and out since the investment, added up: where the line crosses zero it is paid back.

    The bands hold half and nine tenths of all futures. Not discounted.

    Args:
        alternative: whose; the one with the highest net present value unless told.
    """
    name, tree = _with_money(study, alternative)
    fan = tree["money"]["cash_flows"]["cumulative"]
    columns = {
        key: [number(year, key) for year in fan] for key in ("mean", "q05", "q25", "q75", "q95")
    }
    years = [number(year, "year") for year in fan]
    largest = max(abs(value) for values in columns.values() for value in values)
    factor, unit = scale(study.currency, largest)
    scaled = {key: [value * factor for value in values] for key, values in columns.items()}
    ax = new_axes(ax, 7.5, 4.2)
    ax.fill_between(
        years,
        scaled["q05"],
        scaled["q95"],
        color=BLUE,
        alpha=0.18,
        linewidth=0,
        label="9 of 10 futures",
    )
    ax.fill_between(
        years,
        scaled["q25"],
        scaled["q75"],
        color=BLUE,
        alpha=0.35,
        linewidth=0,
        label="half of the futures",
    )
    ax.plot(years, scaled["mean"], "o-", color=BLUE, label="mean")
    ax.axhline(0, color="0.25", linewidth=1)
    paid = tree["money"]["payback"]["years"]
    if paid is not None and paid > 0:
        ax.plot(
            [paid],
            [0],
            "D",
            color=ORANGE,
            markeredgecolor="0.2",
            markersize=9,
            zorder=5,
            label=f"paid back after {paid:.1f} years (mean)",
            linestyle="none",
        )
    ax.set_xlabel("years after the investment")
    ax.set_ylabel(axis_label("cumulative cash flow", unit))
    ax.set_xticks(years)
    ax.margins(x=0.02)
    tidy(ax, f"When does “{name}” pay back?", grid="y")
    ticks(ax.yaxis)
    ax.legend(loc="upper left", frameon=False)
    return ax


def tornado(
    study: Study, alternative: str | None = None, *, most: int = 12, ax: Axes | None = None
) -> Axes:
    """Which uncertain inputs move the net present value most, each over its whole range.

    Grey bars cannot be told apart from chance (less than two standard errors).

    Args:
        alternative: whose; the one with the highest net present value unless told.
        most: rows at most, widest first.
    """
    name, tree = _with_money(study, alternative)
    swings = [one for one in tree.get("tornado", ()) if one["npv_at_low"] is not None][:most]
    if not swings:
        raise ValueError(
            f"'{name}' has no tornado: the scenario declares no assumptions, "
            "or there are too few replications to tell them apart"
        )
    middle = number(tree["money"]["npv"], "mean")
    ends = [number(one, key) for one in swings for key in ("npv_at_low", "npv_at_high")]
    factor, unit = scale(study.currency, max(abs(value) for value in (*ends, middle)))
    ax = new_axes(ax, 8.5, 1.6 + 0.45 * len(swings))
    for y, swing in enumerate(swings):
        for key, colour in (("low", BLUE), ("high", ORANGE)):
            end = number(swing, f"npv_at_{key}")
            ax.barh(
                y,
                (end - middle) * factor,
                left=middle * factor,
                height=0.62,
                linewidth=0,
                color="#C9C9C9" if swing["within_noise"] else colour,
            )
            shift = 5 if end >= middle else -5
            ax.annotate(
                _value(swing[key]),
                (end * factor, y),
                (shift, 0),
                va="center",
                fontsize=9,
                textcoords="offset points",
                ha="left" if shift > 0 else "right",
            )
    ax.axvline(middle * factor, color="0.25", linewidth=1)
    low, high = ax.get_xlim()
    if low < 0 < high or abs(middle) < 2 * (max(ends) - min(ends)):
        ax.axvline(0, color="0.25", linewidth=1, linestyle=(0, (4, 3)))
        ax.annotate(
            "NPV = 0",
            (0, 1),
            (3, -3),
            xycoords=("data", "axes fraction"),
            fontsize=8,
            textcoords="offset points",
            va="top",
            color="0.25",
        )
    ax.set_yticks(range(len(swings)), [axis_label(one["name"], one["unit"]) for one in swings])
    ax.set_ylim(len(swings) - 0.5, -0.5)
    ax.margins(x=0.14)
    ax.set_xlabel(axis_label("net present value", unit))
    tidy(ax, f"What moves the answer of “{name}”?")
    ticks(ax.xaxis)
    _tornado_legend(ax, [one["within_noise"] for one in swings])
    return ax


def _tornado_legend(ax: Axes, within_noise: list[bool]) -> None:
    from matplotlib.patches import Patch

    keys = (
        []
        if all(within_noise)
        else [
            Patch(color=BLUE, label="input at its low end"),
            Patch(color=ORANGE, label="at its high end"),
        ]
    )
    if any(within_noise):
        keys.append(Patch(color="#C9C9C9", label="not told apart from chance"))
    # Below the label of the axis, however high the picture is.
    below = -0.62 / (0.45 * len(within_noise) + 0.3)
    ax.legend(handles=keys, loc="upper center", bbox_to_anchor=(0.5, below), ncols=3, frameon=False)


def _value(value: float | None) -> str:
    return "?" if value is None else f"{value:,.4g}"
