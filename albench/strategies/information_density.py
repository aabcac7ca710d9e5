from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from albench.contracts import Need, Shared, Strategy
from albench.strategies.numerics.similarity_sums import RemainingSums, Similarity, SimilaritySums
from albench.strategies.uncertainty import MEASURES, Measure

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView


class InformationDensity(Strategy):
    """Entropy times density: H(x) (mean over the unlabelled of sim(x, u))^beta.

    The mean is over all candidates, x itself included.
    """

    name = "information_density"
    family = "density"
    needs = frozenset({Need.PROBA})
    cost = "quadratic"
    complexity = "O(n^2 d) once for a split, then O(n d b); linear_cosine: O(n d) once"
    main = "similarity"
    reference = "Settles, Craven, 2008, An analysis of active learning strategies for sequence labeling tasks"

    similarity: Similarity = "euclidean"
    """euclidean: 1 / (1 + euclidean distance); cosine: 1 / (1 + cosine distance); linear_cosine:
    (1 + cosine) / 2, whose mean has a closed form."""
    beta: float = Field(default=1.0, ge=0)
    """Exponent of the density; 0 leaves the uncertainty alone."""

    def shares(self) -> tuple[Shared, ...]:
        """Return the sums over the whole pool."""
        return (SimilaritySums(similarity=self.similarity),)

    def start(self, pool: PoolView) -> RemainingSums:
        """Keep the sums over what is left, over the rounds."""
        shared = pool.shared[self.shares()[0]]
        n_others = int(shared["n_rows"]) - pool.n_rows
        return RemainingSums(pool.features, self.similarity, shared["sums"], n_others)

    def utilities(self, pool: PoolView, state: RemainingSums) -> Floats:
        """Return non-negative numbers."""
        state.remove(pool.labelled)
        # In exact arithmetic it is above 0: each row is as similar to itself as can be.
        density = np.maximum(state.sums[pool.candidates] / (pool.candidates.size + state.n_others), 0)
        utilities: Floats = MEASURES[self._get_measure()](pool.proba) * density**self.beta
        return utilities

    def _get_measure(self) -> Measure:
        return "entropy"
