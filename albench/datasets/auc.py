"""The area under the ROC curve of a score, with its variance (DeLong, DeLong and Clarke-Pearson, 1988)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from albench.contracts import Floats


class Auc(NamedTuple):
    """An area under the curve and its variance."""

    value: float
    variance: float


def compute_auc(scores: Floats, is_positive: NDArray[np.bool_]) -> Auc:
    """Return the probability that a positive row scores above a negative one, ties counted half.

    The variance is DeLong's, by midranks (Sun and Xu, 2014): n log n, no pair is visited.

    Parameters
    ----------
    scores : ndarray of shape (n,)
    is_positive : ndarray of shape (n,), bool
        Two of each at least.
    """
    from scipy.stats import rankdata

    ranks = rankdata(scores)
    n_positive = int(is_positive.sum())
    n_negative = is_positive.size - n_positive
    # Share of the negative rows below each positive one, and of the positive rows above each negative one.
    below = (ranks[is_positive] - rankdata(scores[is_positive])) / n_negative
    above = 1 - (ranks[~is_positive] - rankdata(scores[~is_positive])) / n_positive
    variance = below.var(ddof=1) / n_positive + above.var(ddof=1) / n_negative
    return Auc(float(below.mean()), float(variance))
