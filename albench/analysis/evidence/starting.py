"""How much it matters which rows trials start from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from albench.analysis.evidence.cells import Interval


@dataclass(frozen=True)
class StartArea:
    """A strategy from one kind of seed set, over the datasets; or all strategies together.

    Attributes
    ----------
    strategy : str
        Empty for the mean over all strategies.
    area : float
        Mean area over repeats and datasets.
    interval : Interval or None
        Of the area.
    difference : float or None
        Mean paired difference to the first seed set, signed so that positive is better; None for that one.
    difference_interval : Interval or None
        Of the difference; for the mean over all strategies its level is shared by the seed sets.
    """

    seed_set: str
    strategy: str
    area: float
    interval: Interval | None
    difference: float | None
    difference_interval: Interval | None


@dataclass(frozen=True)
class Starting:
    """Trials from several kinds of seed sets, or from several seed sets of a split, all else alike.

    Attributes
    ----------
    seed_sets : tuple of str
        The first of the experiment first.
    strategies : tuple of str
        Random among them.
    datasets : tuple of str
        Those on which all of them are compared.
    areas : tuple of StartArea
        By seed set and then by strategy; none with a single seed set.
    overall : tuple of StartArea
        Over all strategies, by seed set.
    by_seed_set, by_strategy, by_both : float or None
        Standard deviations of the mean areas over seed sets, over strategies, and of what their pairs add to
        both, root mean square over the datasets; None with a single seed set or strategy.
    by_start : float or None
        Standard deviation of a strategy's area between the starts of a split, root mean square over
        strategies and datasets; None with one start a split.
    """

    seed_sets: tuple[str, ...]
    strategies: tuple[str, ...]
    datasets: tuple[str, ...]
    areas: tuple[StartArea, ...]
    overall: tuple[StartArea, ...]
    by_seed_set: float | None
    by_strategy: float | None
    by_both: float | None
    by_start: float | None
