"""Two moons: two classes that no straight line separates."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from albench.datasets.generators.base import Generator

if TYPE_CHECKING:
    from numpy.typing import NDArray


class TwoMoons(Generator):
    """Two interleaved half circles with Gaussian noise, as many rows each."""

    name: ClassVar[str] = "two_moons"

    noise: float = Field(default=0.2, ge=0)
    """Standard deviation of the noise; the circles have radius 1."""

    def draw(self) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return points of both moons in random order and which moon each belongs to."""
        rng = self.rng()
        labels = rng.permutation(np.arange(self.n_rows) % 2)
        angles = rng.random(self.n_rows) * np.pi
        upper = np.column_stack([np.cos(angles), np.sin(angles)])
        lower = np.array([1.0, 0.5]) - upper
        points = np.where(labels[:, None] == 0, upper, lower)
        return points + self.noise * rng.standard_normal((self.n_rows, 2)), labels
