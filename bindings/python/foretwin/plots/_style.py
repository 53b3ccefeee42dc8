"""Colours, axes and numbers that all pictures share."""

from __future__ import annotations

import math
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
    "unknown": ("not known", "#FFFFFF", "...."),
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


def ticks(axis: Any, decimals: int | None = None, suffix: str = "") -> None:
    """Thousands separators on an axis; as many decimals as its ticks need."""
    from matplotlib.ticker import FuncFormatter

    def told(value: float, position: int) -> str:
        if decimals is not None:
            return f"{value:,.{decimals}f}{suffix}"
        step = _step(axis)
        needed = max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 0
        if needed == 0 or round(step, needed - 1) == step:
            needed = max(0, needed - 1) if needed and round(step, needed - 1) == step else needed
        return f"{value:,.{needed}f}{suffix}"

    axis.set_major_formatter(FuncFormatter(told))


def _step(axis: Any) -> float:
    places = axis.get_majorticklocs()
    return float(abs(places[1] - places[0])) if len(places) > 1 else 0.0


def axis_label(what: str, unit: str) -> str:
    """``Throughput, parts/h``."""
    return f"{what}, {unit}" if unit else what


def level_text(level: float) -> str:
    """``95 %``."""
    return str(_engine.level_text(level))


def kpi_label(kpi: str) -> str:
    """``Downtime: repair``."""
    return str(_engine.label(kpi))
