from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from albench.contracts import Need
from albench.strategies.wrapper import ScoringStrategy, Wrapper

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView


class PerCost(Wrapper):
    """Utility of the wrapped strategy per unit of money: utility / price.

    The price is what is known of it before a label is asked for: that of any label and of the row, not of the
    class. Where utilities are below 0 the smallest is taken from all first, since a negative one divided by a
    price would be in favour of dear rows. Rows that cost nothing come first, those of higher utility before
    others. Without declared costs every label costs 1, and it is the wrapped strategy.
    """

    name = "per_cost"
    needs = frozenset({Need.PRICES})
    complexity = "that of the wrapped strategy, and O(n)"
    reference = "Settles, Craven, Friedland, 2008, Active learning with real annotation costs"

    strategy: ScoringStrategy
    """The strategy whose utilities are divided: a name, or ``{name: {parameter: value}}``."""

    def utilities(self, pool: PoolView, state: Any) -> Floats:
        """Return utilities per price; of rows that cost nothing, larger numbers."""
        scores = self.strategy.utilities(pool, state)
        return divide_by_price(scores, pool.prices)


def divide_by_price(scores: Floats, prices: Floats) -> Floats:
    """Return scores per price, those of free rows above all others.

    Parameters
    ----------
    scores : ndarray of shape (n_candidates,)
        Where some are below 0, the smallest finite one is taken from all first.
    prices : ndarray of shape (n_candidates,)
        0 or more.
    """
    finite = scores[np.isfinite(scores)]
    benefits = scores - min(finite.min(initial=0.0), 0.0)
    is_free = prices == 0
    ratios = benefits / np.where(is_free, 1.0, prices)
    paid = ratios[~is_free & np.isfinite(ratios)]
    above = paid.max(initial=0.0) + 1.0
    return np.asarray(np.where(is_free, benefits + above, ratios))
