"""One dataset, more ways: deficiency, the ramp up, the plateau, what is gained at the very end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence.datasets import DatasetPhases, LateRise
from albench.analysis.labels_needed import find_labels_needed
from albench.analysis.stats.area import compute_area, interpolate_curves
from albench.analysis.stats.isotonic import fit_monotone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.evidence.cells import Cell
    from albench.analysis.scores import Scores
    from albench.analysis.selection import SliceSettings
    from albench.contracts import Floats

RISE = 0.9
LATE = 0.8


def compare_phases(all_scores: Sequence[Scores], strategies: Sequence[str]) -> tuple[DatasetPhases, ...]:
    """Return what the mean curves say of each strategy on each dataset where it is paired with random."""
    return tuple(
        phases
        for scores in all_scores
        for name in strategies
        if name != scores.random and (phases := _compare_phases_on(scores, name)) is not None
    )


def _compare_phases_on(scores: Scores, strategy: str) -> DatasetPhases | None:
    names = strategy, scores.random
    paired = np.isfinite([scores.areas[name] for name in names]).all(axis=0)
    if not paired.any() or scores.n_labels.size < 2:  # noqa: PLR2004 - a curve has two ends
        return None
    curve, baseline = (scores.sign * scores.curves[name][paired].mean(axis=0) for name in names)
    end = find_ramp_end(scores.n_labels, baseline)
    early, late = (None, None) if end is None else split_area(scores.n_labels, curve - baseline, end)
    return DatasetPhases(
        dataset=scores.dataset,
        strategy=strategy,
        deficiency=compute_deficiency(curve, baseline),
        ramp_up_labels=end,
        ramp_up=early,
        plateau=late,
    )


def compute_deficiency(curve: Floats, baseline: Floats) -> float | None:
    """Return how far a curve stays below the baseline's final level, as a share of how far the baseline does.

    Parameters
    ----------
    curve, baseline : ndarray of shape (n_rounds,)
        Higher is better.

    References
    ----------
    Baram et al., 2004, Online choice of active learning algorithms (section 6.2)
    """
    missing = float((baseline[-1] - baseline).sum())
    return float((baseline[-1] - curve).sum()) / missing if missing > 0 else None


def find_ramp_end(n_labels: Floats, baseline: Floats) -> float | None:
    """Return the labels at which a curve, made monotone, has made 90 % of its rise; None if it has none."""
    rising = fit_monotone(baseline[np.newaxis])
    rise = rising[:, -1] - rising[:, 0]
    if rise[0] <= 0:
        return None
    return float(find_labels_needed(n_labels, rising, rising[:, 0] + RISE * rise)[0])


def split_area(n_labels: Floats, values: Floats, end: float) -> tuple[float | None, float | None]:
    """Return the areas of a curve before and after a number of labels; None where there is no width."""
    early = np.append(n_labels[n_labels < end], end)
    late = np.append(end, n_labels[n_labels > end])
    return _average_over(n_labels, values, early), _average_over(n_labels, values, late)


def _average_over(n_labels: Floats, values: Floats, part: Floats) -> float | None:
    return float(compute_area(part, interpolate_curves(n_labels, values, part))) if part.size > 1 else None


def measure_late_rises(cells: Sequence[Cell], settings: SliceSettings) -> dict[str, dict[str, LateRise]]:
    """Return dataset -> strategy -> how its mean curve ends, where random rises at all."""
    random, sign = settings.random, settings.sign
    rises: dict[str, dict[str, LateRise]] = {}
    for cell in cells:
        if cell.curve is not None and cell.curve.n_labels.size > 2:  # noqa: PLR2004 - there is a middle
            rise = _measure_late_rise(cell.curve.n_labels, sign * cell.curve.mean)
            rises.setdefault(cell.dataset, {})[cell.strategy] = rise
    return {name: of for name, of in rises.items() if random in of and of[random].whole > 0}


def _measure_late_rise(n_labels: Floats, values: Floats) -> LateRise:
    start = np.interp(n_labels[0] + LATE * (n_labels[-1] - n_labels[0]), n_labels, values)
    return LateRise(float(values[-1] - start), float(values[-1] - values[0]))
