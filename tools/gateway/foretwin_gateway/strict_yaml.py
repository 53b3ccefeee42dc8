"""YAML read strictly: every entry keeps its place, every key must be known, all problems are told.

A reader method that finds something wrong notes the problem and returns None (or its default), so
that reading goes on and one run tells everything that is wrong with a file.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable, Iterator

import yaml

from .problems import InputError, Place, Problem

DURATION_SECONDS = {"ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "day": 86400.0,
                    "days": 86400.0}
SIZE_BYTES = {"kB": 1e3, "MB": 1e6, "GB": 1e9}
NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
INTEGER = re.compile(r"[-+]?\d+")


class Entry:
    """One node of the file together with what it is called and where problems are noted."""

    def __init__(self, node: yaml.Node, file: str, problems: list[Problem], name: str) -> None:
        self.node = node
        self.file = file
        self.problems = problems
        self.name = name
        self._children: dict[str, Entry] | None = None

    @property
    def place(self) -> Place:
        mark = self.node.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1)

    def refuse(self, what: str, hint: str) -> None:
        self.problems.append(Problem(self.place, what, hint))

    def children(self) -> dict[str, Entry]:
        """The keys of a mapping in file order; anything else is refused, once."""
        if self._children is None:
            self._children = self._read_children()
        return self._children

    def _read_children(self) -> dict[str, Entry]:
        if not isinstance(self.node, yaml.MappingNode):
            self.refuse(f"'{self.name}' is no mapping", f"write keys below it, as in "
                        f"{self.name}: {{key: value}}")
            return {}
        found: dict[str, Entry] = {}
        for key, value in self.node.value:
            here = Entry(key, self.file, self.problems, self.name)
            if not isinstance(key, yaml.ScalarNode):
                here.refuse("a key is no text", "write a name followed by a colon")
            elif key.value in found:
                here.refuse(f"'{key.value}' stands twice in '{self.name}'",
                            "remove one of the two; names are unique")
            else:
                found[key.value] = Entry(value, self.file, self.problems, key.value)
        return found

    def fields(self, known: Iterable[str], needed: Iterable[str] = ()) -> Fields:
        """The keys of a mapping with fixed words; unknown and missing ones are told."""
        known = list(known)
        children = self.children()
        for name, child in children.items():
            if name not in known:
                child.refuse(f"unknown key '{name}' in '{self.name}'", suggest(name, known))
        if isinstance(self.node, yaml.MappingNode):
            for name in needed:
                if name not in children:
                    self.refuse(f"'{self.name}' has no '{name}'", f"add {name}: below it")
        return Fields(self, children)

    def items(self) -> Iterator[tuple[str, Entry]]:
        """The keys of a mapping whose names are the user's; 1 to 64 printable characters."""
        for name, child in self.children().items():
            if not 1 <= len(name) <= 64 or not name.isprintable() or re.search(r"[/#+]", name):
                child.refuse(f"'{name}' is no name", "names have 1 to 64 printable characters "
                             "without / # and +, which topics keep for themselves")
            else:
                yield name, child

    def scalar(self, expected: str) -> str | None:
        if not isinstance(self.node, yaml.ScalarNode) or self.node.value == "":
            self.refuse(f"'{self.name}' holds no {expected}", f"write {self.name}: {expected}")
            return None
        return self.node.value

    def text(self) -> str | None:
        return self.scalar("text")

    def choice(self, words: Iterable[str]) -> str | None:
        words = list(words)
        value = self.scalar(" | ".join(words))
        if value is not None and value not in words:
            self.refuse(f"'{self.name}' cannot be '{value}'", suggest(value, words))
            return None
        return value

    def integer(self, lowest: int, highest: int) -> int | None:
        value = self.scalar("integer")
        if value is None:
            return None
        if not INTEGER.fullmatch(value) or not lowest <= int(value) <= highest:
            self.refuse(f"'{self.name}' cannot be '{value}'",
                        f"an integer from {lowest} to {highest} is expected")
            return None
        return int(value)

    def number(self, lowest: float = -math.inf) -> float | None:
        value = self.scalar("number")
        if value is None:
            return None
        if not NUMBER.fullmatch(value) or not math.isfinite(float(value)) or float(value) < lowest:
            bound = f" of at least {lowest:g}" if lowest > -math.inf else ""
            self.refuse(f"'{self.name}' cannot be '{value}'", f"a number{bound} is expected")
            return None
        return float(value)

    def truth(self) -> bool | None:
        value = self.choice(["true", "false"])
        return None if value is None else value == "true"

    def with_unit(self, units: dict[str, float], lowest: float, example: str) -> float | None:
        value = self.scalar(example)
        if value is None:
            return None
        match = re.fullmatch(r"(\S+)\s+(\S+)", value)
        if not match or not NUMBER.fullmatch(match[1]) or match[2] not in units:
            self.refuse(f"'{self.name}' cannot be '{value}'",
                        f"a number and a unit ({', '.join(units)}) are expected, as in {example}")
            return None
        amount = float(match[1]) * units[match[2]]
        if not lowest <= amount <= 1e15:
            self.refuse(f"'{value}' is out of range for '{self.name}'",
                        f"write something like {example}")
            return None
        return amount

    def seconds(self, lowest: float = 1e-3) -> float | None:
        return self.with_unit(DURATION_SECONDS, lowest, "500 ms")

    def size_bytes(self) -> int | None:
        size = self.with_unit(SIZE_BYTES, 100e3, "64 MB")
        return None if size is None else int(size)


class Fields:
    """The known keys of one mapping, read one by one."""

    def __init__(self, entry: Entry, children: dict[str, Entry]) -> None:
        self.entry = entry
        self.children = children

    def __contains__(self, name: str) -> bool:
        return name in self.children

    def __getitem__(self, name: str) -> Entry:
        return self.children[name]

    def read(self, name: str, how: Callable, default=None, **limits):
        """The value of a key by a method of Entry; the default when it is absent or wrong."""
        if name not in self.children:
            return default
        value = how(self.children[name], **limits)
        return default if value is None else value

    def one_of(self, words: Iterable[str]) -> str | None:
        """Exactly one of these keys must stand here; its name."""
        words = list(words)
        found = [word for word in words if word in self.children]
        if len(found) == 1:
            return found[0]
        told = "none" if not found else " and ".join(found)
        self.entry.refuse(f"'{self.entry.name}' has {told} of {', '.join(words)}",
                          f"write exactly one of {', '.join(words)}")
        return None


def suggest(word: str, known: Iterable[str]) -> str:
    known = list(known)
    close = difflib.get_close_matches(word, known, 1)
    listed = f"known: {', '.join(known)}"
    return f"did you mean '{close[0]}'? {listed}" if close else listed


def parse(text: str, file: str, problems: list[Problem]) -> Entry:
    """The top of a file; text that is no YAML raises InputError at once."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1 if mark else 1, mark.column + 1 if mark else 1)
        raise InputError([Problem(place, f"this is no YAML: {error.problem}",
                                  "check indentation, colons and quotes here")]) from None
    except yaml.YAMLError as error:
        told = str(error).splitlines()[0]
        raise InputError([Problem(Place(file, 1, 1), f"this is no YAML: {told}",
                                  "write plain UTF-8 text")]) from None
    except RecursionError:
        raise InputError([Problem(Place(file, 1, 1), "this is nested too deeply",
                                  "a configuration has seven levels")]) from None
    if node is None:
        raise InputError([Problem(Place(file, 1, 1), "the file is empty",
                                  "begin with foretwin_gateway: 1")])
    return Entry(node, file, problems, "the file")
