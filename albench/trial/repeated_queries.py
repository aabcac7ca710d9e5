"""Rows that are asked again: how many of a batch, and which ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.metrics.agreement import measure_agreement

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Rows
    from albench.trial.oracle_answers import OracleAnswers
    from albench.trial.random_streams import TrialStreams

# A share times a count that is whole but for rounding.
_ROUNDING = 1e-9


class RepeatedQueries:
    """A share of the labels after the seed set that are second answers, to rows that are labelled already.

    Rows that were asked least come first, in an order that is drawn once a split and start: it is the same
    for every strategy.
    """

    def __init__(self, share: float, n_pool: int, streams: TrialStreams) -> None:
        self._share = share
        self._places = streams.open_repeated_queries_rng().random(n_pool)

    def choose(self, n_bought: int, batch_size: int, is_queried: NDArray[np.bool_], n_asked: Rows) -> Rows:
        """Return the rows that a batch asks again; one label of a batch at least is of a new row.

        Parameters
        ----------
        n_bought : int
            Labels after the seed set so far.
        """
        due = self._count_due(n_bought + batch_size) - self._count_due(n_bought)
        rows = np.flatnonzero(is_queried)
        order = np.lexsort((self._places[rows], n_asked[rows]))
        return rows[order[: min(due, batch_size - 1)]]

    def _count_due(self, n_bought: int) -> int:
        return int(self._share * n_bought + _ROUNDING)


def measure_round(answers: OracleAnswers, streams: TrialStreams, round_index: int) -> dict[str, float]:
    """Return how far the answers of a trial agree by a round."""
    rng = streams.open_agreement_rng(round_index)
    return measure_agreement(answers.list_bought(), answers.n_classes, rng)
