from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from albench.ordering import Pick, build_picks
from albench.strategies.committee import CommitteeStrategy, clear_rounding_errors, mean_kl
from albench.strategies.numerics.lazy_greedy import LazyGreedy
from albench.strategies.uncertainty import entropies

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView, Rows
    from albench.ordering import Picks

# Cells that are worked on at a time: 256 KiB stay in the cache of a core.
_BLOCK = 1 << 15


class BatchBald(CommitteeStrategy):
    """Greedy batch of largest mutual information of labels and member: H(y_1..y_b) - sum_i H(y_i | member).

    The joint entropy runs over all label configurations of the batch so far while they are at most
    ``samples``, and over a sample of that many afterwards. What a candidate adds can only shrink as the
    batch grows, so candidates whose last known addition is below the best one are not computed again.
    """

    name = "batch_bald"
    complexity = "O(n b M C min(C^b, samples)) at worst, most candidates being skipped"
    reference = (
        "Kirsch, van Amersfoort, Gal, 2019, BatchBALD: efficient and diverse batch acquisition for deep"
        " Bayesian active learning"
    )

    samples: int = Field(default=1000, ge=1)
    """Label configurations of the batch that are looked at; exact while there are no more."""

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Build the batch pick by pick; utilities are the information that each pick adds, in nats."""
        proba = self.get_committee(pool).proba
        batch = JointInformation(proba, self.samples, pool.rng)
        greedy = LazyGreedy(mean_kl(proba), pool.tie_keys, batch.compute_additions)
        picks: list[Pick] = []
        for _ in range(n):
            picks.append(greedy.pick_next())
            batch.add(picks[-1][0])
        return build_picks(picks)


class JointInformation:
    """What each candidate adds to the mutual information of a growing batch and the members.

    Parameters
    ----------
    proba : ndarray of shape (n_members, n_candidates, n_classes)
    samples : int
        Upper bound on the configurations.
    rng : Generator
        Draws the sample of configurations.
    """

    def __init__(self, proba: Floats, samples: int, rng: np.random.Generator) -> None:
        self._proba = proba
        self._samples = samples
        self._rng = rng
        self._conditional = entropies(proba).mean(axis=0)
        # A configuration's row holds how much more probable each member makes it than the members' mean.
        self._ratios = np.ones((1, proba.shape[0]))
        self._weights = np.ones(1)

    def compute_additions(self, rows: Rows) -> Floats:
        """Return what candidates would add to the batch, in nats."""
        n_members, _, n_classes = self._proba.shape
        width = max(1, _BLOCK // (self._weights.size * n_classes))
        entropies_given_batch = np.empty(rows.size)
        for first in range(0, rows.size, width):
            block = rows[first : first + width]
            proba = self._proba[:, block].reshape(n_members, -1)
            parts = self._compute_entropy(proba).reshape(-1, n_classes)
            entropies_given_batch[first : first + width] = parts.sum(axis=1)
        return clear_rounding_errors(entropies_given_batch - self._conditional[rows])

    def add(self, candidate: int) -> None:
        """Add a candidate to the batch."""
        proba = self._proba[:, candidate]
        shares = self._ratios @ proba / proba.shape[0]
        weights = (self._weights[:, None] * shares).ravel()
        ratios = (self._ratios[:, None, :] * proba.T).reshape(weights.size, -1)
        possible = np.flatnonzero(weights > 0)
        if possible.size > self._samples:
            keep = possible[self._sample_configurations(weights[possible])]
            self._weights = np.full(self._samples, 1 / self._samples)
        else:
            keep = possible
            self._weights = weights[keep] / weights[keep].sum()
        self._ratios = ratios[keep] / shares.ravel()[keep, None]

    def _sample_configurations(self, weights: Floats) -> Rows:
        """Draw configurations systematically: each as often as its weight says, but for rounding."""
        marks = (np.arange(self._samples) + self._rng.random()) / self._samples
        total = np.cumsum(weights)
        # Rounding can bring the last mark to 1, which is past the last configuration.
        places: Rows = np.searchsorted(total / total[-1], marks, side="right")
        return np.minimum(places, weights.size - 1)

    def _compute_entropy(self, proba: Floats) -> Floats:
        """Return each class's part of the mean entropy of a label given the configuration."""
        joint = self._ratios @ proba
        joint /= proba.shape[0]
        logs = np.log(np.maximum(joint, np.finfo(np.float64).tiny))
        logs *= joint
        entropies_of_classes: Floats = -(self._weights @ logs)
        return entropies_of_classes
