from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.contracts import Need, Strategy
from albench.strategies.numerics.group_choice import assign_classes, select_within_classes
from albench.strategies.uncertainty import margins

if TYPE_CHECKING:
    from albench.contracts import PoolView
    from albench.ordering import Picks


class BalancedMargin(Strategy):
    """Margin within predicted classes: each pick goes to the class with the fewest labels so far.

    Labels so far are those given and, for picks of the same batch, those predicted. A class that is
    predicted for no candidate is passed over; among equal classes chance decides, anew each round.
    """

    name = "balanced_margin"
    family = "hybrid"
    needs = frozenset({Need.PROBA, Need.LABELS})
    complexity = "O(n C + b C)"
    reference = "Aggarwal, Popescu, Hudelot, 2020, Active learning for imbalanced datasets"

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Divide the batch over the predicted classes, then take the smallest margins of each."""
        predicted = pool.proba.argmax(axis=1)
        turns = assign_classes(np.bincount(pool.labels, minlength=pool.n_classes), predicted, n, pool.rng)
        return select_within_classes(margins(pool.proba), predicted, turns, pool.tie_keys)
