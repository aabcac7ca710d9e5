"""Label saving: how many labels a strategy needs where random needs so many.

All curves here are such that higher is better; the caller turns the others over.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from albench.analysis.evidence.cells import Interval, Saving
from albench.analysis.labels_needed import SAME, LabelsNeeded, PairedCurves, compute_labels_needed
from albench.analysis.stats.intervals import LEVEL, Units, bca, compute_t_p, estimate_mean, widen_level
from albench.analysis.stats.inversion import correct_ratio, invert_ratio_test
from albench.analysis.stats.isotonic import fit_monotone
from albench.analysis.stats.significance import ALPHA
from albench.rng import analysis_stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.evidence.cells import Undefined
    from albench.contracts import Floats

TARGETS = ("final", "90", "95", "99")
FEWEST_REPEATS = 10
FEWEST_SPLITS = 5
RESAMPLES = 2000


def estimate_savings(
    pairs: PairedCurves, *, sign: int = 1, with_intervals: bool = True
) -> tuple[Saving, ...]:
    """Return the saving at each target: the worse of both final levels, 90, 95 and 99 % of the way.

    Parameters
    ----------
    pairs : PairedCurves
        At least one repeat.
    sign : {1, -1}
        -1 if the metric was turned over; levels are given in its own direction.
    with_intervals : bool
        False leaves the bootstrap out.
    """
    n = len(pairs.strategy)
    curves = compute_labels_needed(pairs, np.full((1, n), 1 / n))
    point = _correct_final(pairs, curves)
    intervals: list[Interval | None] = [None] * len(TARGETS)
    if with_intervals and _has_enough_repeats(pairs):
        intervals = _estimate_intervals(pairs, point.log_ratio[:, 0])
    set_by: Literal["strategy", "random"] = "strategy" if point.strategy_ends_lower[0] else "random"
    reasons = _explain_undefined(pairs, point, set_by)
    savings = tuple(
        _build_saving(target, sign * float(level), float(strategy), float(baseline), interval, reason)
        for target, level, strategy, baseline, interval, reason in zip(
            TARGETS,
            point.level[:, 0],
            point.strategy[:, 0],
            point.baseline[:, 0],
            intervals,
            reasons,
            strict=True,
        )
    )
    is_corrected = point is not curves and savings[0].saving is not None
    read_off = float(1 - curves.strategy[0, 0] / curves.baseline[0, 0]) if is_corrected else None
    return (replace(savings[0], set_by=set_by, read_off=read_off), *savings[1:])


def _correct_final(pairs: PairedCurves, point: LabelsNeeded) -> LabelsNeeded:
    """Return labels at the worse final level whose difference a paired t test does not reject.

    A curve that flattens out below the other one has its own final level long before the end, by chance and
    by being made monotone: labels read off it are too few.
    """
    if pairs.carried:
        return point
    own, random = point.strategy[0, 0], point.baseline[0, 0]
    ratio = correct_ratio(pairs, float(own / random))
    if ratio == own / random:
        return point
    strategy, baseline = point.strategy.copy(), point.baseline.copy()
    end, baseline_end = pairs.n_labels[-1], pairs.labels_of_baseline[-1]
    strategy[0, 0], baseline[0, 0] = min(end, ratio * baseline_end), min(baseline_end, end / ratio)
    return point._replace(strategy=strategy, baseline=baseline)


def order_saving(saving: Saving) -> float | None:
    """Return a saving as a number that can be put in order: a curve that never gets there needs most labels.

    Returns
    -------
    float or None
        Infinite where the saving is censored, None where it is undefined.
    """
    if saving.censored is not None:
        return -np.inf if saving.censored == "strategy" else np.inf
    return saving.saving


def find_saving_side(savings: Sequence[Saving], interval: Interval | None) -> int:
    """Return 1 where labels are shown to be saved on most datasets, -1 where more are needed, else 0.

    Parameters
    ----------
    savings : sequence of Saving
        One a dataset, of one target.
    interval : Interval or None
        Of their median. Without one, more than half of the datasets must have an interval of their own on one
        side of 0.
    """
    ends = [interval] if interval else [saving.interval for saving in savings]
    above = sum(of is not None and of.low > 0 for of in ends)
    below = sum(of is not None and of.high < 0 for of in ends)
    return int(2 * above > len(ends)) - int(2 * below > len(ends))


def _build_saving(
    target: str,
    level: float,
    strategy: float,
    baseline: float,
    interval: Interval | None,
    undefined: Undefined | None,
) -> Saving:
    censored: Literal["strategy", "random"] | None = None
    if undefined is None and np.isinf(max(strategy, baseline)):
        censored = "strategy" if np.isinf(strategy) else "random"
    is_number = undefined is None and censored is None
    return Saving(
        target=target,
        level=None if np.isnan(level) else level,
        labels_strategy=strategy if np.isfinite(strategy) else None,
        labels_random=baseline if np.isfinite(baseline) else None,
        saving=1 - strategy / baseline if is_number else None,
        interval=interval if is_number else None,
        censored=censored,
        undefined=undefined,
    )


def _explain_undefined(
    pairs: PairedCurves, point: LabelsNeeded, set_by: Literal["strategy", "random"]
) -> list[Undefined | None]:
    """Return for each target why there is no saving, None where there is one or a curve never gets there."""
    setter = pairs.strategy if set_by == "strategy" else pairs.baseline
    reasons: list[Undefined | None] = [None if _rises(setter, pairs) else "no_rise"]
    for i in range(1, len(TARGETS)):
        neither = np.isinf(point.strategy[i, 0]) and np.isinf(point.baseline[i, 0])
        reasons.append(_explain_no_reference(pairs) or ("not_reached" if neither else None))
    return reasons


def _explain_no_reference(pairs: PairedCurves) -> Undefined | None:
    if pairs.reference is None:
        return "no_reference"
    if np.isnan(pairs.reference).any():
        return "reference_missing"
    headroom = pairs.reference - pairs.baseline[:, 0]
    return None if _is_above_0(headroom, pairs) else "no_headroom"


def _rises(curves: Floats, pairs: PairedCurves) -> bool:
    """Say whether the final level of curves, as made monotone, is shown to be above the seed level.

    Every curve has the seed level from its first label on: of a target that is not above it, the labels that
    are needed say nothing.
    """
    monotone = fit_monotone(curves.mean(axis=0, keepdims=True))[0]
    final = monotone >= monotone[-1] - SAME
    level = curves[:, final].mean(axis=1)
    # Where another oracle labels the seed set, too, each curve has a seed level of its own.
    own_seeds = (pairs.baseline,) if pairs.baseline_labels is None else (pairs.baseline, pairs.strategy)
    return all(_is_above_0(level - own[:, 0], pairs) for own in own_seeds)


def _is_above_0(values: Floats, pairs: PairedCurves) -> bool:
    """Say whether a mean over the repeats is above 0, by a one-sided t test.

    Where the repeats are too few for an interval of a saving, a rise by one standard error does: the test
    would take the saving of curves that plainly rise.
    """
    mean = float(values.mean())
    if not mean > SAME:
        return False
    estimate = estimate_mean(values, pairs.units)
    if estimate is None or not estimate.error:
        return True
    if _has_enough_repeats(pairs):
        return compute_t_p(estimate) / 2 <= ALPHA
    return mean > float(estimate.error)


def _has_enough_repeats(pairs: PairedCurves) -> bool:
    clustered = pairs.units.n < len(pairs.strategy)
    return len(pairs.strategy) >= FEWEST_REPEATS and (not clustered or pairs.units.n >= FEWEST_SPLITS)


def _estimate_intervals(pairs: PairedCurves, observed: Floats) -> list[Interval | None]:
    weights = _draw_resamples(pairs.units)
    resampled = compute_labels_needed(pairs, weights).log_ratio[1:]
    jackknife = compute_labels_needed(pairs, _leave_one_out(pairs.units)).log_ratio[1:]
    others = zip(observed[1:], resampled, jackknife, strict=True)
    return [
        _invert_test(pairs, float(np.exp(observed[0])), weights),
        *(_bootstrap_interval(float(value), draws, without, pairs.units) for value, draws, without in others),
    ]


def _invert_test(pairs: PairedCurves, ratio: float, weights: Floats) -> Interval | None:
    """Return the interval at the worse of both final levels; the ratio itself is always in it."""
    bounds = invert_ratio_test(pairs, weights)
    if bounds is None:
        return None
    low, high = min(bounds[0], ratio), max(bounds[1], ratio)
    return Interval(1 - high, 1 - low, LEVEL, f"inverted t test over {pairs.units.unit_name}")


def _bootstrap_interval(
    observed: float, resampled: Floats, jackknife: Floats, units: Units
) -> Interval | None:
    """Return the interval of the saving; None where the resamples do not bound it on both sides."""
    if not np.isfinite(observed):
        return None
    level = widen_level(LEVEL, units.n)
    # A resample without a number could be anything: it counts against either end.
    low, _ = bca(observed, np.where(np.isnan(resampled), -np.inf, resampled), jackknife, level)
    _, high = bca(observed, np.where(np.isnan(resampled), np.inf, resampled), jackknife, level)
    if not (np.isfinite(low) and np.isfinite(high)):
        return None
    method = f"bootstrap of the log ratio over {units.unit_name}, BCa"
    return Interval(float(1 - np.exp(high)), float(1 - np.exp(low)), LEVEL, method)


def _draw_resamples(units: Units) -> Floats:
    # Keyed by the number of units alone: what datasets and strategies are called moves no interval.
    rng = np.random.default_rng(analysis_stream("saving", units.n))
    # Each resample counts in a range of its own, so that one bincount does for all of them.
    units_drawn = (
        rng.integers(units.n, size=(RESAMPLES, units.n)) + units.n * np.arange(RESAMPLES)[:, np.newaxis]
    )
    counts = np.bincount(units_drawn.ravel(), minlength=RESAMPLES * units.n).reshape(RESAMPLES, units.n)
    return _normalise_counts(counts[:, units.index].astype(np.float64))


def _leave_one_out(units: Units) -> Floats:
    return _normalise_counts((1 - np.eye(units.n))[:, units.index])


def _normalise_counts(counts: Floats) -> Floats:
    return np.asarray(counts / counts.sum(axis=1, keepdims=True))
