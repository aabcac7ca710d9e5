"""The checkerboard: many small regions, each to be discovered."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from albench.datasets.generators.base import Generator, round_to_digits

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Checkerboard(Generator):
    """Uniform points on a board of alternating squares: uncertainty alone misses squares."""

    name: ClassVar[str] = "checkerboard"

    squares: int = Field(default=4, ge=2)
    """Squares along each side."""

    def draw(self) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return points in [0, squares) x [0, squares) and the colour of their squares."""
        points = round_to_digits(self.rng().random((self.n_rows, 2)) * self.squares)
        return points, np.floor(points).astype(np.intp).sum(axis=1) % 2
