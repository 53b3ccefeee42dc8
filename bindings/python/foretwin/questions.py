"""The questions as functions, for who has a file and needs no scenario in hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Union

from .scenario import Scenario, Source, load
from .study import Study

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._options import StudyOptions

__all__ = ["compare", "run", "study"]

Asked = Union[Scenario, Source]


def _scenario(asked: Asked) -> Scenario:
    return asked if isinstance(asked, Scenario) else load(asked)


def run(scenario: Asked, *changes: str, **options: Unpack[StudyOptions]) -> Study:
    """Simulates the baseline, or the plant with these changes, as ``foretwin run``.

    Args:
        scenario: one, or what :func:`foretwin.load` takes.
        changes: names of changes, applied together.
        options: see :class:`foretwin._options.StudyOptions`.

    Raises:
        InputError: with every problem of the scenario or the options.
    """
    return _scenario(scenario).run(*changes, **options)


def compare(scenario: Asked, only: str | Iterable[str] = (),
            **options: Unpack[StudyOptions]) -> Study:
    """The baseline against every change, or those named, on the same futures.

    Arguments and errors as of :func:`run`.
    """
    return _scenario(scenario).compare(only, **options)


def study(scenario: Asked, alternatives: str | Iterable[Sequence[str] | str],
          **options: Unpack[StudyOptions]) -> Study:
    """The baseline and any sets of changes: ``[["A"], ["A", "B"]]``.

    Arguments and errors as of :func:`run`.
    """
    return _scenario(scenario).study(alternatives, **options)
