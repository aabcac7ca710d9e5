"""Interval of a mean rank over datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence import Interval
from albench.analysis.intervals import LEVEL, bca_percentiles, widened

if TYPE_CHECKING:
    from albench.contracts import Floats

FEWEST_DATASETS = 8
_ROUNDING = 1e-12


def rank_interval(ranks: Floats) -> Interval | None:
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
    percentiles = bca_percentiles(below, without_one, widened(LEVEL, n))
    low, high = np.searchsorted(np.cumsum(sums) + _ROUNDING, percentiles) / (2 * n)
    return Interval(float(low), float(high), LEVEL, "bootstrap of the datasets, BCa")
