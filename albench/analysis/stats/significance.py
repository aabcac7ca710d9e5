"""Tests across datasets: Wilcoxon's signed ranks, Holm's correction, Friedman's omnibus."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.contracts import Floats, Rows

ALPHA = 0.05
ROUNDING = 1e-11
"""Differences in area that are closer to each other, or to 0, are the same in every test.

Areas are sums of rounded numbers, and means of their differences are off by up to 1e-12.
"""
_RELATIVE = 1e-13
_MOST_DATASETS = 64  # enough for 2^58 tests


def subtract(values: Floats, others: Floats) -> Floats:
    """Return differences, 0 where they are within rounding of the values themselves, in whatever unit."""
    differences = values - others
    residue = _RELATIVE * np.maximum(np.abs(values), np.abs(others))
    return np.asarray(np.where(np.abs(differences) <= residue, 0.0, differences))


def scale_rounding(values: Floats) -> float:
    """Return what is rounding among values of such a size: ``ROUNDING``, and more of it above 1."""
    return ROUNDING * max(1.0, float(np.abs(values).max(initial=0.0)))


def remove_rounding(differences: Floats) -> Floats:
    """Return differences whose sizes are 0 or equal where they are within rounding of it."""
    sizes = np.abs(differences)
    order = np.argsort(sizes, kind="stable")
    ascending = np.append(0.0, sizes[order])
    is_new = np.append(True, np.diff(ascending) > scale_rounding(sizes))
    cleaned = np.empty_like(sizes)
    cleaned[order] = ascending[is_new][np.cumsum(is_new) - 1][1:]
    return np.asarray(np.sign(differences) * cleaned)


def wilcoxon(differences: Floats) -> float:
    """Return the two-sided p of the signed-rank test, exact for every n, with ties and zeros.

    Zeros keep their ranks and give half of them to either side (``zsplit`` in scipy: dropping them would make
    strategies that often equal random look decided); ties get mean ranks. The distribution is that of all
    sign flips of the differences that are not zero, by convolution.

    Parameters
    ----------
    differences : ndarray of shape (n_datasets,)

    References
    ----------
    Wilcoxon, 1945, Individual comparisons by ranking methods; Pratt, 1959, Remarks on zeros and ties
    """
    signed = _compute_signed_ranks(differences)
    doubled = np.abs(signed[signed != 0])
    chances = _compute_subset_sums(doubled)
    far = np.abs(2 * np.arange(chances.size) - doubled.sum()) >= abs(signed.sum())
    return min(1.0, float(chances[far].sum()))


def find_signed_rank_side(differences: Floats) -> int:
    """Return 1 where positive differences have the larger sum of ranks, -1 where negative ones have it."""
    return int(np.sign(_compute_signed_ranks(differences).sum()))


def _compute_signed_ranks(differences: Floats) -> Rows:
    """Return twice the rank of each size, with the sign of the difference: mean ranks are halves."""
    cleaned = remove_rounding(differences)
    doubled = np.rint(2 * rank_values(np.abs(cleaned))).astype(np.intp)
    return np.asarray(np.sign(cleaned).astype(np.intp) * doubled)


def _compute_subset_sums(weights: Rows) -> Floats:
    """Return the probability of each sum of a random subset of whole numbers, shape (total + 1,)."""
    chances = np.zeros(int(weights.sum()) + 1)
    chances[0] = 1.0
    reached = 0
    for weight in weights:
        reached += int(weight)
        shifted = np.zeros(reached + 1)
        shifted[weight:] = chances[: reached + 1 - weight]
        chances[: reached + 1] = (chances[: reached + 1] + shifted) / 2
    return chances


def rank_values(values: Floats, tolerance: float = 0.0) -> Floats:
    """Return the ranks along the last axis, 1 for the smallest, tied values their mean rank.

    Values within ``tolerance`` of each other are tied.
    """
    own, others = values[..., :, np.newaxis], values[..., np.newaxis, :]
    smaller = (others < own - tolerance).sum(axis=-1)
    larger = (others > own + tolerance).sum(axis=-1)
    return np.asarray((smaller - larger + values.shape[-1] + 1) / 2)


def compute_smallest_p(n_datasets: int) -> float:
    """Return the smallest two-sided p that the signed-rank test can reach: 2 * 2^-n."""
    return float(min(1.0, 2.0 ** (1 - n_datasets)))


def can_be_tested(n_datasets: int, n_tests: int) -> bool:
    """Say whether the smallest reachable p could be significant after Holm's correction."""
    return compute_smallest_p(n_datasets) * n_tests <= ALPHA


def find_fewest_datasets(n_tests: int) -> int:
    """Return from how many datasets on so many tests can reach significance."""
    return next(n for n in range(1, _MOST_DATASETS) if can_be_tested(n, n_tests))


def holm(ps: Sequence[float]) -> list[float]:
    """Return p values corrected for their number (Holm, 1979), in the order given."""
    order = np.argsort(ps, kind="stable")
    factors = np.arange(len(ps), 0, -1)
    corrected = np.minimum(np.maximum.accumulate(np.asarray(ps)[order] * factors), 1)
    in_given_order = np.empty(len(ps))
    in_given_order[order] = corrected
    return [float(p) for p in in_given_order]


def friedman(scores: Floats) -> float:
    """Return the p of Friedman's test that all columns have the same distribution of ranks.

    By the chi-squared approximation, corrected for ties.

    Parameters
    ----------
    scores : ndarray of shape (n_datasets, n_strategies)
        Complete; at least 3 strategies.

    References
    ----------
    Friedman, 1937, The use of ranks to avoid the assumption of normality
    """
    from scipy.special import chdtrc

    n, k = scores.shape
    ranks = rank_values(scores, scale_rounding(scores))
    spread = float(np.square(ranks - (k + 1) / 2).sum())
    if spread == 0:
        return 1.0
    between = n * float(np.square(ranks.mean(axis=0) - (k + 1) / 2).sum())
    return float(chdtrc(k - 1, n * (k - 1) * between / spread))
