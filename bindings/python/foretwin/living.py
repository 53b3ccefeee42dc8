"""Living twins: kept current by telemetry, foretelling, scored."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _engine
from ._answer import AnyPath, Moment, frame, html_table, html_text, instant, moment_text, number
from ._progress import Bar, Progress
from .scenario import Scenario, load
from .telemetry import _nanoseconds

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Living", "imitate", "live"]


def live(
    description: AnyPath,
    *,
    out: AnyPath,
    store: AnyPath | None = None,
    since: Moment = None,
    once: bool = True,
    threads: int = 0,
    issued: Callable[[dict[str, Any]], object] | None = None,
    message: Callable[[str], object] | None = None,
    progress: Progress = None,
) -> Living:
    """Brings a twin to now with the telemetry of a store, foretells from there, and scores itself.

    Args:
        description: what is followed and foretold (``foretwin_live: 1``).
        out: folder for forecasts.jsonl, the ledger, and live.html; the same folder goes on where it
            was left. One process or call at a time works on it.
        store: HDF5 file that :func:`foretwin.ingest` fills; else as the description names it.
        since: also issue the forecasts of the past since then, each from what was known at its
            time; in the profile's zone.
        once: ends when the telemetry at hand is used up; else goes on until Ctrl-C.
        threads: as many as there are processors when 0; no answer depends on it.
        issued: called with every forecast of a figure when it is issued, as the ledger has it.
        message: called with a line of text about how it goes.
        progress: a bar (True), none (False), or a function of (minutes of telemetry taken, of how
            many).

    Raises:
        InputError: with all problems of the description, or when the store has nothing of its
            devices.
        EnvironmentError: when the folder cannot be written.
    """
    told_issue = None
    if issued is not None:
        hear = issued

        def told_issue(line: str) -> None:
            hear(json.loads(line))

    with Bar(progress, "min") as told:
        tree, latest, standing = _engine.live(
            Path(description),
            store=Path(store) if store is not None else "",
            out=Path(out),
            since=moment_text(since),
            once=once,
            threads=threads,
            issued=told_issue,
            message=message,
            progress=told,
        )
    return Living(Path(out), tree, latest, standing)


class Living:
    """What a living twin foretold, and how good that was.

    ``tree`` has now, level, paces (learned cycle over the scenario's), standings, stopped. The
    ledger is read from its file.
    """

    def __init__(self, folder: Path, tree: dict[str, Any], latest: str, standing: str) -> None:
        self.folder = folder
        self.tree = tree
        self._latest = latest
        self._standing = standing

    @property
    def now(self) -> np.datetime64:
        """The instant up to which telemetry was taken; datetime64[ns], UTC."""
        return instant(self.tree["now"])

    @property
    def stopped(self) -> bool:
        """Whether Ctrl-C ended it: with ``once``, before the telemetry at hand was used up."""
        return bool(self.tree["stopped"])

    def _records(self) -> list[dict[str, Any]]:
        ledger = self.folder / "forecasts.jsonl"
        if not ledger.exists():
            return []
        with ledger.open(encoding="utf-8") as file:
            return [json.loads(line) for line in file if line.endswith("\n")]

    @property
    def forecasts(self) -> pd.DataFrame:
        """The whole ledger: every forecast, and what came where that is known.

        Columns: issued, end (datetime64[ns], UTC), horizon, alternative, figure, unit, mean, low,
        q25, median, q75, high (``low..high`` is the central interval of ``tree["level"]``; NaN for
        a chance), chance (of anything at all; NaN for other figures), doubt (why it is not to be
        trusted; else empty), and, of the baseline, truth, score (CRPS, or Brier score of a chance),
        pit, persistence, seasonal_naive (scores of these references; NaN until the truth is known).
        """
        records = self._records()
        scored = {
            (one["issued"], one["horizon"], one["figure"]): one
            for record in records
            for one in record.get("scores", [])
        }
        rows = []
        for record in records:
            for one in record.get("forecasts", []):
                key = (record["issued"], one["horizon"], one["figure"])
                came = scored.get(key, {}) if one["alternative"] == "baseline" else {}
                row = {
                    "issued": instant(record["issued"]),
                    "end": instant(one["end"]),
                    **{name: one[name] for name in ("horizon", "alternative", "figure")},
                    "unit": one.get("unit", ""),
                    "doubt": one["doubt"],
                }
                row |= {name: number(one.get(key)) for name, key in _QUANTILES.items()}
                row |= {name: number(came.get(name)) for name in _SCORES}
                rows.append(row)
        head = ["issued", "end", "horizon", "alternative", "figure", "unit"]
        return frame(rows, [*head, *_QUANTILES, "doubt", *_SCORES])

    @property
    def scores(self) -> pd.DataFrame:
        """How good the baseline's forecasts of each figure and horizon have been.

        Columns: figure, unit, horizon, forecasts, score (mean CRPS or Brier score), bias (foretold
        less truth), truth (mean), inside, trials (central intervals, on targets that do not
        overlap), persistence_skill, seasonal_naive_skill (1 - score / that of the reference).
        """
        rows = []
        for one in self.tree["standings"]:
            row = {
                key: one[key]
                for key in ("figure", "unit", "horizon", "forecasts", "score", "bias", "truth")
            }
            row |= one["coverage"]
            for name in ("persistence", "seasonal_naive"):
                told = one[name]["forecasts"] > 0
                row[f"{name}_skill"] = number(one[name]["skill"]) if told else float("nan")
            rows.append(row)
        columns = [
            "figure",
            "unit",
            "horizon",
            "forecasts",
            "score",
            "bias",
            "truth",
            "inside",
            "trials",
        ]
        return frame(rows, [*columns, "persistence_skill", "seasonal_naive_skill"])

    def html(self) -> str:
        """The page: the latest forecast, what-ifs, and how good past ones were.

        Raises:
            FileNotFoundError: when no forecast was issued yet.
        """
        return (self.folder / "live.html").read_text(encoding="utf-8")

    def text(self) -> str:
        """The latest forecast and the scores so far, as ``foretwin live`` prints them."""
        return f"{self._latest}\n{self._standing}"

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        issues = [one for one in self._records() if "forecasts" in one]
        if not issues:
            return html_text(self.text())
        rows = []
        for one in issues[-1]["forecasts"]:
            if one["alternative"] != "baseline":
                continue
            shown = f"{one['chance']:.0%}" if "chance" in one else f"{one['median']:.4g}"
            span = "" if "chance" in one else f"{one['low']:.4g} to {one['high']:.4g}"
            rows.append(
                (one["figure"], one["horizon"], shown, span, one.get("unit", ""), one["doubt"])
            )
        head = (
            "figure",
            "horizon",
            "median or chance",
            f"{self.tree['level']:.0%} interval",
            "unit",
            "in doubt because",
        )
        return html_table(f"Foretold at {issues[-1]['issued']}", head, rows)


_QUANTILES = {
    "mean": "mean",
    "low": "low",
    "q25": "quarter",
    "median": "median",
    "q75": "three_quarters",
    "high": "high",
    "chance": "chance",
}
_SCORES = ("truth", "score", "pit", "persistence", "seasonal_naive")


def imitate(
    source: Scenario | AnyPath,
    out: AnyPath,
    *,
    length: str | int = "14 days",
    start: Moment = "2026-01-05T00:00",
    period: str | int = "10 s",
    seed: int = 1,
    progress: Progress = None,
) -> int:
    """Plays a scenario as if it were a real plant: one future, told as telemetry (JSON lines).

    Args:
        source: the plant, as a scenario or its file.
        out: file that :func:`foretwin.ingest` reads.
        length: how long it runs: text with a unit (s, min, h, days), or seconds.
        start: when it begins, UTC.
        period: how often its machines are looked at.
        seed: another seed is another future.

    Returns:
        How many lines were written.
    """
    scenario = source if isinstance(source, Scenario) else load(source)
    with Bar(progress, "min") as told:
        return _engine.imitate(
            scenario._engine,
            out=Path(out),
            start=_nanoseconds(start, 0),
            length=length if isinstance(length, str) else f"{length} s",
            period=period if isinstance(period, str) else f"{period} s",
            seed=seed,
            progress=told,
        )
