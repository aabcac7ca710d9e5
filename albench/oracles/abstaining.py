"""The oracle that does not always answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from albench.contracts import REFUSED, Oracle

if TYPE_CHECKING:
    from albench.contracts import Rows


class AbstainingOracle(Oracle):
    """Gives the true label, or none with one probability for every row.

    A query without an answer is paid for as any other; the row leaves the pool, and no model is fitted on it.
    """

    name: ClassVar[str] = "abstaining"
    main: ClassVar[str | None] = "rate"
    paired: ClassVar[bool] = True

    rate: float = Field(default=0.1, ge=0, le=1)
    """Probability of no answer."""

    def answers(self, labels: Rows, classes: tuple[str, ...], *, rng: np.random.Generator) -> Rows:
        """Return the true labels, and ``REFUSED`` for some rows."""
        del classes
        return np.where(rng.random(labels.size) < self.rate, REFUSED, labels)
