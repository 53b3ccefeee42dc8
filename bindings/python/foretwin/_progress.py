"""Bars that show how far a study is: tqdm's where it is installed, none otherwise."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Union

#: True: a bar; False: none; None: a bar where a person looks; or a function of (done, expected).
Progress = Union[bool, None, Callable[[int, int], None]]


def _somebody_looks() -> bool:
    if "ipykernel" in sys.modules:
        return True
    return bool(sys.stderr) and sys.stderr.isatty()


class Bar:
    """Told of progress; closed when the work is over, whatever became of it.

    ``watch`` is called first each time, whether or not somebody is told; what it or a function of
    yours raises stops the work.
    """

    def __init__(
        self, progress: Progress, unit: str, watch: Callable[[], None] | None = None
    ) -> None:
        self._bar: Any = None
        self._watch = watch
        self._yours = progress if callable(progress) else None
        if self._yours is not None or progress is False:
            return
        if progress is None and not _somebody_looks():
            return
        try:
            from tqdm.auto import tqdm
        except ImportError:
            if progress:
                raise ImportError("progress bars need tqdm: pip install tqdm") from None
            return
        self._bar = tqdm(unit=f" {unit}", leave=False, delay=0.3)

    def _tell(self, done: int, expected: int) -> None:
        if self._watch is not None:
            self._watch()
        if expected <= 0:  # nothing is known yet
            return
        if self._yours is not None:
            self._yours(done, expected)
        if self._bar is not None:
            self._bar.total = expected
            self._bar.update(done - self._bar.n)

    def __enter__(self) -> Callable[[int, int], None] | None:
        idle = self._bar is None and self._yours is None and self._watch is None
        return None if idle else self._tell

    def __exit__(self, *ignored: object) -> None:
        if self._bar is not None:
            self._bar.close()
