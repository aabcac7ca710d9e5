"""Ranks of strategies over the datasets on which all of them are complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence.cells import Interval
from albench.analysis.scores import COVERAGE
from albench.analysis.stats.intervals import LEVEL, compute_bca_percentiles, find_units, widen_level
from albench.analysis.stats.significance import friedman, rank_values, scale_rounding
from albench.analysis.stats.skewness import average_by_unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from albench.analysis.scores import Scores
    from albench.analysis.stats.intervals import Units
    from albench.contracts import Floats

FEWEST_FOR_FRIEDMAN = (6, 3)
FEWEST_DATASETS = 8
_ROUNDING = 1e-12


@dataclass(frozen=True)
class MeanRanks:
    """Mean ranks, 1 is best.

    Attributes
    ----------
    mean : dict
        Strategy -> mean rank; strategies that are not ranked are left out.
    intervals : dict
        Strategy -> the interval of its mean rank on datasets like these, if it has one.
    blocks : tuple of CompleteBlock
        Of the datasets that they are over.
    friedman_p : float or None
        None below 6 datasets or 3 strategies, where its approximation does not hold.
    """

    mean: Mapping[str, float]
    intervals: Mapping[str, Interval | None]
    blocks: tuple[CompleteBlock, ...]
    friedman_p: float | None


@dataclass(frozen=True, eq=False)
class CompleteBlock:
    """The repeats of a dataset that all ranked strategies share.

    Attributes
    ----------
    shared : ndarray of shape (n_repeats,), bool
    areas : ndarray of shape (n_strategies, n_shared)
        Higher is better; strategies in the order of the ranks.
    """

    scores: Scores
    shared: NDArray[np.bool_]
    areas: Floats
    units: Units

    @property
    def dataset(self) -> str:
        """Label of the dataset."""
        return self.scores.dataset

    @property
    def by_unit(self) -> Floats:
        """Mean areas of each unit, shape (n_strategies, n_units)."""
        return np.array([average_by_unit(areas, self.units) for areas in self.areas])


NO_RANKS = MeanRanks({}, {}, (), None)


def rank_strategies(all_scores: Sequence[Scores], strategies: Sequence[str]) -> MeanRanks:
    """Rank strategies by their mean areas over the repeats that all of them share.

    A strategy is ranked if it is complete (has at least 80 % of the repeats) on at least 80 % of the datasets
    on which any strategy is; a dataset counts if those strategies share at least 80 % of the repeats there.
    """
    complete = {
        name: {s.dataset for s in all_scores if s.is_covered(int(np.isfinite(s.areas[name]).sum()), name)}
        for name in strategies
    }
    n_any = len(set().union(*complete.values()))
    able = [name for name in strategies if complete[name] and len(complete[name]) >= COVERAGE * n_any]
    # Only now: whether a strategy is ranked depends on all datasets, which of them count on the ranked.
    blocks = [_build_block(scores, able) for scores in all_scores if able]
    full = tuple(block for block in blocks if block.scores.is_covered(block.areas.shape[1], *able))
    if not full:
        return NO_RANKS
    means = np.array([block.areas.mean(axis=1) for block in full])
    own = rank_values(-means, scale_rounding(means))
    enough = all(size >= fewest for size, fewest in zip(means.shape, FEWEST_FOR_FRIEDMAN, strict=True))
    return MeanRanks(
        dict(zip(able, own.mean(axis=0).tolist(), strict=True)),
        dict(zip(able, map(estimate_rank_interval, own.T), strict=True)),
        full,
        friedman(means) if enough else None,
    )


def _build_block(scores: Scores, strategies: Sequence[str]) -> CompleteBlock:
    areas = scores.sign * np.stack([scores.areas[name] for name in strategies])
    shared = np.asarray(np.isfinite(areas).all(axis=0))
    return CompleteBlock(scores, shared, areas[:, shared], find_units(scores.panel.splits[shared]))


def estimate_rank_interval(ranks: Floats) -> Interval | None:
    """Return the interval of a strategy's mean rank on datasets like these, by a bootstrap of the datasets.

    It is BCa, at a level that makes up for few datasets, and stays between the best rank and the worst. Ranks
    are whole or half numbers, so that nothing need be drawn: the sum of a resample has the distribution of
    one rank, convolved with itself.

    Parameters
    ----------
    ranks : ndarray of shape (n_datasets,)
        Averages where strategies are tied.

    Returns
    -------
    Interval or None
        None below 8 datasets, and where the strategy has one rank on all of them: resamples would say that
        it has this rank everywhere.

    References
    ----------
    Efron, 1987, Better bootstrap confidence intervals
    Hesterberg, 2015, What teachers should know about the bootstrap (section 5.3)
    """
    n = ranks.size
    if n < FEWEST_DATASETS or np.ptp(ranks) == 0:
        return None
    halves = np.rint(2 * ranks).astype(np.intp)
    size = n * int(halves.max()) + 1
    share = np.bincount(halves) / n
    sums = np.fft.irfft(np.fft.rfft(share, size) ** n, size)
    observed = halves.sum()
    below = float(sums[:observed].sum() + sums[observed] / 2)
    without_one = (ranks.sum() - ranks) / (n - 1)
    percentiles = compute_bca_percentiles(below, without_one, widen_level(LEVEL, n))
    low, high = np.searchsorted(np.cumsum(sums) + _ROUNDING, percentiles) / (2 * n)
    return Interval(float(low), float(high), LEVEL, "bootstrap of the datasets, BCa")
