from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from albench.contracts import Need, Strategy
from albench.strategies.numerics.distances import NearestLabelled
from albench.strategies.uncertainty import entropies

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView, Rows

# The divergence from a probability of 0 would be infinite.
_LEAST = 1e-7


class ContrastiveAL(Strategy):
    """Contrastive active learning: mean over the k nearest labelled rows l of KL(p(l) || p(x)).

    Probabilities are clipped to [1e-7, 1] and made to add up to 1 again. While nothing is labelled all
    utilities are 0.
    """

    name = "contrastive_al"
    family = "hybrid"
    needs = frozenset({Need.PROBA, Need.LABELS})
    complexity = "O(n (b d + k C))"
    main = "neighbours"
    reference = (
        "Margatina, Vernikos, Barrault, Aletras, 2021, Active learning by acquiring contrastive examples"
    )

    neighbours: int = Field(default=10, ge=1)
    """Nearest labelled rows that a candidate is compared with; all if there are fewer."""

    def start(self, pool: PoolView) -> NearestLabelled:
        """Keep the nearest labelled rows over the rounds."""
        return NearestLabelled(pool.features, self.neighbours)

    def utilities(self, pool: PoolView, state: NearestLabelled) -> Floats:
        """Return divergences in nats."""
        state.add(pool.labelled)
        if not pool.labelled.size:
            return np.zeros(pool.candidates.size)
        nearest = np.searchsorted(pool.labelled, state.rows[pool.candidates])
        return compute_contrast(pool.proba, pool.proba_of(pool.labelled), nearest)


def compute_contrast(proba: Floats, proba_labelled: Floats, nearest: Rows) -> Floats:
    """Return the mean divergence of the nearest labelled rows' probabilities from each candidate's.

    Parameters
    ----------
    proba : ndarray of shape (n_candidates, n_classes)
    proba_labelled : ndarray of shape (n_labelled, n_classes)
    nearest : ndarray of shape (n_candidates, k), int
        Positions among the labelled rows.
    """
    p, q = _clip(proba_labelled), _clip(proba)
    own = np.zeros(nearest.shape[0])
    total = np.zeros_like(q)
    entropy = entropies(p)
    for column in nearest.T:
        own -= entropy[column]
        total += p[column]
    # KL(p || q) = sum p ln p - sum p ln q: the second term needs the sum of the neighbours' p alone.
    divergences: Floats = (own - np.einsum("nc,nc->n", total, np.log(q))) / nearest.shape[1]
    return divergences


def _clip(proba: Floats) -> Floats:
    clipped = np.clip(proba, _LEAST, 1)
    normalised: Floats = clipped / clipped.sum(axis=1, keepdims=True)
    return normalised
