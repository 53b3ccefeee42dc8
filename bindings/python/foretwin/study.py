"""Studies: alternatives by replications, and what they found."""

from __future__ import annotations

import asyncio
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _engine, _html, _words, tables
from ._options import StudyOptions, check_options
from ._progress import Bar, Progress
from ._sources import Kept, Source, Stored, named
from .errors import EnvironmentError

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas
    import pyarrow
    import xarray
    from typing_extensions import Unpack

    from .plots import StudyPlots

__all__ = ["Alternative", "Figure", "Study", "Target", "open_study"]


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
    watch: Callable[[], None] | None = None,
) -> Study:
    """Runs a study; what :meth:`Scenario.run`, ``compare`` and ``study`` call.

    ``watch`` is called some fifty times a second; what it raises stops the study.
    """
    check_options(
        replications=replications, seed=seed, threads=threads, precision=precision, level=level
    )
    with Bar(progress, "replications", watch) as told:
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


class _Left(Exception):
    """Nobody waits for the study any more."""


async def ask_async(
    scenario: _engine.Scenario,
    question: str,
    alternatives: Sequence[Sequence[str]],
    **options: Unpack[StudyOptions],
) -> Study:
    """The same in a worker thread; a cancelled task stops the study."""
    stop = False

    def watch() -> None:
        if stop:
            raise _Left

    # A copy, since the loop's other tasks may edit the scenario.
    own = scenario.copy()
    work = asyncio.get_running_loop().run_in_executor(
        None, lambda: ask(own, question, alternatives, watch=watch, **options)
    )
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        stop = True
        work.add_done_callback(lambda done: done.exception())  # seen: nobody else is told of it
        await asyncio.wait([work])
        raise


_NUMBERS = ("mean", "low", "high", "sd", "level", "future_low", "future_high")


@dataclass(frozen=True)
class Figure:
    """A figure with its interval.

    ``low`` and ``high`` bound the mean with chance ``level``; ``future_low`` and ``future_high`` a
    single future. NaN where unknown; ``reason`` then says why. Shares are 0 to 1 with unit ``1``,
    money is in the scenario's currency.
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
    def _of(name: str, tree: Mapping[str, Any], currency: str) -> Figure:
        return Figure(
            name,
            _words.unit_in(tree["unit"], currency),
            **{key: _words.number(tree, key) for key in _NUMBERS},
            formula=tree.get("formula", ""),
            reason=tree.get("reason", "") or "",
        )

    def __str__(self) -> str:
        if math.isnan(self.mean):
            return self.reason or "unknown"
        text = f"{self.mean:.6g}" + ("" if self.unit == "1" else f" {self.unit}")
        if math.isnan(self.low) or math.isnan(self.high):
            return text
        return f"{text} ({self.low:.6g} to {self.high:.6g})"

    def _repr_html_(self) -> str:
        return _html.figure(self)


@dataclass(frozen=True)
class Target:
    """A target of a KPI. ``met`` is the share of futures that meet it (0 to 1), with its Wilson
    interval; ``bound`` has the KPI's unit; ``direction`` is ``at_least`` or ``at_most``."""

    text: str
    bound: float
    direction: str
    met: float
    met_low: float
    met_high: float
    met_by_mean: bool


