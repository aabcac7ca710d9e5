from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from albench.contracts import Strategy
from albench.ordering import Pick, Picks, best, build_picks

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView


class DiscriminativeAL(Strategy):
    """Least labelled-looking: the probability of being unlabelled, by a classifier of labelled or not.

    The classifier is a logistic regression on the features of the pool. The batch is chosen in parts; after
    each, what was picked counts as labelled, and the classifier is fitted again. The utility is the
    probability.
    """

    name = "discriminative_al"
    family = "diversity"
    complexity = "O(n d) an iteration of the solver, parts fits"
    main = "parts"
    reference = "Gissin, Shalev-Shwartz, 2019, Discriminative active learning"

    parts: int = Field(default=10, ge=1)
    """Parts that a batch is chosen in; at most one for each pick. 1: all by the same classifier."""
    C: float = Field(default=1.0, gt=0)
    """Inverse strength of the ridge penalty of the classifier."""

    def start(self, pool: PoolView) -> Discriminator:
        """Keep the classifier's coefficients over the rounds: each fit starts from the last one's."""
        return Discriminator(pool.features, self.C)

    def select(self, pool: PoolView, state: Discriminator, n: int) -> Picks:
        """Choose part by part."""
        labelled = np.zeros(pool.n_rows, np.bool_)
        labelled[pool.labelled] = True
        chosen: list[int] = []
        picks: list[Pick] = []
        for part in np.array_split(np.arange(n), min(self.parts, n)):
            labelled[pool.candidates[chosen]] = True
            utilities = state.predict_unlabelled(labelled)[pool.candidates]
            utilities[chosen] = -np.inf
            for _ in part:
                pick, n_tied = best(utilities, pool.tie_keys)
                picks.append((pick, float(utilities[pick]), n_tied))
                chosen.append(pick)
                utilities[pick] = -np.inf
        return build_picks(picks)


class Discriminator:
    """Logistic regression that separates unlabelled rows from labelled ones.

    Parameters
    ----------
    X : ndarray of shape (n, d)
    tolerance : float
        Of the largest element of the gradient.
    """

    def __init__(self, X: Floats, C: float, tolerance: float = 1e-4) -> None:
        self._X, self._C, self._tolerance = X, C, tolerance
        self._model: Any = None

    def predict_unlabelled(self, labelled: np.ndarray) -> Floats:
        """Return the probability of being unlabelled, of all rows; 1 if no row is labelled, else fitted."""
        from sklearn.linear_model import LogisticRegression

        if labelled.all() or not labelled.any():
            return np.full(labelled.size, float(not labelled.any()))
        if self._model is None:
            self._model = LogisticRegression(C=self._C, tol=self._tolerance, max_iter=1000, warm_start=True)
        self._model.fit(self._X, ~labelled)
        proba: Floats = self._model.predict_proba(self._X)[:, 1]
        return proba
