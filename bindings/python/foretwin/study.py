"""Studies: alternatives by replications, and what they found."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _engine
from ._progress import Bar, Progress

__all__ = ["Alternative", "Figure", "Study"]


def ask(
    scenario: _engine.Scenario,
    question: str,
    alternatives: Sequence[Sequence[str]],
    *,
    replications: int = 128,
    seed: int = 1,
    precision: float | None = None,
    precision_kpi: str = "throughput",
    level: float = 0.95,
    threads: int = 0,
    executor: str = "sequential",
    life_model: str = "best",
    trace_fingerprint: bool = False,
    progress: Progress = None,
) -> Study:
    """Runs a study; what :meth:`Scenario.run`, ``compare`` and ``study`` call."""
    with Bar(progress, "replications") as told:
        return Study(
            _engine.run(
                scenario,
                question=question,
                alternatives=alternatives,
                replications=replications,
                seed=seed,
                precision=precision,
                precision_kpi=precision_kpi,
                level=level,
                threads=threads,
                executor=executor,
                life_model=life_model,
                trace_fingerprint=trace_fingerprint,
                progress=told,
            )
        )


async def ask_async(
    scenario: _engine.Scenario, question: str, alternatives: Sequence[Sequence[str]], **options: Any
) -> Study:
    """The same in a worker thread; a cancelled task stops the study."""
    stop = False
    told = options.pop("progress", None)

    def watched(done: int, expected: int) -> None:
        if stop:
            raise asyncio.CancelledError
        if callable(told):
            told(done, expected)

    # A copy, since the loop's other tasks may edit the scenario.
    own = scenario.copy()
    work = asyncio.get_running_loop().run_in_executor(
        None, lambda: ask(own, question, alternatives, progress=watched, **options)
    )
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        stop = True
        await asyncio.wait([work])
        raise


_NUMBERS = ("mean", "low", "high", "sd", "level", "future_low", "future_high")


@dataclass(frozen=True)
class Figure:
    """A figure with its interval.

    ``low`` and ``high`` bound the mean with chance ``level``; ``future_low`` and ``future_high`` a
    single future. NaN where unknown; ``reason`` then says why.
    """

    name: str
    unit: str
    mean: float
    low: float
    high: float
    sd: float
    level: float
    future_low: float = float("nan")
    future_high: float = float("nan")
    formula: str = ""
    reason: str = ""

    @staticmethod
    def _of(name: str, tree: Mapping[str, Any]) -> Figure:
        def number(key: str) -> float:
            value = tree.get(key)
            return float("nan") if value is None else float(value)

        return Figure(
            name,
            tree["unit"],
            *(number(key) for key in _NUMBERS),
            tree.get("formula", ""),
            tree.get("reason", "") or "",
        )

    def __str__(self) -> str:
        unit = "" if self.unit == "1" else f" {self.unit}"
        return f"{self.mean:.6g}{unit} ({self.low:.6g} to {self.high:.6g})"


class Alternative(Mapping[str, Figure]):
    """One alternative of a study: its KPIs by name."""

    def __init__(self, study: Study, name: str) -> None:
        self._study = study
        self.name = name
        self._tree: dict[str, Any] = study.tree["alternatives"][name]

    def __getitem__(self, kpi: str) -> Figure:
        return Figure._of(kpi, self._tree["kpis"][kpi])

    def __iter__(self) -> Iterator[str]:
        return iter(self._tree["kpis"])

    def __len__(self) -> int:
        return len(self._tree["kpis"])

    @property
    def fingerprint(self) -> str:
        """Of its figures; equal on any computer."""
        return str(self._tree["fingerprint"])

    def difference(self, kpi: str) -> Figure:
        """This alternative minus the baseline, in the same futures. KeyError for the baseline."""
        return Figure._of(kpi, self._tree["kpis"][kpi]["difference"])

    def futures(self, kpi: str) -> npt.NDArray[np.float64]:
        """The KPI in every future, without a copy: shape (replications,), read-only."""
        return self._study._futures(self.name, kpi)


class Study(Mapping[str, Alternative]):
    """What a study found: alternatives by name, the baseline first.

    ``study.tree`` has everything under the stable paths of ``foretwin run --json``.
    """

    def __init__(self, engine: _engine.StudyResult) -> None:
        self._engine = engine
        self._tree: dict[str, Any] | None = None

    @property
    def tree(self) -> dict[str, Any]:
        """Everything, under the paths that scenarios/report/README.md lists."""
        if self._tree is None:
            self._tree = self._engine.json()
        return self._tree

    def __getitem__(self, name: str) -> Alternative:
        return Alternative(self, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.tree["alternatives"])

    def __len__(self) -> int:
        return len(self.tree["alternatives"])

    @property
    def fingerprint(self) -> str:
        """Of all figures; the same by every route to the same study."""
        return self._engine.fingerprint

    @property
    def replications(self) -> int:
        """Futures in all."""
        return self._engine.replications

    @property
    def stopped(self) -> bool:
        """Whether it was stopped before all futures that were asked for were finished."""
        return self._engine.stopped

    def _futures(self, alternative: str, kpi: str) -> npt.NDArray[np.float64]:
        return self._engine.futures(alternative, kpi)

    def __repr__(self) -> str:
        return self._engine.table(100)
