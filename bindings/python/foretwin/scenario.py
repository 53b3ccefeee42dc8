"""Scenarios: read, looked at, edited, and put questions to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

from . import _engine, _html
from .catalogue import Check
from .errors import InputError, Problem
from .study import Study, ask, ask_async

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._options import StudyOptions

__all__ = ["Scenario", "load"]

Source = Union[str, "os.PathLike[str]", Mapping[str, Any]]


def load(source: Source, folder: str | os.PathLike[str] | None = None) -> Scenario:
    """A scenario from a file, from text, or from a dict.

    Args:
        source: path of a YAML or JSON file; the text of one (it has a line break, or begins with
            ``foretwin:`` or ``{``); or the same tree as a dict.
        folder: where relative files of a text or a dict start; the working folder unless told.

    Raises:
        InputError: with every problem of the file and its place.
    """
    base = Path(folder) if folder is not None else Path.cwd()
    if isinstance(source, Mapping):
        scenario = Scenario(_engine.Scenario.of_tree(dict(source), base, "scenario"))
        scenario._engine.check()
        return scenario
    text = os.fspath(source)
    if isinstance(source, str) and ("\n" in text or text.lstrip().startswith(("foretwin:", "{"))):
        return Scenario(_engine.Scenario.parse(text, base, "scenario"))
    return Scenario(_engine.Scenario.read(Path(text)))


class Scenario:
    """A plant, its time, its money, its KPIs, and named changes to it.

    Values are reached by path, as changes do: relative to the devices (``"Filler/cycle"``), or from
    the top with a slash in front (``"/time/horizon"``). Edits are checked when the scenario is run,
    or by :meth:`check`.
    """

    def __init__(self, engine: _engine.Scenario | None = None) -> None:
        if engine is None:
            engine = _engine.Scenario.of_tree({"foretwin": 1}, Path.cwd(), "scenario")
        self._engine = engine

    # -- what is in it ----------------------------------------------------------------------------

    def __getitem__(self, path: str) -> Any:
        return self._engine.get(path)

    def __setitem__(self, path: str, value: Any) -> None:
        self._engine.set(path, value)

    def __delitem__(self, path: str) -> None:
        self._engine.remove(path)

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self._engine.has(path)

    @property
    def name(self) -> str:
        """Its title."""
        return str(self._engine.get("/name")) if self._engine.has("/name") else ""

    @property
    def changes(self) -> list[str]:
        """The names of its changes, in file order."""
        tree = self._engine.get("/changes") if self._engine.has("/changes") else None
        return list(tree) if isinstance(tree, dict) else []

    def to_dict(self) -> dict[str, Any]:
        """The whole tree, as it was written."""
        tree: dict[str, Any] = self._engine.tree()
        return tree

    def to_yaml(self) -> str:
        """The file as it was written; after an edit, the tree written down again."""
        return self._engine.text()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes :meth:`to_yaml` to a file."""
        Path(path).write_text(self.to_yaml(), encoding="utf-8")

    def copy(self) -> Scenario:
        """Another one that can be edited without touching this."""
        return Scenario(self._engine.copy())

    def __copy__(self) -> Scenario:
        return self.copy()

    def __deepcopy__(self, memo: dict[int, Any]) -> Scenario:
        return self.copy()

    def __reduce__(self) -> tuple[Any, tuple[str, str, str, bool]]:
        one = self._engine
        return _restored, (one.text(), str(one.folder), one.name, one.edited)

    # -- edits ------------------------------------------------------------------------------------

    def change(
        self,
        name: str,
        *,
        set: Mapping[str, Any] | None = None,  # noqa: A002 - the word of the file
        scale: Mapping[str, float] | None = None,
        add: Mapping[str, Any] | None = None,
        remove: Sequence[str] | None = None,
        invest: str | None = None,
        running_cost: str | None = None,
        life: str | None = None,
        combine: Sequence[str] | None = None,
        description: str | None = None,
    ) -> Scenario:
        """Adds a named change, or puts another in its place; gives back the scenario.

        The keys are those of section ``changes`` of a scenario file, money and times with units.
        """
        written = {
            "description": description,
            "combine": combine,
            "set": set,
            "scale": scale,
            "add": add,
            "remove": remove,
            "invest": invest,
            "running_cost": running_cost,
            "life": life,
        }
        told = {key: _plain(value) for key, value in written.items() if value is not None}
        self._engine.set(f"/changes/{name}", told)
        return self

    def check(self) -> Check:
        """Reads and builds the whole scenario, with every change: what it is, and what was assumed.

        Raises:
            InputError: with every problem.
        """
        return Check(self._engine)

    # -- questions --------------------------------------------------------------------------------

    def run(self, *changes: str, **options: Unpack[StudyOptions]) -> Study:
        """Simulates one alternative: the baseline, or the plant with these changes.

        Keyword arguments are those of :class:`foretwin._options.StudyOptions`.
        """
        return ask(self._engine, "run", [_names("run", changes)], **options)

    async def run_async(self, *changes: str, **options: Unpack[StudyOptions]) -> Study:
        """The same, while other tasks of the event loop go on; cancelling the task stops it."""
        return await ask_async(self._engine, "run", [_names("run", changes)], **options)

    def compare(self, only: str | Iterable[str] = (), **options: Unpack[StudyOptions]) -> Study:
        """The baseline against every change, or against those named, on the same futures."""
        return ask(self._engine, "compare", [_names("compare", only)], **options)

    async def compare_async(
        self, only: str | Iterable[str] = (), **options: Unpack[StudyOptions]
    ) -> Study:
        """The same, while other tasks of the event loop go on."""
        return await ask_async(self._engine, "compare", [_names("compare", only)], **options)

    def study(
        self, alternatives: str | Iterable[Sequence[str] | str], **options: Unpack[StudyOptions]
    ) -> Study:
        """The baseline and any sets of changes: ``[["A"], ["A", "B"]]``."""
        told = [alternatives] if isinstance(alternatives, str) else alternatives
        sets = [_names("study", one) for one in told]
        return ask(self._engine, "study", [[], *sets], **options)

    # -- how it shows itself ----------------------------------------------------------------------

    def _rows(self) -> list[tuple[str, str, str]]:
        """Name, type and values of fleets and devices."""
        rows = []
        for section, kind in (("/fleets", "fleet of "), ("/devices", "")):
            tree = self._engine.get(section) if self._engine.has(section) else None
            if not isinstance(tree, dict):
                rows += [(section, "", _short(tree))] if tree is not None else []
                continue
            for name, device in tree.items():
                one = device.get("device") or {} if kind and isinstance(device, dict) else device
                if isinstance(one, dict):
                    rows.append((name, kind + _kind(one), ", ".join(_told(one))))
                else:  # no device yet: an edit that check() will name
                    rows.append((name, "", _short(one)))
        return rows

    def __repr__(self) -> str:
        rows = self._rows()
        width = max((len(row[0]) for row in rows), default=0)
        kinds = max((len(row[1]) for row in rows), default=0)
        lines = [f"Scenario: {self.name or '(no name)'}"]
        lines += [
            f"  {name:<{width}}  {kind:<{kinds}}  {_cut(told, 90 - width - kinds)}"
            for name, kind, told in rows
        ]
        if self.changes:
            lines.append("changes: " + ", ".join(self.changes))
        return "\n".join(line.rstrip() for line in lines)

    def _repr_html_(self) -> str:
        return _html.scenario(self)


def _restored(text: str, folder: str, name: str, edited: bool) -> Scenario:
    """A scenario that was pickled, with its edits."""
    return Scenario(_engine.Scenario.restore(text, folder, name, edited))


def _names(question: str, changes: str | Iterable[str]) -> list[str]:
    """Names of changes; a text is one name."""
    told = [changes] if isinstance(changes, str) or not isinstance(changes, Iterable) else changes
    names = list(told)
    for one in names:
        if not isinstance(one, str):
            what = f"{question} takes names of changes, not {one!r}"
            hint = 'as in run("A", "B") or study([["A"], ["A", "B"]])'
            raise InputError([Problem("", 0, 0, what, hint)])
    return names


def _kind(device: Mapping[str, Any]) -> str:
    return str(device.get("type", f"like {device['like']}" if "like" in device else ""))


def _told(device: Mapping[str, Any]) -> list[str]:
    return [
        f"{key} {_short(value)}" for key, value in device.items() if key not in ("type", "like")
    ]


def _plain(value: Any, levels: int = 64) -> Any:
    """Mappings as dicts, other iterables as lists; the engine refuses what is deeper."""
    if isinstance(value, Mapping) and levels > 0:
        return {key: _plain(one, levels - 1) for key, one in value.items()}
    return list(value) if isinstance(value, (list, tuple, set)) else value


def _short(value: Any) -> str:
    if isinstance(value, dict):
        inner = ", ".join(f"{key}: {_short(one)}" for key, one in value.items())
        return _cut("{" + inner + "}", 40)
    if isinstance(value, list):
        return _cut("[" + ", ".join(_short(one) for one in value) + "]", 40)
    return str(value)


def _cut(text: str, length: int) -> str:
    length = max(length, 20)
    return text if len(text) <= length else text[: length - 1] + "…"
