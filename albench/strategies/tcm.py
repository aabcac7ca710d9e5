from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from albench.contracts import Need, Strategy
from albench.ordering import Picks, top
from albench.strategies.numerics.k_means_clustering import Points
from albench.strategies.typiclust import TypiClust
from albench.strategies.uncertainty import margins

if TYPE_CHECKING:
    from albench.contracts import PoolView


class Tcm(Strategy):
    """TypiClust while labels are few, then margin.

    The paper's rule of thumb: TypiClust until there are some labels of each class, then uncertainty.
    """

    name = "tcm"
    family = "hybrid"
    needs = frozenset({Need.PROBA})
    cost = "quadratic"
    complexity = "that of typiclust, then O(n C)"
    main = "labels_per_class"
    reference = (
        "Doucet, Estermann, Aczel, Wattenhofer, 2024, Bridging diversity and uncertainty in active learning"
        " with self-supervised pre-training"
    )

    labels_per_class: int = Field(default=10, ge=0)
    """Labels, as a multiple of the number of classes, from which on margin chooses."""

    def start(self, pool: PoolView) -> Points:
        """Keep the k-means++ seeds over the rounds."""
        return Points(pool.features)

    def select(self, pool: PoolView, state: Points, n: int) -> Picks:
        """Choose by the strategy whose turn it is."""
        if pool.labelled.size >= self.labels_per_class * pool.n_classes:
            return top(margins(pool.proba), pool.tie_keys, n)
        return TypiClust().select(pool, state, n)
