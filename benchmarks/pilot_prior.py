"""Fits what `albench/pilot/prior.py` says of other data sets, on the cases of a study."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from albench.pilot.prior import KNEE, LEVEL, OTHER, Evidence, GainPrior, StrategyPrior, compress

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from albench.contracts import Floats

_N_STEPS = 20
_LEAST_VARIANCE = 1e-4
# Where nearly all sets have the same value, as where it is cut, the others must not be infinitely far.
_LEAST_SPREAD = 0.1


@dataclass(frozen=True)
class GainCase:
    """A strategy on a data set of a study: what its pilot said, and what the hidden rest gave.

    Attributes
    ----------
    share : float
        The true gain in shares of the error that the forecast said is left now.
    """

    dataset: str
    strategy: str
    evidence: Evidence
    share: float


def fit_gain_prior(cases: Sequence[GainCase], level: float = LEVEL, *, is_cut: bool = False) -> GainPrior:
    """Fit the model on a study, and its interval on what the model says of each set without that set.

    Parameters
    ----------
    is_cut : bool
        Whether shares are known up to an end only, so that a mean says too little: what is expected is the
        median residual then.
    """
    prior = _fit_moments(cases)
    residuals: dict[str, list[float]] = defaultdict(list)
    for case, without in _leave_out(cases):
        y = float(np.arcsinh(case.share / KNEE))
        for name in (case.strategy, OTHER):
            centre, spread = without.combine(name, case.evidence)
            residuals[name].append((y - centre) / spread)
    return replace(
        prior,
        strategies={
            name: _set_ends(of, np.asarray(residuals[name]), level, is_cut=is_cut)
            for name, of in prior.strategies.items()
        },
    )


def _set_ends(prior: StrategyPrior, residuals: Floats, level: float, *, is_cut: bool) -> StrategyPrior:
    low, high = take_conformal_ends(residuals, level)
    return replace(prior, low=low, high=high, middle=float(np.median(residuals)) if is_cut else 0.0)


def measure_stretch(
    prior: GainPrior, cases: Sequence[GainCase], shares: Sequence[float], level: float = LEVEL
) -> tuple[float, float]:
    """Return the factors on both parts of the intervals with which they hold for other shares of the cases.

    Parameters
    ----------
    prior : GainPrior
        As it was fitted on the cases.
    shares : sequence of float
        For each case; not-a-number where it is not known.

    Returns
    -------
    tuple of float
        At least 1, where some share is known.
    """
    others = {(case.dataset, case.strategy): share for case, share in zip(cases, shares, strict=True)}
    parts = []
    for case, without in _leave_out(cases):
        centre, spread = without.combine(case.strategy, case.evidence)
        residual = (np.arcsinh(others[case.dataset, case.strategy] / KNEE) - centre) / spread
        of = prior.strategies[case.strategy]
        residual -= of.middle
        parts.append((residual / (of.low - of.middle), residual / (of.high - of.middle)))
    known = np.array([part for part in parts if np.isfinite(part).all()])
    if not known.size:
        return 1.0, 1.0
    below, above = (max(take_conformal_ends(part, level)[1], 1.0) for part in known.T)
    return below, above


def take_conformal_ends(residuals: Floats, level: float) -> tuple[float, float]:
    """Return the values between which a new residual lies with a probability of ``level`` at least."""
    ordered, tail = np.sort(residuals), (1 - level) / 2
    # Rounded: 0.05 * 40 must be 2.
    rank = max(int(np.floor(round(tail * (ordered.size + 1), 9))), 1)
    return float(ordered[rank - 1]), float(ordered[-rank])


def _leave_out(cases: Sequence[GainCase]) -> Iterator[tuple[GainCase, GainPrior]]:
    """Yield each case with the model of the other data sets."""
    for dataset in sorted({case.dataset for case in cases}):
        without = _fit_moments([case for case in cases if case.dataset != dataset])
        yield from ((case, without) for case in cases if case.dataset == dataset)


def _fit_moments(cases: Sequence[GainCase]) -> GainPrior:
    """Fit by moments: loading and mismatch within strategies, weighted by what is not noise."""
    names = sorted({case.strategy for case in cases})
    y = np.arcsinh([case.share / KNEE for case in cases])
    z, noise = np.array([compress(case.evidence) for case in cases]).T
    own = np.array([[case.strategy == name for name in names] for case in cases], dtype=float)
    loading, mismatch = 0.0, float(z.var())
    for _ in range(_N_STEPS):
        weights = 1 / (mismatch + noise**2)
        of_y, of_z = (_centre(values, own, weights) for values in (y, z))
        loading = max(float(weights @ (of_y * of_z) / (weights @ of_y**2)), 0.0)
        left = (of_z - loading * of_y) ** 2 - noise**2
        mismatch = max(float(weights**2 @ left / (weights @ weights)), _LEAST_VARIANCE)
    weights = 1 / (mismatch + noise**2)
    groups = {name: own[:, i] > 0 for i, name in enumerate(names)} | {OTHER: np.ones(y.size, dtype=bool)}
    priors = {
        name: StrategyPrior(
            float(y[mine].mean()),
            # The mean itself is only known to a share 1 / n of the variance.
            max(float(np.sqrt(y[mine].var(ddof=1) * (1 + 1 / mine.sum()))), _LEAST_SPREAD),
            float(np.average(z[mine] - loading * y[mine], weights=weights[mine])),
        )
        for name, mine in groups.items()
    }
    return GainPrior(priors, loading, float(np.sqrt(mismatch)))


def _centre(values: Floats, own: Floats, weights: Floats) -> Floats:
    """Subtract the weighted mean of each strategy."""
    means = (own.T @ (weights * values)) / (own.T @ weights)
    return np.asarray(values - own @ means)
