"""The picks of a stored trial, as positions of its pool."""

from __future__ import annotations

from dataclasses import replace
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
    by_label : bool
        Whether copies of a row may have other labels; else all of them got the same answers.
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
    if not positions.size:
        return QueriedBatch(positions, batch["utility"], batch["tied"], proba=batch.get("proba"))
    n_tied, query_s = int(batch["n_tied"][0]), float(batch["query_s"][0])
    return QueriedBatch(positions, batch["utility"], batch["tied"], n_tied, query_s, batch.get("proba"))


def replay_repeated(
    stored: dict[str, NDArray[Any]], batch: QueriedBatch, history: History, n_asked: Rows
) -> QueriedBatch:
    """Return a batch with the rows that it asked again in a stored trial.

    Parameters
    ----------
    stored : dict of str to ndarray of shape (n_repeated,)
        ``round, row, k`` of what was asked again, with ``n_tied`` and ``query_s`` of the batch.
    """
    is_next = stored["round"] == history.round + 1
    if not is_next.any():
        return batch
    candidates = np.flatnonzero(n_asked)
    n = int(max(n_asked.max(), stored["k"].max())) + 1
    # Copies of a row that were asked as often have the same answers, and stand for one another.
    pairs = history.rows[candidates] * n + n_asked[candidates]
    positions = candidates[_match_positions((stored["row"] * n + stored["k"])[is_next], pairs)]
    n_tied, query_s = (stored[name][is_next][0] for name in ("n_tied", "query_s"))
    return replace(batch, repeated=positions, n_tied=int(n_tied), query_s=float(query_s))


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
