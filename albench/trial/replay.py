"""The picks of a stored trial, as positions of its pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from albench.errors import TrialError
from albench.trial.history import QueriedBatch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Rows
    from albench.trial.history import History


def replay_batch(
    stored_queries: dict[str, NDArray[Any]],
    history: History,
    is_queried: NDArray[np.bool_],
    *,
    by_label: bool = True,
) -> QueriedBatch:
    """Return the batch that follows in a stored trial.

    A pool may hold copies of a row: they lie side by side, so any of those that got the same answers stands
    for any other.

    Parameters
    ----------
    stored_queries : dict of str to ndarray of shape (n_queried,)
        Columns of the queries table, with its batch's ``n_tied`` and ``query_s``.
    history : History
        Of the trial so far.
    is_queried : ndarray of shape (n_pool,), bool
        Positions that were queried.
    by_label : bool
        Whether copies of a row may have other labels; else all of them got the same answers.

    Raises
    ------
    TrialError
        If a stored row with its label is not, or not any more, in the pool.
    """
    is_next = stored_queries["round"] == history.round + 1
    batch = {name: column[is_next] for name, column in stored_queries.items() if column is not None}
    candidates = np.flatnonzero(~is_queried)
    # One number for a row and its label; a refused label is -1, hence two more than the largest code.
    n_labels = history.given_labels.max() + 2
    given = history.given_labels[candidates] if by_label else 0
    pairs = history.rows[candidates] * n_labels + given
    wanted = batch["row"] * n_labels + (batch["label_given"] if by_label else 0)
    positions = candidates[_match_positions(wanted, pairs)]
    n_tied, query_s = int(batch["n_tied"][0]), float(batch["query_s"][0])
    return QueriedBatch(positions, batch["utility"], batch["tied"], n_tied, query_s, batch.get("proba"))


def _match_positions(wanted: Rows, pairs: Rows) -> Rows:
    """Return a different position in ``pairs`` for each wanted one."""
    wanted_order, order = np.argsort(wanted, kind="stable"), np.argsort(pairs, kind="stable")
    sorted_wanted = wanted[wanted_order]
    # The k-th of several equal ones takes the k-th copy in the pool.
    copies = np.empty_like(wanted_order)
    copies[wanted_order] = np.arange(wanted.size) - np.searchsorted(sorted_wanted, sorted_wanted)
    indices = np.searchsorted(pairs, wanted, sorter=order) + copies
    positions: Rows = order[np.minimum(indices, order.size - 1)]
    if not np.array_equal(pairs[positions], wanted):
        raise TrialError("the stored picks are not rows of this pool with these labels")
    return positions
