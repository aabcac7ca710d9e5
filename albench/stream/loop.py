"""One pass over a stream: learn what has arrived, predict, score, decide."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from albench.contracts import REFUSED
from albench.contracts.returned import PROBA_TOLERANCE
from albench.contracts.stream import ArrivingRow, Spending
from albench.errors import ModelError
from albench.stream.prequential import METRICS, Prequential
from albench.tables import HOLDOUT_METRICS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.contracts import Floats, Rows
    from albench.contracts.stream import Decider
    from albench.stream.holdout import HeldOutRows
    from albench.stream.learners import Committee, Learner


@dataclass(frozen=True, eq=False)
class StreamRows:
    """The rows of a stream, in the order in which they arrive.

    Attributes
    ----------
    features : ndarray of shape (n, d)
    labels : ndarray of shape (n,), int
        True class codes, by which predictions are scored.
    given_labels : ndarray of shape (n,), int
        What the oracle answers; ``REFUSED`` for none.
    n_start : int
        Rows at the beginning that are learnt before the stream, and are no part of it.
    marks : tuple of int
        The first row of each drift, counted from the first row of the stream.
    held_out : HeldOutRows or None
        Rows that are kept apart, and are no part of the stream.
    """

    features: Floats
    labels: Rows
    given_labels: Rows
    n_classes: int
    n_start: int = 0
    marks: tuple[int, ...] = ()
    held_out: HeldOutRows | None = None

    @property
    def n_streamed(self) -> int:
        """Rows that are decided on."""
        return self.labels.size - self.n_start


@dataclass(frozen=True)
class StreamSettings:
    """How a stream is run and scored.

    Attributes
    ----------
    budget : float
        Share of the rows whose labels may be bought.
    delay : int
        How many rows after its row a label that was bought is learnt; 0 for at once, before the next row.
    window : int
        Rows over which windowed metrics, those on held-out rows and the recovery after drift are taken.
    score_every : int
        Rows from one checkpoint to the next; the last row is one, too.
    holdout : float
        Share of the rows after the start that is kept apart to score by; 0 for none.
    """

    budget: float
    delay: int = 0
    window: int = 500
    score_every: int = 100
    holdout: float = 0.0


@dataclass(frozen=True, eq=False)
class StreamRecord:
    """What one pass over a stream has given.

    Attributes
    ----------
    n_rows : ndarray of shape (n_checkpoints,), int
        Rows that had arrived.
    n_bought : ndarray of shape (n_checkpoints,), int
        Labels bought of them, refused ones included.
    scores : dict of str to ndarray of shape (n_checkpoints,)
        By metric; not-a-number where undefined.
    bought : ndarray of shape (n_bought,), int
        The rows whose labels were bought, in their order.
    excess : float
        The largest number of labels above ``budget * t`` at any row t; minus infinity if none was bought.
    recovery : tuple of (int or None)
        Rows after each drift until the accuracy of a window was what it had been; None if never.
    """

    n_rows: Rows
    n_bought: Rows
    scores: dict[str, Floats]
    bought: Rows
    excess: float
    recovery: tuple[int | None, ...]


def run_stream(
    rows: StreamRows,
    settings: StreamSettings,
    learner: Learner,
    decider: Decider,
    spending: Spending,
    committee: Committee | None = None,
) -> StreamRecord:
    """Run a learner and what decides once over a stream.

    Parameters
    ----------
    learner : Learner
        One that has seen nothing yet; as decider, spending and committee it changes.
    committee : Committee, optional
        Of strategies that look at one.
    """
    names = METRICS if rows.held_out is None else (*METRICS, *HOLDOUT_METRICS)
    stream = _Pass(rows, settings, learner, decider, spending, committee)
    # One row of an array each: a list of tuples of numbers takes four times the memory.
    n_checkpoints = -(-rows.n_streamed // settings.score_every)
    checkpoints = np.fromiter(stream.run(), np.dtype((np.float64, 2 + len(names))), n_checkpoints).T
    n_rows, n_bought = checkpoints[:2].astype(np.int64)
    return StreamRecord(
        n_rows=n_rows,
        n_bought=n_bought,
        scores=dict(zip(names, checkpoints[2:].copy(), strict=True)),
        bought=np.array(stream.bought, np.int64),
        excess=stream.excess,
        recovery=tuple(stream.metrics.recovery),
    )


class _Pass:
    def __init__(
        self,
        rows: StreamRows,
        settings: StreamSettings,
        learner: Learner,
        decider: Decider,
        spending: Spending,
        committee: Committee | None,
    ) -> None:
        self._rows, self._settings = rows, settings
        self._learner, self._decider, self._spending = learner, decider, spending
        self._committee = committee
        self.metrics = Prequential(rows.n_classes, settings.window, rows.marks)
        self.bought = array("q")
        self.excess = -inf

    def run(self) -> Iterator[tuple[float, ...]]:
        """Go through the rows; yield rows, labels bought and scores at each checkpoint."""
        rows, settings, learner = self._rows, self._settings, self._learner
        metrics, bought = self.metrics, self.bought
        ask_committee = None if self._committee is None else self._committee.predict_proba
        for position in range(rows.n_start):
            self._learn(position)
        delay = max(settings.delay, 1)
        # Labels arrive in the order of their rows.
        n_arrived, n_bought, n_rows = 0, 0, rows.n_streamed
        for t in range(n_rows):
            while n_arrived < n_bought and bought[n_arrived] + delay <= t:
                self._learn(bought[n_arrived] + rows.n_start)
                n_arrived += 1
            self._advance()
            features, label = rows.features[t + rows.n_start], int(rows.labels[t + rows.n_start])
            row = ArrivingRow(features, learner.predict_proba(features), ask_committee)
            _check_proba(row.probabilities, t)
            metrics.add(label, row.predicted)
            if self._decider.decide(row, self._spending):
                bought.append(t)
                n_bought += 1
                self.excess = max(self.excess, n_bought - settings.budget * (t + 1))
            if (t + 1) % settings.score_every == 0 or t + 1 == n_rows:
                yield t + 1, n_bought, *metrics.compute(), *self._score_held_out(t)

    def _score_held_out(self, t: int) -> tuple[float, ...]:
        """Return the scores of the learner on the rows that are kept apart, as of row t; none without any."""
        rows = self._rows
        if rows.held_out is None:
            return ()
        n_changes = bisect_right(rows.marks, t)
        return rows.held_out.score(self._learner, t + 1, n_changes, self._settings.window)

    def _learn(self, position: int) -> None:
        """Learn the label of a row; a refused one teaches nothing."""
        label = int(self._rows.given_labels[position])
        if label == REFUSED:
            return
        features = self._rows.features[position]
        self._learner.learn(features, label)
        self._decider.observe_label(features, label)
        if self._committee is not None:
            self._committee.learn(features, label)

    def _advance(self) -> None:
        self._learner.advance()
        if self._committee is not None:
            self._committee.advance()


def _check_proba(probabilities: list[float], t: int) -> None:
    # Also false where one is not a number, of which the largest would be a class none the less.
    if not abs(sum(probabilities) - 1) < PROBA_TOLERANCE:
        raise ModelError(f"the learner gave row {t} probabilities that do not sum to 1: {probabilities}")
