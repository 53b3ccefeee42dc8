"""Telemetry: the store of series."""

from __future__ import annotations

import datetime
import re
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

import numpy as np
import numpy.typing as npt

from . import _engine
from ._answer import AnyPath, Answer, Moment, frame, html_table, write_report
from ._progress import Bar, Progress

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Ingested", "Series", "SeriesInfo", "Store", "ingest"]

#: Bits of a sample's quality; 0 is good.
QUALITY = {1: "after a gap", 2: "stuck", 4: "out of range", 8: "wrong unit", 16: "unavailable"}

#: HDF5 opens a file once per process: who writes to a store has its readers let go of it.
_OPEN: weakref.WeakSet[Store] = weakref.WeakSet()

_NOWHERE = np.iinfo(np.uint32).max


@dataclass(frozen=True)
class SeriesInfo:
    """What is known of a series apart from its samples.

    ``kind`` is ``"numbers"`` or ``"texts"``; ``first`` and ``last`` are datetime64[ns], UTC, NaT
    when it is empty; ``aliases`` is what the signal is called in its ``source``.
    """

    device: str
    signal: str
    kind: str
    unit: str
    samples: int
    first: np.datetime64
    last: np.datetime64
    source: str
    aliases: str


@dataclass(frozen=True, eq=False)
class Series:
    """The samples of one signal of one device, in the order of time.

    ``time`` is datetime64[ns], UTC; ``value`` float64, or texts (None: the source did not know);
    ``quality`` uint8: 0 is good, else a sum of the bits in :data:`QUALITY`. All have the shape
    (samples,); numbers are not copied on their way from the engine.
    """

    info: SeriesInfo
    time: npt.NDArray[np.datetime64]
    value: npt.NDArray[Any]
    quality: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.time)

    def to_pandas(self) -> pd.DataFrame:
        """Columns value and quality, by time (UTC)."""
        table = frame([], [])  # says what is missing where there is no pandas
        import pandas as pd

        index = pd.DatetimeIndex(self.time, name="time").tz_localize("UTC")
        table = pd.DataFrame({"value": self.value, "quality": self.quality}, index=index)
        return table

    def __repr__(self) -> str:
        unit = f" {self.info.unit}" if self.info.unit else ""
        name = f"{self.info.device}/{self.info.signal}"
        if not len(self):
            return f"{name}: no samples"
        return f"{name}: {len(self)} samples{unit}, {self.time[0]} to {self.time[-1]}"


