"""What happened on single datasets, beyond verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from albench.analysis.evidence.cells import Interval


@dataclass(frozen=True)
class NormalisedArea:
    """A strategy in shares of the headroom: (area - seed level) / (reference - seed level).

    Attributes
    ----------
    gains : dict
        Dataset -> its share; datasets with a headroom below 0.02 are left out.
    mean : float or None
        Over those datasets.
    iqm : float or None
        Interquartile mean over all repeats of those datasets (Agarwal et al., 2021).
    interval : Interval or None
        Of the interquartile mean, by a bootstrap of the repeats within each dataset; from 3 repeats on.
    profile : ndarray of shape (n_thresholds,)
        Share of the repeats above each of ``Details.thresholds``, each dataset with equal weight.
    """

    strategy: str
    gains: dict[str, float]
    mean: float | None
    iqm: float | None
    interval: Interval | None
    profile: NDArray[np.float64]


@dataclass(frozen=True)
class DatasetPhases:
    """A strategy against random on one dataset, in three more ways, from the mean curves of paired repeats.

    Attributes
    ----------
    deficiency : float or None
        Area between the curve and random's final level, divided by that of random (Baram et al., 2004): below
        1 is better than random; None where random does not rise.
    ramp_up_labels : float or None
        Labels at which random has made 90 % of its rise; None where it does not rise.
    ramp_up, plateau : float or None
        Mean difference to random up to there, and after it.
    """

    dataset: str
    strategy: str
    deficiency: float | None
    ramp_up_labels: float | None
    ramp_up: float | None
    plateau: float | None


@dataclass(frozen=True)
class LateRise:
    """How much better a mean curve gets in the last fifth of the labels, and from end to end."""

    late: float
    whole: float


@dataclass(frozen=True)
class VarianceComponents:
    """Where the variance of a difference to random comes from on one dataset.

    Attributes
    ----------
    splits, starts : float
        Variance between splits, and between the starts of a split; the first is 0 where the estimate is
        negative.
    """

    dataset: str
    strategy: str
    splits: float
    starts: float

    @property
    def share_of_splits(self) -> float | None:
        """Share of the variance that is between splits; None where there is no variance."""
        total = self.splits + self.starts
        return self.splits / total if total else None


@dataclass(frozen=True)
class Similarity:
    """How many of their picks strategies share on one dataset.

    Attributes
    ----------
    n_queried : ndarray of shape (n_rounds,)
        Labels queried after the seed set.
    jaccard : ndarray of shape (n_strategies, n_strategies, n_rounds)
        Rows that both have queried by then as a share of those that either has, mean over the repeats; of a
        strategy with itself 1, of random with itself that of its first two arms: what chance gives.
    """

    dataset: str
    strategies: tuple[str, ...]
    n_queried: NDArray[np.float64]
    jaccard: NDArray[np.float64]


@dataclass(frozen=True)
class Balance:
    """True classes of the labels that a strategy has queried, beside those of the pool.

    Attributes
    ----------
    queried : tuple of float
        Share of each class among all labels queried after the seed set.
    pool : tuple of float
        Share among those that random has queried: an unbiased estimate of the pool's.
    distance : float
        Total variation distance between the two, from 0 to 1.
    evenness : float
        Entropy of ``queried`` as a share of the largest possible one.
    never : tuple of str
        Classes of the pool of which nothing was queried.
    """

    dataset: str
    strategy: str
    classes: tuple[str, ...]
    queried: tuple[float, ...]
    pool: tuple[float, ...]
    distance: float
    evenness: float
    never: tuple[str, ...]


@dataclass(frozen=True)
class Traits:
    """What a dataset is like, and what strategies gain on it.

    Attributes
    ----------
    imbalance : float or None
        Rows of the most frequent class for one of the rarest, by what random has queried.
    headroom : float or None
        Reference less mean seed level.
    gains : dict
        Strategy -> mean difference to random.
    """

    dataset: str
    n_pool: int
    n_features: int
    n_classes: int
    imbalance: float | None
    headroom: float | None
    gains: dict[str, float]


@dataclass(frozen=True)
class TraitTrend:
    """Spearman's rank correlation of a trait with a strategy's gain; exploratory, so without a p."""

    trait: str
    strategy: str
    rho: float
    n_datasets: int
