"""Where time goes: by device, by cause, and one state after another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from .._words import number
from ._style import (
    GREY,
    STATES,
    VERMILLION,
    date_axis,
    date_number,
    new_axes,
    state_style,
    ticks,
    tidy,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..study import Study

_BUSY, _OFF = "busy", "off_shift"


def _shares(devices: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """States of devices and fleets; what is inside a fleet is told by the fleet."""
    shares = {}
    for name, device in devices.items():
        if "state_shares" in device and not device.get("fleet"):
            states = {key: number(one, "mean") for key, one in device["state_shares"].items()}
            shares[name] = {key: value for key, value in states.items() if value == value}
    return shares


def loss_tree(
    study: Study,
    alternative: str | None = None,
    *,
    show: str = "time",
    off_shift: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Where the time of each device goes, the busiest on top: the bottleneck and its losses.

    Shares are means over futures, of the time on shift unless ``off_shift``.

    Args:
        alternative: whose; the baseline unless told.
        show: ``time``: all of it; ``losses``: without the busy time, the largest losses on top.
        off_shift: of the whole calendar, with the time off shift.
    """
    if show not in ("time", "losses"):
        raise ValueError(f"there is no way to show '{show}': choose 'time' or 'losses'")
    name = alternative if alternative is not None else next(iter(study))
    shares = _shares(study[name].tree["devices"])
    if not shares:
        raise ValueError("the plant has no device with states: no stations, no machines")
    bars = {}
    for device, states in shares.items():
        on_shift = 1 - (0 if off_shift else states.get(_OFF, 0))
        if on_shift <= 0:
            continue
        bars[device] = {
            key: 100 * value / on_shift
            for key, value in states.items()
            if (off_shift or key != _OFF) and not (show == "losses" and key == _BUSY)
        }
    if not bars:
        raise ValueError("no device is ever on shift: ask with off_shift=True")
    most = {device: bar.get(_BUSY, sum(bar.values())) for device, bar in bars.items()}
    order = sorted(bars, key=lambda device: -most[device])
    ax = new_axes(ax, 9, 1.8 + 0.45 * len(order))
    _stack(ax, [bars[device] for device in order])
    ax.set_yticks(range(len(order)), order)
    ax.set_ylim(len(order) - 0.5, -0.5)
    ax.set_xlabel("share of the calendar, %" if off_shift else "share of the time on shift, %")
    if show == "time":
        ax.set_xlim(0, 100)
    tidy(ax, f"Where the time goes: {name}" if show == "time" else f"Time lost: {name}")
    ticks(ax.xaxis)
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)
    return ax


def _stack(ax: Axes, bars: list[dict[str, float]]) -> None:
    widest = max(sum(bar.values()) for bar in bars)
    seen = 0.0005 * widest
    present = [state for state in STATES if any(bar.get(state, 0) > seen for bar in bars)]
    left = [0.0] * len(bars)
    for state in present:
        label, colour, hatch = state_style(state)
        values = [bar.get(state, 0.0) for bar in bars]
        ax.barh(
            range(len(bars)),
            values,
            left=left,
            height=0.7,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=0.6,
            label=label,
        )
        for y, value in enumerate(values):
            if value > 0.055 * widest:
                dark = state in ("busy", "maintenance", "repair", "down")
                told = f"{value:.1f}" if widest > 10 else f"{value:.2f}"
                box = {"facecolor": "white", "edgecolor": "none", "pad": 1.0} if hatch else None
                ax.text(
                    left[y] + value / 2,
                    y,
                    told,
                    ha="center",
                    va="center",
                    fontsize=9,
                    color="white" if dark else "black",
                    bbox=box,
                )
        left = [start + value for start, value in zip(left, values)]


def causes(
    study: Study, alternative: str | None = None, *, most: int = 12, ax: Axes | None = None
) -> Axes:
    """Downtime by device and cause, waiting for repair apart from the repair, the largest on top.

    Args:
        alternative: drawn under the baseline for comparison; the baseline alone unless told.
        most: rows at most.
    """
    names = [next(iter(study))]
    if alternative is not None and alternative != names[0]:
        names.append(alternative)
    found = [_causes(study[name].tree["devices"]) for name in names]
    largest = {
        cause: max(sum(one.get(cause, (0, 0))) for one in found) for one in found for cause in one
    }
    order = sorted(
        (cause for cause in largest if largest[cause] > 0), key=lambda one: -largest[one]
    )
    if not order:
        raise ValueError("nothing was down: the plant declares no failures, or none happened")
    order = order[:most]
    ax = new_axes(ax, 8.5, 1.5 + 0.24 * len(order) * (len(names) + 0.5))
    height = 0.8 / len(names)
    for i, (name, hours) in enumerate(zip(names, found)):
        colour = VERMILLION if i == len(names) - 1 else GREY
        places = [y - 0.4 + height * (i + 0.5) for y in range(len(order))]
        waits, repairs = zip(*(hours.get(cause, (0.0, 0.0)) for cause in order))
        told = f"{name}: " if len(names) > 1 else ""
        ax.barh(places, repairs, height=height * 0.92, color=colour, label=f"{told}in repair")
        ax.barh(
            places,
            waits,
            left=repairs,
            height=height * 0.92,
            color=colour,
            hatch="////",
            edgecolor="white",
            linewidth=0,
            label=f"{told}waiting for repair",
        )
    ax.set_yticks(range(len(order)), [" – ".join(one) for one in order])
    ax.set_ylim(len(order) - 0.5, -0.5)
    horizon = study.tree["horizon"]["value"] / 24
    ax.set_xlabel(f"hours down in {horizon:,.4g} days, mean of {study.replications} futures")
    tidy(ax, "What causes downtime?")
    ticks(ax.xaxis)
    ax.legend(loc="lower right", frameon=False)
    return ax


