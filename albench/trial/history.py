"""The book of a trial: what was bought when, and what the model was worth after each round."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Floats, Rows


@dataclass(frozen=True, eq=False)
class Purchase:
    """One batch, in order of purchase; the seed set is the purchase of round 0.

    Attributes
    ----------
    positions : ndarray of shape (n,), int
        Pool positions.
    utilities : ndarray of shape (n,), float
        Not-a-number where there is none.
    tied : ndarray of shape (n,), bool
    n_tied : int
    query_s : float
        CPU seconds.
    proba : ndarray of shape (n, n_classes) or None
    """

    positions: Rows
    utilities: Floats
    tied: NDArray[np.bool_]
    n_tied: int = 0
    query_s: float = 0.0
    proba: Floats | None = None

    @classmethod
    def seed_set(cls, positions: Rows) -> Purchase:
        """Return the purchase of round 0."""
        return cls(positions, np.full(positions.size, np.nan), np.zeros(positions.size, np.bool_))


@dataclass(eq=False)
class Ledger:
    """Purchases and scores, round by round.

    ``true`` and ``given`` are the labels of the whole pool; they never leave the loop but for rows bought.
    """

    rows: Rows
    true: Rows
    given: Rows
    purchases: list[Purchase] = field(default_factory=list)
    scores: list[dict[str, float]] = field(default_factory=list)

    @property
    def round(self) -> int:
        """Index of the current round."""
        return len(self.purchases) - 1

    @property
    def n_labels(self) -> int:
        """Labels paid for, whether the oracle gave them or not."""
        return sum(purchase.positions.size for purchase in self.purchases)

    def buy(self, purchase: Purchase) -> None:
        """Enter a batch; a new round begins."""
        self.purchases.append(purchase)

    def score(self, fit_s: float, scores: dict[str, float]) -> None:
        """Enter what the model of this round is worth."""
        bought, n_labels = self.purchases[-1], self.n_labels
        self.scores.append(
            {
                "round": self.round,
                "n_labels": n_labels,
                "cost": float(n_labels),
                "n_tied": bought.n_tied,
                "fit_s": fit_s,
                "query_s": bought.query_s,
                **scores,
            }
        )

    def curve(self) -> dict[str, NDArray[Any]]:
        """Return one array a column of the curves table, but for the key."""
        columns = {name: np.array([row[name] for row in self.scores]) for name in self.scores[0]}
        return columns | {name: columns[name].astype(np.int64) for name in ("round", "n_labels", "n_tied")}

    def queries(self) -> dict[str, NDArray[Any]]:
        """Return one array a column of the queries table, but for the key and the probabilities."""
        sizes = [purchase.positions.size for purchase in self.purchases]
        positions = np.concatenate([purchase.positions for purchase in self.purchases])
        return {
            "round": np.repeat(np.arange(len(sizes)), sizes),
            "rank": np.concatenate([np.arange(size) for size in sizes]),
            "row": self.rows[positions],
            "utility": np.concatenate([purchase.utilities for purchase in self.purchases]),
            "tied": np.concatenate([purchase.tied for purchase in self.purchases]),
            "label_true": self.true[positions],
            "label_given": self.given[positions],
            "annotator": np.zeros(positions.size, np.int64),
            "cost": np.ones(positions.size),
        }

    def proba(self, n_classes: int) -> Floats | None:
        """Return the probabilities of the picks, if any were kept."""
        if all(purchase.proba is None for purchase in self.purchases):
            return None
        unknown = [np.full((purchase.positions.size, n_classes), np.nan) for purchase in self.purchases]
        return np.concatenate(
            [
                empty if purchase.proba is None else purchase.proba
                for empty, purchase in zip(unknown, self.purchases, strict=True)
            ]
        )
