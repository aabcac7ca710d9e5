"""What the curves of a pilot say, in the shares in which a study compares data sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from albench.pilot.power_law import fit_power_law
from albench.pilot.prior import Evidence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.contracts import Floats
    from albench.pilot.pool_curves import PoolCurves

BEST = 1.0
"""The best level of the metrics that the study measured."""


@dataclass(frozen=True)
class PilotEvidence:
    """A pilot in a few numbers.

    Attributes
    ----------
    now : float
        Level that random's power law says a model of all labelled rows has.
    error : float
        What is left to the best level from there; never 0, since so few rows cannot show that.
    rise : Evidence
        Of random's curve over the last doubling of labels in the largest pool.
    gains : mapping of str to Evidence
        Of each strategy, averaged over the nested pools.
    pilot_gains : mapping of str to float
        Of each strategy on the largest pool, in units of the metric.
    """

    now: float
    error: float
    rise: Evidence
    gains: Mapping[str, Evidence]
    pilot_gains: Mapping[str, float]


def summarise_pilot(pools: Sequence[PoolCurves], n_labelled: int) -> PilotEvidence:
    """Return what a pilot says.

    Parameters
    ----------
    pools : sequence of PoolCurves
        The smallest first.
    n_labelled : int
        Rows of the labelled part, pool and test part together.
    """
    largest = pools[-1]
    n_labels = np.append(largest.n_labels, largest.n_pool) if largest.whole.size else largest.n_labels
    levels = largest.random.mean(axis=0)
    if largest.whole.size:
        levels = np.append(levels, largest.whole.mean())
    now = float(fit_power_law(n_labels, levels, best=BEST).predict(n_labelled))
    pilot_error = smooth_error(float(levels[-1]), n_labelled)
    return PilotEvidence(
        now=now,
        error=smooth_error(now, n_labelled),
        rise=_measure_rise(largest, pilot_error),
        gains={name: _average_gains(pools, name, pilot_error) for name in largest.strategies},
        pilot_gains={name: float(largest.compute_gains(name).mean()) for name in largest.strategies},
    )


def smooth_error(level: float, n_labelled: int) -> float:
    """Return what is left to the best level, as if one row more were wrong and one more right (Laplace)."""
    return (n_labelled * (BEST - level) + 1) / (n_labelled + 2)


def _average_gains(pools: Sequence[PoolCurves], strategy: str, error: float) -> Evidence:
    """Return the mean over the pools; its error takes them as one, since they share their rows."""
    gains = [pool.compute_gains(strategy) / error for pool in pools]
    return Evidence(
        float(np.mean([values.mean() for values in gains])),
        float(np.mean([_compute_standard_error(values) for values in gains])),
    )


def _measure_rise(pool: PoolCurves, error: float) -> Evidence:
    """Return how far the last level is above that at half of its labels, in shares of the error."""
    half = [float(np.interp(_find_end(pool) / 2, pool.n_labels, curve)) for curve in pool.random]
    end = pool.whole if pool.whole.size == len(half) else np.full(len(half), pool.random[:, -1])
    rises = (end - np.asarray(half)) / error
    return Evidence(float(rises.mean()), _compute_standard_error(rises))


def _find_end(pool: PoolCurves) -> float:
    return float(pool.n_pool if pool.whole.size == len(pool.random) else pool.n_labels[-1])


def _compute_standard_error(values: Floats) -> float:
    return float(values.std(ddof=1) / np.sqrt(values.size))
