"""Mutual information between a whole batch of labels and the members of a committee."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from albench.contracts import Need
from albench.ordering import Picks, best
from albench.strategies.committee import OfCommittee, mean_kl, without_noise
from albench.strategies.uncertainty import entropies

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView, Rows

_BLOCK = 1 << 15
_AT_ONCE = 256
_SLACK = 1e-12


class BatchBald(OfCommittee):
    """Greedy batch of largest mutual information of labels and member: H(y_1..y_b) - sum_i H(y_i | member).

    The joint entropy runs over all label configurations of the batch so far while they are at most
    ``samples``, and over a sample of that many afterwards. What a candidate adds can only shrink as the
    batch grows, so candidates whose last known addition is below the best one are not computed again.
    """

    name: ClassVar[str] = "batch_bald"
    complexity: ClassVar[str] = "O(n b M C min(C^b, samples)) at worst, most candidates being skipped"
    reference: ClassVar[str] = (
        "Kirsch, van Amersfoort, Gal, 2019, BatchBALD: efficient and diverse batch acquisition for deep"
        " Bayesian active learning"
    )

    samples: int = Field(default=1000, ge=1)
    """Label configurations of the batch that are looked at; exact while there are no more."""

    def required(self) -> frozenset[Need]:
        """Return what it needs: no probabilities of the query model if others are the committee."""
        return frozenset({Need.COMMITTEE}) if self.models else self.needs

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Build the batch pick by pick; utilities are the information that each pick adds, in nats."""
        del state
        proba = self.asked(pool).proba
        added = JointInformation(proba, self.samples, pool.rng)
        chosen, utilities, tied = [], [], []
        for _ in range(n):
            pick, n_tied = best(added.gains(), pool.tie_keys)
            chosen.append(pick)
            utilities.append(added.bounds[pick])
            tied.append(n_tied)
            added.pick(pick)
        return Picks(np.array(chosen), np.array(utilities), np.array(tied) > 0, max(tied))


class JointInformation:
    """What each candidate adds to the mutual information of a growing batch and the members.

    Parameters
    ----------
    proba : ndarray of shape (n_members, n_candidates, n_classes)
    samples : int
        Upper bound on the configurations.
    rng : Generator
        Draws the sample of configurations.

    Attributes
    ----------
    bounds : ndarray of shape (n_candidates,)
        The last known addition, an upper bound on the present one; minus infinity for what is picked.
    """

    def __init__(self, proba: Floats, samples: int, rng: np.random.Generator) -> None:
        self._proba = proba
        self._samples = samples
        self._rng = rng
        self._conditional = entropies(proba).mean(axis=0)
        self.bounds = mean_kl(proba)
        # A configuration's row holds how much more probable each member makes it than the members' mean.
        self._ratios = np.ones((1, proba.shape[0]))
        self._weights = np.ones(1)
        self._fresh = True

    def gains(self) -> Floats:
        """Return additions: exact for all candidates that can be the best, minus infinity for the others."""
        if self._fresh:
            return self.bounds
        found = np.full(self.bounds.size, -np.inf)
        order = np.argsort(-self.bounds, kind="stable")
        largest = -np.inf
        for first in range(0, order.size, _AT_ONCE):
            rows = order[first : first + _AT_ONCE]
            rows = rows[self.bounds[rows] >= largest - _SLACK]
            if not rows.size:
                break
            found[rows] = np.where(np.isfinite(self.bounds[rows]), self._additions(rows), -np.inf)
            largest = max(largest, found[rows].max())
        known = np.isfinite(found)
        self.bounds[known] = found[known]
        return found

    def pick(self, candidate: int) -> None:
        """Add a candidate to the batch."""
        mine = self._proba[:, candidate]
        shares = self._ratios @ mine / mine.shape[0]
        weights = (self._weights[:, None] * shares).ravel()
        ratios = (self._ratios[:, None, :] * mine.T).reshape(weights.size, -1)
        possible = np.flatnonzero(weights > 0)
        if possible.size > self._samples:
            kept = possible[self._drawn(weights[possible])]
            self._weights = np.full(self._samples, 1 / self._samples)
        else:
            kept = possible
            self._weights = weights[kept] / weights[kept].sum()
        self._ratios = ratios[kept] / shares.ravel()[kept, None]
        self.bounds = self.bounds.copy()
        self.bounds[candidate] = -np.inf
        self._fresh = False

    def _drawn(self, weights: Floats) -> Rows:
        """Draw configurations systematically: each as often as its weight says, but for rounding."""
        marks = (np.arange(self._samples) + self._rng.random()) / self._samples
        total = np.cumsum(weights)
        places: Rows = np.searchsorted(total / total[-1], marks, side="right")
        return np.minimum(places, weights.size - 1)

    def _additions(self, rows: Rows) -> Floats:
        n_members, _, n_classes = self._proba.shape
        width = max(1, _BLOCK // (self._weights.size * n_classes))
        found = np.empty(rows.size)
        for first in range(0, rows.size, width):
            block = rows[first : first + width]
            mine = self._proba[:, block].reshape(n_members, -1)
            found[first : first + width] = self._entropy(mine).reshape(-1, n_classes).sum(axis=1)
        return without_noise(found - self._conditional[rows])

    def _entropy(self, mine: Floats) -> Floats:
        """Return each class's part of the mean entropy of a label given the configuration."""
        joint = self._ratios @ mine
        joint /= mine.shape[0]
        logs = np.log(np.maximum(joint, np.finfo(np.float64).tiny))
        logs *= joint
        found: Floats = -(self._weights @ logs)
        return found