def _causes(devices: Mapping[str, Any]) -> dict[tuple[str, str], tuple[float, float]]:
    """Hours waiting and in repair by device and cause."""
    hours = {}
    for name, device in devices.items():
        if device.get("fleet"):
            continue
        for cause, tree in device.get("downtime_by_cause", {}).items():
            parts = (
                tree.get(key) if isinstance(tree, Mapping) else None
                for key in ("waiting", "repair")
            )
            wait, repair = (number(part, "mean") if part else 0.0 for part in parts)
            hours[name, cause] = (wait, repair)
    return hours


def state_timeline(
    rows: Any,
    *,
    devices: Iterable[str] | None = None,
    title: str = "States over time",
    ax: Axes | None = None,
) -> Axes:
    """States of devices as they followed one another (a Gantt chart).

    Args:
        rows: a ``Replay``; a DataFrame, or mappings, with ``device``, ``state``, ``begin`` and
            ``end`` (dates and times, or hours as numbers); or ``history`` of a replay's JSON.
        devices: these only, in this order; in the order of the rows unless told.

    Raises:
        ValueError: for rows without these columns, ends before begins, and no rows.
    """
    bars = _intervals(rows)
    order = list(dict.fromkeys(bar[0] for bar in bars)) if devices is None else list(devices)
    unknown = [name for name in order if all(bar[0] != name for bar in bars)]
    if unknown:
        raise ValueError(f"no row is of '{unknown[0]}'")
    if not order:
        raise ValueError("there are no rows to draw")
    is_time = not isinstance(bars[0][2], float)
    ax = new_axes(ax, 9.5, 1.5 + 0.5 * len(order))
    spans: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for device, state, begin, end in bars:
        if device in order:
            span = (begin, end - begin)
            if is_time:
                span = (date_number(begin), (end - begin).total_seconds() / 86400)
            spans.setdefault(state, {}).setdefault(device, []).append(span)
    for state in [*(one for one in STATES if one in spans), *sorted(set(spans) - set(STATES))]:
        _draw_state(ax, state, {order.index(device): own for device, own in spans[state].items()})
    ax.set_yticks(range(len(order)), order)
    ax.set_ylim(len(order) - 0.5, -0.5)
    ax.margins(x=0)
    ax.autoscale_view()
    if is_time:
        ax.xaxis_date()
        date_axis(ax)
        # Matplotlib draws moments that know their zone in UTC.
        ax.set_xlabel("time, UTC" if bars[0][2].tzinfo else "time")
    else:
        ax.set_xlabel("time, h")
        ticks(ax.xaxis)
    tidy(ax, title)
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)
    return ax


def _draw_state(ax: Axes, state: str, spans: Mapping[int, list[tuple[float, float]]]) -> None:
    """Spans by row; the legend tells the state once."""
    label, colour, hatch = state_style(state)
    edge = "0.6" if state == "unknown" else "white"
    for row, own in spans.items():
        ax.broken_barh(
            own,
            (row - 0.36, 0.72),
            facecolors=colour,
            hatch=hatch,
            edgecolor=edge,
            linewidth=0.3 if hatch else 0,
            label=label,
        )
        label = "_again"


def _intervals(rows: Any) -> list[tuple[str, str, Any, Any]]:
    """(device, state, begin, end), begin and end both numbers of hours or both datetimes."""
    history = getattr(rows, "tree", {}).get("history")
    rows = rows if history is None else history
    if isinstance(rows, Mapping) and all(isinstance(one, Mapping) for one in rows.values()):
        rows = [{"device": name, **one} for name, tree in rows.items() for one in tree["intervals"]]
    elif hasattr(rows, "to_dict"):
        rows = rows.to_dict("records")
    bars = []
    for i, row in enumerate(rows):
        begin, end = (
            row.get(key, row.get(other)) for key, other in (("begin", "from"), ("end", "to"))
        )
        missing = [
            key
            for key, value in (
                ("device", row.get("device")),
                ("state", row.get("state")),
                ("begin", begin),
                ("end", end),
            )
            if value is None
        ]
        if missing:
            raise ValueError(f"row {i} has no '{missing[0]}': rows have device, state, begin, end")
        begin, end = _instant(begin), _instant(end)
        if isinstance(begin, float) != isinstance(end, float):
            raise ValueError(f"row {i} has a number and a time: give both alike")
        if end < begin:
            raise ValueError(f"row {i} ends before it begins")
        bars.append((str(row["device"]), str(row["state"]), begin, end))
    return bars


def _instant(value: Any) -> Any:
    """A float of hours, or a datetime."""
    import datetime

    if isinstance(value, str):
        return datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime()
    if hasattr(value, "astype") and str(getattr(value, "dtype", "")).startswith("datetime64"):
        return value.astype("datetime64[us]").item()
    return value if isinstance(value, datetime.datetime) else float(value)
