"""Ringnorm: a narrow Gaussian cloud inside a wide one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from albench.datasets.generators.base import Generator

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Ringnorm(Generator):
    """A cloud of variance 4 around the origin, and one of variance 1 whose mean is at distance 1 from it."""

    name: ClassVar[str] = "ringnorm"
    reference: ClassVar[str] = "Breiman (1996), Bias, variance and arcing classifiers"

    n_features: int = Field(default=20, ge=1)
    """Number of features."""

    def draw(self) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return points of the wide cloud (class 0) and the narrow one (class 1), in random order."""
        rng = self.rng()
        labels = rng.permutation(np.arange(self.n_rows) % 2)
        cells = rng.standard_normal((self.n_rows, self.n_features))
        wide, narrow = 2 * cells, cells + 1 / np.sqrt(self.n_features)
        return np.where(labels[:, None] == 0, wide, narrow), labels