class Store:
    """A store of telemetry, opened to be read; ``foretwin ingest`` may append to it meanwhile.

    Args:
        path: HDF5 file.

    Raises:
        InputError: when it is no store.
        EnvironmentError: when it cannot be read.

    One list of series, which :meth:`refresh` brings up to date:

    >>> store = Store("park.h5")                                           # doctest: +SKIP
    >>> pressure = store.read("1", "pressure", start="2015-01-05")         # doctest: +SKIP
    >>> pressure.value.mean()                                              # doctest: +SKIP
    """

    def __init__(self, path: AnyPath) -> None:
        self.path = Path(path)
        self._open: _engine.StoreReader | None = _engine.StoreReader(self.path)
        self._known: list[SeriesInfo] | None = None
        _OPEN.add(self)

    @property
    def _reader(self) -> _engine.StoreReader:
        if self._open is None:
            self._open = _engine.StoreReader(self.path)
        return self._open

    def _let_go(self, path: Path) -> None:
        if self.path.exists() and path.exists() and self.path.samefile(path):
            self._open = None
            self._known = None

    @property
    def series(self) -> list[SeriesInfo]:
        """Every series, by device and signal."""
        if self._known is None:
            self._known = [
                SeriesInfo(
                    one["device"],
                    one["signal"],
                    one["kind"],
                    one["unit"],
                    one["samples"],
                    _instant(one["first"], one["samples"]),
                    _instant(one["last"], one["samples"]),
                    one["source"],
                    one["aliases"],
                )
                for one in self._reader.series()
            ]
        return self._known

    @property
    def devices(self) -> list[str]:
        """Devices that have a series."""
        return list(dict.fromkeys(one.device for one in self.series))

    @property
    def signals(self) -> list[str]:
        """Signals that any device has."""
        return sorted({one.signal for one in self.series})

    def __len__(self) -> int:
        return len(self.series)

    def __iter__(self) -> Iterator[SeriesInfo]:
        return iter(self.series)

    def __getitem__(self, key: tuple[str, str]) -> Series:
        """All samples: ``store["Press 7", "power"]``."""
        return self.read(*key)

    def read(
        self,
        device: str,
        signal: str,
        start: Union[Moment, int] = None,
        end: Union[Moment, int] = None,
    ) -> Series:
        """The samples with ``start <= time < end``.

        Args:
            start: text, datetime or datetime64, UTC unless it has a zone; or nanoseconds since
                1970. From the beginning unless told.
            end: likewise; to the end unless told.

        Raises:
            KeyError: when there is no such series.
        """
        known = [one for one in self.series if one.device == device and one.signal == signal]
        if not known:
            raise KeyError(
                f"{self.path} has no series of device {device!r} and signal {signal!r}; "
                "`store.series` tells what there is"
            )
        limits = np.iinfo(np.int64)
        parts = self._reader.read(
            device, signal, _nanoseconds(start, limits.min), _nanoseconds(end, limits.max)
        )
        time = parts[0].view("datetime64[ns]")
        if len(parts) == 3:
            return Series(known[0], time, parts[1], parts[2])
        words = np.array([*parts[4], None], dtype=object)
        codes = np.where(parts[1] == _NOWHERE, len(words) - 1, parts[1])
        return Series(known[0], time, words[codes], parts[3])

    def refresh(self) -> Store:
        """Looks at what was appended since; gives back the store."""
        if self._open is not None:
            self._open.refresh()
        self._known = None
        return self

    def to_pandas(self) -> pd.DataFrame:
        """The list of series. Columns as in :class:`SeriesInfo`."""
        return frame((vars(one) for one in self.series), list(SeriesInfo.__dataclass_fields__))

    def _rows(self) -> list[tuple[str, str, str, str, str]]:
        return [
            (
                f"{one.device}/{one.signal}",
                one.unit,
                str(one.samples),
                _minute(one.first),
                _minute(one.last),
            )
            for one in self.series
        ]

    def __repr__(self) -> str:
        rows = self._rows()
        shown = rows if len(rows) <= 20 else rows[:19]
        widths = [max((len(row[i]) for row in shown), default=0) for i in range(5)]
        lines = [f"{self.path}: {len(rows)} series"]
        lines += [
            "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths)).rstrip()
            for row in shown
        ]
        if len(shown) < len(rows):
            lines.append(f"... and {len(rows) - len(shown)} more")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = self._rows()
        title = f"{self.path.name}: {len(rows)} series" + (
            ", the first 100" if len(rows) > 100 else ""
        )
        return html_table(title, ("series", "unit", "samples", "first (UTC)", "last"), rows[:100])


def _instant(nanoseconds: int, samples: int) -> np.datetime64:
    return np.datetime64(nanoseconds, "ns") if samples else np.datetime64("NaT", "ns")


def _minute(at: np.datetime64) -> str:
    return "" if np.isnat(at) else str(at.astype("datetime64[m]")).replace("T", " ")


def _nanoseconds(moment: Union[Moment, int], otherwise: int) -> int:
    """Since 1970, UTC; what lies beyond the range of such a count is its end."""
    if moment is None:
        return int(otherwise)
    lowest, highest = int(np.iinfo(np.int64).min), int(np.iinfo(np.int64).max)
    if isinstance(moment, (int, np.integer)):
        return min(max(int(moment), lowest), highest)
    if isinstance(moment, str):
        text = re.sub(r"Z$", "+00:00", moment.strip())
        if re.search(r"[+-]\d\d:\d\d$", text) is None:
            moment = np.datetime64(text)
        else:
            moment = datetime.datetime.fromisoformat(text)
    if isinstance(moment, datetime.datetime) and moment.tzinfo is not None:
        moment = moment.astimezone(datetime.timezone.utc).replace(tzinfo=None)
    at = moment if isinstance(moment, np.datetime64) else np.datetime64(moment)
    if np.isnat(at):
        raise ValueError("NaT is no moment; None stands for no limit")
    seconds = int(at.astype("datetime64[s]").astype("int64"))
    if abs(seconds) > highest // 10**9 - 1:
        return lowest if seconds < 0 else highest
    return int(at.astype("datetime64[ns]").astype("int64"))


