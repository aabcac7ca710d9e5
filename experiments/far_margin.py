"""A query strategy of your own, for ``own_strategy.yaml``."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field
from sklearn.metrics import pairwise_distances_argmin_min

from albench import Need, Strategy

if TYPE_CHECKING:
    from albench import PoolView


class FarMargin(Strategy):
    """Small margins far from labels: (1 - (p_(1) - p_(2))) * (distance to the nearest labelled row)^power."""

    needs: ClassVar[frozenset[Need]] = frozenset({Need.PROBA})

    power: float = Field(default=1.0, ge=0)
    """Weight of the distance; 0 is margin."""

    def utilities(self, pool: PoolView, state: object) -> np.ndarray:
        """Return a number a candidate; the highest are queried."""
        del state
        best = np.sort(pool.proba, axis=1)
        unsure = 1 - (best[:, -1] - best[:, -2])
        if not pool.labelled.size:
            return unsure
        X = pool.features
        distance = pairwise_distances_argmin_min(X[pool.candidates], X[pool.labelled])[1]
        return unsure * distance**self.power
