"""Bananas: two crescents that hold each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from albench.datasets.generators.base import Generator

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Banana(Generator):
    """Two crescents of radius 5 with Gaussian noise, each around the other's end, as many rows each."""

    name: ClassVar[str] = "banana"
    reference: ClassVar[str] = "Duin et al. (2007), PRTools, gendatb; Rätsch, Onoda and Müller (2001)"

    noise: float = Field(default=1.0, ge=0)
    """Standard deviation of the noise; the crescents have radius 5."""

    def draw(self) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return points of both crescents in random order and which of them each belongs to."""
        rng = self.rng()
        labels = rng.permutation(np.arange(self.n_rows) % 2)
        sweep = 1.25 * np.pi * rng.random(self.n_rows)
        angles = np.where(labels == 0, 0.125 * np.pi + sweep, 0.375 * np.pi - sweep)
        points = 5.0 * np.column_stack([np.sin(angles), np.cos(angles)])
        points[labels == 1] -= 3.75
        return points + self.noise * rng.standard_normal((self.n_rows, 2)), labels
