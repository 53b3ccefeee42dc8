"""Replays: what machines did, by their own logs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _engine
from ._answer import (
    AnyPath,
    Answer,
    Moment,
    frame,
    html_table,
    instant,
    moment_text,
    number,
    write_report,
)
from ._progress import Bar, Progress

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Replay", "replay"]


def replay(
    profile: AnyPath,
    *logs: AnyPath,
    start: Moment = None,
    end: Moment = None,
    progress: Progress = None,
) -> Replay:
    """Drives the twin of the past with the logs of the machines.

    Args:
        profile: what the items of the logs mean, and where the logs are (``foretwin_profile: 1``).
        logs: SHDR or MTConnect logs in the order of time, packed with gzip or not; else those that
            the profile names.
        start: local time of the profile's zone; else with the first value that is told.
        end: local time; else up to the last observation.
        progress: a bar (True), none (False), or a function of (bytes done, bytes of this log).

    Raises:
        InputError: with every problem of the profile, or a log that is none.

    >>> past = replay("scenarios/library/machining_centre/profile.yaml")
    >>> past.devices
    ['Mazak01']
    >>> bool(abs(past.states["seconds"].sum() - past.tree["total"]["seconds"]) < 0.001)
    True
    """
    with Bar(progress, "bytes") as told:
        return Replay(
            _engine.replay(
                Path(profile),
                logs=[str(log) for log in logs],
                start=moment_text(start),
                end=moment_text(end),
                progress=told,
            )
        )


class Replay(Answer):
    """What machines did: states, causes, KPIs of every day, and what the profile left unclear.

    ``tree`` is what ``foretwin replay --json`` tells.
    """

    _result: _engine.ReplayResult

    @property
    def fingerprint(self) -> str:
        """Of all that was found: not of host, path, or how a log is cut into files."""
        return self._result.fingerprint

    @property
    def devices(self) -> list[str]:
        """The machines of the profile."""
        return list(self.tree["history"])

    @property
    def states(self) -> pd.DataFrame:
        """What each machine did when: the bars of a Gantt chart, in the order of time.

        Columns: device, state, begin, end (datetime64[ns], UTC), seconds, cause (of a failure, else
        empty).
        """
        rows = []
        for device, told in self.tree["history"].items():
            for one in told["intervals"]:
                begin, end = instant(one["from"]), instant(one["to"])
                rows.append(
                    {
                        "device": device,
                        "state": one["state"],
                        "begin": begin,
                        "end": end,
                        "seconds": (end - begin).astype("int64") / 1e9,
                        "cause": one.get("cause", ""),
                    }
                )
        return frame(rows, ["device", "state", "begin", "end", "seconds", "cause"])

    @property
    def kpis(self) -> pd.DataFrame:
        """KPIs by the formulas of forecasts, of every day and of all of them (``total``).

        Columns: day, device (empty: of all), kpi, value (NaN: undefined), unit, formula.
        """
        rows: list[dict[str, Any]] = []
        for stretch in [*self.tree["days"], self.tree["total"]]:
            parts = {"": stretch["kpis"]}
            parts.update({name: told["kpis"] for name, told in stretch["devices"].items()})
            for device, kpis in parts.items():
                rows += [
                    {
                        "day": stretch["label"],
                        "device": device,
                        "kpi": name,
                        "value": number(kpi["value"]),
                        "unit": kpi["unit"],
                        "formula": kpi.get("formula", ""),
                    }
                    for name, kpi in kpis.items()
                ]
        return frame(rows, ["day", "device", "kpi", "value", "unit", "formula"])

    @property
    def time_in_state(self) -> pd.DataFrame:
        """Seconds in every state: rows by day and device, a column per state; and ``unknown``."""
        rows = [
            {"day": day["label"], "device": name, **told["seconds_per_state"]}
            for day in self.tree["days"]
            for name, told in day["devices"].items()
        ]
        states = list(rows[0])[2:] if rows else []
        return frame(rows, ["day", "device", *states])

    def html(self) -> str:
        """A self-contained page: what each machine did, day by day, and why."""
        return self._result.html()

    def save_report(self, folder: AnyPath) -> Path:
        """Writes replay.html, replay.json and replay.txt, all or none, into a folder."""
        return write_report(
            folder,
            {
                "replay.html": self.html(),
                "replay.json": self._result.json_text(),
                "replay.txt": self.text(100),
            },
        )

    def _repr_html_(self) -> str:
        told = self.tree["total"]["kpis"]
        rows = []
        for name, kpi in told.items():
            unit = "" if kpi["unit"] == "1" else f" {kpi['unit']}"
            if kpi["value"] is not None:
                rows.append((name, f"{kpi['value']:.4g}{unit}", kpi.get("formula", "")))
        return html_table(
            f"{self.tree['name']}: {len(self.tree['days'])} days", ("KPI", "value", "formula"), rows
        )
