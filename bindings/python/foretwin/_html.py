"""How studies and scenarios show themselves in notebooks: readable on light and on dark pages, no
scripts, nothing loaded, and every text of the study escaped."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from . import _engine
from ._words import (
    interval,
    is_leading,
    is_seen,
    kpi_names,
    number,
    shown_difference,
    shown_figure,
    shown_kpi,
    with_interval,
)

if TYPE_CHECKING:
    from .scenario import Scenario
    from .study import Alternative, Figure, Study

Tree = Mapping[str, Any]

# Inherited text colour, translucent lines, and two tones that can be read on white and on black.
_STYLE = """<style>
.foretwin{font-variant-numeric:tabular-nums;line-height:1.35;max-width:100%;overflow-x:auto}
.foretwin table{border-collapse:collapse;margin:.5em 0}
.foretwin table th,.foretwin table td{text-align:right;padding:.2em .8em;border:0;
border-bottom:1px solid rgba(128,128,128,.3);white-space:nowrap;vertical-align:top;background:none}
.foretwin table th:first-child,.foretwin table td.text{text-align:left}
.foretwin table td.wide{white-space:normal;text-align:left;max-width:46em}
.foretwin thead th{border-bottom:2px solid rgba(128,128,128,.6)}
.foretwin tbody th{font-weight:normal}
.foretwin small{opacity:.75}
.foretwin .headline{font-size:1.15em;font-weight:600;margin:.3em 0}
.foretwin .warning{border-left:4px solid #d98200;padding:.1em .7em;margin:.3em 0}
.foretwin .better{color:#2684c7;font-weight:600}
.foretwin .worse{color:#d0620a;font-weight:600}
.foretwin summary{cursor:pointer;opacity:.75}
</style>"""


def _text(value: object) -> str:
    return html.escape(str(value))


def _page(*parts: str) -> str:
    return f'<div class="foretwin">{_STYLE}{"".join(parts)}</div>'


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Cells are markup; the first of each row is its head."""
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = []
    for row in rows:
        first, *others = row
        cells = "".join(cell if cell.startswith("<td") else f"<td>{cell}</td>" for cell in others)
        body.append(f'<tr><th scope="row">{first}</th>{cells}</tr>')
    return f"<table><thead><tr>{top}</tr></thead><tbody>{''.join(body)}</tbody></table>"


def _interval(figure: Tree, shown: _engine.Shown, sign: bool = False) -> str:
    return _text(with_interval(interval(figure), shown, sign))


def _unit(shown: _engine.Shown) -> str:
    return f" <small>{_text(shown.unit)}</small>" if shown.unit else ""


def _name(kpi: str, shown: _engine.Shown, formula: str) -> str:
    return f'<span title="{_text(formula)}">{_text(_engine.label(kpi))}</span>{_unit(shown)}'


def _change(figure: Tree, more_is_better: bool, shown: _engine.Shown) -> str:
    """A difference with its interval: coloured and marked where it is told apart from none."""
    text = _interval(figure, shown, sign=True)
    if shown.unit == "points":
        text += " pp"
    if not is_seen(figure, shown):
        return f"<small>{text}</small>"
    if (number(figure, "mean") > 0) == more_is_better:
        return f'<span class="better" title="better">✓ {text}</span>'
    return f'<span class="worse" title="worse">✗ {text}</span>'


def _comparison(tree: Tree, kpis: Iterable[str]) -> str:
    alternatives = tree["alternatives"]
    rows = []
    for kpi in kpis:
        shown, shown_change = shown_kpi(tree, kpi), shown_difference(tree, kpi)
        formula = next(
            one["kpis"][kpi]["formula"] for one in alternatives.values() if kpi in one["kpis"]
        )
        row = [_name(kpi, shown, formula)]
        for alternative in alternatives.values():
            figure = alternative["kpis"].get(kpi)
            if figure is None:
                row.append("–")
                continue
            cell = _interval(figure, shown)
            if "difference" in figure:
                change = _change(figure["difference"], figure["more_is_better"], shown_change)
                cell += f"<br>{change}"
            row.append(cell)
        rows.append(row)
    return _table(["", *map(_text, alternatives)], rows)


def _target_cell(figure: Tree) -> str:
    if "target" not in figure:
        return ""
    target = figure["target"]
    share = target["met"]
    told = (
        ""
        if share["estimate"] is None
        else f": met in {_engine.percent(share['estimate'])} of futures"
    )
    return f'<td class="text">{_text(target["text"] + told)}</td>'


def _single(alternative: Tree, currency: str, kpis: Iterable[str]) -> str:
    rows = []
    level = ""
    for kpi in kpis:
        figure = alternative["kpis"][kpi]
        level = _engine.level_text(figure["level"])
        shown = shown_figure(figure, currency, kpi)
        low, high = (number(figure, key) for key in ("future_low", "future_high"))
        future = (
            f"{shown.number(low)} to {shown.number(high)}" if math.isfinite(low + high) else "–"
        )
        mean = _interval(figure, shown)
        if figure.get("reason"):
            mean = f"<small>{_text(figure['reason'])}</small>"
        row = [_name(kpi, shown, figure["formula"]), mean, _text(future), _target_cell(figure)]
        rows.append(row)
    return _table(["", f"mean with {level} interval", "a single future", "target"], rows)


def _figures(tree: Tree, kpis: list[str]) -> str:
    if not kpis:
        return ""
    alternatives = list(tree["alternatives"].values())
    if len(alternatives) > 1:
        return _comparison(tree, kpis)
    return _single(alternatives[0], tree["currency"], kpis)


def _folded(title: str, markup: str) -> str:
    return f"<details><summary>{_text(title)}</summary>{markup}</details>" if markup else ""


def _money_table(tree: Tree) -> str:
    currency = tree["currency"]
    rows = []
    for name, alternative in tree["alternatives"].items():
        if "money" not in alternative:
            continue
        money = alternative["money"]
        shown = shown_figure(money["npv"], currency)
        positive = money["probability_npv_positive"]
        chance = "–" if positive["estimate"] is None else _engine.percent(positive["estimate"])
        years = money["payback"]["years"]
        paid = (
            f"{years:.1f} years"
            if years is not None
            else f"not within {tree['study_years']:g} years"
        )
        irr = money["irr"]
        rate = (
            f"{100 * irr['roots'][0]:,.1f} %/year" if irr["status"] == "unique" else irr["status"]
        )
        invest = f"{number(alternative, 'investment'):,.0f}"
        npv = _interval(money["npv"], shown)
        if shown.unit != currency:
            npv += _unit(shown)
        cells = [_text(name), invest, npv, chance, rate.replace("_", " "), paid]
        rows.append([cells[0], cells[1], cells[2], *map(_text, cells[3:])])
    if not rows:
        return ""
    head = [
        "",
        f"Investment <small>{_text(currency)}</small>",
        f"NPV <small>{_text(currency)}</small>",
    ]
    return _table([*head, "P(NPV &gt; 0) given your assumptions", "IRR", "Payback"], rows)


def study(study: Study) -> str:
    """The answer with its intervals, what must be read beside it, and the KPIs."""
    tree = study.tree
    parts = [f'<div class="headline">{_text(study.headline or tree["scenario"])}</div>']
    parts += [f'<div class="warning">{_text(one)}</div>' for one in study.warnings]
    names = kpi_names(tree)
    first = [kpi for kpi in names if is_leading(tree, kpi)]
    rest = [kpi for kpi in names if not is_leading(tree, kpi)]
    parts.append(_figures(tree, first or rest))
    if first:
        parts.append(_folded(f"{len(rest)} further KPIs", _figures(tree, rest)))
    parts.append(_money_table(tree))
    told = tree.get("what_would_change", [])
    if told:
        items = "".join(f"<li>{_text(one)}</li>" for one in told)
        parts.append(f"<div>What would change this answer:<ul>{items}</ul></div>")
    length = _engine.duration(tree["horizon"]["value"])
    facts = f"{tree['scenario']}: {length} from {tree['start']}, {tree['replications']:,} futures, "
    facts += f"seed {tree['seed']}, fingerprint {tree['fingerprint']}."
    if len(tree["alternatives"]) > 1:
        level = _engine.level_text(tree["level"])
        facts += f" ±: {level} intervals of means; differences to the baseline are paired, "
        facts += "same futures; ✓ better, ✗ worse."
    parts.append(f"<small>{_text(facts)}</small>")
    return _page(*parts)


def alternative(one: Alternative) -> str:
    """Its KPIs, each with its interval and that of a single future."""
    tree = one.study.tree
    changes = f" <small>{_text(', '.join(one.changes))}</small>" if one.changes else ""
    title = f'<div class="headline">{_text(one.name)}{changes}</div>'
    return _page(title, _single(one.tree, tree["currency"], list(one)))


def figure(one: Figure) -> str:
    """One figure in a line."""
    tree = {"mean": one.mean, "low": one.low, "high": one.high, "unit": one.unit}
    shown = shown_figure(tree, "", one.name)
    text = f"<b>{_interval(tree, shown)}</b>{_unit(shown)}"
    if one.reason:
        text += f" <small>{_text(one.reason)}</small>"
    told = f"{_text(_engine.label(one.name))}: {text}"
    if math.isfinite(one.low + one.high):
        told += f" <small>({_engine.level_text(one.level)} interval of the mean)</small>"
    return _page(f'<span title="{_text(one.formula)}">{told}</span>')


def scenario(one: Scenario) -> str:
    """Its devices and its changes."""
    title = f'<div class="headline">{_text(one.name or "Scenario without a name")}</div>'
    rows = [
        [_text(name), _cell(kind, "text"), _cell(told, "wide")] for name, kind, told in one._rows()
    ]
    head = ["device", _left("type"), _left("values")]
    changes = one.to_dict().get("changes")
    told = _changes(changes if isinstance(changes, Mapping) else {})
    return _page(title, _table(head, rows), told)


def _changes(changes: Tree) -> str:
    rows = []
    for name, change in changes.items():
        change = change if isinstance(change, Mapping) else {}
        does = [
            f"{word} {', '.join(map(str, change[word]))}"
            for word in ("set", "scale", "add", "remove", "combine")
            if isinstance(change.get(word), (Mapping, list)) and change[word]
        ]
        told = str(change.get("description", "")) or "; ".join(does)
        costs = (_text(change.get(key, "")) for key in ("invest", "running_cost"))
        rows.append([_text(name), _cell(told, "wide"), *costs])
    head = ["change", _left("what it does"), "invest", "running cost"]
    return _table(head, rows) if rows else ""


def _cell(value: str, kind: str) -> str:
    return f'<td class="{kind}">{_text(value)}</td>'


def _left(text: str) -> str:
    return f'<div style="text-align:left">{text}</div>'
