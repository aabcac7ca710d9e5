"""History of a trial: the queried batches, and the model's scores after each round."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Floats, Rows


@dataclass(frozen=True, eq=False)
class QueriedBatch:
    """One batch, in the order of its picks; the seed set is the batch of round 0.

    Attributes
    ----------
    positions : ndarray of shape (n,), int
        Pool positions.
    utilities : ndarray of shape (n,), float
        Not-a-number where there is none.
    tied : ndarray of shape (n,), bool
    query_s : float
        CPU seconds.
    proba : ndarray of shape (n, n_classes) or None
    repeated : ndarray of shape (n_repeated,), int
        Pool positions of rows that were labelled before and are asked again.
    """

    positions: Rows
    utilities: Floats
    tied: NDArray[np.bool_]
    n_tied: int = 0
    query_s: float = 0.0
    proba: Floats | None = None
    repeated: Rows = field(default_factory=lambda: np.zeros(0, np.intp))

    @property
    def n_labels(self) -> int:
        """Labels that it buys, of new rows and of rows that are asked again."""
        return self.positions.size + self.repeated.size

    @property
    def all_positions(self) -> Rows:
        """Pool positions of everything that it asks for, new rows first."""
        return np.concatenate([self.positions, self.repeated]) if self.repeated.size else self.positions

    @classmethod
    def from_seed_set(cls, positions: Rows) -> QueriedBatch:
        """Return the batch of round 0."""
        return cls(positions, np.full(positions.size, np.nan), np.zeros(positions.size, np.bool_))

    def part_repeated(self, is_queried: NDArray[np.bool_]) -> QueriedBatch:
        """Return the same picks, those of rows that were queried before as rows that are asked again."""
        again = is_queried[self.positions]
        proba = None if self.proba is None else self.proba[~again]
        return replace(
            self,
            positions=self.positions[~again],
            utilities=self.utilities[~again],
            tied=self.tied[~again],
            proba=proba,
            repeated=self.positions[again],
        )

    def take_first(self, n: int) -> QueriedBatch:
        """Return the first ``n`` rows of the batch."""
        if n == self.positions.size:
            return self
        proba = None if self.proba is None else self.proba[:n]
        return replace(
            self, positions=self.positions[:n], utilities=self.utilities[:n], tied=self.tied[:n], proba=proba
        )


@dataclass(frozen=True, eq=False)
class WholePool:
    """Everything is queried: what the reference of a split is trained on."""

    true_labels: Rows

    @property
    def queried_labels(self) -> Rows:
        """True class codes of the pool."""
        return self.true_labels


@dataclass(eq=False)
class History:
    """Queried batches and scores, round by round.

    The arrays are those of the whole pool; only the labels of queried rows leave the loop. ``annotators`` and
    ``costs`` are of a first query. Given labels may change as more is bought: ``first_labels`` holds
    those that the first fit of each batch used. ``n_labels`` were bought so far, given or not, for ``cost``.
    """

    rows: Rows
    true_labels: Rows
    given_labels: Rows
    annotators: Rows
    costs: Floats
    cost: float = 0.0
    n_labels: int = 0
    batches: list[QueriedBatch] = field(default_factory=list)
    first_labels: list[Rows] = field(default_factory=list)
    scores: list[dict[str, float]] = field(default_factory=list)

    @property
    def round(self) -> int:
        """Index of the current round."""
        return len(self.batches) - 1

    @property
    def queried_labels(self) -> Rows:
        """True class codes of the queried rows."""
        labels: Rows = self.true_labels[np.concatenate([batch.positions for batch in self.batches])]
        return labels

    def add_batch(self, batch: QueriedBatch, price: float) -> None:
        """Add a batch that was paid for; a new round begins."""
        self.batches.append(batch)
        self.first_labels.append(self.given_labels[batch.positions])
        self.n_labels += batch.n_labels
        self.cost += price

    def add_scores(self, fit_s: float, scores: dict[str, float]) -> None:
        """Add the scores of this round's model."""
        batch, n_labels = self.batches[-1], self.n_labels
        self.scores.append(
            {
                "round": self.round,
                "n_labels": n_labels,
                "cost": self.cost,
                "n_tied": batch.n_tied,
                "fit_s": fit_s,
                "query_s": batch.query_s,
                **scores,
            }
        )

    def build_curve(self) -> dict[str, NDArray[Any]]:
        """Return one array a column of the curves table, but for the key."""
        columns = {name: np.array([row[name] for row in self.scores]) for name in self.scores[0]}
        return columns | {name: columns[name].astype(np.int64) for name in ("round", "n_labels", "n_tied")}

    def build_queries(self) -> dict[str, NDArray[Any]]:
        """Return one array a column of the queries table, but for the key and the probabilities."""
        sizes = [batch.positions.size for batch in self.batches]
        positions = np.concatenate([batch.positions for batch in self.batches])
        return {
            "round": np.repeat(np.arange(len(sizes)), sizes),
            "rank": np.concatenate([np.arange(size) for size in sizes]),
            "row": self.rows[positions],
            "utility": np.concatenate([batch.utilities for batch in self.batches]),
            "tied": np.concatenate([batch.tied for batch in self.batches]),
            "label_true": self.true_labels[positions],
            "label_given": np.concatenate(self.first_labels),
            "annotator": self.annotators[positions],
            "cost": self.costs[positions],
        }

    def build_repeated(self) -> dict[str, NDArray[Any]] | None:
        """Return round, row and number of earlier answers of what was asked again; None if nothing was."""
        if not any(batch.repeated.size for batch in self.batches):
            return None
        n_asked, attempts = np.zeros(self.rows.size, np.intp), []
        for batch in self.batches:
            attempts.append(n_asked[batch.repeated])
            n_asked[batch.positions] += 1
            n_asked[batch.repeated] += 1
        sizes = [batch.repeated.size for batch in self.batches]
        return {
            "round": np.repeat(np.arange(len(sizes)), sizes),
            "row": self.rows[np.concatenate([batch.repeated for batch in self.batches])],
            "k": np.concatenate(attempts),
        }

    def collect_proba(self, n_classes: int) -> Floats | None:
        """Return the probabilities of the picks, None if no batch has any."""
        if all(batch.proba is None for batch in self.batches):
            return None
        unknown = [np.full((batch.positions.size, n_classes), np.nan) for batch in self.batches]
        return np.concatenate(
            [
                empty if batch.proba is None else batch.proba
                for empty, batch in zip(unknown, self.batches, strict=True)
            ]
        )
