"""The oracle that errs most on the rows that are hardest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from albench.contracts import Oracle
from albench.oracles.uniform_noise import replace_labels

if TYPE_CHECKING:
    from albench.contracts import Floats, Rows


class DifficultyNoiseOracle(Oracle):
    """Gives a wrong label the more often the harder a row is, each of the other classes alike.

    The probability is proportional to 1 - margin of a random forest that has not seen the row (five folds,
    true labels), at most 1, and ``rate`` on average over the pool: whatever the task model, strategies that
    ask for what is uncertain meet more of it. Where rows that are not certain are too few, the mean is less.
    """

    name = "difficulty_noise"
    main = "rate"
    paired = True
    reference = (
        "Frenay, Verleysen, 2014, Classification in the presence of label noise: a survey (noise not at"
        " random)"
    )

    rate: float = Field(default=0.1, ge=0, le=1)
    """Mean probability of a wrong label over the pool."""

    def needs_difficulty(self) -> bool:
        """Say that it does."""
        return True

    def state_error_rate(self) -> float:
        """Return its rate."""
        return self.rate

    def answers(
        self,
        labels: Rows,
        classes: tuple[str, ...],
        *,
        rng: np.random.Generator,
        difficulty: Floats | None = None,
    ) -> Rows:
        """Return the labels, some of them of another class."""
        hardness = np.ones(labels.size) if difficulty is None else difficulty
        return replace_labels(labels, scale_to_mean(hardness, self.rate), len(classes), rng)


def scale_to_mean(weights: Floats, mean: float) -> Floats:
    """Return probabilities proportional to weights, at most 1, with a stated mean as far as that is possible.

    Parameters
    ----------
    weights : ndarray of shape (n_rows,)
        0 or more.
    mean : float
        Within 0 and 1.
    """
    scaled, full = np.zeros(weights.size), np.zeros(weights.size, np.bool_)
    total = mean * weights.size
    while weights[~full].sum() > 0:
        scaled = np.where(full, 1.0, weights * (total - full.sum()) / weights[~full].sum())
        beyond = (scaled > 1) & ~full
        if not beyond.any():
            break
        # What they cannot take is for the others.
        full |= beyond
    return np.asarray(np.where(full, 1.0, scaled))
