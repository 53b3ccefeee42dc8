"""What can go wrong, as exceptions that keep where, what and the way out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["EnvironmentError", "InputError", "Problem"]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an input.

    ``line`` and ``column`` count from 1; 0 means unknown. ``hint`` is a way out, or empty.
    """

    file: str
    line: int
    column: int
    what: str
    hint: str

    def __str__(self) -> str:
        place = self.file
        if self.line:
            place += f":{self.line}"
        if self.line and self.column:
            place += f":{self.column}"
        text = f"{place}: {self.what}" if place else self.what
        return f"{text} ({self.hint})" if self.hint else text


class InputError(ValueError):
    """Wrong input. Carries every problem that was found, not only the first."""

    def __init__(self, problems: Iterable[Problem | tuple[str, int, int, str, str]]) -> None:
        self.problems: tuple[Problem, ...] = tuple(
            one if isinstance(one, Problem) else Problem(*one) for one in problems
        )
        super().__init__("\n".join(str(one) for one in self.problems))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class EnvironmentError(OSError):
    """The surroundings failed: a file, the network, memory."""
