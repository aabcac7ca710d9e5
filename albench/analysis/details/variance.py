"""How much of the noise is due to splits, how much to seed sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence.datasets import VarianceComponents
from albench.analysis.paired_comparison import subtract_areas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from albench.analysis.scores import Scores
    from albench.contracts import Floats


def estimate_variance_components(
    all_scores: Sequence[Scores], strategies: Sequence[str]
) -> tuple[VarianceComponents, ...]:
    """Return the components of each difference to random; none without several splits of several starts."""
    return tuple(
        VarianceComponents(scores.dataset, name, *parts)
        for scores in all_scores
        for name in strategies
        if name != scores.random and (parts := _estimate_components(scores, name)) is not None
    )


def _estimate_components(scores: Scores, strategy: str) -> tuple[float, float] | None:
    delta = subtract_areas(scores, strategy, scores.random)
    finite = np.isfinite(delta)
    return analyse_variance(delta[finite], scores.panel.splits[finite])


def analyse_variance(values: Floats, groups: NDArray[np.int64]) -> tuple[float, float] | None:
    """Return the variances between and within groups, by analysis of variance; groups may differ in size.

    Parameters
    ----------
    values, groups : ndarray of shape (n_values,)

    Returns
    -------
    (float, float) or None
        The first is 0 where its estimate is negative. None with a single group, or a single value in each.

    References
    ----------
    Searle et al., 1992, Variance components (section 3.6)
    """
    distinct, index = np.unique(groups, return_inverse=True)
    n, a = values.size, distinct.size
    if a < 2 or n == a:  # noqa: PLR2004 - between takes two
        return None
    sizes = np.bincount(index)
    means = np.bincount(index, weights=values) / sizes
    within = float(np.square(values - means[index]).sum()) / (n - a)
    between = float((sizes * np.square(means - values.mean())).sum()) / (a - 1)
    size = (n - float(np.square(sizes).sum()) / n) / (a - 1)
    return max(0.0, (between - within) / size), within
