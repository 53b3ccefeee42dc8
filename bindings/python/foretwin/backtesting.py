"""Backtests: how good past forecasts would have been."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _engine
from ._answer import AnyPath, Answer, Moment, frame, html_table, moment_text, number, write_report
from ._progress import Bar, Progress

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Backtest", "backtest"]


def backtest(
    path: AnyPath,
    *,
    data: AnyPath | None = None,
    then: AnyPath | None = None,
    start: Moment = None,
    progress: Progress = None,
) -> Backtest:
    """Rolls an origin through history and scores what would have been foretold.

    Args:
        path: backtest file (``foretwin_backtest: 1``).
        data: folder with other records: files of the same names and columns.
        then: folder in whose files of the same names the records go on; forecasts then begin where
            they ended, unless ``start`` tells.
        start: first origin, local time without zone; fits end there.
        progress: a bar (True), none (False), or a function of (done, expected).

    Raises:
        InputError: with every problem of the file and the records.

    >>> scored = backtest("scenarios/library/steel_plant/backtest.yaml")
    >>> scored.good
    True
    """
    with Bar(progress, "forecasts") as told:
        return Backtest(
            _engine.backtest(
                Path(path),
                data=Path(data) if data is not None else "",
                then=Path(then) if then is not None else "",
                start=moment_text(start),
                progress=told,
            )
        )


class Backtest(Answer):
    """Scores of past forecasts. ``tree`` is what ``foretwin backtest --json`` tells."""

    _result: _engine.BacktestResult

    @property
    def good(self) -> bool:
        """Whether every demand of the file is met."""
        return self._result.good()

    @property
    def demands(self) -> pd.DataFrame:
        """What the file demands. Columns: demand, found, met."""
        return frame(self.tree["demands"], ["demand", "found", "met"])

    @property
    def scores(self) -> pd.DataFrame:
        """One row per target, horizon and forecaster.

        Columns: target, horizon, horizon_h, forecaster, forecasts, unit (empty: failures), crps and
        bias (in the unit), against_reference and its standard_error (CRPS less that of the
        reference; NaN for energy), coverage, coverage_p (of central intervals, on targets that do
        not overlap), and skill_<forecaster> for energy.
        """
        rows: list[dict[str, Any]] = []
        columns = [
            "target",
            "horizon",
            "horizon_h",
            "forecaster",
            "forecasts",
            "unit",
            "crps",
            "bias",
        ]
        columns += ["against_reference", "standard_error", "coverage", "coverage_p"]
        for one in self.tree["scores"]:
            against = one.get("against_reference") or {}
            held = one.get("coverage") or {}
            row = {key: one.get(key) for key in columns[:5]}
            row["unit"] = one.get("unit", "")
            row["crps"], row["bias"] = number(one["crps"]), number(one["bias"])
            row["against_reference"] = number(against.get("mean"))
            row["standard_error"] = number(against.get("standard_error"))
            trials = held.get("trials") or 0
            row["coverage"] = held["inside"] / trials if trials else float("nan")
            row["coverage_p"] = number(held.get("p_value"))
            for name, skill in (one.get("skill") or {}).items():
                row[f"skill_{name}"] = number(skill)
                if f"skill_{name}" not in columns:
                    columns.append(f"skill_{name}")
            rows.append(row)
        return frame(rows, columns)

    @property
    def forecasts(self) -> pd.DataFrame:
        """Every forecast of the fans, and what came.

        Columns: target, unit, horizon, forecaster, origin (datetime64[ns], local time), low, q25,
        median, q75, high (``low..high`` is the central interval of ``tree["level"]``), truth.
        """
        import pandas as pd

        rows = []
        for fan in self.tree.get("fleet") or self.tree.get("forecasts") or []:
            head = {"target": fan.get("target", "fleet"), "unit": fan.get("unit", "failures")}
            head |= {"horizon": fan["horizon"], "forecaster": fan["forecaster"]}
            rows += [{**head, **point} for point in fan["forecasts"]]
        columns = ["target", "unit", "horizon", "forecaster", "origin"]
        columns += ["low", "q25", "median", "q75", "high", "truth"]
        table = frame(rows, columns)
        table["origin"] = pd.to_datetime(table["origin"]).astype("datetime64[ns]")
        return table

    @property
    def stops(self) -> pd.DataFrame:
        """Chances of stops; empty for energy. Columns: horizon, forecaster, brier, skill."""
        return frame(self.tree.get("stops", []), ["horizon", "forecaster", "brier", "skill"])

    @property
    def reliability(self) -> pd.DataFrame:
        """Foretold chances of stops against how often they came, by bins of the chance.

        Columns: horizon, forecaster, foretold, observed, low, high (Wilson, 95 %), forecasts.
        """
        rows = [
            {"horizon": one["horizon"], "forecaster": one["forecaster"], **bin_}
            for one in self.tree.get("stops", [])
            for bin_ in one["reliability"]
        ]
        return frame(
            rows, ["horizon", "forecaster", "foretold", "observed", "low", "high", "forecasts"]
        )

    def html(self) -> str:
        """A self-contained page with fans, reliability diagrams and PIT histograms."""
        return self._result.html()

    def save_report(self, folder: AnyPath) -> Path:
        """Writes backtest.html and backtest.json, both or none, into a folder."""
        return write_report(
            folder, {"backtest.html": self.html(), "backtest.json": self._result.json_text()}
        )

    def _repr_html_(self) -> str:
        rows = [
            (
                one["target"],
                one["horizon"],
                one["forecaster"],
                f"{one['crps']:.4g}",
                f"{one['bias']:.3g}",
            )
            for one in self.tree["scores"]
            if one["target"] in ("fleet", "energy", "peak demand")
        ]
        verdict = "all demands met" if self.good else "a demand is missed"
        head = ("target", "horizon", "forecaster", "CRPS", "bias")
        return html_table(f"{self.tree['name']}: {verdict}", head, rows)
