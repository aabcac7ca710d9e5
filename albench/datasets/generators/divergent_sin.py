"""Divergent sine: classes that only come apart far out."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from albench.datasets.generators.base import Generator

if TYPE_CHECKING:
    from numpy.typing import NDArray


class DivergentSin(Generator):
    """Two sine curves that start as one and diverge: rows near the start cannot be told apart by any model.

    Uncertainty sampling spends its budget where the curves overlap.
    """

    name: ClassVar[str] = "divergent_sin"
    reference: ClassVar[str] = (
        "after Werner et al. (2024), A cross-domain benchmark for active learning (DivergingSin)"
    )

    noise: float = Field(default=0.3, ge=0)
    """Standard deviation of the noise around the curves; the sine has amplitude 1."""
    spread: float = Field(default=3.0, gt=0)
    """Distance between the curves where they end, at 10."""

    def draw(self) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return points around both curves in random order and which of them each belongs to."""
        rng = self.rng()
        labels = rng.permutation(np.arange(self.n_rows) % 2)
        place = 10 * rng.random(self.n_rows)
        apart = np.where(labels == 0, -0.5, 0.5) * self.spread * place / 10
        height = np.sin(place) + apart + self.noise * rng.standard_normal(self.n_rows)
        return np.column_stack([place, height]), labels
