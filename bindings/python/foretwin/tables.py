"""The figures of a study as tables: one function per table, from names of columns to values.

``Study.to_pandas`` and ``Study.to_arrow`` put them into frames; units stand in a column of their
own, money in the scenario's currency.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _engine
from ._words import kpi_names, number, unit_in

if TYPE_CHECKING:
    import pandas
    import pyarrow
    import xarray

    from .study import Study

Columns = dict[str, Any]
Row = dict[str, Any]


def _columns(rows: Iterable[Row], names: Iterable[str]) -> Columns:
    """Rows as columns; the names are given so that an empty table has them too."""
    columns: Columns = {name: [] for name in names}
    for row in rows:
        for name, values in columns.items():
            values.append(row[name])
    return columns


def _alternatives(study: Study) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from study.tree["alternatives"].items()


def _numbers(tree: Mapping[str, Any] | None, keys: Mapping[str, str]) -> Row:
    return {column: number(tree, key) for column, key in keys.items()}


_FIGURE = {key: key for key in ("mean", "low", "high", "sd")}
_CHANGE = {
    "difference": "mean",
    "difference_low": "low",
    "difference_high": "high",
    "difference_sd": "sd",
}


def kpis(study: Study) -> Columns:
    """KPIs by alternative: means over futures, their intervals, and the paired differences."""
    names = ["alternative", "kpi", "unit", *_FIGURE, "future_low", "future_high", "replications"]
    names += [*_CHANGE, "more_is_better", "level", "formula", "reason"]

    def rows() -> Iterator[Row]:
        currency = study.tree["currency"]
        for alternative, tree in _alternatives(study):
            for kpi, figure in tree["kpis"].items():
                yield {
                    "alternative": alternative,
                    "kpi": kpi,
                    "unit": unit_in(figure["unit"], currency),
                    **_numbers(figure, _FIGURE),
                    **_numbers(figure, {key: key for key in ("future_low", "future_high")}),
                    "replications": figure["replications"],
                    **_numbers(figure.get("difference"), _CHANGE),
                    "more_is_better": figure["more_is_better"],
                    "level": figure["level"],
                    "formula": figure["formula"],
                    "reason": figure.get("reason", ""),
                }

    return _columns(rows(), names)


def futures(study: Study, only: Iterable[str] | None = None) -> Columns:
    """KPIs in every future, in long form; differences are to the baseline in the same future."""
    wanted = kpi_names(study.tree) if only is None else list(only)
    names, chunks = list(study), []
    baseline = names[0]
    for name in names:
        for kpi in wanted:
            if kpi in study[name]:
                values = study[name].futures(kpi)
                base = (
                    study[baseline].futures(kpi)
                    if kpi in study[baseline]
                    else np.full_like(values, np.nan)
                )
                chunks.append(
                    (
                        name,
                        kpi,
                        values,
                        values - base if name != baseline else np.full_like(values, np.nan),
                    )
                )
    for kpi in wanted:
        if all(kpi != chunk[1] for chunk in chunks):
            study[baseline].futures(kpi)  # says which there are
    lengths = [len(chunk[2]) for chunk in chunks]
    return {
        "alternative": np.repeat(np.array([chunk[0] for chunk in chunks], dtype=object), lengths),
        "kpi": np.repeat(np.array([chunk[1] for chunk in chunks], dtype=object), lengths),
        "replication": np.concatenate([np.arange(length) for length in lengths] or [np.arange(0)]),
        "value": np.concatenate([chunk[2] for chunk in chunks] or [np.empty(0)]),
        "difference": np.concatenate([chunk[3] for chunk in chunks] or [np.empty(0)]),
    }


def money(study: Study) -> Columns:
    """What each change costs and returns; one row per alternative, none for the baseline."""
    interval = {"npv": "mean", "npv_low": "low", "npv_high": "high"}
    quantiles = ("q05", "q25", "q50", "q75", "q95", "cvar05")
    share = ("estimate", "low", "high")
    names = ["alternative", "currency", "investment", "running_cost_per_year", *interval]
    names += [f"npv_{key}" for key in quantiles]
    names += ["probability_npv_positive", "probability_low", "probability_high"]
    names += ["probability_expected_npv_positive", "irr", "irr_status", "irr_not_unique_share"]
    names += ["mirr", "payback_years", "discounted_payback_years", "annual_equivalent"]
    names += ["profitability_index", "simple_roi"]
    names += ["cost_of_ownership_baseline", "cost_of_ownership_alternative"]

    def row(alternative: str, tree: Mapping[str, Any]) -> Row:
        money = tree["money"]
        irr, owned = money["irr"], money["cost_of_ownership"]
        positive = [number(money["probability_npv_positive"], key) for key in share]
        return {
            "alternative": alternative,
            "currency": study.tree["currency"],
            **_numbers(tree, {key: key for key in ("investment", "running_cost_per_year")}),
            **_numbers(money["npv"], interval),
            **_numbers(money["npv_futures"], {f"npv_{key}": key for key in quantiles}),
            **dict(
                zip(("probability_npv_positive", "probability_low", "probability_high"), positive)
            ),
            "probability_expected_npv_positive": number(
                money["probability_expected_npv_positive"], "estimate"
            ),
            "irr": irr["roots"][0] if irr["status"] == "unique" else np.nan,
            "irr_status": irr["status"],
            "irr_not_unique_share": number(irr, "not_unique_share"),
            "payback_years": number(money["payback"], "years"),
            "discounted_payback_years": number(money["discounted_payback"], "years"),
            "annual_equivalent": number(money["annual_equivalent"], "mean"),
            **_numbers(money, {key: key for key in ("mirr", "profitability_index", "simple_roi")}),
            "cost_of_ownership_baseline": number(owned, "baseline"),
            "cost_of_ownership_alternative": number(owned, "alternative"),
        }

    return _columns((row(*one) for one in _alternatives(study) if "money" in one[1]), names)


def cash_flows(study: Study) -> Columns:
    """Mean flow of each year, and the cumulative flow with its quantiles over futures."""
    quantiles = ("q05", "q25", "q50", "q75", "q95")
    names = ["alternative", "currency", "year", "flow", "cumulative"]

    def rows() -> Iterator[Row]:
        for alternative, tree in _alternatives(study):
            flows = (
                tree["money"]["cash_flows"] if "money" in tree else {"mean": [], "cumulative": []}
            )
            for flow, year in zip(flows["mean"], flows["cumulative"]):
                yield {
                    "alternative": alternative,
                    "currency": study.tree["currency"],
                    "year": year["year"],
                    "flow": np.nan if flow is None else flow,
                    "cumulative": number(year, "mean"),
                    **_numbers(year, {f"cumulative_{key}": key for key in quantiles}),
                }

    return _columns(rows(), [*names, *(f"cumulative_{key}" for key in quantiles)])


def tornado(study: Study) -> Columns:
    """How far each uncertain input moves the net present value, widest first."""
    text = ("name", "unit", "kind")
    numbers = ("low", "high", "npv_at_low", "npv_at_high", "slope", "slope_error", "break_even")
    flags = ("within_noise", "break_even_in_range")
    rows = (
        {
            "alternative": alternative,
            **{key: swing[key] for key in (*text, *flags)},
            **_numbers(swing, {key: key for key in numbers}),
        }
        for alternative, tree in _alternatives(study)
        for swing in tree.get("tornado", ())
    )
    return _columns(rows, ["alternative", *text, *numbers, *flags])


def leaves(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The figures below a device with their paths: ``downtime_by_cause/comp1/repair``."""
    for key, node in tree.items():
        if isinstance(node, Mapping):
            own = f"{path}/{key}" if path else key
            if "mean" in node and not isinstance(node["mean"], Mapping):
                yield own, node
            yield from leaves(node, own)


