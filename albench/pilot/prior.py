"""What other data sets say before the pilot is looked at, and how far a pilot moves that.

Of set i and strategy s let ``y = gain / error``, the gain over random with the labels to come, in shares of
the error that is left now, and z the same within the pilot's pools. Over sets

    y ~ (mean_s, spread_s^2)        z | y ~ (offset_s + loading * y, mismatch^2 + noise_i^2)

so that the pilot moves the expectation by ``w (z - offset_s - loading * mean_s)`` with
``w = loading * spread_s^2 / (loading^2 * spread_s^2 + mismatch^2 + noise_i^2)``: the linear Bayes rule
(empirical Bayes, Efron and Morris, 1973). A noisy pilot hardly moves it. The ends of the interval are
quantiles of standardised leave-one-set-out residuals, at the ranks of conformal prediction (Vovk et al.,
2005; Barber et al., 2021).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.contracts import Floats

LEVEL = 0.9
MOST_SHARE = 1.0
"""A pilot's gain in shares of the error is cut here: a handful of test rows decides beyond it."""
OTHER = "other"
"""Stands for a strategy that the study did not have."""


class Evidence(NamedTuple):
    """What a pilot says of a strategy: its gain in shares of the pilot's error, and the standard error."""

    share: float
    noise: float


@dataclass(frozen=True)
class GainCase:
    """A strategy on a data set of a study: what its pilot said, and what the hidden rest gave.

    Attributes
    ----------
    dataset, strategy : str
    evidence : Evidence
    share : float
        The true gain in shares of the error that the forecast said is left now.
    """

    dataset: str
    strategy: str
    evidence: Evidence
    share: float


@dataclass(frozen=True)
class StrategyPrior:
    """Of one strategy over sets: mean and standard deviation of y, the mean of z less ``loading * mean``."""

    mean: float
    spread: float
    offset: float


@dataclass(frozen=True)
class GainPrior:
    """The model above, fitted on a study.

    Attributes
    ----------
    strategies : mapping of str to StrategyPrior
        By the name of the strategy; ``other`` for one that the study did not have.
    loading, mismatch : float
    low, high : float
        Ends of the interval in standardised residuals.
    """

    strategies: Mapping[str, StrategyPrior]
    loading: float
    mismatch: float
    low: float
    high: float

    def predict(self, strategy: str, evidence: Evidence, widening: float = 1.0) -> tuple[float, float, float]:
        """Return the expected share of the error that is gained, and both ends of its interval.

        Parameters
        ----------
        strategy : str
        evidence : Evidence
        widening : float
            Factor on the length of the interval.
        """
        centre, spread = self.standardise(strategy, evidence)
        return centre, centre + widening * self.low * spread, centre + widening * self.high * spread

    def standardise(self, strategy: str, evidence: Evidence) -> tuple[float, float]:
        """Return the posterior mean and standard deviation."""
        prior = self.strategies.get(strategy, self.strategies[OTHER])
        z = float(np.clip(evidence.share, -MOST_SHARE, MOST_SHARE))
        noise = self.mismatch**2 + evidence.noise**2
        weight = self.loading * prior.spread**2 / (self.loading**2 * prior.spread**2 + noise)
        centre = prior.mean + weight * (z - prior.offset - self.loading * prior.mean)
        return centre, prior.spread * float(np.sqrt(1 - weight * self.loading))


def fit_gain_prior(cases: Sequence[GainCase], level: float = LEVEL) -> GainPrior:
    """Fit the model on a study, and its interval on what the model says of each set without that set.

    Parameters
    ----------
    cases : sequence of GainCase
        Every data set has every strategy; at least ten data sets.
    level : float
    """
    prior = _fit_moments(cases)
    residuals = []
    for dataset in sorted({case.dataset for case in cases}):
        without = _fit_moments([case for case in cases if case.dataset != dataset])
        for case in cases:
            if case.dataset == dataset:
                centre, spread = without.standardise(case.strategy, case.evidence)
                residuals.append((case.share - centre) / spread)
    low, high = take_conformal_ends(np.asarray(residuals), level)
    return replace(prior, low=low, high=high)


def take_conformal_ends(residuals: Floats, level: float) -> tuple[float, float]:
    """Return the values between which a new residual lies with a probability of ``level`` at least."""
    ordered, tail = np.sort(residuals), (1 - level) / 2
    rank = int(np.floor(tail * (ordered.size + 1)))
    return float(ordered[max(rank - 1, 0)]), float(ordered[-max(rank, 1)])


def _fit_moments(cases: Sequence[GainCase]) -> GainPrior:
    names = sorted({case.strategy for case in cases})
    y = np.array([case.share for case in cases])
    z = np.clip([case.evidence.share for case in cases], -MOST_SHARE, MOST_SHARE)
    noise = np.array([case.evidence.noise**2 for case in cases])
    own = np.array([[case.strategy == name for name in names] for case in cases], dtype=float)
    loading, mismatch = 0.0, float(z.var())
    for _ in range(20):
        weights = 1 / (mismatch + noise)
        centred_y, centred_z = (_centre(values, own, weights) for values in (y, z))
        loading = max(float(weights @ (centred_y * centred_z) / (weights @ centred_y**2)), 0.0)
        left = (centred_z - loading * centred_y) ** 2 - noise
        mismatch = max(float(weights**2 @ left / weights.sum() / weights.mean()), 1e-4)
    weights = 1 / (mismatch + noise)
    priors = {}
    for name, mine in zip(names, own.T.astype(bool), strict=True):
        mean = float(y[mine].mean())
        # A mean over so many sets is itself known to 1 / n of the variance.
        spread = float(np.sqrt(y[mine].var(ddof=1) * (1 + 1 / mine.sum())))
        offset = float(np.average(z[mine] - loading * y[mine], weights=weights[mine]))
        priors[name] = StrategyPrior(mean, spread, offset)
    priors[OTHER] = StrategyPrior(
        float(y.mean()),
        float(y.std(ddof=1)),
        float(np.average(z - loading * y, weights=weights)),
    )
    return GainPrior(priors, loading, float(np.sqrt(mismatch)), -np.inf, np.inf)


def _centre(values: Floats, own: Floats, weights: Floats) -> Floats:
    """Subtract the weighted mean of each strategy."""
    means = (own.T @ (weights * values)) / (own.T @ weights)
    return np.asarray(values - own @ means)
