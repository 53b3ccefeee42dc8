# The types of the extension module; written by tests/bindings/python/stubs.sh --write.
from __future__ import annotations
import collections.abc
import numpy.typing
import os
import pathlib
import typing

class _Pybind11Type(type): ...

class Place(metaclass=_Pybind11Type):

    @property
    def column(self) -> int: ...

    @property
    def file(self) -> str: ...

    @property
    def line(self) -> int: ...

class Problem(metaclass=_Pybind11Type):

    def __str__(self) -> str: ...

    @property
    def hint(self) -> str: ...

    @property
    def place(self) -> Place: ...

    @property
    def what(self) -> str: ...

class Scenario(metaclass=_Pybind11Type):

    @staticmethod
    def of_tree(
        tree: dict[str, typing.Any],
        folder: os.PathLike[str] | str | bytes,
        name: str,
    ) -> Scenario: ...

    @staticmethod
    def parse(text: str, folder: os.PathLike[str] | str | bytes, name: str) -> Scenario: ...

    @staticmethod
    def read(path: os.PathLike[str] | str | bytes) -> Scenario: ...

    @staticmethod
    def restore(
        text: str,
        folder: os.PathLike[str] | str | bytes,
        name: str,
        edited: bool,
    ) -> Scenario: ...

    def check(self) -> None: ...

    def copy(self) -> Scenario: ...

    def get(self, arg0: str) -> typing.Any: ...

    def has(self, arg0: str) -> bool: ...

    def remove(self, arg0: str) -> None: ...

    def set(self, arg0: str, arg1: typing.Any) -> None: ...

    def text(self) -> str: ...

    def tree(self) -> typing.Any: ...

    @property
    def edited(self) -> bool: ...

    @property
    def folder(self) -> pathlib.Path: ...

    @property
    def name(self) -> str: ...

class DeviceBase:

    def after(self, *args: typing.Any, **kwargs: typing.Any) -> typing.Any: ...

    def cancel(self, *args: typing.Any, **kwargs: typing.Any) -> typing.Any: ...

    def due(self, *args: typing.Any, **kwargs: typing.Any) -> typing.Any: ...

    def exponential(self, *args: typing.Any, **kwargs: typing.Any) -> typing.Any: ...

    def gamma(self, *args: typing.Any, **kwargs: typing.Any) -> typing.Any: ...

    def let_in(self, *args: typing.Any, **kwargs: typing.Any) -> typing.Any: ...

    def lognormal(self, *args: typing.Any, **kwargs: typing.Any) -> typing.Any: ...

    def normal(self, *args: typing.Any, **kwargs: typing.Any) -> typing.Any: ...

    def part_arrived(self, *args: typing.Any, **kwargs: typing.Any) -> typing.Any: ...

    def part_entered(self, *args: typing.Any, **kwargs: typing.Any) -> typing.Any: ...

    def part_number(self, *args: typing.Any, **kwargs: typing.Any) -> typing.Any: ...

    def part_source(self, *args: typing.Any, **kwargs: typing.Any) -> typing.Any: ...

    def part_visits(self, *args: typing.Any, **kwargs: typing.Any) -> typing.Any: ...

    def record(self, *args: typing.Any, **kwargs: typing.Any) -> typing.Any: ...

    def sample(self, *args: typing.Any, **kwargs: typing.Any) -> typing.Any: ...

    def scrap(self, *args: typing.Any, **kwargs: typing.Any) -> typing.Any: ...

    def send_on(self, *args: typing.Any, **kwargs: typing.Any) -> typing.Any: ...

    def set_power(self, *args: typing.Any, **kwargs: typing.Any) -> typing.Any: ...

    def uniform(self, *args: typing.Any, **kwargs: typing.Any) -> typing.Any: ...

    def weibull(self, *args: typing.Any, **kwargs: typing.Any) -> typing.Any: ...

    def whole(self, *args: typing.Any, **kwargs: typing.Any) -> typing.Any: ...

    def __delattr__(self, name: str, /) -> None: ...

    def __setattr__(self, name: str, value: typing.Any, /) -> None: ...

    @property
    def capacity(self) -> typing.Any: ...

    @property
    def name(self) -> typing.Any: ...

    @property
    def now(self) -> typing.Any: ...

    @property
    def now_ns(self) -> typing.Any: ...

    @property
    def on_shift(self) -> typing.Any: ...

    @property
    def parts_inside(self) -> typing.Any: ...

class Values(metaclass=_Pybind11Type):

    def __getitem__(self, arg0: typing.SupportsInt) -> typing.Any: ...

    def __len__(self) -> int: ...

    def __setitem__(self, arg0: typing.SupportsInt, arg1: typing.Any) -> None: ...

class StudyResult(metaclass=_Pybind11Type):

    def address_of(self, alternative: str, kpi: str) -> int: ...

    def csv(self) -> str: ...

    def futures(self, alternative: str, kpi: str) -> numpy.typing.NDArray[numpy.float64]: ...

    def hdf5(self) -> bytes: ...

    def html(self) -> str: ...

    def json(self) -> typing.Any: ...

    def save(self, folder: os.PathLike[str] | str | bytes) -> None: ...

    def table(self, columns: typing.SupportsInt) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    @property
    def replications(self) -> int: ...

    @property
    def stopped(self) -> bool: ...

    @property
    def text(self) -> str: ...

