"""Bayesian signed-rank test: how probable is it to be better, practically equal, worse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence.rows import Bayes
from albench.analysis.stats.significance import ROUNDING, remove_rounding
from albench.rng import analysis_stream

if TYPE_CHECKING:
    from albench.contracts import Floats

FEWEST_DATASETS = 6
DRAWS = 20_000
_PRIOR = 0.5


def compute_signed_rank_probabilities(differences: Floats, rope: float) -> Bayes:
    """Return how probably better (above 0), equal or worse prevails, and what another dataset would show.

    A Dirichlet process prior of strength 0.5 at difference 0; for each draw of weights, the region (above,
    within, below the rope) that most pairs of datasets fall in wins the draw, ties shared. Of another dataset
    like these, the posterior predictive distribution is that of the datasets and the prior together.

    References
    ----------
    Benavoli et al., 2014, A Bayesian Wilcoxon signed-rank test based on the Dirichlet process
    """
    points = np.append(0.0, remove_rounding(differences))
    sums = points[:, np.newaxis] + points
    weights = _draw_weights(points.size)
    better = _compute_mass(weights, sums, 2 * rope)
    worse = _compute_mass(weights, -sums, 2 * rope)
    mass = np.stack([better, 1 - better - worse, worse])
    # Of equal masses rounding must not choose the winner.
    wins = mass >= mass.max(axis=0) - 1e-12
    shares = (wins / wins.sum(axis=0)).mean(axis=1)
    return Bayes(float(shares[0]), float(shares[1]), float(shares[2]), rope, _predict(points, rope))


def _predict(points: Floats, rope: float) -> tuple[float, float, float]:
    strength = _build_strength(points.size)
    share = strength / strength.sum()
    better = float(share @ _compare(points, rope))
    worse = float(share @ _compare(-points, rope))
    return better, 1 - better - worse, worse


def _compute_mass(weights: Floats, sums: Floats, limit: float) -> Floats:
    return np.asarray(((weights @ _compare(sums, limit)) * weights).sum(axis=1))


def _compare(values: Floats, limit: float) -> Floats:
    """Return 1 for what is above the limit, a half for what equals it but for rounding, else 0."""
    return np.asarray((values > limit + ROUNDING) + 0.5 * (np.abs(values - limit) <= ROUNDING))


def _draw_weights(n_points: int) -> Floats:
    rng = np.random.default_rng(analysis_stream("bayes", n_points))
    return rng.dirichlet(_build_strength(n_points), DRAWS)


def _build_strength(n_points: int) -> Floats:
    return np.append(_PRIOR, np.ones(n_points - 1))
