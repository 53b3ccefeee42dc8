"""Foretwin: the digital twin simulation engine that planners trust before they change a plant.

>>> import foretwin as ft                                       # doctest: +SKIP
>>> scenario = ft.load("scenarios/library/bottling_line/scenario.yaml")
"""

from __future__ import annotations

from ._engine import version as __version__
from .devices import (
    Device,
    calendar,
    choice,
    draws,
    figure,
    flow,
    law,
    parameter,
    power,
    state,
    text,
    timer,
)
from .errors import EnvironmentError, InputError, Problem
from .questions import compare, run, study
from .scenario import Scenario, load
from .study import Alternative, Figure, Study, Target, open_study

__all__ = [
    "Alternative",
    "Device",
    "EnvironmentError",
    "Figure",
    "InputError",
    "Problem",
    "Scenario",
    "Study",
    "Target",
    "calendar",
    "choice",
    "compare",
    "draws",
    "figure",
    "flow",
    "law",
    "load",
    "open_study",
    "parameter",
    "power",
    "run",
    "state",
    "study",
    "text",
    "timer",
]
