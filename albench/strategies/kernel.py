from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from albench.contracts import Need, Strategy

if TYPE_CHECKING:
    from albench.contracts import PoolView


class KernelStrategy(Strategy):
    """Base of strategies with a Gaussian kernel of their own."""

    family = "hybrid"
    needs = frozenset({Need.LABELS})

    gamma: float | None = Field(default=None, gt=0)
    """Inverse width of the kernel; 1 / n_features by default."""

    def get_gamma(self, pool: PoolView) -> float:
        """Return gamma."""
        return 1 / pool.n_features if self.gamma is None else self.gamma
