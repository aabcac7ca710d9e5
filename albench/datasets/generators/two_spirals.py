"""Two spirals: neighbours on the plane, far apart along the curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from albench.datasets.generators.base import Generator

if TYPE_CHECKING:
    from numpy.typing import NDArray


class TwoSpirals(Generator):
    """Two intertwined spirals with Gaussian noise, as many rows each, evenly along the curve."""

    name: ClassVar[str] = "two_spirals"
    reference: ClassVar[str] = "Lang and Witbrock (1988), Learning to tell two spirals apart"

    turns: float = Field(default=1.5, gt=0, le=10)
    """Turns of each spiral around the origin."""
    noise: float = Field(default=0.1, ge=0)
    """Standard deviation of the noise; one turn takes a spiral 1 outwards."""

    def draw(self) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return points of both spirals in random order and which of them each belongs to."""
        rng = self.rng()
        labels = rng.permutation(np.arange(self.n_rows) % 2)
        # The length of the curve grows with the square of the radius.
        radius = self.turns * np.sqrt(rng.random(self.n_rows))
        angles = 2 * np.pi * radius + np.pi * labels
        points = radius[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])
        return points + self.noise * rng.standard_normal((self.n_rows, 2)), labels
