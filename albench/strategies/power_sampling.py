from __future__ import annotations

from typing import TYPE_CHECKING

from albench.errors import StrategyError
from albench.strategies.utility_sampling import UtilitySampling, compute_logarithms

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView

# Utilities this far below 0 are rounding errors of 0.
_NOISE = 1e-12


class PowerSampling(UtilitySampling):
    """Sample with probability proportional to utility^beta.

    For utilities that are 0 or more; what has utility 0 is picked last.
    """

    name = "power_sampling"

    def compute_log_weights(self, scores: Floats, pool: PoolView) -> Floats:
        """Return the logarithm of the utilities."""
        if scores.size and scores.min() < -_NOISE:
            name = type(self.strategy).name or type(self.strategy).__name__
            raise StrategyError(f"power_sampling: {name} gives utilities below 0; use rank_sampling")
        return compute_logarithms(scores)
