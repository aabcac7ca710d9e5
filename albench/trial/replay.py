"""The picks of a stored trial, found again in its pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from albench.errors import TrialError
from albench.trial.history import Purchase

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Rows
    from albench.trial.history import Ledger


def bought_again(stored: dict[str, NDArray[Any]], ledger: Ledger, asked: NDArray[np.bool_]) -> Purchase:
    """Return the batch that follows in a stored trial.

    A pool may hold copies of a row: they lie side by side, so any of those that got the same label stands
    for any other.

    Parameters
    ----------
    stored : dict of str to ndarray of shape (n_bought,)
        Columns of the queries table, with its batch's ``n_tied`` and ``query_s``.
    ledger : Ledger
        What was bought so far.
    asked : ndarray of shape (n_pool,), bool
        Positions that were bought.

    Raises
    ------
    TrialError
        If a stored row with its label is not, or not any more, in the pool.
    """
    now = stored["round"] == ledger.round + 1
    free = np.flatnonzero(~asked)
    n_labels = ledger.given.max() + 2
    there = ledger.rows[free] * n_labels + ledger.given[free]
    places = _next_places(stored["row"][now] * n_labels + stored["label_given"][now], there)
    proba = stored["proba"][now] if stored["proba"] is not None else None
    n_tied, query_s = int(stored["n_tied"][now][0]), float(stored["query_s"][now][0])
    return Purchase(free[places], stored["utility"][now], stored["tied"][now], n_tied, query_s, proba)


def _next_places(wanted: Rows, there: Rows) -> Rows:
    order, place = np.argsort(wanted, kind="stable"), np.argsort(there, kind="stable")
    in_order = wanted[order]
    repeats = np.empty_like(order)
    repeats[order] = np.arange(wanted.size) - np.searchsorted(in_order, in_order)
    found = np.searchsorted(there, wanted, sorter=place) + repeats
    places: Rows = place[np.minimum(found, place.size - 1)]
    if not np.array_equal(there[places], wanted):
        raise TrialError("the stored picks are not rows of this pool with these labels")
    return places
