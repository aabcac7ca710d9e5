"""Bayesian signed-rank test: how probable is it to be better, practically equal, worse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence import Bayes
from albench.rng import analysis_stream

if TYPE_CHECKING:
    from albench.contracts import Floats

FEWEST_DATASETS = 6
DRAWS = 20_000
_PRIOR = 0.5


def compute_signed_rank_probabilities(differences: Floats, rope: float) -> Bayes:
    """Return the probabilities that the strategy is better, equal, worse on another dataset like these.

    A Dirichlet process prior of strength 0.5 at difference 0; for each draw of weights, the region (above,
    within, below the rope) that most pairs of datasets fall in wins the draw, ties shared.

    Parameters
    ----------
    differences : ndarray of shape (n_datasets,)
        Positive is better.
    rope : float
        Half the width of the region of practical equivalence, in units of the metric.

    References
    ----------
    Benavoli et al., 2014, A Bayesian Wilcoxon signed-rank test based on the Dirichlet process
    """
    points = np.append(0.0, differences)
    sums = points[:, np.newaxis] + points
    weights = _draw_weights(points.size)
    better = _compute_mass(weights, sums, 2 * rope)
    worse = _compute_mass(weights, -sums, 2 * rope)
    mass = np.stack([better, 1 - better - worse, worse])
    # Of equal masses rounding must not choose the winner.
    wins = mass >= mass.max(axis=0) - 1e-12
    shares = (wins / wins.sum(axis=0)).mean(axis=1)
    return Bayes(float(shares[0]), float(shares[1]), float(shares[2]), rope)


def _compute_mass(weights: Floats, sums: Floats, limit: float) -> Floats:
    above = (sums > limit) + 0.5 * (sums == limit)
    return np.asarray(((weights @ above) * weights).sum(axis=1))


def _draw_weights(n_points: int) -> Floats:
    strength = np.ones(n_points)
    strength[0] = _PRIOR
    rng = np.random.default_rng(analysis_stream("bayes", n_points))
    return rng.dirichlet(strength, DRAWS)