class Alternative(Mapping[str, Figure]):
    """One alternative of a study: its KPIs by name."""

    def __init__(self, study: Study, name: str) -> None:
        if name not in study.tree["alternatives"]:
            known = ", ".join(study.tree["alternatives"])
            raise KeyError(f"the study has no alternative '{name}': it has {known}")
        self.study = study
        self.name = name
        self._tree: dict[str, Any] = study.tree["alternatives"][name]

    def _kpi(self, kpi: str) -> Mapping[str, Any]:
        named(self.study.tree["alternatives"], self.name, kpi)
        tree: Mapping[str, Any] = self._tree["kpis"][kpi]
        return tree

    def __getitem__(self, kpi: str) -> Figure:
        return Figure._of(kpi, self._kpi(kpi), self.study.currency)

    def __iter__(self) -> Iterator[str]:
        return iter(self._tree["kpis"])

    def __len__(self) -> int:
        return len(self._tree["kpis"])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Alternative):
            return NotImplemented
        return (self.name, self.fingerprint) == (other.name, other.fingerprint)

    def __hash__(self) -> int:
        return hash((self.name, self.fingerprint))

    @property
    def tree(self) -> Mapping[str, Any]:
        """Everything about it, under the paths below ``alternatives/<name>``."""
        return self._tree

    @property
    def fingerprint(self) -> str:
        """Of its figures; equal on any computer."""
        return str(self._tree["fingerprint"])

    @property
    def changes(self) -> list[str]:
        """What is applied to the plant; none for the baseline."""
        return list(self._tree["changes"])

    def difference(self, kpi: str) -> Figure:
        """This alternative minus the baseline, in the same futures. KeyError for the baseline."""
        tree = self._kpi(kpi)
        if "difference" not in tree:
            raise KeyError(f"'{self.name}' is the baseline, so '{kpi}' has no difference to it")
        return Figure._of(kpi, tree["difference"], self.study.currency)

    def target(self, kpi: str) -> Target | None:
        """The target that the scenario sets for a KPI; None without one."""
        tree = self._kpi(kpi).get("target")
        if tree is None:
            return None
        met, low, high = (_words.number(tree["met"], key) for key in ("estimate", "low", "high"))
        bound = _words.number(tree, "bound")
        return Target(tree["text"], bound, tree["direction"], met, low, high, tree["met_by_mean"])

    def futures(self, kpi: str) -> npt.NDArray[np.float64]:
        """The KPI in every future: shape (replications,), read-only, NaN where undefined.

        Without a copy where the study was computed in this process; read from the file where it was
        opened from one.
        """
        named(self.study.tree["alternatives"], self.name, kpi)
        return self.study._source.futures(self.name, kpi)

    def device(self, name: str) -> dict[str, Figure]:
        """The figures of a device or fleet by path: ``device("Filler")["downtime/repair"]``.

        Raises:
            KeyError: for a name that the plant does not have, with those it has.
        """
        devices = self._tree["devices"]
        if name not in devices:
            raise KeyError(f"'{self.name}' has no device '{name}': it has {', '.join(devices)}")
        return {
            path: Figure._of(path, figure, self.study.currency)
            for path, figure in tables.leaves(devices[name])
        }

    def _money(self) -> Mapping[str, Any]:
        if "money" not in self._tree:
            raise KeyError(
                f"'{self.name}' has no net present value: it is the baseline, or costs nothing"
            )
        money: Mapping[str, Any] = self._tree["money"]
        return money

    @property
    def npv(self) -> Figure:
        """Net present value against the baseline, in the scenario's currency, its mean.

        KeyError for the baseline, and without economics. It has no ``sd``: see :meth:`npv_futures`.
        """
        return Figure._of("npv", self._money()["npv"], self.study.currency)

    def npv_futures(self) -> npt.NDArray[np.float64]:
        """Net present value in every future, in the scenario's currency: shape (replications,)."""
        values = self._money()["npv_futures"]["by_future"]
        return np.array([np.nan if one is None else one for one in values], dtype=np.float64)

    def __repr__(self) -> str:
        return f"Alternative {self.name!r}:\n" + "\n".join(f"  {kpi}: {self[kpi]}" for kpi in self)

    def _repr_html_(self) -> str:
        return _html.alternative(self)