class Shown(metaclass=_Pybind11Type):

    def __init__(
        self,
        factor: typing.SupportsFloat | typing.SupportsIndex,
        unit: str,
        leading: bool,
        decimals: typing.SupportsInt,
    ) -> None: ...

    def number(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> str: ...

    def signed_number(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> str: ...

    def with_unit(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> str: ...

    @property
    def decimals(self) -> int: ...

    @property
    def factor(self) -> float: ...

    @property
    def leading(self) -> bool: ...

    @property
    def unit(self) -> str: ...

class Fitting(metaclass=_Pybind11Type):

    def check(
        self,
        *,
        seed: typing.SupportsInt,
        replications: typing.SupportsInt,
        threads: typing.SupportsInt,
        progress: typing.Any,
    ) -> tuple[typing.Any, ...]: ...

    def json(self) -> typing.Any: ...

    def parameter_file(self) -> str: ...

    def text(self) -> str: ...

    def usual_out(self) -> pathlib.Path: ...

class BacktestResult(metaclass=_Pybind11Type):

    def good(self) -> bool: ...

    def html(self) -> str: ...

    def json(self) -> typing.Any: ...

    def json_text(self) -> str: ...

    def text(self, columns: typing.SupportsInt) -> str: ...

class ReplayResult(metaclass=_Pybind11Type):

    def html(self) -> str: ...

    def json(self) -> typing.Any: ...

    def json_text(self) -> str: ...

    def text(self, columns: typing.SupportsInt) -> str: ...

    @property
    def fingerprint(self) -> str: ...

class StoreReader(metaclass=_Pybind11Type):

    def __init__(self, path: os.PathLike[str] | str | bytes) -> None: ...

    def read(
        self,
        device: str,
        signal: str,
        start: typing.SupportsInt,
        end: typing.SupportsInt,
    ) -> tuple[typing.Any, ...]: ...

    def refresh(self) -> None: ...

    def series(self) -> list[typing.Any]: ...

class IngestAnswer(metaclass=_Pybind11Type):

    def html(self) -> str: ...

    def json(self) -> typing.Any: ...

    def json_text(self) -> str: ...

    def text(self, arg0: typing.SupportsInt) -> str: ...

    @property
    def set_aside(self) -> pathlib.Path: ...

def backtest(
    file: os.PathLike[str] | str | bytes,
    *,
    data: os.PathLike[str] | str | bytes,
    then: os.PathLike[str] | str | bytes,
    start: str,
    progress: typing.Any,
) -> BacktestResult: ...

def check(scenario: Scenario, columns: typing.SupportsInt) -> tuple[typing.Any, str]: ...

def describe(
    arg0: typing.Any,
    arg1: str,
    arg2: str,
    arg3: typing.SupportsInt,
    arg4: typing.SupportsInt,
) -> None: ...

def device(type: str) -> typing.Any: ...

def devices() -> typing.Any: ...

def duration(hours: typing.SupportsFloat | typing.SupportsIndex) -> str: ...

def fit(
    file: os.PathLike[str] | str | bytes,
    *,
    as_of: str,
    unit: str,
    time: str,
    status: str,
    progress: typing.Any,
) -> Fitting: ...

def fit_scenario(scenario: Scenario, *, as_of: str, progress: typing.Any) -> Fitting: ...

def imitate(
    scenario: Scenario,
    *,
    out: os.PathLike[str] | str | bytes,
    start: typing.SupportsInt,
    length: str,
    period: str,
    seed: typing.SupportsInt,
    progress: typing.Any,
) -> int: ...

def ingest(
    description: os.PathLike[str] | str | bytes,
    *,
    store: os.PathLike[str] | str | bytes,
    file: str,
    report: os.PathLike[str] | str | bytes,
    set_aside: os.PathLike[str] | str | bytes,
    run_for: str,
    until_idle: str,
    message: typing.Any,
    progress: typing.Any,
) -> IngestAnswer: ...

def json_schema() -> str: ...

def label(kpi: str) -> str: ...

def level_text(level: typing.SupportsFloat | typing.SupportsIndex) -> str: ...

def live(
    description: os.PathLike[str] | str | bytes,
    *,
    store: os.PathLike[str] | str | bytes,
    out: os.PathLike[str] | str | bytes,
    since: str,
    once: bool,
    threads: typing.SupportsInt,
    issued: typing.Any,
    message: typing.Any,
    progress: typing.Any,
) -> tuple[typing.Any, str, str]: ...

def percent(share: typing.SupportsFloat | typing.SupportsIndex) -> str: ...

def read_yaml(text: str) -> typing.Any: ...

def register_device(
    type: typing.Any,
    declared: dict[str, typing.Any],
    handlers: dict[str, typing.Any],
    kept: typing.Any,
) -> None: ...

def replay(
    profile: os.PathLike[str] | str | bytes,
    *,
    logs: collections.abc.Sequence[str],
    start: str,
    end: str,
    progress: typing.Any,
) -> ReplayResult: ...

def run(
    scenario: Scenario,
    *,
    question: str,
    alternatives: collections.abc.Sequence[collections.abc.Sequence[str]],
    seed: typing.SupportsInt,
    replications: typing.SupportsInt,
    precision: typing.SupportsFloat | typing.SupportsIndex | None,
    precision_kpi: str,
    level: typing.SupportsFloat | typing.SupportsIndex,
    threads: typing.SupportsInt,
    executor: str,
    life_model: str,
    trace_fingerprint: bool,
    progress: typing.Any,
) -> StudyResult: ...

def shown_as(
    kpi: str,
    unit: str,
    currency: str,
    magnitude: typing.SupportsFloat | typing.SupportsIndex,
    half_width: typing.SupportsFloat | typing.SupportsIndex,
) -> Shown: ...

def write_whole_files(
    files: collections.abc.Sequence[tuple[os.PathLike[str] | str | bytes, str]],
) -> None: ...
version: str = '0.1.0'
