"""Where the figures of a study lie: with the engine, in memory after a journey, or in a file."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from .errors import InputError, Problem

Array = npt.NDArray[np.float64]


class Source(Protocol):
    """What a Study needs to know; ``_engine.StudyResult`` is one."""

    @property
    def fingerprint(self) -> str: ...
    @property
    def replications(self) -> int: ...
    @property
    def stopped(self) -> bool: ...
    @property
    def text(self) -> str: ...
    def json(self) -> dict[str, Any]: ...
    def futures(self, alternative: str, kpi: str) -> Array: ...


class Kept:
    """Figures as plain values: what a pickled study is made of."""

    def __init__(self, source: Source) -> None:
        self._tree = source.json()
        self.text = source.text
        self.stopped = source.stopped
        self._futures = {
            (name, kpi): np.array(source.futures(name, kpi))
            for name, alternative in self._tree["alternatives"].items()
            for kpi in alternative["kpis"]
        }
        self._seal()

    def _seal(self) -> None:
        for array in self._futures.values():
            array.flags.writeable = False

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._seal()

    @property
    def fingerprint(self) -> str:
        return str(self._tree["fingerprint"])

    @property
    def replications(self) -> int:
        return int(self._tree["replications"])

    def json(self) -> dict[str, Any]:
        return copy.deepcopy(self._tree)

    def futures(self, alternative: str, kpi: str) -> Array:
        return self._futures[named(self._tree["alternatives"], alternative, kpi)]


class Stored:
    """A study.h5 that is read when asked. The file is opened for each look, so that a study can go
    to other threads and processes; it may be deleted only when nobody asks any more."""

    def __init__(self, path: str | os.PathLike[str], fingerprint: str | None = None) -> None:
        self.path = Path(path).absolute()
        if fingerprint is not None:  # of the study that was pickled: another one is refused
            self.fingerprint = fingerprint
        with self._open() as file:
            if not {"layout", "fingerprint"} <= set(file.attrs) or "result" not in file:
                raise self._wrong(
                    "no study of Foretwin", "foretwin run FILE --out FOLDER writes one"
                )
            if int(file.attrs["layout"]) != 1:
                raise self._wrong(
                    f"has layout {int(file.attrs['layout'])}; this version reads layout 1",
                    "read it with the version that wrote it, or newer",
                )
            self.fingerprint = str(_text(file.attrs["fingerprint"]))
            self.replications = int(file.attrs["replications"])
            self._names = {
                _text(name): row for row, name in enumerate(file["alternatives/name"][()])
            }

    def __reduce__(self) -> tuple[type[Stored], tuple[Path, str]]:
        return Stored, (self.path, self.fingerprint)

    def _wrong(self, what: str, hint: str) -> InputError:
        return InputError([Problem(str(self.path), 0, 0, what, hint)])

    def _open(self) -> Any:
        try:
            import h5py
        except ImportError:
            raise ImportError("study files need h5py: pip install h5py") from None
        if not self.path.exists():
            raise FileNotFoundError(f"there is no file {self.path}")
        try:
            file = h5py.File(self.path, "r")
        except OSError as error:
            raise self._wrong("is no HDF5 file that can be read", str(error)) from None
        known = getattr(self, "fingerprint", None)
        if known is not None and _text(file.attrs.get("fingerprint", "")) != known:
            file.close()
            raise self._wrong("holds another study since it was opened", "open it again")
        return file

    @property
    def stopped(self) -> bool:
        return bool(self.json().get("stopped", False))

    @property
    def text(self) -> str:
        with self._open() as file:
            return _text(file["provenance/scenario"][()])

    def json(self) -> dict[str, Any]:
        with self._open() as file:
            tree: dict[str, Any] = json.loads(file["result"][()])
        return tree

    def futures(self, alternative: str, kpi: str) -> Array:
        with self._open() as file:
            table = file["kpis"].get(kpi)
            if alternative not in self._names or table is None or not hasattr(table, "dtype"):
                tree = json.loads(file["result"][()])["alternatives"]
                named(tree, alternative, kpi)
                raise KeyError(f"{self.path} has no futures of '{kpi}'")
            array: Array = table[self._names[alternative], :]
        array.flags.writeable = False
        return array


def named(alternatives: Mapping[str, Any], alternative: str, kpi: str) -> tuple[str, str]:
    """Both names, when the study has them; KeyError with those that it has."""
    if alternative not in alternatives:
        raise KeyError(
            f"the study has no alternative '{alternative}': it has {', '.join(alternatives)}"
        )
    known = alternatives[alternative]["kpis"]
    if kpi not in known:
        raise KeyError(f"'{alternative}' has no KPI '{kpi}': it has {', '.join(known)}")
    return alternative, kpi


def _text(value: Any) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)