class Study(Mapping[str, Alternative]):
    """What a study found: alternatives by name, the baseline first.

    ``study.tree`` has everything under the stable paths of ``foretwin run --json``. Studies with
    the same figures are equal; they can be copied, pickled and sent to other processes.

    >>> import foretwin as ft
    >>> scenario = ft.load('''foretwin: 1
    ... name: A desk
    ... time: {horizon: 8 h}
    ... devices:
    ...   In: {type: source, part: job, every: 5 min, when_full: lost, next: Desk}
    ...   Desk: {type: station, buffer: 3, cycle: {exponential: {mean: 6 min}}, next: Out}
    ...   Out: {type: sink}
    ... changes:
    ...   second desk: {set: {Desk/machines: 2}}
    ... ''')
    >>> study = scenario.compare(replications=8, seed=1, progress=False)
    >>> list(study)
    ['baseline', 'second desk']
    >>> more = study["second desk"].difference("production")
    >>> more.unit, more.mean > more.low > 0
    ('part', True)
    >>> own, base = (study[name].futures("production") for name in ("second desk", "baseline"))
    >>> own.shape, bool(abs((own - base).mean() - more.mean) < 1e-9)
    ((8,), True)
    >>> table = study.to_pandas()
    >>> float(table.loc[("second desk", "production"), "difference"]) == more.mean
    True
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._tree: dict[str, Any] | None = None

    def __reduce__(self) -> tuple[type[Study], tuple[Source]]:
        # A study in a file travels as its path, all others with their figures.
        kept = self._source if isinstance(self._source, (Kept, Stored)) else Kept(self._source)
        return type(self), (kept,)

    def __copy__(self) -> Study:
        return type(self)(self._source)

    def __deepcopy__(self, memo: object) -> Study:
        return type(self)(self._source)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Study):
            return NotImplemented
        return self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    # -- what was found ---------------------------------------------------------------------------

    @property
    def tree(self) -> dict[str, Any]:
        """Everything, under the paths that scenarios/report/README.md lists."""
        if self._tree is None:
            self._tree = self._source.json()
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
        return self._source.fingerprint

    @property
    def replications(self) -> int:
        """Futures in all."""
        return self._source.replications

    @property
    def stopped(self) -> bool:
        """Whether it was stopped before all futures that were asked for were finished."""
        return self._source.stopped

    @property
    def scenario_text(self) -> str:
        """The scenario as it was simulated."""
        return self._source.text

    @property
    def headline(self) -> str:
        """The answer in one sentence, with its probability. Empty in files of older versions."""
        return str(self.tree.get("headline", ""))

    @property
    def warnings(self) -> list[str]:
        """What must be read beside the headline."""
        return list(self.tree.get("headline_warnings", self.tree["warnings"]))

    @property
    def currency(self) -> str:
        """Of all money, e.g. ``EUR``; empty in a scenario without economics."""
        return str(self.tree["currency"])

    @property
    def level(self) -> float:
        """Of every interval, e.g. 0.95."""
        return float(self.tree["level"])

    # -- as tables and files ----------------------------------------------------------------------

    def to_pandas(
        self, table: str = "kpis", *, kpis: str | Iterable[str] | None = None
    ) -> pandas.DataFrame:
        """The study as a table.

        Args:
            table: ``kpis`` (indexed by alternative and KPI: mean, interval, paired difference,
                unit), ``futures`` (one row per alternative, KPI and replication),
                ``wide futures`` (replications by (alternative, KPI)), ``money``, ``cash_flows``,
                ``tornado``, ``devices``, ``targets``, ``deadlocks``, ``assumptions``, ``fitted`` or
                ``validation``.
            kpis: of the first three: these KPIs only.

        Raises:
            ValueError, KeyError: with the names there are, for a table or a KPI there is not.
        """
        return tables.to_pandas(self, table, kpis)

    def to_arrow(
        self, table: str = "kpis", *, kpis: str | Iterable[str] | None = None
    ) -> pyarrow.Table:
        """The tables of :meth:`to_pandas` as Arrow tables, all of them in long form."""
        return tables.to_arrow(self, table, kpis)

    def to_xarray(
        self, kpis: str | Iterable[str] | None = None, *, form: str = "stacked"
    ) -> xarray.Dataset:
        """The futures as labelled arrays.

        Args:
            kpis: these only.
            form: ``stacked``: variables ``value`` and ``difference`` (alternative minus baseline in
                the same future) with dimensions alternative, kpi, replication; the units are a
                coordinate of ``kpi`` and attributes ``units_of_<kpi>``. ``by kpi``: one variable
                per KPI with dimensions alternative, replication and the attribute ``units``; a
                slash in its name is ``_``, so that netCDF files can hold it.
        """
        return tables.to_xarray(self, kpis, form)

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Writes what ``--out`` of the command line does: study.json, kpis.csv, study.h5 and
        report.html; all of them or none. Gives back the folder, which is made if need be.

        Raises:
            EnvironmentError: when they cannot be written.
            ValueError: for a study from a file or from another process, which has no report.
        """
        if not isinstance(self._source, _engine.StudyResult):
            raise ValueError(
                "only the process that ran a study can save it: save it there, "
                "or copy the folder that it was opened from"
            )
        path = Path(folder)
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EnvironmentError(f"cannot make the folder {path}: {error.strerror}") from error
        self._source.save(path)
        return path

    # -- how it shows itself ----------------------------------------------------------------------

    @property
    def plot(self) -> StudyPlots:
        """Pictures of the study: ``study.plot.difference("throughput")``."""
        from .plots import StudyPlots

        return StudyPlots(self)

    def __repr__(self) -> str:
        if isinstance(self._source, _engine.StudyResult):
            return str(self._source.table(100))
        return _words.table(self.tree)

    def _repr_html_(self) -> str:
        return _html.study(self)


def open_study(path: str | os.PathLike[str]) -> Study:
    """A study from the file ``study.h5`` that ``foretwin ... --out FOLDER`` or :meth:`Study.save`
    wrote, or from that folder.

    Nothing but its head is read at once; figures and futures are read from the file when they are
    asked for, so that a study need not fit in memory. Needs h5py.

    Raises:
        InputError: for a file that is no study.
        FileNotFoundError: when there is none.
    """
    path = Path(path)
    return Study(Stored(path / "study.h5" if path.is_dir() else path))
