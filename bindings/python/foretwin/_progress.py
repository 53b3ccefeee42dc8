"""Bars that show how far a study is: tqdm's where it is installed, none otherwise."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Union

#: True: a bar; False: none; None: a bar where a person looks; or a function of (done, expected).
Progress = Union[bool, None, Callable[[int, int], None]]


def _somebody_looks() -> bool:
    if "ipykernel" in sys.modules:
        return True
    return bool(sys.stderr) and sys.stderr.isatty()


class Bar:
    """Told of progress; closed when the work is over, whatever became of it."""

    def __init__(self, progress: Progress, unit: str) -> None:
        self._bar = None
        self.told: Callable[[int, int], None] | None = None
        if callable(progress):
            self.told = progress
            return
        if progress is False or (progress is None and not _somebody_looks()):
            return
        try:
            from tqdm.auto import tqdm
        except ImportError:
            if progress:
                raise ImportError("progress bars need tqdm: pip install tqdm") from None
            return
        self._bar = tqdm(unit=f" {unit}", leave=False, delay=0.3)
        self.told = self._tell

    def _tell(self, done: int, expected: int) -> None:
        bar = self._bar
        if bar is not None:
            bar.total = expected
            bar.update(done - bar.n)

    def __enter__(self) -> Callable[[int, int], None] | None:
        return self.told

    def __exit__(self, *ignored: object) -> None:
        if self._bar is not None:
            self._bar.close()
