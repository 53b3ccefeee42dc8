"""Fits: laws of lives, durations, power, demand and more, from records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

from . import _engine
from ._answer import AnyPath, Answer, Moment, frame, html_table, html_text, moment_text, number
from ._progress import Bar, Progress
from .scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Fit", "Validation", "fit"]


def fit(
    source: Union[AnyPath, Scenario],
    *,
    as_of: Moment = None,
    unit: str = "",
    time: str = "time",
    status: str = "status",
    progress: Progress = None,
) -> Fit:
    """Fits laws to records. Nothing is written: :meth:`Fit.save` does that.

    Args:
        source: a scenario with a section ``records``, read or as a file; a description
            (``foretwin_fit: 1``); or a CSV file of lifetimes.
        as_of: fit with what was known then, on the clock of the records, without a zone.
        unit: of the times in a CSV file, as in ``"h"``; needed there, refused elsewhere.
        time: column of the times in a CSV file.
        status: column of a CSV file that says 1 failed, 0 still running.
        progress: a bar (True), none (False), or a function of (done, expected).

    Raises:
        InputError: with every problem of the records, each with its place.

    >>> found = fit("scenarios/library/reliability_textbook/fits.yaml")
    >>> found["ball bearing"]["best"]["family"]
    'gamma'
    """
    with Bar(progress, "records") as told:
        if isinstance(source, Scenario):
            if unit:
                raise ValueError(
                    "unit is for a file of lifetimes; a scenario says itself what its records are"
                )
            return Fit(
                _engine.fit_scenario(source._engine, as_of=moment_text(as_of), progress=told)
            )
        return Fit(
            _engine.fit(
                Path(source),
                as_of=moment_text(as_of),
                unit=unit,
                time=time,
                status=status,
                progress=told,
            )
        )


class Fit(Answer):
    """What was fitted: each fit by its name, as the tree has it.

    ``tree`` is what ``foretwin fit --json`` tells.
    """

    _result: _engine.Fitting

    @property
    def _fits(self) -> list[dict[str, Any]]:
        fits: list[dict[str, Any]] = self.tree.get("fits") or self.tree.get("lives") or []
        return fits

    def __getitem__(self, name: str) -> dict[str, Any]:
        for one in self._fits:
            if one["name"] == name:
                return one
        raise KeyError(f"no fit '{name}' among {', '.join(self)}")

    def __iter__(self) -> Iterator[str]:
        return (one["name"] for one in self._fits)

    def __len__(self) -> int:
        return len(self._fits)

    @property
    def laws(self) -> pd.DataFrame:
        """Every law that was tried, the chosen one of each fit first.

        Columns: fit, family, shifted, chosen, aic (smaller is better), log_likelihood, and one per
        parameter, in the unit of the fit or as its name says (``scale_days``); NaN where a law has
        no such parameter. Of what is no law (power by state, heat) there is no row.
        """
        rows: list[dict[str, Any]] = []
        columns = ["fit", "family", "shifted", "chosen", "aic", "log_likelihood"]
        for one in self._fits:
            for at, law in enumerate(one.get("candidates", [])):
                row = {
                    "fit": one["name"],
                    "family": law["family"],
                    "shifted": law["shifted"],
                    "chosen": law == one["best"] if "best" in one else at == 0,
                    "aic": number(law.get("aic")),
                    "log_likelihood": number(law.get("log_likelihood", law.get("loglik"))),
                }
                for name, value in law.get("parameters", {}).items():
                    row[name] = number(value["estimate"] if isinstance(value, dict) else value)
                    if name not in columns:
                        columns.append(name)
                rows.append(row)
        return frame(rows, columns)

    @property
    def warnings(self) -> list[str]:
        """What must be read with the laws."""
        if "warnings" in self.tree:
            return list(self.tree["warnings"])
        return [f"{one['name']}: {text}" for one in self._fits for text in one.get("warnings", [])]

    @property
    def parameters(self) -> str:
        """The file of fitted parameters, which a scenario names under ``parameters``."""
        return self._result.parameter_file()

    def save(self, path: AnyPath | None = None) -> Path:
        """Writes :attr:`parameters`: to this file, or to the one that scenario or description name.

        Raises:
            InputError: when neither names one.
            EnvironmentError: when it cannot be written; an older file then stays as it was.
        """
        if path is None:
            usual = self._result.usual_out()
            if not str(usual) or str(usual) == ".":
                raise ValueError(
                    "the description names no file for fitted parameters: save(path) does"
                )
            path = usual
        _engine.write_whole_files([(Path(path), self.parameters)])
        return Path(path)

    def check(
        self, *, replications: int = 256, seed: int = 1, threads: int = 0, progress: Progress = None
    ) -> Validation:
        """Replays the records of the scenario with the fitted twin: does the past lie in its range?

        Args:
            replications: futures of the past, at least 32.

        Raises:
            InputError: when it was no scenario that was fitted.
        """
        with Bar(progress, "replications") as told:
            return Validation(
                *self._result.check(
                    seed=seed, replications=replications, threads=threads, progress=told
                )
            )

    def text(self, columns: int = 100) -> str:
        """What ``foretwin fit`` prints: always 100 characters wide."""
        return self._result.text()

    def _repr_html_(self) -> str:
        rows = []
        for one in self._fits:
            laws = one.get("candidates", [])
            best = one.get("best", laws[0] if laws else None)
            if best is None:
                continue
            shape = ", ".join(
                f"{name} {number(value['estimate'] if isinstance(value, dict) else value):.4g}"
                for name, value in best.get("parameters", {}).items()
            )
            count = number(one.get("failures")) + number(one.get("intervals", 0))
            rows.append((one["name"], best["family"], shape, one.get("unit", ""), f"{count:g}"))
        if not rows:
            return html_text(self.text())
        return html_table("Fitted laws", ("fit", "law", "parameters", "unit", "ended"), rows)


class Validation:
    """Whether recorded history lies in the range of the fitted twin.

    ``good`` is the verdict; ``rows`` a table of recorded and simulated counts.
    """

    def __init__(self, tree: dict[str, Any], text: str) -> None:
        self.tree = tree
        self._text = text

    @property
    def good(self) -> bool:
        """No recorded count lies outside its range."""
        return bool(self.tree["good"])

    def __bool__(self) -> bool:
        return self.good

    @property
    def verdict(self) -> str:
        """In one sentence."""
        return str(self.tree["verdict"])

    @property
    def rows(self) -> pd.DataFrame:
        """Columns: group, quantity, recorded, simulated (mean), low, high (a future), inside."""
        return frame(
            self.tree["rows"],
            ["group", "quantity", "recorded", "simulated", "low", "high", "inside"],
        )

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        return html_text(self._text)
