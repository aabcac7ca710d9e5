"""Which candidates come first, when some are tied.

Utilities are compared after rounding to 12 significant digits, so that the last bits of a sum cannot decide
a benchmark; what is still equal is ordered by one uniform key per candidate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from albench.errors import StrategyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

DIGITS = 12
_CLOSE = 10.0 ** (2 - DIGITS)

Pick = tuple[int, float, int]
"""Position of a candidate, its utility, and how many candidates were tied with it (0 if none)."""


class Picks(NamedTuple):
    """A queried batch.

    Attributes
    ----------
    candidates : ndarray of shape (n,), int
        Positions among the candidates, in the order of the picks.
    utilities : ndarray of shape (n,), float
        Utility of each pick at the moment it was picked.
    tied : ndarray of shape (n,), bool
        True where only the tie key decided for the pick and against a candidate that was left out.
    n_tied : int
        Size of the largest group of candidates within which the cut fell; 0 if no tie was cut.
    """

    candidates: NDArray[np.intp]
    utilities: NDArray[np.float64]
    tied: NDArray[np.bool_]
    n_tied: int


def round_significant(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round to 12 significant digits; zeros and infinities stay as they are."""
    finite = np.isfinite(values) & (values != 0)
    out = values.astype(np.float64, copy=True)
    magnitude = np.floor(np.log10(np.abs(values[finite])))
    # Splitting the power of ten keeps subnormal and huge values from overflowing the factor.
    half = np.floor((DIGITS - 1 - magnitude) / 2)
    rest = DIGITS - 1 - magnitude - half
    out[finite] = np.rint(values[finite] * 10.0**half * 10.0**rest) / 10.0**half / 10.0**rest
    return out


def top(utilities: NDArray[np.float64], keys: NDArray[np.float64], n: int) -> Picks:
    """Take the ``n`` largest utilities, ties in ascending order of their keys.

    Parameters
    ----------
    utilities : ndarray of shape (n_candidates,)
        Higher is queried first; ``-inf`` is allowed, not-a-number is not.
    keys : ndarray of shape (n_candidates,)
        One tie key per candidate.
    n : int
        How many; at most ``n_candidates``.

    Raises
    ------
    StrategyError
        If a utility is not a number or their count is wrong.
    """
    utilities = np.asarray(utilities, dtype=np.float64)
    if utilities.shape != keys.shape:
        raise StrategyError(f"{utilities.shape} utilities for {keys.shape} candidates")
    if np.isnan(utilities).any():
        raise StrategyError(
            f"{int(np.isnan(utilities).sum())} of {utilities.size} utilities are not a number"
        )
    if n <= 0:
        return build_picks(())
    cut = np.partition(utilities, utilities.size - n)[utilities.size - n]
    # Only what is near or above the cut can be in the batch; the rest need not be rounded or sorted.
    floor = cut - abs(cut) * _CLOSE if np.isfinite(cut) else cut
    near = np.flatnonzero(utilities >= floor)
    rounded = round_significant(utilities[near])
    order = np.lexsort((keys[near], -rounded))[:n]
    at_cut = rounded == rounded[order[-1]]
    n_at_cut = int(at_cut.sum())
    cut_inside = n_at_cut > int(at_cut[order].sum())
    chosen = near[order]
    return Picks(chosen, utilities[chosen], at_cut[order] & cut_inside, n_at_cut if cut_inside else 0)


def best(utilities: NDArray[np.float64], keys: NDArray[np.float64]) -> tuple[int, int]:
    """Position of the largest utility, and how many were tied with it (0 if none)."""
    largest = utilities.max()
    near = np.flatnonzero(utilities >= (largest - abs(largest) * _CLOSE if np.isfinite(largest) else largest))
    if near.size == 1:
        return int(near[0]), 0
    # Of not-a-number nothing is near: top() says what is wrong.
    near = near if near.size else np.arange(utilities.size)
    picks = top(utilities[near], keys[near], 1)
    return int(near[picks.candidates[0]]), picks.n_tied


def build_picks(picks: Sequence[Pick]) -> Picks:
    """Put together a batch whose picks were made one by one."""
    tied = np.array([n_tied for _, _, n_tied in picks], np.intp)
    return Picks(
        np.array([candidate for candidate, _, _ in picks], np.intp),
        np.array([utility for _, utility, _ in picks], np.float64),
        tied > 0,
        int(tied.max(initial=0)),
    )
