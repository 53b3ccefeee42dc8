"""Colours, axes and numbers that all pictures share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .. import _engine

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito (2008), "Color universal design": told apart by all kinds of colour vision.
BLUE, ORANGE, GREEN, VERMILLION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE, YELLOW, GREY = "#56B4E9", "#CC79A7", "#F0E442", "#8C8C8C"

#: States in the order of a bar, with name and colour; hatched where two are close in grey.
STATES: Mapping[str, tuple[str, str, str]] = {
    "busy": ("busy", GREEN, ""),
    "setup": ("setup", PURPLE, ""),
    "starved": ("starved: no parts", SKY, ""),
    "blocked": ("blocked: no place", ORANGE, ""),
    "waiting": ("waiting for crew or tool", YELLOW, ""),
    "standby": ("standby", "#C9C9C9", ""),
    "maintenance": ("planned maintenance", BLUE, ""),
    "down_waiting": ("down, waiting for repair", VERMILLION, "////"),
    "repair": ("down, in repair", VERMILLION, ""),
    "down": ("down", VERMILLION, ""),
    "off_shift": ("off shift", "#EDEDED", ""),
    "unknown": ("not known", "#F4F4F4", "...."),
}


def state_style(state: str) -> tuple[str, str, str]:
    """Name, colour and hatch of a state; of one that is not the engine's, its own name and grey."""
    return STATES.get(state, (state.replace("_", " "), GREY, "xx"))


def new_axes(ax: Axes | None, width: float, height: float) -> Axes:
    """The axes given, or new ones of a figure of this size in inches."""
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot
    except ImportError:
        raise ImportError("plots need Matplotlib: pip install matplotlib") from None
    return pyplot.subplots(figsize=(width, height), layout="constrained")[1]


def tidy(ax: Axes, title: str, grid: str = "x") -> None:
    """Title to the left, no frame, a light grid behind the picture."""
    ax.set_title(title, loc="left", fontweight="bold")
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.grid(axis=grid, color="0.9", linewidth=0.8)  # type: ignore[arg-type]
    ax.set_axisbelow(True)


def ticks(axis: Any) -> None:
    """Thousands separators on an axis; as many decimals as its ticks need."""
    from matplotlib.ticker import FuncFormatter

    def told(value: float, position: int) -> str:
        places = axis.get_majorticklocs()
        step = float(abs(places[1] - places[0])) if len(places) > 1 else 1.0
        needed = 0
        while needed < 9 and abs(step - round(step, needed)) > 1e-6 * step:
            needed += 1
        return f"{value:,.{needed}f}"

    axis.set_major_formatter(FuncFormatter(told))


def axis_label(what: str, unit: str) -> str:
    """``Throughput, parts/h``."""
    return f"{what}, {unit}" if unit else what


def level_text(level: float) -> str:
    """``95 %``."""
    return str(_engine.level_text(level))


def kpi_label(kpi: str) -> str:
    """``Downtime: repair``."""
    return str(_engine.label(kpi))


def scale(currency: str, largest: float) -> tuple[float, str]:
    """Factor and unit of amounts of money: in thousands or millions where they need it."""
    if largest >= 2e6:
        return 1e-6, f"million {currency}"
    if largest >= 2e4:
        return 1e-3, f"thousand {currency}"
    return 1.0, currency


def date_axis(ax: Axes) -> None:
    """Short dates below, no more of them than there is room for."""
    from matplotlib import dates

    untyped: Any = dates
    locator = untyped.AutoDateLocator()
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(untyped.ConciseDateFormatter(locator))


def date_number(moment: Any) -> float:
    """A date as Matplotlib counts them, in days."""
    from matplotlib import dates

    untyped: Any = dates
    return float(untyped.date2num(moment))