def devices(study: Study) -> Columns:
    """Every figure of every device, under its path."""
    names = ["alternative", "device", "type", "fleet", "is_fleet", "figure", "unit", *_FIGURE]
    rows = (
        {
            "alternative": alternative,
            "device": device,
            "type": tree["type"],
            "fleet": tree.get("fleet", ""),
            "is_fleet": bool(tree.get("is_fleet", False)),
            "figure": path,
            "unit": unit_in(figure["unit"], study.tree["currency"]),
            **_numbers(figure, _FIGURE),
        }
        for alternative, whole in _alternatives(study)
        for device, tree in whole["devices"].items()
        for path, figure in leaves(tree)
    )
    return _columns(rows, names)


def targets(study: Study) -> Columns:
    """The targets of the scenario, and in what share of futures each is met."""
    names = ["alternative", "kpi", "target", "direction", "bound", "unit", "mean"]
    names += ["met", "met_low", "met_high", "met_by_mean"]
    share = {"met": "estimate", "met_low": "low", "met_high": "high"}
    rows = (
        {
            "alternative": alternative,
            "kpi": kpi,
            "target": figure["target"]["text"],
            "direction": figure["target"]["direction"],
            "bound": number(figure["target"], "bound"),
            "unit": unit_in(figure["unit"], study.tree["currency"]),
            "mean": number(figure, "mean"),
            **_numbers(figure["target"]["met"], share),
            "met_by_mean": figure["target"]["met_by_mean"],
        }
        for alternative, tree in _alternatives(study)
        for kpi, figure in tree["kpis"].items()
        if "target" in figure
    )
    return _columns(rows, names)


