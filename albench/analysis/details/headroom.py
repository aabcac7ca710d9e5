"""Gains as shares of the headroom, so that datasets can be put together: mean, IQM, performance profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from albench.analysis.evidence.cells import Interval
from albench.analysis.evidence.datasets import NormalisedArea
from albench.analysis.stats.intervals import FEWEST_UNITS, LEVEL, Estimate, build_t_interval, find_units
from albench.rng import analysis_stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.scores import Scores
    from albench.analysis.stats.intervals import Units
    from albench.contracts import Floats

LEAST = 0.02  # in shares of less, noise would look like large gains
THRESHOLDS = np.linspace(0, 1.2, 61)
RESAMPLES = 1000
FEWEST_FOR_PERCENTILES = 10
_TRIMMED = 0.25


class Shares(NamedTuple):
    """A strategy's areas on a dataset in shares of the headroom, shape (n_repeats,), with their units."""

    values: Floats
    units: Units


def compute_headroom(scores: Scores) -> tuple[float, float] | None:
    """Return random's mean seed level and the way from there to the reference, positive if there is any."""
    if scores.reference is None or scores.n_labels.size == 0:
        return None
    seed = scores.sign * scores.curves[scores.random][:, 0]
    paired = np.isfinite(seed) & np.isfinite(scores.reference)
    if not paired.any():
        return None
    level = float(seed[paired].mean())
    return level, float(scores.sign * scores.reference[paired].mean()) - level


def compute_headrooms(all_scores: Sequence[Scores]) -> dict[str, float]:
    """Return the headroom of each dataset; of those without a reference or a seed level, none."""
    rooms = {scores.dataset: compute_headroom(scores) for scores in all_scores}
    return {dataset: room[1] for dataset, room in rooms.items() if room is not None}


def normalise_areas(
    all_scores: Sequence[Scores], strategies: Sequence[str]
) -> tuple[tuple[NormalisedArea, ...], tuple[str, ...]]:
    """Return every strategy in shares of the headroom, and the datasets with too little of it.

    Datasets with fewer than 80 % of the repeats that the experiment asks for do not count.
    """
    known = [(scores, room) for scores in all_scores if (room := compute_headroom(scores)) is not None]
    little = tuple(scores.dataset for scores, (_, room) in known if room < LEAST)
    able = [(scores, ends) for scores, ends in known if ends[1] >= LEAST]
    areas = []
    for name in strategies:
        shares = [(scores, _compute_shares(scores, name, *ends)) for scores, ends in able]
        covered = {
            scores.dataset: share for scores, share in shares if scores.is_covered(share.values.size, name)
        }
        areas.append(_summarise_shares(name, covered))
    return tuple(area for area in areas if area.gains), little


def _compute_shares(scores: Scores, strategy: str, seed: float, room: float) -> Shares:
    values = (scores.sign * scores.areas[strategy] - seed) / room
    finite = np.isfinite(values)
    return Shares(values[finite], find_units(scores.panel.splits[finite]))


def _summarise_shares(strategy: str, shares: dict[str, Shares]) -> NormalisedArea:
    gains = {dataset: float(share.values.mean()) for dataset, share in shares.items()}
    every = [share.values for share in shares.values()]
    return NormalisedArea(
        strategy=strategy,
        gains=gains,
        mean=float(np.mean(list(gains.values()))) if gains else None,
        iqm=float(compute_interquartile_mean(np.concatenate(every))) if gains else None,
        interval=estimate_interquartile_interval(list(shares.values())) if gains else None,
        profile=compute_profile(every, THRESHOLDS) if gains else np.full(THRESHOLDS.size, np.nan),
    )


def compute_interquartile_mean(values: Floats) -> Floats:
    """Return the mean of the middle half along the last axis; a quarter is rounded down to whole values."""
    cut = int(_TRIMMED * values.shape[-1])
    middle = np.sort(values, axis=-1)[..., cut : values.shape[-1] - cut]
    return np.asarray(middle.mean(axis=-1))


def compute_profile(values: Sequence[Floats], thresholds: Floats) -> Floats:
    """Return the share of the repeats above each threshold, mean over the datasets.

    References
    ----------
    Agarwal et al., 2021, Deep reinforcement learning at the edge of the statistical precipice
    """
    return np.asarray(np.mean([(share[:, np.newaxis] > thresholds).mean(axis=0) for share in values], axis=0))


def estimate_interquartile_interval(shares: Sequence[Shares]) -> Interval | None:
    """Return the interval of the interquartile mean, by a bootstrap of the units within each dataset.

    Percentiles of the resamples; below 10 units, of which they hold 74 to 90 % instead of 95, Student's t
    with the error of the resamples.
    """
    fewest = min(share.units.n for share in shares)
    if fewest < FEWEST_UNITS:
        return None
    rng = np.random.default_rng(analysis_stream("iqm", [share.units.n for share in shares]))
    # Pooled only here: each dataset keeps its own repeats, so that none can crowd out another.
    resampled = compute_interquartile_mean(
        np.concatenate([_resample_units(share, rng) for share in shares], axis=1)
    )
    over = shares[0].units.unit_name
    if fewest >= FEWEST_FOR_PERCENTILES:
        low, high = np.quantile(resampled, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return Interval(float(low), float(high), LEVEL, f"percentile bootstrap over {over}")
    # A bootstrap's spread is too small by the share (n - 1) / n.
    error = np.asarray(resampled.std() * np.sqrt(fewest / (fewest - 1)))
    mean = compute_interquartile_mean(np.concatenate([share.values for share in shares]))
    df = float(sum(share.units.n - 1 for share in shares))
    return build_t_interval(Estimate(mean, error, df), f"{over}, error by bootstrap")


def _resample_units(shares: Shares, rng: np.random.Generator) -> Floats:
    """Return resamples of whole units, shape (n_resamples, n_repeats); of unequal units, as many as fit."""
    sizes = np.bincount(shares.units.index)
    size = int(sizes.min())
    members = np.stack([np.flatnonzero(shares.units.index == unit)[:size] for unit in range(shares.units.n)])
    units = rng.integers(shares.units.n, size=(RESAMPLES, shares.units.n))
    return np.asarray(shares.values[members[units]].reshape(RESAMPLES, -1))
