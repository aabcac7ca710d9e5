"""Rows that look labelled to a classifier, or rows whose labelled neighbours are answered differently."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from albench.contracts import Need, Strategy
from albench.ordering import Picks, best
from albench.strategies.distances import NearestLabelled
from albench.strategies.greedy import picks_of
from albench.strategies.uncertainty import entropies

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView, Rows

_LEAST = 1e-7


class ContrastiveAL(Strategy):
    """Contrastive active learning: mean over the k nearest labelled rows l of KL(p(l) || p(x)).

    Probabilities are clipped to [1e-7, 1] and made to add up to 1 again. While nothing is labelled all
    utilities are 0.
    """

    name: ClassVar[str] = "contrastive_al"
    family: ClassVar[str] = "hybrid"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.PROBA, Need.LABELS})
    complexity: ClassVar[str] = "O(n (b d + k C))"
    main: ClassVar[str | None] = "neighbours"
    reference: ClassVar[str] = (
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
        return contrast(pool.proba, pool.proba_of(pool.labelled), nearest)


class DiscriminativeAL(Strategy):
    """Least labelled-looking: the probability of being unlabelled, by a classifier of labelled or not.

    The classifier is a logistic regression on the features of the pool. The batch is chosen in parts; after
    each, what was picked counts as labelled, and the classifier is fitted again. The utility is the
    probability.
    """

    name: ClassVar[str] = "discriminative_al"
    family: ClassVar[str] = "diversity"
    complexity: ClassVar[str] = "O(n d) an iteration of the solver, parts fits"
    main: ClassVar[str | None] = "parts"
    reference: ClassVar[str] = "Gissin, Shalev-Shwartz, 2019, Discriminative active learning"

    parts: int = Field(default=10, ge=1)
    """Parts that a batch is chosen in; at most one for each pick. 1: all by the same classifier."""
    C: float = Field(default=1.0, gt=0)
    """Inverse strength of the ridge penalty of the classifier."""

    def start(self, pool: PoolView) -> Discriminator:
        """Keep the classifier's coefficients over the rounds: each fit starts from the last one's."""
        return Discriminator(pool.features, self.C)

    def select(self, pool: PoolView, state: Discriminator, n: int) -> Picks:
        """Choose part by part."""
        labelled = np.zeros(pool.features.shape[0], np.bool_)
        labelled[pool.labelled] = True
        chosen: list[int] = []
        steps: list[tuple[int, float, int]] = []
        for part in np.array_split(np.arange(n), min(self.parts, n)):
            labelled[pool.candidates[chosen]] = True
            utilities = state.unlabelled(labelled)[pool.candidates]
            utilities[chosen] = -np.inf
            for _ in part:
                pick, n_tied = best(utilities, pool.tie_keys)
                steps.append((pick, float(utilities[pick]), n_tied))
                chosen.append(pick)
                utilities[pick] = -np.inf
        return picks_of(*zip(*steps, strict=True))


class Discriminator:
    """Logistic regression that tells unlabelled rows from labelled ones.

    Parameters
    ----------
    X : ndarray of shape (n, d)
    C : float
    tolerance : float
        Of the largest element of the gradient.
    """

    def __init__(self, X: Floats, C: float, tolerance: float = 1e-4) -> None:
        self._X, self._C, self._tolerance = X, C, tolerance
        self._model: Any = None

    def unlabelled(self, labelled: np.ndarray) -> Floats:
        """Return the probability of being unlabelled, of all rows; 1 if no row is labelled, else fitted."""
        from sklearn.linear_model import LogisticRegression

        if labelled.all() or not labelled.any():
            return np.full(labelled.size, float(not labelled.any()))
        if self._model is None:
            self._model = LogisticRegression(C=self._C, tol=self._tolerance, max_iter=1000, warm_start=True)
        self._model.fit(self._X, ~labelled)
        found: Floats = self._model.predict_proba(self._X)[:, 1]
        return found


def contrast(proba: Floats, proba_labelled: Floats, nearest: Rows) -> Floats:
    """Return the mean divergence of the nearest labelled rows' probabilities from each candidate's.

    Parameters
    ----------
    proba : ndarray of shape (n_candidates, n_classes)
    proba_labelled : ndarray of shape (n_labelled, n_classes)
    nearest : ndarray of shape (n_candidates, k), int
        Positions among the labelled rows.
    """
    p, q = _clipped(proba_labelled), _clipped(proba)
    own = np.zeros(nearest.shape[0])
    mean = np.zeros_like(q)
    entropy = entropies(p)
    for column in nearest.T:
        own -= entropy[column]
        mean += p[column]
    found: Floats = (own - np.einsum("nc,nc->n", mean, np.log(q))) / nearest.shape[1]
    return found


def _clipped(proba: Floats) -> Floats:
    clipped = np.clip(proba, _LEAST, 1)
    found: Floats = clipped / clipped.sum(axis=1, keepdims=True)
    return found
