"""Picks of one model with which another one is trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from albench.analysis.evidence.cells import Interval


@dataclass(frozen=True)
class Transfer:
    """A strategy whose picks one model has bought and another one is trained on.

    Attributes
    ----------
    query_model, model : str
        The one that was asked for the picks, and the one that is trained and judged.
    gain : float or None
        Difference to random of the model on these picks, as on the leaderboard.
    own : float or None
        The same on the picks that the model has bought itself; None if the experiment does not run that.
    lost : float or None
        Mean over datasets of the area on its own picks less the one on these, paired by repeat, signed so
        that positive means that its own are better; datasets with 80 % of the repeats count.
    """

    query_model: str
    model: str
    strategy: str
    gain: float | None
    gain_interval: Interval | None
    own: float | None
    own_interval: Interval | None
    lost: float | None
    lost_interval: Interval | None
