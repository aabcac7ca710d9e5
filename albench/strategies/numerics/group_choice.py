from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.ordering import Picks, top

if TYPE_CHECKING:
    from albench.contracts import Floats, Rows


def assign_classes(counts: Rows, classes: Rows, n: int, rng: np.random.Generator) -> Rows:
    """Say which class each of ``n`` picks is for: the one with the fewest rows that has candidates left.

    Parameters
    ----------
    counts : ndarray of shape (n_classes,), int
        Rows that each class has.
    classes : ndarray of shape (n_candidates,), int
        Class of each candidate.
    """
    # The first of equal counts in a shuffled order is a random one.
    order = rng.permutation(counts.size)
    counts, left = counts.astype(np.float64), np.bincount(classes, minlength=counts.size)
    turns = np.empty(n, np.intp)
    for turn in range(n):
        counts[left == 0] = np.inf
        turns[turn] = code = order[np.argmin(counts[order])]
        counts[code] += 1
        left[code] -= 1
    return turns


def select_within_classes(utilities: Floats, classes: Rows, turns: Rows, keys: Floats) -> Picks:
    """Take the best candidates of each class, in the order of ``turns``."""
    candidates, picked = np.empty(turns.size, np.intp), np.empty(turns.size)
    tied, n_tied = np.zeros(turns.size, np.bool_), 0
    for code in np.unique(turns):
        rows, places = np.flatnonzero(classes == code), np.flatnonzero(turns == code)
        chosen = top(utilities[rows], keys[rows], places.size)
        candidates[places], picked[places] = rows[chosen.candidates], chosen.utilities
        tied[places] = chosen.tied
        n_tied = max(n_tied, chosen.n_tied)
    return Picks(candidates, picked, tied, n_tied)


def count_preceding(labels: Rows) -> Rows:
    """Return for each element how many equal ones stand before it."""
    order = np.argsort(labels, kind="stable")
    ordered = labels[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    places = np.empty(labels.size, np.intp)
    places[order] = np.arange(labels.size) - np.repeat(starts, np.diff(np.r_[starts, labels.size]))
    return places
