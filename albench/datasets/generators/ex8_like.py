"""A wavy band: a smooth boundary that bends many times."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from albench.datasets.generators.base import Generator, round_to_digits

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Ex8Like(Generator):
    """Uniform points on the unit square; one class is a wavy band through the other, without overlap.

    The shape of the sets ``ex8a`` and ``ex8b`` (Ng's exercise on support vector machines) that comparisons
    of query strategies use.
    """

    name: ClassVar[str] = "ex8_like"
    reference: ClassVar[str] = (
        "after Zhan et al. (2021), A comparative survey: benchmarking for pool-based active learning (EX8)"
    )

    waves: int = Field(default=2, ge=1)
    """Waves of the band."""

    def draw(self) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return points and whether they are within 0.22 of the band's middle."""
        points = round_to_digits(self.rng().random((self.n_rows, 2)))
        middle = 0.5 + 0.25 * np.cos(2 * np.pi * self.waves * points[:, 0])
        return points, (np.abs(points[:, 1] - middle) < 0.22).astype(np.intp)  # noqa: PLR2004 - as documented
