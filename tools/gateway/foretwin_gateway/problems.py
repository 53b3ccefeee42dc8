"""What is wrong with a configuration, told with its place and a way out; and what fails outside."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Place:
    """Where something stands; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclasses.dataclass(frozen=True)
class Problem:
    place: Place
    what: str
    hint: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}\n  {self.hint}"


class InputError(Exception):
    """Wrong input: all problems of a file at once. Exit code 2."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class EnvironmentFailure(Exception):
    """File, network or memory failed us. Exit code 3."""
