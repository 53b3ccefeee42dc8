"""What pictures take from a backtest: one fan, or the bins of its chances."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Tree = Mapping[str, Any]


def backtest_tree(thing: Any) -> Tree | None:
    """The JSON of a backtest, of itself or of a ``Backtest``; None for anything else."""
    tree = getattr(thing, "tree", thing)
    return tree if isinstance(tree, Mapping) and ("stops" in tree or "scores" in tree) else None


def _chosen(what: str, wanted: str | None, there: Iterable[str], usual: str | None = None) -> str:
    """The one asked for, else the usual one, else the first; ValueError with those there are."""
    names = list(dict.fromkeys(there))
    if wanted is None:
        return usual if usual in names and usual is not None else names[0]
    if wanted not in names:
        raise ValueError(f"there is no {what} '{wanted}': choose one of {', '.join(names)}")
    return wanted


def fan_of(
    tree: Tree, target: str | None, horizon: str | None, forecaster: str | None
) -> tuple[list[Tree], str, str, str]:
    """Forecasts of one fan, what they are of, their unit, and who forecast how far ahead."""
    fans = [{"target": "fleet", "unit": "", **one} for one in _all_fans(tree)]
    if not fans:
        raise ValueError("the backtest tells no forecasts")
    target = _chosen("target", target, (one["target"] for one in fans))
    fans = [one for one in fans if one["target"] == target]
    horizon = _chosen("horizon", horizon, (one["horizon"] for one in fans))
    fans = [one for one in fans if one["horizon"] == horizon]
    forecaster = _chosen(
        "forecaster", forecaster, (one["forecaster"] for one in fans), tree["best"]
    )
    fan = next(one for one in fans if one["forecaster"] == forecaster)
    what = "failures of all devices" if target == "fleet" else target
    return fan["forecasts"], f"{what} in {horizon}", fan["unit"], f"{forecaster}, {horizon} ahead"


def _all_fans(tree: Tree) -> list[Tree]:
    """Those of failures stand under ``fleet``, those of energy under ``forecasts``."""
    return list(tree.get("fleet") or tree.get("forecasts") or ())


def bins_of(
    tree: Tree, horizon: str | None, forecaster: str | Iterable[str] | None
) -> dict[str, list[Tree]]:
    """Bins of the chance that a device stops, by forecaster."""
    stops = [one for one in tree.get("stops", ()) if one.get("reliability")]
    if not stops:
        raise ValueError("the backtest tells no chances: it has no stops")
    horizon = _chosen("horizon", horizon, (one["horizon"] for one in stops))
    there = {one["forecaster"]: one["reliability"] for one in stops if one["horizon"] == horizon}
    wanted = [forecaster] if forecaster is None or isinstance(forecaster, str) else forecaster
    names = [_chosen("forecaster", one, there, tree.get("best")) for one in wanted]
    return {f"{name}, {horizon} ahead": there[name] for name in names}