def deadlocks(study: Study) -> Columns:
    """Circles of devices that waited for one another at the end of some futures."""
    names = ["alternative", "devices", "replications", "standstill_h", "first", "since"]
    rows = (
        {
            "alternative": alternative,
            "devices": " > ".join(one["devices"]),
            "replications": one["replications"],
            "standstill_h": number(one, "standstill_h"),
            "first": one["first"]["replication"],
            "since": one["first"]["since"],
        }
        for alternative, tree in _alternatives(study)
        for one in tree["deadlocks"]
    )
    return _columns(rows, names)


def assumptions(study: Study) -> Columns:
    """What no record supports, each with its range."""
    text, numbers = ("name", "unit", "text", "why"), ("value", "low", "high")
    rows = (
        {**{key: one[key] for key in text}, **_numbers(one, {key: key for key in numbers})}
        for one in study.tree["assumptions"]
    )
    return _columns(rows, ["name", *numbers, *text[1:]])


def fitted(study: Study) -> Columns:
    """The parameters that records support, as the study used them."""
    return _columns(study.tree["fitted"], ["name", "text", "records"])


def validation(study: Study) -> Columns:
    """Recorded against simulated history; a single future lies between low and high."""
    text, numbers = ("group", "quantity"), ("recorded", "simulated", "low", "high")
    rows = (
        {
            **{key: one[key] for key in (*text, "inside")},
            **_numbers(one, {key: key for key in numbers}),
        }
        for one in (study.tree["validation"] or {"rows": []})["rows"]
    )
    return _columns(rows, [*text, *numbers, "inside"])


#: The tables by name.
TABLES: dict[str, Callable[..., Columns]] = {
    "kpis": kpis,
    "futures": futures,
    "money": money,
    "cash_flows": cash_flows,
    "tornado": tornado,
    "devices": devices,
    "targets": targets,
    "deadlocks": deadlocks,
    "assumptions": assumptions,
    "fitted": fitted,
    "validation": validation,
}


def columns_of(study: Study, table: str, kpis: Iterable[str] | None) -> Columns:
    """A table by its name; ValueError with the names there are."""
    if table not in TABLES:
        raise ValueError(f"there is no table '{table}': choose one of {', '.join(TABLES)}")
    if kpis is not None and table not in ("futures", "kpis"):
        raise ValueError(f"table '{table}' is not by KPI, so it takes no kpis")
    if table == "futures":
        return futures(study, [kpis] if isinstance(kpis, str) else kpis)
    columns = TABLES[table](study)
    if kpis is None:
        return columns
    wanted = [kpis] if isinstance(kpis, str) else list(kpis)
    for kpi in wanted:
        if kpi not in columns["kpi"]:
            raise KeyError(
                f"the study has no KPI '{kpi}': it has {', '.join(kpi_names(study.tree))}"
            )
    kept = [i for i, kpi in enumerate(columns["kpi"]) if kpi in wanted]
    return {name: [values[i] for i in kept] for name, values in columns.items()}


