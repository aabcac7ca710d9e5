"""What the analysis concludes beyond verdicts: of the primary slice only, as plain frozen data.

All differences and gains are signed so that positive is better. Strategies that see hidden labels are left
out of whatever compares strategies with each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from albench.analysis.evidence import Interval

Status = Literal["issue", "tip", "passed", "not_applicable"]


@dataclass(frozen=True)
class Check:
    """One thing that can be wrong with an experiment, looked at.

    Attributes
    ----------
    code : str
        ``ALB001`` and on; a code never changes its meaning.
    title : str
        What is looked at, in a few words.
    status : {"issue", "tip", "passed", "not_applicable"}
        An issue limits what the page may say; a tip shows what would make it say more.
    sentence : str
        What was found.
    todo : str
        What to do about it; empty where nothing is to be done.
    """

    code: str
    title: str
    status: Status
    sentence: str
    todo: str = ""


@dataclass(frozen=True)
class RankAt:
    """Mean ranks by the area up to a part of the budget.

    Attributes
    ----------
    budget : {"low", "middle", "high"}
        A third, two thirds, and the whole of the way from the seed size to the budget.
    ranks : dict
        Strategy -> mean rank over ``datasets``, 1 is best.
    """

    budget: Literal["low", "middle", "high"]
    ranks: dict[str, float]
    datasets: tuple[str, ...]


@dataclass(frozen=True)
class Normalised:
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
class OnDataset:
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
class VirtualBest:
    """What choosing the best strategy for each dataset would bring over one strategy for all of them.

    Both are chosen on one half of the repeats and scored on the other half, in both directions: a maximum
    over noisy areas would be too good.

    Attributes
    ----------
    strategy : str
        The single best one, by all repeats.
    single, virtual : float
        Mean area over the datasets.
    choices : dict
        Dataset -> the best strategy there, by all repeats.
    """

    strategy: str
    single: float
    virtual: float
    choices: dict[str, str]


@dataclass(frozen=True)
class Pair:
    """Two strategies against each other over the complete datasets.

    Attributes
    ----------
    difference : float
        Mean area of ``one`` less that of ``other``.
    p_holm : float
        Wilcoxon signed-rank, two-sided, Holm over all pairs.
    """

    one: str
    other: str
    difference: float
    p: float
    p_holm: float


@dataclass(frozen=True)
class Pairwise:
    """Who beats whom.

    Attributes
    ----------
    strategies : tuple of str
        In the order of their mean ranks, the best first.
    ranks : tuple of float
    win_rates : ndarray of shape (n_strategies, n_strategies)
        Share of the paired repeats that the strategy of the row wins against that of the column, ties half,
        averaged over the datasets; not-a-number where nothing is paired, and on the diagonal.
    pairs : tuple of Pair
        Empty where the datasets are too few for any test.
    cliques : tuple of tuple of str
        Strategies next to each other in rank none of which is told apart from another one of them; the
        largest such groups of two and more; empty without tests.
    untested : str or None
        Why there are no tests.
    """

    strategies: tuple[str, ...]
    ranks: tuple[float, ...]
    win_rates: NDArray[np.float64]
    pairs: tuple[Pair, ...]
    cliques: tuple[tuple[str, ...], ...]
    untested: str | None


@dataclass(frozen=True)
class Components:
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
class Stability:
    """How well the ranking of one set of repeats agrees with that of other repeats.

    Attributes
    ----------
    repeats : tuple of int
        Sizes of the sets; up to half of the repeats, as two sets have none in common.
    tau : tuple of float
        Mean of Kendall's tau-b between the mean ranks of two such sets.
    same_best : tuple of float
        Share of the pairs of sets that agree on the best strategy.
    enough : int or None
        The smallest size from which on tau is at least 0.9; None if no size is.
    """

    repeats: tuple[int, ...]
    tau: tuple[float, ...]
    same_best: tuple[float, ...]
    enough: int | None


@dataclass(frozen=True)
class Similarity:
    """How many of their picks strategies share on one dataset.

    Attributes
    ----------
    strategies : tuple of str
    n_bought : ndarray of shape (n_rounds,)
        Labels bought after the seed set.
    jaccard : ndarray of shape (n_strategies, n_strategies, n_rounds)
        Rows that both have bought by then as a share of those that either has, mean over the repeats; of a
        strategy with itself 1, of random with itself that of its first two arms: what chance gives.
    """

    dataset: str
    strategies: tuple[str, ...]
    n_bought: NDArray[np.float64]
    jaccard: NDArray[np.float64]


@dataclass(frozen=True)
class Balance:
    """True classes of the labels that a strategy has bought, beside those of the pool.

    Attributes
    ----------
    bought : tuple of float
        Share of each class code among all labels bought after the seed set.
    pool : tuple of float
        Share among those that random has bought: an unbiased estimate of the pool's.
    distance : float
        Total variation distance between the two, from 0 to 1.
    evenness : float
        Entropy of ``bought`` as a share of the largest possible one.
    never : tuple of int
        Classes of the pool of which nothing was bought.
    """

    dataset: str
    strategy: str
    bought: tuple[float, ...]
    pool: tuple[float, ...]
    distance: float
    evenness: float
    never: tuple[int, ...]


@dataclass(frozen=True)
class Traits:
    """What a dataset is like, and what strategies gain on it.

    Attributes
    ----------
    imbalance : float or None
        Rows of the most frequent class for one of the rarest, by what random has bought.
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


@dataclass(frozen=True)
class Trade:
    """A gain against what its queries cost; ``efficient`` if no other strategy is better and cheaper."""

    strategy: str
    gain: float
    query_s_per_label: float
    efficient: bool


@dataclass(frozen=True)
class Details:
    """Everything beyond verdicts; empty or None where the data do not allow it.

    Attributes
    ----------
    thresholds : ndarray of shape (n_thresholds,)
        Of the performance profiles, in shares of the headroom.
    little_headroom : tuple of str
        Datasets with a headroom below 0.02, which shares of it are not given for.
    similarity, balance
        Empty without the table of queries.
    """

    rank_at: tuple[RankAt, ...]
    thresholds: NDArray[np.float64]
    normalised: tuple[Normalised, ...]
    little_headroom: tuple[str, ...]
    on_datasets: tuple[OnDataset, ...]
    virtual_best: VirtualBest | None
    pairwise: Pairwise | None
    components: tuple[Components, ...]
    stability: Stability | None
    similarity: tuple[Similarity, ...]
    balance: tuple[Balance, ...]
    traits: tuple[Traits, ...]
    trends: tuple[TraitTrend, ...]
    trades: tuple[Trade, ...]
