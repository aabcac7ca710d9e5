from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from albench.contracts import Need, Strategy
from albench.strategies.numerics.covering import cover_greedily
from albench.strategies.numerics.kernel_cover import KernelCover
from albench.strategies.numerics.linear_algebra import scale_to_unit_length
from albench.strategies.uncertainty import MEASURES, Measure

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView, Rows
    from albench.ordering import Picks

Positive = Annotated[float, Field(gt=0)]

_TEMPERATURES = np.logspace(-1, 1, 49)
_BINS = 15
_HELD_OUT = 0.2
_SAMPLE = 1000


class UncertaintyHerding(Strategy):
    """Greedy coverage of uncertainty: raises mean_x u(x) max_s exp(-||x - s||^2 / sigma^2) most.

    s runs over the labelled and the picked rows, x over the candidates, at unit length. The utility is that
    rise. u is computed from probabilities at a temperature, softmax(ln p / T), that is found each round:
    the query model is fitted on four fifths of the labelled rows, and T is the one of 49 values from 0.1 to
    10 with the least expected calibration error on the others. sigma is the smallest distance between two
    different labelled rows (of the candidates, their median, while there are none).
    """

    name = "uncertainty_herding"
    family = "hybrid"
    needs = frozenset({Need.PROBA, Need.LABELS, Need.EMBEDDING})
    cost = "quadratic"
    complexity = "O(n^2 d), and one more fit"
    main = "uncertainty"
    reference = (
        "Bae, Oliveira, Sutherland, 2025, Uncertainty herding: one active learning method for all label"
        " budgets"
    )

    uncertainty: Measure = "margin"
    """u."""
    temperature: Positive | Literal["calibrated"] = Field(default="calibrated", union_mode="left_to_right")
    """T; ``calibrated`` finds it."""
    sigma: Positive | Literal["adaptive"] = Field(default="adaptive", union_mode="left_to_right")
    """Width of the kernel; ``adaptive`` finds it."""
    evaluate_on: int | None = Field(default=None, ge=1)
    """Cover a random sample of the candidates of this size instead of all: an approximation, linear in the
    pool."""

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Build the batch pick by pick."""
        X = scale_to_unit_length(pool.embedding)
        targets = pool.candidates
        weights = self._compute_weights(pool)
        if self.evaluate_on is not None and self.evaluate_on < targets.size:
            some = np.sort(pool.rng.permutation(targets.size)[: self.evaluate_on])
            targets, weights = targets[some], weights[some]
        sigma = estimate_width(X, pool) if self.sigma == "adaptive" else self.sigma
        cover = KernelCover(X, 1 / sigma**2, weights=weights, targets=targets)
        cover.add(pool.labelled)
        return cover_greedily(cover, cover.compute_bounds(pool.candidates), pool, n, targets.size)[0]

    def _compute_weights(self, pool: PoolView) -> Floats:
        temperature = calibrate_temperature(pool) if self.temperature == "calibrated" else self.temperature
        weights = MEASURES[self.uncertainty](apply_temperature(pool.proba, temperature))
        # Of a model that is certain of everything, all rows are to be covered alike.
        return weights if weights.max(initial=0) > 0 else np.ones(weights.size)


def apply_temperature(proba: Floats, temperature: float) -> Floats:
    """Return softmax(ln p / T); what has probability 0 keeps it."""
    # About the largest, so that a low temperature cannot bring all powers to 0.
    largest = proba.max(axis=1, keepdims=True)
    powers = (proba / largest) ** (1 / temperature)
    tempered: Floats = powers / powers.sum(axis=1, keepdims=True)
    return tempered


def calibrate_temperature(pool: PoolView) -> float:
    """Return the temperature of least calibration error on a fifth of the labelled rows; 1 if too few."""
    n_held_out = round(_HELD_OUT * pool.labelled.size)
    order = pool.rng.permutation(pool.labelled.size)
    held_out, train = order[:n_held_out], order[n_held_out:]
    if not n_held_out or np.unique(pool.labels[train]).size < 2:  # noqa: PLR2004
        return 1.0
    model = pool.refit(pool.labelled[train], pool.labels[train])
    proba = model.proba(pool.features[pool.labelled[held_out]])
    errors = [
        compute_calibration_error(apply_temperature(proba, t), pool.labels[held_out]) for t in _TEMPERATURES
    ]
    return float(_TEMPERATURES[int(np.argmin(errors))])


def compute_calibration_error(proba: Floats, labels: Rows) -> float:
    """Return the expected calibration error of the most probable class over 15 bins of equal width."""
    confidence = proba.max(axis=1)
    is_correct = proba.argmax(axis=1) == labels
    bins = np.minimum((confidence * _BINS).astype(np.intp), _BINS - 1)
    gaps = np.bincount(bins, weights=is_correct - confidence, minlength=_BINS)
    return float(np.abs(gaps).sum() / labels.size)


def estimate_width(X: Floats, pool: PoolView) -> float:
    """Return the smallest distance above 0 between labelled rows, else the median between candidates."""
    from scipy.spatial.distance import pdist

    distances = pdist(X[pool.labelled])
    if not (distances > 0).any():
        some = pool.rng.permutation(pool.candidates.size)[:_SAMPLE]
        distances = pdist(X[pool.candidates[some]])
        above = distances[distances > 0]
        return float(np.median(above)) if above.size else 1.0
    return float(distances[distances > 0].min())