def ingest(
    description: AnyPath,
    *,
    store: AnyPath,
    file: AnyPath | None = None,
    report: AnyPath | None = None,
    set_aside: AnyPath | None = None,
    run_for: str = "",
    until_idle: str = "",
    message: Callable[[str], object] | None = None,
    progress: Progress = None,
) -> Ingested:
    """Puts telemetry into a store by declared quality rules, from a file or a broker.

    Args:
        description: which file, what its columns mean, and what they are held to
            (``foretwin_ingest: 1``).
        store: HDF5 file; made when it is not there. What it has already is not stored twice.
        file: instead of the file that the description names; relative to the working folder.
        report: folder for quality.html, quality.txt and quality.json; made when missing.
        set_aside: CSV file for what is not stored; else beside the store.
        run_for: of a broker: end after this time (``"10 min"``); else at Ctrl-C.
        until_idle: of a broker: end when nothing came for so long (``"30 s"``).
        message: of a broker: called with lines of text about how it goes.
        progress: a bar (True), none (False), or a function of (bytes read, of how many).

    Raises:
        InputError: with every problem of the description, or for a file that it does not describe.
        EnvironmentError: when a file cannot be read or written, or the broker refuses us.
    """
    for one in list(_OPEN):
        one._let_go(Path(store))
    with Bar(progress, "bytes") as told:
        answer = _engine.ingest(
            Path(description),
            store=Path(store),
            file=str(Path(file).resolve()) if file is not None else "",
            report=Path(report) if report is not None else "",
            set_aside=Path(set_aside) if set_aside is not None else "",
            run_for=run_for,
            until_idle=until_idle,
            message=message,
            progress=told,
        )
    return Ingested(answer, Path(store))


class Ingested(Answer):
    """What the telemetry was worth: the quality report.

    ``tree`` is what ``foretwin ingest --json`` tells.
    """

    _result: _engine.IngestAnswer

    def __init__(self, engine: _engine.IngestAnswer, store: Path) -> None:
        super().__init__(engine)
        self._store = store

    @property
    def refused(self) -> bool:
        """Whether nothing was stored, because more was bad than the description allows."""
        return bool(self.tree["refused"])

    def __bool__(self) -> bool:
        return not self.refused

    @property
    def store(self) -> Store:
        """The store, to read from."""
        return Store(self._store)

    @property
    def set_aside(self) -> Path:
        """CSV file with what was not stored, one by one."""
        return Path(self._result.set_aside)

    @property
    def series(self) -> pd.DataFrame:
        """Counts of every series: received = accepted + rejected + late.

        Columns: device, signal, received, accepted, rejected, late, gaps, and one per defect.
        """
        rows: list[dict[str, Any]] = []
        columns = ["device", "signal", "received", "accepted", "rejected", "late", "gaps"]
        for device, signals in self.tree["devices"].items():
            for signal, one in signals.items():
                row = {
                    "device": device,
                    "signal": signal,
                    **{key: one[key] for key in columns[2:6]},
                }
                row["gaps"] = one["gaps"]["count"]
                row.update(one["defects"])
                columns += [name for name in one["defects"] if name not in columns]
                rows.append(row)
        return frame(rows, columns)

    def html(self) -> str:
        """The quality report as a self-contained page."""
        return self._result.html()

    def save_report(self, folder: AnyPath) -> Path:
        """Writes quality.html, quality.json and quality.txt, all or none, into a folder."""
        files = {"quality.html": self.html(), "quality.json": self._result.json_text()}
        return write_report(folder, {**files, "quality.txt": self.text(100)})

    def _repr_html_(self) -> str:
        keys = ("received", "accepted", "rejected", "late")
        rows = [(name, *(one[key] for key in keys)) for name, one in self.tree["signals"].items()]
        verdict = (
            "refused, nothing was stored" if self.refused else f"{self.tree['bad_share']:.2%} bad"
        )
        return html_table(f"{self.tree['source']}: {verdict}", ("signal", *keys), rows)
