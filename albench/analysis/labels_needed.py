"""How many labels curves need up to a level, and the levels up to which savings are counted.

All curves here are such that higher is better; the caller turns the others over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from albench.analysis.stats.isotonic import fit_monotone

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.analysis.stats.intervals import Units
    from albench.contracts import Floats

SHARES = (0.90, 0.95, 0.99)
SAME = 1e-12
"""Levels that are closer are the same."""


@dataclass(frozen=True, eq=False)
class PairedCurves:
    """The paired repeats of a strategy and its baseline on one dataset.

    Attributes
    ----------
    n_labels : ndarray of shape (n_rounds,)
    strategy, baseline : ndarray of shape (n_repeats, n_rounds)
        Higher is better.
    reference : ndarray of shape (n_repeats,) or None
        Of each repeat's split; not-a-number where there is none.
    carried : bool
        True if a curve ended early and is carried on flat: its last level was bought with the labels before.
    baseline_labels : ndarray, optional
        Of the rounds of ``baseline``, where they are others: the same labels cost other money.
    """

    n_labels: Floats
    strategy: Floats
    baseline: Floats
    reference: Floats | None
    units: Units
    carried: bool = False
    baseline_labels: Floats | None = None

    @property
    def labels_of_baseline(self) -> Floats:
        """Labels of the rounds of the baseline."""
        return self.n_labels if self.baseline_labels is None else self.baseline_labels


class LabelsNeeded(NamedTuple):
    """Target levels and the labels that each curve needs, all of shape (n_targets, n_resamples).

    A curve that does not get there needs ``inf`` labels; where there is no target, all are not-a-number.
    ``strategy_ends_lower``, of shape (n_resamples,), says whose final level the first target is.
    """

    level: Floats
    strategy: Floats
    baseline: Floats
    strategy_ends_lower: NDArray[np.bool_]

    @property
    def log_ratio(self) -> Floats:
        """Log of labels(strategy) / labels(baseline); not-a-number where neither gets there."""
        with np.errstate(invalid="ignore"):
            # inf - inf is meant: of two curves that never get there no ratio is known.
            return np.asarray(np.log(self.strategy) - np.log(self.baseline))


def find_labels_needed(n_labels: Floats, curves: Floats, level: Floats) -> Floats:
    """Return the labels at which each non-decreasing curve first has a level, linear between rounds.

    Parameters
    ----------
    n_labels : ndarray of shape (n_rounds,)
    curves : ndarray of shape (n_curves, n_rounds)
    level : ndarray of shape (..., n_curves)

    Returns
    -------
    ndarray of shape (..., n_curves)
        ``inf`` where the curve never has it, not-a-number where the level is.
    """
    # A level that was read off a curve must be found on it, whatever rounding left.
    enough = level - SAME
    first = (curves >= enough[..., np.newaxis]).argmax(axis=-1)
    row = np.arange(len(curves))
    before = np.maximum(first - 1, 0)
    rise = curves[row, first] - curves[row, before]
    share = np.divide(level - curves[row, before], rise, out=np.ones_like(rise), where=rise > 0)
    needed = n_labels[before] + np.clip(share, 0, 1) * (n_labels[first] - n_labels[before])
    needed = np.where(curves[:, -1] >= enough, needed, np.inf)
    return np.where(np.isnan(level), np.nan, needed)


def compute_labels_needed(pairs: PairedCurves, weights: Floats) -> LabelsNeeded:
    """Return levels and labels for each weighting of the repeats: mean curves, made monotone, then read off.

    Parameters
    ----------
    weights : ndarray of shape (n_resamples, n_repeats)
        Rows sum to 1.
    """
    strategy_mean, baseline_mean = weights @ pairs.strategy, weights @ pairs.baseline
    strategy, baseline = fit_monotone(strategy_mean), fit_monotone(baseline_mean)
    final = np.minimum(strategy[:, -1], baseline[:, -1])
    # Not of the monotone curve: pooled with a dip after the seed set, the seed level would be too low.
    seed = baseline_mean[:, 0]
    reference = np.full(len(weights), np.nan) if pairs.reference is None else weights @ pairs.reference
    headroom = np.where(reference > seed + SAME, reference - seed, np.nan)
    levels = np.stack([final, *(seed + share * headroom for share in SHARES)])
    return LabelsNeeded(
        levels,
        find_labels_needed(pairs.n_labels, strategy, levels),
        find_labels_needed(pairs.labels_of_baseline, baseline, levels),
        strategy[:, -1] < baseline[:, -1],
    )
