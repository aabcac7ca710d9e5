from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from albench.contracts import Need
from albench.ordering import Picks
from albench.strategies.numerics.group_choice import assign_classes
from albench.strategies.wrapper import Subsampling

if TYPE_CHECKING:
    from albench.contracts import PoolView


class BalancedAcquisition(Subsampling):
    """Another strategy within predicted classes: each pick goes to the class with the fewest labels so far.

    Labels so far are those given and, for picks of the same batch, those predicted. A class that is predicted
    for no candidate is passed over; among equal classes chance decides, anew each round. The wrapped strategy
    chooses once for each class, among the candidates that are predicted as it.
    """

    name = "balanced_acquisition"
    needs = frozenset({Need.PROBA, Need.LABELS})
    complexity = "that of the wrapped strategy for each class, and O(n C + b C)"
    reference = "Aggarwal, Popescu, Hudelot, 2020, Active learning for imbalanced datasets"

    def select(self, pool: PoolView, state: Any, n: int) -> Picks:
        """Divide the batch over the predicted classes, then let the wrapped strategy choose among each."""
        predicted = pool.proba.argmax(axis=1)
        turns = assign_classes(np.bincount(pool.labels, minlength=pool.n_classes), predicted, n, pool.rng)
        candidates, utilities = np.empty(n, np.intp), np.empty(n)
        tied, n_tied = np.zeros(n, np.bool_), 0
        for code in np.unique(turns):
            places = np.flatnonzero(turns == code)
            picks = self.select_among(pool, state, np.flatnonzero(predicted == code), places.size)
            candidates[places], utilities[places], tied[places] = picks[:3]
            n_tied = max(n_tied, picks.n_tied)
        return Picks(candidates, utilities, tied, n_tied)
