from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.contracts import Need, Strategy
from albench.ordering import Picks
from albench.strategies.numerics.group_choice import assign_classes, select_within_classes

if TYPE_CHECKING:
    from albench.contracts import PoolView


class BalancedRandom(Strategy):
    """Random rows, the same number of each true class for as long as there are any.

    What balance alone is worth: it knows the hidden labels, so no strategy can be expected to do this.
    """

    name = "balanced_random"
    family = "control"
    needs = frozenset({Need.TRUTH})
    complexity = "O(n + b C)"

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Give each pick to the true class with the fewest rows so far, and there to chance."""
        truth = pool.truth.labels
        classes = truth[pool.candidates]
        counts = np.bincount(truth[pool.labelled], minlength=pool.n_classes)
        turns = assign_classes(counts, classes, n, pool.rng)
        picks = select_within_classes(-pool.tie_keys, classes, turns, pool.tie_keys)
        return Picks(picks.candidates, np.full(n, np.nan), np.zeros(n, np.bool_), 0)
