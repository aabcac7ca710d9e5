"""What slices say together: of strategies, models, preprocessings, and the rows that trials start from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from albench.analysis.evidence.cells import Interval, Slice


@dataclass(frozen=True)
class Disagreement:
    """A strategy that is clearly better than random in some slices and clearly worse in others.

    Clearly: on average over the datasets at hand, corrected for the number of strategies in the slice.

    Attributes
    ----------
    among : tuple of Slice
        All that count, those included in which nothing is clear.
    """

    strategy: str
    better: tuple[Slice, ...]
    worse: tuple[Slice, ...]
    among: tuple[Slice, ...]


@dataclass(frozen=True)
class Transfer:
    """A strategy whose picks one model has chosen and another one is trained on.

    Attributes
    ----------
    query_model, model : str
        The one that the strategy consulted, and the one that is trained and judged.
    gain : float or None
        Difference to random of the model on these picks, as on the leaderboard.
    own : float or None
        The same on the picks that the model has chosen itself; None if the experiment does not run that.
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


@dataclass(frozen=True)
class PreprocessingContrast:
    """A strategy on one dataset under two preprocessings: the same rows, splits and seed sets.

    Attributes
    ----------
    first, other : str
        Labels of the first preprocessing of the experiment, and of the one that is compared with it.
    first_level, other_level : float
        Mean of the metric at the last round, over the repeats that both have.
    difference : float
        Mean over these repeats of the other level less the first one, signed so that positive is better.
    interval : Interval or None
        Of that difference, by itself: 95 % over repeats, or over splits of several starts.
    """

    dataset: str
    strategy: str
    first: str
    other: str
    first_level: float
    other_level: float
    difference: float
    interval: Interval | None
    n_paired: int


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
