from __future__ import annotations

from typing import TYPE_CHECKING

from albench.strategies.utility_sampling import UtilitySampling

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView


class GibbsSampling(UtilitySampling):
    """Sample with probability proportional to exp(beta * utility)."""

    name = "gibbs_sampling"

    def compute_log_weights(self, scores: Floats, pool: PoolView) -> Floats:
        """Return the utilities."""
        return scores
