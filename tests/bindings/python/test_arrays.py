"""Figures of all futures are views of the study's own memory."""

from __future__ import annotations

import gc
import statistics

import numpy as np
import pytest
from conftest import TINY

import foretwin as ft


def study(replications: int = 32) -> ft.Study:
    return ft.load(TINY).compare(replications=replications)


def test_an_array_lies_where_the_engine_keeps_the_figures() -> None:
    result = study()
    array = result["second desk"].futures("throughput")
    assert array.ctypes.data == result._source.address_of("second desk", "throughput")
    assert array.dtype == np.float64 and array.shape == (32,) and not array.flags.owndata
    again = result["second desk"].futures("throughput")
    assert again.ctypes.data == array.ctypes.data


def test_nobody_can_write_into_it() -> None:
    array = study()["baseline"].futures("throughput")
    assert not array.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 0
    with pytest.raises(ValueError):
        array.setflags(write=True)


def test_it_keeps_the_study_alive() -> None:
    result = study()
    array = result["baseline"].futures("throughput")
    kept = array.copy()
    del result
    gc.collect()
    study(64)  # would take the freed memory
    assert np.array_equal(array, kept)


def test_its_mean_is_the_figure() -> None:
    baseline = study()["baseline"]
    array = baseline.futures("throughput")
    assert baseline["throughput"].mean == pytest.approx(array.mean(), rel=1e-12)
    assert baseline["throughput"].sd == pytest.approx(statistics.stdev(array), rel=1e-9)


def test_unknown_names_are_told_with_the_known_ones() -> None:
    result = study(2)
    with pytest.raises(KeyError, match="throughput"):
        result["baseline"].futures("throughputt")
    with pytest.raises(KeyError, match="second desk"):
        result._source.futures("second desks", "throughput")
