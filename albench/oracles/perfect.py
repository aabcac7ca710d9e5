"""The oracle that knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.contracts import Oracle

if TYPE_CHECKING:
    import numpy as np

    from albench.contracts import Rows


class PerfectOracle(Oracle):
    """Gives the true label of every row."""

    name = "perfect"

    def state_error_rate(self) -> float:
        """Say that it is never wrong."""
        return 0.0

    def answers(self, labels: Rows, classes: tuple[str, ...], *, rng: np.random.Generator) -> Rows:
        """Return a copy of the true labels."""
        return labels.copy()
