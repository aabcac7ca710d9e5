"""Annotators who make mistakes, for ``noisy_labels.yaml``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from albench import Oracle

if TYPE_CHECKING:
    from albench.contracts import Rows


class NoisyOracle(Oracle):
    """Gives a wrong class, drawn at random, for a share of the rows; the test part keeps its true labels."""

    share: float = Field(default=0.1, ge=0, le=1)
    """Share of the rows whose label is wrong."""

    def answers(self, labels: Rows, classes: tuple[str, ...], *, rng: np.random.Generator) -> Rows:
        """Return a class code for each row of the pool."""
        wrong = (labels + rng.integers(1, len(classes), labels.size)) % len(classes)
        return np.where(rng.random(labels.size) < self.share, wrong, labels)
