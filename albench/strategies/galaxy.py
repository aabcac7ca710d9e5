from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.contracts import Need, Strategy
from albench.ordering import Pick, Picks, best, build_picks

if TYPE_CHECKING:
    from albench.contracts import PoolView, Rows

_UNKNOWN = -1
_REFUSED = -2
_BINARY = 2


class Galaxy(Strategy):
    """Finds where classes meet on the line of p_c - max of the others, for a random class c each pick.

    The line holds the pool, labelled rows included. Of the stretches of unlabelled rows between two labelled
    ones, one of class c and one not, the middle of the shortest is taken; if there is none, the unlabelled
    row nearest to where two such labelled rows meet; if there is none either, a random one. The utility is
    minus the number of steps of that stretch or to that place. Within a batch a picked row counts with the
    class that the model predicts, as its label is not known yet.
    """

    name = "galaxy"
    family = "hybrid"
    needs = frozenset({Need.PROBA, Need.LABELS})
    complexity = "O(n (C + b + C log n))"
    reference = "Zhang, Katz-Samuels, Nowak, 2022, GALAXY: graph-based active learning at the extreme"

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Build the batch pick by pick."""
        lines = ClassLines(pool)
        return build_picks([lines.pick_next() for _ in range(n)])


class ClassLines:
    """The pool on one line a class, with the labels so far and those predicted for picks."""

    def __init__(self, pool: PoolView) -> None:
        n_pool = pool.n_rows
        self._proba = np.empty((n_pool, pool.n_classes))
        self._proba[pool.candidates] = pool.proba
        if pool.labelled.size:
            self._proba[pool.labelled] = pool.proba_of(pool.labelled)
        self._rows = np.sort(np.concatenate([pool.labelled, pool.candidates]))
        # Rows that are neither labelled nor candidates have been refused.
        self._classes = np.full(n_pool, _REFUSED)
        self._classes[pool.candidates] = _UNKNOWN
        self._classes[pool.labelled] = pool.labels
        self._keys = np.full(n_pool, np.inf)
        self._keys[pool.candidates] = pool.tie_keys
        self._places = np.full(n_pool, _UNKNOWN)
        self._places[pool.candidates] = np.arange(pool.candidates.size)
        self._rng = pool.rng
        self._lines: dict[int, Rows] = {}

    def pick_next(self) -> Pick:
        """Return the position of a candidate, its utility, and how many were tied with it."""
        n_classes = self._proba.shape[1]
        # The lines of two classes are one line in two directions.
        code = int(self._rng.integers(n_classes)) if n_classes > _BINARY else 0
        line = self._get_line(code)
        rows, steps = find_stretches(self._classes[line], code)
        if not rows.size:
            rows, steps = find_around_meetings(self._classes[line], code)
        if rows.size:
            place, n_tied = best(-steps.astype(np.float64), self._keys[line[rows]])
            row, utility = int(line[rows[place]]), -float(steps[place])
        else:
            row, utility, n_tied = int(self._rng.choice(np.flatnonzero(self._classes == _UNKNOWN))), np.nan, 0
        self._classes[row] = int(self._proba[row].argmax())
        return int(self._places[row]), utility, n_tied

    def _get_line(self, code: int) -> Rows:
        if code not in self._lines:
            proba = self._proba[self._rows]
            others = np.delete(proba, code, axis=1).max(axis=1)
            self._lines[code] = self._rows[np.argsort(others - proba[:, code], kind="stable")]
        return self._lines[code]


def find_stretches(classes: Rows, code: int) -> tuple[Rows, Rows]:
    """Return the middles of unlabelled stretches between a row of a class and one of another; their steps.

    Parameters
    ----------
    classes : ndarray of shape (n,), int
        Along the line; -1 where unknown.
    code : int
        The class.
    """
    labelled = np.flatnonzero(classes != _UNKNOWN)
    differ = (classes[labelled[1:]] == code) != (classes[labelled[:-1]] == code)
    left, right = labelled[:-1][differ], labelled[1:][differ]
    apart = right - left > 1
    return (left[apart] + right[apart]) // 2, (right - left)[apart]


def find_around_meetings(classes: Rows, code: int) -> tuple[Rows, Rows]:
    """Return the unlabelled rows nearest to where a row of a class meets one of another; their steps."""
    n = classes.size
    unknown = classes == _UNKNOWN
    meets = (classes[1:] == code) != (classes[:-1] == code)
    left = np.flatnonzero(meets & ~unknown[1:] & ~unknown[:-1])
    before = np.maximum.accumulate(np.where(unknown, np.arange(n), -1))[left]
    after = np.minimum.accumulate(np.where(unknown, np.arange(n), n)[::-1])[::-1][left + 1]
    rows = np.concatenate([before[before >= 0], after[after < n]])
    steps = np.concatenate([(left - before)[before >= 0], (after - left - 1)[after < n]])
    # A row between two meetings is one candidate, with its shorter way.
    order = np.lexsort((steps, rows))
    first = np.unique(rows[order], return_index=True)[1]
    return rows[order][first], steps[order][first]
