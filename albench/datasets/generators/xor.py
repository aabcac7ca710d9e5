"""Exclusive or: the smallest problem without a linear answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from albench.datasets.generators.base import Generator

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Xor(Generator):
    """Four Gaussian clouds at the corners of a square, opposite corners of one class."""

    name: ClassVar[str] = "xor"

    noise: float = Field(default=0.4, ge=0)
    """Standard deviation of each cloud; the corners are at -1 and 1."""

    def draw(self) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return points around the corners and whether the corner's signs differ."""
        rng = self.rng()
        corners = rng.permutation(np.arange(self.n_rows) % 4)
        right, upper = corners % 2, corners // 2
        centres = 2.0 * np.column_stack([right, upper]) - 1
        return centres + self.noise * rng.standard_normal((self.n_rows, 2)), right ^ upper
