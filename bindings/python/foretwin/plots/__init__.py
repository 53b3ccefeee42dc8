"""Pictures that planners understand: each is one call, and gives back Matplotlib's axes.

>>> from foretwin import plots                                  # doctest: +SKIP
>>> plots.difference(study, "throughput")                       # doctest: +SKIP
>>> study.plot.difference("throughput")         # the same      # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .differences import difference
from .forecasts import fan_chart, reliability
from .losses import causes, loss_tree, state_timeline
from .money import cash_flow_fan, tornado

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..study import Study

__all__ = [
    "StudyPlots",
    "cash_flow_fan",
    "causes",
    "difference",
    "fan_chart",
    "loss_tree",
    "reliability",
    "state_timeline",
    "tornado",
]


class StudyPlots:
    """The pictures of one study, as ``study.plot`` has them."""

    def __init__(self, study: Study) -> None:
        self._study = study

    def difference(
        self, kpi: str = "throughput", *, futures: bool = False, ax: Axes | None = None
    ) -> Axes:
        """See :func:`foretwin.plots.difference`."""
        return difference(self._study, kpi, futures=futures, ax=ax)

    def loss_tree(
        self,
        alternative: str | None = None,
        *,
        show: str = "time",
        off_shift: bool = False,
        ax: Axes | None = None,
    ) -> Axes:
        """See :func:`foretwin.plots.loss_tree`."""
        return loss_tree(self._study, alternative, show=show, off_shift=off_shift, ax=ax)

    def causes(
        self, alternative: str | None = None, *, most: int = 12, ax: Axes | None = None
    ) -> Axes:
        """See :func:`foretwin.plots.causes`."""
        return causes(self._study, alternative, most=most, ax=ax)

    def cash_flow_fan(self, alternative: str | None = None, *, ax: Axes | None = None) -> Axes:
        """See :func:`foretwin.plots.cash_flow_fan`."""
        return cash_flow_fan(self._study, alternative, ax=ax)

    def tornado(
        self, alternative: str | None = None, *, most: int = 12, ax: Axes | None = None
    ) -> Axes:
        """See :func:`foretwin.plots.tornado`."""
        return tornado(self._study, alternative, most=most, ax=ax)
