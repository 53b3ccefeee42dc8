"""Numbers and names as the report says them: the same units, decimals and words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from . import _engine

Tree = Mapping[str, Any]

#: KPIs for the first look at a comparison, as in the report.
LEADING = frozenset(
    "downtime downtime_waiting downtime_repair planned_maintenance availability oee production "
    "throughput energy energy_per_part energy_cost peak_demand carbon maintenance_cost "
    "failures".split()
)


def number(tree: Tree | None, key: str) -> float:
    """The number under a key; NaN where it is null or missing."""
    value = None if tree is None else tree.get(key)
    return math.nan if value is None else float(value)


def interval(tree: Tree | None) -> tuple[float, float, float]:
    """Mean, low and high of a figure."""
    return number(tree, "mean"), number(tree, "low"), number(tree, "high")


def unit_in(unit: str, currency: str) -> str:
    """A unit with the scenario's currency in place of the word money."""
    return unit.replace("money", currency) if currency else unit


def kpi_names(tree: Tree) -> list[str]:
    """The KPIs of all alternatives, in the order of the report."""
    names: dict[str, None] = {}
    for alternative in tree["alternatives"].values():
        names.update(dict.fromkeys(alternative["kpis"]))
    return list(names)


def is_leading(tree: Tree, kpi: str) -> bool:
    """Whether a KPI belongs in the first look at a study."""
    if kpi in LEADING or "/" in kpi:
        return True
    return any("target" in one["kpis"].get(kpi, {}) for one in tree["alternatives"].values())


def _half(figure: Tree) -> float:
    return (number(figure, "high") - number(figure, "low")) / 2


def _largest(values: Iterable[float]) -> float:
    return max((abs(value) for value in values if math.isfinite(value)), default=0.0)


def _narrowest(values: Iterable[float]) -> float:
    return min((value for value in values if math.isfinite(value) and value > 0), default=math.nan)


def shown_kpi(tree: Tree, kpi: str) -> _engine.Shown:
    """How a KPI is shown in all alternatives alike."""
    figures = [one["kpis"][kpi] for one in tree["alternatives"].values() if kpi in one["kpis"]]
    return _engine.shown_as(
        kpi,
        figures[0]["unit"],
        tree["currency"],
        _largest(number(figure, "mean") for figure in figures),
        _narrowest(_half(figure) for figure in figures),
    )


def shown_difference(tree: Tree, kpi: str) -> _engine.Shown:
    """How its differences are shown: like the KPI, shares in percentage points."""
    whole = shown_kpi(tree, kpi)
    figures = [
        one["kpis"][kpi]["difference"]
        for one in tree["alternatives"].values()
        if "difference" in one["kpis"].get(kpi, {})
    ]
    largest = _largest(v for one in figures for v in (number(one, "mean"), _half(one)))
    narrowest = _narrowest(_half(one) for one in figures)
    own = _engine.shown_as("", "", "", largest * whole.factor, narrowest * whole.factor)
    unit = "points" if whole.unit == "%" else whole.unit
    decimals = min(own.decimals, whole.decimals + 1)
    return _engine.Shown(whole.factor, unit, whole.leading, decimals)


def shown_figure(figure: Tree, currency: str, kpi: str = "") -> _engine.Shown:
    """How one figure is shown on its own."""
    magnitude = abs(number(figure, "mean"))
    return _engine.shown_as(kpi, figure["unit"], currency, magnitude, _half(figure))


def with_interval(
    values: tuple[float, float, float], shown: _engine.Shown, sign: bool = False
) -> str:
    """``12,300 ± 400``, or ``12,300 (11,000 to 12,400)`` where the interval is not symmetric."""
    mean, low, high = values
    tell = shown.signed_number if sign else shown.number
    text = str(tell(mean))
    if not (math.isfinite(low) and math.isfinite(high)):
        return text
    if abs((high - mean) - (mean - low)) <= 0.02 * (high - low):
        return f"{text} ± {shown.number((high - low) / 2)}"
    return f"{text} ({tell(low)} to {tell(high)})"


def is_seen(figure: Tree, shown: _engine.Shown) -> bool:
    """Whether the interval of a difference leaves zero out, and what is shown of it is not zero."""
    measurable = number(figure, "low") > 0 or number(figure, "high") < 0
    return measurable and any(c in "123456789" for c in shown.number(number(figure, "mean")))


def table(tree: Tree) -> str:
    """A study as plain text, for terminals, from what its file holds."""
    lines = [tree.get("headline", tree["scenario"]), ""]
    warnings = tree.get("headline_warnings", tree["warnings"])
    lines += [f"  - {one}" for one in warnings] + [""] * bool(warnings)
    for name, alternative in tree["alternatives"].items():
        lines.append(name)
        for kpi, figure in alternative["kpis"].items():
            if not is_leading(tree, kpi):
                continue
            shown = shown_kpi(tree, kpi)
            text = f"  {_engine.label(kpi):<24} {with_interval(interval(figure), shown)}"
            if "difference" in figure:
                values = interval(figure["difference"])
                change = with_interval(values, shown_difference(tree, kpi), sign=True)
                text = f"{text:<54} {change}"
            lines.append(f"{text} {shown.unit}".rstrip())
    lines += ["", f"{tree['scenario']}: {tree['replications']} futures, {tree['fingerprint']}"]
    return "\n".join(lines)
