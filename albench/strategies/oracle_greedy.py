from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from albench.contracts import REFUSED, Need, Strategy
from albench.ordering import Picks, best

if TYPE_CHECKING:
    from albench.contracts import PoolView, Rows


class OracleGreedy(Strategy):
    """The candidate whose true label lifts the test metric most, of a few drawn at random, one by one.

    A bound that no strategy can be expected to reach, since it looks at the test part; but a greedy one,
    so that it can be exceeded.
    """

    name = "oracle_greedy"
    family = "control"
    needs = frozenset({Need.TRUTH, Need.MODEL})
    cost = "refits"
    accepts_sparse = True
    complexity = "b T refits and scores, T tried candidates"
    main = "metric"
    reference = (
        "Werner, Burchert, Stubbemann, Schmidt-Thieme, 2024, A cross-domain benchmark for active learning"
    )

    metric: Literal["accuracy", "balanced_accuracy", "f1_macro", "log_loss", "brier"] = "accuracy"
    """What is to be lifted on the test part."""
    tried: int = Field(default=20, ge=1)
    """Candidates that are tried for each pick, drawn at random."""

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Build the batch pick by pick; utilities are the metric, negated where lower is better."""
        chosen: list[int] = []
        utilities, tied = [], []
        labelled = pool.labelled
        for _ in range(n):
            left = np.delete(np.arange(pool.candidates.size), chosen)
            tried = np.sort(pool.rng.permutation(left)[: self.tried])
            scores = np.array([self._score(pool, np.append(labelled, row)) for row in pool.candidates[tried]])
            place, n_tied = best(scores, pool.tie_keys[tried])
            chosen.append(int(tried[place]))
            utilities.append(scores[place])
            tied.append(n_tied)
            labelled = np.append(labelled, pool.candidates[tried[place]])
        return Picks(np.array(chosen), np.array(utilities), np.array(tied) > 0, max(tied))

    def _score(self, pool: PoolView, rows: Rows) -> float:
        # What the oracle refuses to label can be in no fit.
        answers = pool.truth.given
        rows = np.sort(rows[answers[rows] != REFUSED])
        return pool.truth.score(pool.refit(rows, answers[rows]), self.metric)
