"""Foretwin: the digital twin simulation engine that planners trust before they change a plant.

>>> import foretwin as ft
>>> scenario = ft.load("scenarios/library/bottling_line/scenario.yaml")
>>> study = scenario.compare(replications=16, progress=False)
>>> list(study)[0]
'baseline'
"""

from __future__ import annotations

from . import plots
from ._engine import version as __version__
from .backtesting import Backtest, backtest
from .calibration import Fit, Validation, fit
from .catalogue import Catalogue, Check, DeviceType, devices
from .device import (
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
from .living import Living, imitate, live
from .questions import compare, run, study
from .replaying import Replay, replay
from .scenario import Scenario, load
from .study import Alternative, Figure, Study, Target, open_study
from .telemetry import Ingested, Series, SeriesInfo, Store, ingest

__all__ = [
    "Alternative",
    "Backtest",
    "Catalogue",
    "Check",
    "Device",
    "DeviceType",
    "EnvironmentError",
    "Figure",
    "Fit",
    "Ingested",
    "InputError",
    "Living",
    "Problem",
    "Replay",
    "Scenario",
    "Series",
    "SeriesInfo",
    "Store",
    "Study",
    "Target",
    "Validation",
    "backtest",
    "calendar",
    "choice",
    "compare",
    "devices",
    "draws",
    "figure",
    "fit",
    "flow",
    "imitate",
    "ingest",
    "law",
    "live",
    "load",
    "open_study",
    "parameter",
    "plots",
    "power",
    "run",
    "replay",
    "state",
    "study",
    "text",
    "timer",
]
