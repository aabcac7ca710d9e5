"""Batches in which no class is forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from albench.contracts import Need, Strategy
from albench.ordering import Picks, top
from albench.strategies.uncertainty import margins

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView, Rows


class BalancedMargin(Strategy):
    """Margin within predicted classes: each pick goes to the class with the fewest labels so far.

    Labels so far are those given and, for picks of the same batch, those predicted. A class that is
    predicted for no candidate is passed over; among equal classes chance decides, anew each round.
    """

    name: ClassVar[str] = "balanced_margin"
    family: ClassVar[str] = "hybrid"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.PROBA, Need.LABELS})
    complexity: ClassVar[str] = "O(n C + b C)"
    reference: ClassVar[str] = "Aggarwal, Popescu, Hudelot, 2020, Active learning for imbalanced datasets"

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Divide the batch over the predicted classes, then take the smallest margins of each."""
        del state
        predicted = pool.proba.argmax(axis=1)
        turns = class_turns(np.bincount(pool.labels, minlength=pool.n_classes), predicted, n, pool.rng)
        return within_classes(margins(pool.proba), predicted, turns, pool.tie_keys)


def class_turns(counts: Rows, classes: Rows, n: int, rng: np.random.Generator) -> Rows:
    """Say which class each of ``n`` picks is for: the one with the fewest rows that has candidates left.

    Parameters
    ----------
    counts : ndarray of shape (n_classes,), int
        Rows that each class has.
    classes : ndarray of shape (n_candidates,), int
        Class of each candidate.
    """
    order = rng.permutation(counts.size)
    counts, left = counts.astype(np.float64), np.bincount(classes, minlength=counts.size)
    turns = np.empty(n, np.intp)
    for turn in range(n):
        counts[left == 0] = np.inf
        turns[turn] = code = order[np.argmin(counts[order])]
        counts[code] += 1
        left[code] -= 1
    return turns


def within_classes(utilities: Floats, classes: Rows, turns: Rows, keys: Floats) -> Picks:
    """Take the best candidates of each class, in the order of ``turns``."""
    candidates, picked = np.empty(turns.size, np.intp), np.empty(turns.size)
    tied, n_tied = np.zeros(turns.size, np.bool_), 0
    for code in np.unique(turns):
        rows, places = np.flatnonzero(classes == code), np.flatnonzero(turns == code)
        best = top(utilities[rows], keys[rows], places.size)
        candidates[places], picked[places] = rows[best.candidates], best.utilities
        tied[places] = best.tied
        n_tied = max(n_tied, best.n_tied)
    return Picks(candidates, picked, tied, n_tied)
