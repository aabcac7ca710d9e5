"""The oracle that does not always answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from albench.contracts import REFUSED, Oracle
from albench.oracles.difficulty_noise import scale_to_mean

if TYPE_CHECKING:
    from albench.contracts import Floats, Rows


class AbstainingOracle(Oracle):
    """Gives the true label, or none: with one probability for every row, or the more often the harder it is.

    A query without an answer is paid for as any other; the row leaves the pool, and no model is fitted on it.
    ``difficult`` takes the difficulty of rows as ``difficulty_noise`` does.
    """

    name = "abstaining"
    main = "rate"
    paired = True

    rate: float = Field(default=0.1, ge=0, le=1)
    """Probability of no answer, mean over the pool."""
    where: Literal["uniform", "difficult"] = "uniform"
    """uniform: every row alike; difficult: in proportion to its difficulty."""

    def needs_difficulty(self) -> bool:
        """Say that it does where rows differ."""
        return self.where == "difficult"

    def answers(
        self,
        labels: Rows,
        classes: tuple[str, ...],
        *,
        rng: np.random.Generator,
        difficulty: Floats | None = None,
    ) -> Rows:
        """Return the true labels, and ``REFUSED`` for some rows."""
        weights = np.ones(labels.size) if self.where == "uniform" or difficulty is None else difficulty
        return np.where(rng.random(labels.size) < scale_to_mean(weights, self.rate), REFUSED, labels)
