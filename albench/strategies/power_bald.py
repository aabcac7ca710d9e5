from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from albench.strategies.committee import CommitteeStrategy, mean_kl
from albench.strategies.utility_sampling import REFERENCE, compute_logarithms

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView


class PowerBald(CommitteeStrategy):
    """Sample with probability proportional to BALD^beta: power_sampling of bald under its own name."""

    name = "power_bald"
    complexity = "O(n M C)"
    reference = REFERENCE

    beta: float = Field(default=1.0, gt=0)
    """Coldness: 0 would be random, infinity the top of the list."""

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return log weights with Gumbel noise."""
        weights = compute_logarithms(mean_kl(self.get_committee(pool).proba))
        return self.beta * weights + pool.rng.gumbel(size=weights.size)
