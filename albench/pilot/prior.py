"""What other data sets say before the pilot is looked at, and how far a pilot moves that.

Of set i and strategy s let y be the gain over random with the labels to come, in shares of the error that is
left now, and z the same within the pilot's pools. Both are compressed by ``arcsinh(share / 0.05)``: gains of
sets differ by factors rather than by sums, and have either sign. Over sets

    y ~ (mean_s, spread_s^2)        z | y ~ (offset_s + loading * y, mismatch^2 + noise_i^2)

so that the pilot moves the expectation by ``w (z - offset_s - loading * mean_s)`` with
``w = loading * spread_s^2 / (loading^2 * spread_s^2 + mismatch^2 + noise_i^2)``: the linear Bayes rule
(empirical Bayes, Efron and Morris, 1973). A noisy pilot hardly moves it. The ends of the interval are
quantiles of standardised leave-one-set-out residuals, at the ranks of conformal prediction (Vovk et al.,
2005; Barber et al., 2021). `benchmarks/pilot_prior.py` fits the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping


LEVEL = 0.9
OTHER = "other"
"""Stands for a strategy that the study did not have."""
KNEE = 0.05
"""Share of the error below which gains are added and above which they are multiplied."""


class Evidence(NamedTuple):
    """What a pilot says: a gain in shares of the pilot's error, and its standard error."""

    share: float
    noise: float


@dataclass(frozen=True)
class StrategyPrior:
    """One strategy over sets, all in compressed shares.

    Attributes
    ----------
    mean, spread : float
        Of y.
    offset : float
        Mean of ``z - loading * y``.
    low, high : float
        Ends of the interval, in standardised residuals.
    middle : float
        What is expected, likewise.
    """

    mean: float
    spread: float
    offset: float
    low: float = -np.inf
    high: float = np.inf
    middle: float = 0.0


class Ends(NamedTuple):
    """An expected number, with both ends of its interval."""

    expected: float
    low: float
    high: float


@dataclass(frozen=True)
class GainPrior:
    """The model above, fitted on a study.

    Attributes
    ----------
    strategies : mapping of str to StrategyPrior
        By the name of the strategy; ``other`` for one that the study did not have.
    """

    strategies: Mapping[str, StrategyPrior]
    loading: float
    mismatch: float

    def predict(self, strategy: str, evidence: Evidence, below: float = 1.0, above: float = 1.0) -> Ends:
        """Return the share of the error that is gained.

        Parameters
        ----------
        below, above : float
            Factors on both parts of the interval, as they are compressed.
        """
        prior = self.strategies.get(strategy, self.strategies[OTHER])
        centre, spread = self.combine(strategy, evidence)
        ends = (
            prior.middle + factor * (end - prior.middle)
            for end, factor in ((prior.middle, 1.0), (prior.low, below), (prior.high, above))
        )
        return Ends(*(float(KNEE * np.sinh(centre + end * spread)) for end in ends))

    def combine(self, strategy: str, evidence: Evidence) -> tuple[float, float]:
        """Return mean and standard deviation of y given a pilot, compressed."""
        prior = self.strategies.get(strategy, self.strategies[OTHER])
        z, noise = compress(evidence)
        weight = self.loading * prior.spread**2
        weight /= self.loading**2 * prior.spread**2 + self.mismatch**2 + noise**2
        centre = prior.mean + weight * (z - prior.offset - self.loading * prior.mean)
        return centre, prior.spread * float(np.sqrt(1 - weight * self.loading))


def compress(evidence: Evidence) -> tuple[float, float]:
    """Return share and standard error as they are compressed."""
    return float(np.arcsinh(evidence.share / KNEE)), evidence.noise / float(np.hypot(evidence.share, KNEE))