def to_pandas(study: Study, table: str, kpis: Iterable[str] | None) -> pandas.DataFrame:
    """See :meth:`Study.to_pandas`."""
    try:
        import pandas
    except ImportError:
        raise ImportError("tables need pandas: pip install pandas") from None
    if table == "wide futures":
        long = to_pandas(study, "futures", kpis)
        order = long[["alternative", "kpi"]].drop_duplicates()
        wide = long.pivot(index="replication", columns=["alternative", "kpi"], values="value")
        return wide[list(order.itertuples(index=False, name=None))]
    frame = pandas.DataFrame(columns_of(study, table, kpis))
    if table == "kpis":
        frame = frame.set_index(["alternative", "kpi"])
    if table == "futures":
        for name in ("alternative", "kpi"):
            categories = frame[name].drop_duplicates()
            frame[name] = pandas.Categorical(frame[name], categories=categories)
    frame.attrs.update(_provenance(study))
    return frame


def to_arrow(study: Study, table: str, kpis: Iterable[str] | None) -> pyarrow.Table:
    """See :meth:`Study.to_arrow`."""
    try:
        import pyarrow
    except ImportError:
        raise ImportError("Arrow tables need pyarrow: pip install pyarrow") from None
    columns = columns_of(study, table, kpis)
    told = {key: str(value) for key, value in _provenance(study).items()}
    return pyarrow.table(columns).replace_schema_metadata(told)


def to_xarray(study: Study, kpis: Iterable[str] | None, form: str) -> xarray.Dataset:
    """See :meth:`Study.to_xarray`."""
    try:
        import xarray
    except ImportError:
        raise ImportError("labelled arrays need xarray: pip install xarray") from None
    if form not in ("stacked", "by kpi"):
        raise ValueError(f"there is no form '{form}': choose 'stacked' or 'by kpi'")
    wanted = (
        kpi_names(study.tree) if kpis is None else [kpis] if isinstance(kpis, str) else list(kpis)
    )
    names = list(study)
    values = np.full((len(names), len(wanted), study.replications), np.nan)
    figures: dict[str, Mapping[str, Any]] = {}
    for i, kpi in enumerate(wanted):
        for j, name in enumerate(names):
            tree = study.tree["alternatives"][name]["kpis"]
            if kpi in tree:
                figures[kpi] = tree[kpi]
                array = study[name].futures(kpi)
                values[j, i, : len(array)] = array
        if kpi not in figures:
            study[names[0]].futures(kpi)  # says which there are
    units = [unit_in(figures[kpi]["unit"], study.tree["currency"]) for kpi in wanted]
    change = values - values[0]
    change[0] = np.nan
    place = {"alternative": names, "replication": np.arange(study.replications)}
    if form == "stacked":
        dims = ("alternative", "kpi", "replication")
        attributes = {"long_name": "KPI in one future", "units": "see the coordinate unit"}
        changed = {**attributes, "long_name": "alternative minus baseline in the same future"}
        told = {f"units_of_{_safe(kpi)}": unit for kpi, unit in zip(wanted, units)}
        return xarray.Dataset(
            {"value": (dims, values, attributes), "difference": (dims, change, changed)},
            coords={**place, "kpi": wanted, "unit": ("kpi", units)},
            attrs={**_provenance(study), **told},
        )
    dims2 = ("alternative", "replication")
    variables: dict[str, Any] = {}
    for i, (kpi, unit) in enumerate(zip(wanted, units)):
        told = {"units": unit, "long_name": _engine.label(kpi), "formula": figures[kpi]["formula"]}
        variables[_safe(kpi)] = (dims2, values[:, i], told)
    return xarray.Dataset(variables, coords=place, attrs=_provenance(study))


def _safe(kpi: str) -> str:
    """``Filler/downtime`` as ``Filler_downtime``: names in netCDF files have no slashes."""
    return kpi.replace("/", "_")


def _provenance(study: Study) -> dict[str, Any]:
    keys = (
        "foretwin",
        "scenario",
        "file",
        "seed",
        "replications",
        "level",
        "currency",
        "fingerprint",
    )
    return {key: study.tree[key] for key in keys}
