"""What can stand in a scenario, and what a scenario that was checked is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from . import _engine
from ._answer import frame, html_table, html_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Catalogue", "Check", "DeviceType", "devices"]


def devices() -> Catalogue:
    """Every device type with its parameters.

    >>> devices()["station"]["cycle"]["kind"]
    'distribution'
    """
    return Catalogue(_engine.devices()["devices"])


class DeviceType(Mapping[str, Any]):
    """A device type: its parameters by name.

    A parameter is a dict with name, kind, required, meaning, and unit, lowest, highest, default,
    choices and children where it has them.
    """

    def __init__(self, tree: dict[str, Any]) -> None:
        self.tree = tree

    @property
    def name(self) -> str:
        """As scenarios write it under ``type``."""
        return str(self.tree["type"])

    @property
    def summary(self) -> str:
        """What it is, in one sentence."""
        return str(self.tree["summary"])

    @property
    def limits(self) -> str:
        """What it does not do; may be empty."""
        return str(self.tree["limits"])

    def __getitem__(self, name: str) -> dict[str, Any]:
        for one in self.tree["parameters"]:
            if one["name"] == name:
                found: dict[str, Any] = one
                return found
        raise KeyError(f"a {self.name} has no parameter '{name}'; it has {', '.join(self)}")

    def __iter__(self) -> Iterator[str]:
        return (one["name"] for one in self.tree["parameters"])

    def __len__(self) -> int:
        return len(self.tree["parameters"])

    def _rows(self) -> list[tuple[str, str, str, str]]:
        rows: list[tuple[str, str, str, str]] = []

        def add(parameters: list[dict[str, Any]], depth: int) -> None:
            for one in parameters:
                usual = "required" if one["required"] else str(one.get("default", ""))
                rows.append(("  " * depth + one["name"], one["kind"], usual, one["meaning"]))
                add(one.get("children", []), depth + 1)

        add(self.tree["parameters"], 0)
        return rows

    def to_pandas(self) -> pd.DataFrame:
        """Columns: parameter (children indented), kind, default, meaning."""
        head = ["parameter", "kind", "default", "meaning"]
        return frame((dict(zip(head, row)) for row in self._rows()), head)

    def __repr__(self) -> str:
        rows = self._rows()
        widths = [max(len(row[i]) for row in rows) for i in range(3)] if rows else [0, 0, 0]
        lines = [f"{self.name}: {self.summary}"]
        lines += [
            "  ".join(f"{row[i]:<{widths[i]}}" for i in range(3)) + f"  {row[3]}" for row in rows
        ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = [(row[0].replace(" ", "\u00a0"), *row[1:]) for row in self._rows()]
        return html_table(
            f"{self.name}: {self.summary}", ("parameter", "kind", "default", "meaning"), rows
        )


class Catalogue(Mapping[str, DeviceType]):
    """All device types by name: what ``foretwin devices --json`` tells."""

    def __init__(self, tree: list[dict[str, Any]]) -> None:
        self.tree = tree

    def __getitem__(self, name: str) -> DeviceType:
        for one in self.tree:
            if one["type"] == name:
                return DeviceType(one)
        _engine.device(name)  # raises InputError with the nearest name
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return any(one["type"] == name for one in self.tree)

    def __iter__(self) -> Iterator[str]:
        return (one["type"] for one in self.tree)

    def __len__(self) -> int:
        return len(self.tree)

    def to_pandas(self) -> pd.DataFrame:
        """Columns: type, summary, limits, parameters (how many)."""
        rows = [
            {
                **{key: one[key] for key in ("type", "summary", "limits")},
                "parameters": len(one["parameters"]),
            }
            for one in self.tree
        ]
        return frame(rows, ["type", "summary", "limits", "parameters"])

    def __repr__(self) -> str:
        width = max((len(name) for name in self), default=0)
        return "\n".join(f"{one['type']:<{width}}  {one['summary']}" for one in self.tree)

    def _repr_html_(self) -> str:
        return html_table(
            "Device types", ("type", "what"), [(one["type"], one["summary"]) for one in self.tree]
        )


class Check:
    """A scenario that is right, with every change: what it is, and what was assumed.

    ``tree`` is what ``foretwin check --json`` tells.
    """

    def __init__(self, scenario: _engine.Scenario) -> None:
        self.tree: dict[str, Any]
        self.tree, self._text = _engine.check(scenario, 100)

    @property
    def devices(self) -> pd.DataFrame:
        """Columns: name, type, fleet (empty: none), machines."""
        return frame(self.tree["devices"], ["name", "type", "fleet", "machines"])

    @property
    def calendars(self) -> dict[str, float]:
        """Open hours per week by name."""
        return {one["name"]: float(one["hours_per_week"]) for one in self.tree["calendars"]}

    @property
    def alternatives(self) -> list[str]:
        """The baseline and every change."""
        return [one["name"] for one in self.tree["alternatives"]]

    @property
    def assumptions(self) -> dict[str, str]:
        """What no record supports, with its range."""
        return {one["name"]: one["value"] for one in self.tree["assumptions"]}

    @property
    def warnings(self) -> list[str]:
        """Loops that may lock."""
        return list(self.tree["warnings"])

    @property
    def notes(self) -> list[str]:
        """What was assumed where the scenario is silent."""
        return list(self.tree["notes"])

    def text(self) -> str:
        """What ``foretwin check`` prints, in 100 columns."""
        return self._text

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        return html_text(self._text)
