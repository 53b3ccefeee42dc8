"""What the answers of the verbs have in common: a tree, a text, and how they show themselves."""

from __future__ import annotations

import datetime
import html as markup
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

#: A date and time: text as the command line takes it, or any of Python's own.
Moment = Union[None, str, datetime.datetime, np.datetime64]
AnyPath = Union[str, "os.PathLike[str]"]


def moment_text(moment: Moment) -> str:
    """As the engine reads it; empty for None."""
    if moment is None:
        return ""
    if isinstance(moment, datetime.datetime):
        return moment.isoformat()
    return str(moment)


def instant(text: str) -> np.datetime64:
    """Of a text in UTC, as the engine writes it."""
    return np.datetime64(
        text.removesuffix("Z") if hasattr(text, "removesuffix") else text.rstrip("Z"), "ns"
    )


def number(value: Any) -> float:
    """NaN for what the tree has as null."""
    return float("nan") if value is None else float(value)


def frame(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    """A pandas table of these columns, also when there is no row."""
    try:
        import pandas as pd
    except ImportError:
        raise ImportError("tables need pandas: pip install pandas") from None
    return pd.DataFrame(list(rows), columns=list(columns))


def html_table(title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A small table for notebooks; all text is escaped."""

    def cells(values: Sequence[object], tag: str) -> str:
        return "".join(f"<{tag}>{markup.escape(str(one))}</{tag}>" for one in values)

    body = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in rows)
    return (
        f"<table><caption><b>{markup.escape(title)}</b></caption>"
        f"<thead><tr>{cells(head, 'th')}</tr></thead><tbody>{body}</tbody></table>"
    )


def html_text(text: str) -> str:
    """A text of the terminal for notebooks."""
    return f"<pre>{markup.escape(text)}</pre>"


def write_report(folder: AnyPath, files: Mapping[str, str]) -> Path:
    """Writes files that belong together into a folder, which is made: all or none.

    Raises:
        EnvironmentError: when they cannot be written.
    """
    from . import _engine

    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    _engine.write_whole_files([(place / name, text) for name, text in files.items()])
    return place


class Answer:
    """What a verb found. ``tree`` has everything, under stable paths; the rest is for people."""

    def __init__(self, engine: Any) -> None:
        self._result = engine
        self._tree: dict[str, Any] | None = None

    @property
    def tree(self) -> dict[str, Any]:
        """Everything, as the command line tells it with ``--json``."""
        if self._tree is None:
            self._tree = self._result.json()
        return self._tree

    def text(self, columns: int = 100) -> str:
        """For a terminal so many characters wide."""
        return str(self._result.text(columns))

    def __repr__(self) -> str:
        return self.text()
