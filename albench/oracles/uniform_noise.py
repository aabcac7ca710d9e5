"""The oracle that errs alike on all rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from albench.contracts import Oracle

if TYPE_CHECKING:
    from albench.contracts import Rows


class UniformNoiseOracle(Oracle):
    """Gives a wrong label with one probability for every row, each of the other classes alike.

    Which rows are wrong depends on the split alone: every strategy that asks for a row gets the same answer.
    """

    name = "uniform_noise"
    main = "rate"
    paired = True
    reference = (
        "Frenay, Verleysen, 2014, Classification in the presence of label noise: a survey (noise completely"
        " at random)"
    )

    rate: float = Field(default=0.1, ge=0, le=1)
    """Probability of a wrong label."""

    def state_error_rate(self) -> float:
        """Return its rate."""
        return self.rate

    def answers(self, labels: Rows, classes: tuple[str, ...], *, rng: np.random.Generator) -> Rows:
        """Return the labels, some of them of another class."""
        return replace_labels(labels, np.full(labels.size, self.rate), len(classes), rng)


def replace_labels(labels: Rows, rates: np.ndarray, n_classes: int, rng: np.random.Generator) -> Rows:
    """Return labels of which each is of another class with its own probability, all others alike.

    Parameters
    ----------
    labels : ndarray of shape (n_pool,), int
    rates : ndarray of shape (n_pool,)
        Within 0 and 1.
    n_classes : int
        With one class alone nothing can be wrong.
    """
    is_wrong = rng.random(labels.size) < rates
    shift = rng.integers(1, max(n_classes, 2), labels.size)
    return np.where(is_wrong, (labels + shift) % n_classes, labels)
