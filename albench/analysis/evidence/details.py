"""Everything beyond verdicts, of the primary slice only.

All differences and gains are signed so that positive is better. Strategies that see hidden labels are left
out of whatever compares strategies with each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from albench.analysis.evidence.datasets import (
        Balance,
        DatasetPhases,
        LateRise,
        NormalisedArea,
        Similarity,
        Traits,
        TraitTrend,
        VarianceComponents,
    )


@dataclass(frozen=True)
class Details:
    """Everything beyond verdicts; empty or None where the data do not allow it.

    Attributes
    ----------
    thresholds : ndarray of shape (n_thresholds,)
        Of the performance profiles, in shares of the headroom.
    little_headroom : tuple of str
        Datasets with a headroom below 0.02, which shares of it are not given for.
    late_rises : dict
        Dataset -> strategy -> how its mean curve ends; datasets on which random does not rise are left out.
    similarity, balance
        Empty without the table of queries.
    """

    rank_at: tuple[BudgetRanks, ...]
    thresholds: NDArray[np.float64]
    normalised: tuple[NormalisedArea, ...]
    little_headroom: tuple[str, ...]
    on_datasets: tuple[DatasetPhases, ...]
    virtual_best: VirtualBest | None
    pairwise: Pairwise | None
    components: tuple[VarianceComponents, ...]
    stability: Stability | None
    similarity: tuple[Similarity, ...]
    balance: tuple[Balance, ...]
    traits: tuple[Traits, ...]
    trends: tuple[TraitTrend, ...]
    trades: tuple[CostTrade, ...]
    late_rises: dict[str, dict[str, LateRise]]


@dataclass(frozen=True)
class BudgetRanks:
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
class StrategyPair:
    """Two strategies against each other over the complete datasets.

    Attributes
    ----------
    difference : float
        Mean area of ``one`` less that of ``other``.
    p_holm : float
        Wilcoxon signed-rank, two-sided, Holm over all pairs.
    p_side : {1, 0, -1}
        On which side the signed ranks lie, which need not be that of the mean difference.
    """

    strategy: str
    other: str
    difference: float
    p: float
    p_holm: float
    p_side: int = 0


@dataclass(frozen=True)
class Pairwise:
    """Who beats whom.

    Attributes
    ----------
    strategies : tuple of str
        In the order of their mean ranks, the best first.
    win_rates : ndarray of shape (n_strategies, n_strategies)
        Share of the paired repeats that the strategy of the row wins against that of the column, ties half,
        averaged over the datasets; not-a-number where nothing is paired, and on the diagonal.
    pairs : tuple of Pair
        Empty where the datasets are too few for any test.
    cliques : tuple of tuple of str
        Strategies next to each other in rank none of which is told apart from another one of them; the
        largest such groups of two and more; empty without tests.
    n_datasets : int
        Datasets on which all strategies are complete: those that tests are over.
    untested : {"withheld", "few_datasets", None}
        Why there are no tests: the control fired, or no p could be significant with so few datasets.
    """

    strategies: tuple[str, ...]
    ranks: tuple[float, ...]
    win_rates: NDArray[np.float64]
    pairs: tuple[StrategyPair, ...]
    cliques: tuple[tuple[str, ...], ...]
    n_datasets: int
    untested: Literal["withheld", "few_datasets"] | None


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
        Share of the best strategies of either set that are best in both, mean over pairs of sets; several are
        best where they are tied.
    enough : int or None
        The smallest size from which on tau is at least 0.9; None if no size is.
    """

    repeats: tuple[int, ...]
    tau: tuple[float, ...]
    same_best: tuple[float, ...]
    enough: int | None


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
class CostTrade:
    """A gain against what its queries cost; ``efficient`` if no other strategy is better and cheaper."""

    strategy: str
    gain: float
    query_s_per_label: float
    efficient: bool
