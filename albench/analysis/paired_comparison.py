"""A strategy against a baseline on one dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence.cells import Cell, Interval, Verdict
from albench.analysis.label_saving import estimate_savings
from albench.analysis.labels_needed import PairedCurves
from albench.analysis.stats.bands import estimate_band, estimate_mean_curve
from albench.analysis.stats.intervals import Estimate, build_t_interval, estimate_mean, find_units
from albench.analysis.stats.sign_test import describe_shape
from albench.analysis.stats.significance import scale_rounding, subtract
from albench.analysis.stats.skewness import average_by_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from albench.analysis.evidence.cells import Curve, Saving
    from albench.analysis.scores import Scores
    from albench.analysis.sequential import CellDecision
    from albench.contracts import Floats

FEWEST_PAIRED = 3
ROPE, ROPE_SHARE = 0.005, 0.01
"""Half the width of practical equivalence: of a metric within [0, 1]; of others, as a share of an area."""
_VERDICTS: dict[str | None, Verdict] = {"better": "win", "worse": "loss", None: "undecided"}
_DECIMALS = 12  # equal areas differ by rounding residues, which must count as ties


@dataclass(frozen=True, eq=False)
class PairedComparison:
    """A cell with what the rows across datasets are made from.

    Attributes
    ----------
    covered : bool
        True if strategy and baseline share at least 80 % of the repeats that the experiment asks for.
    estimate : Estimate or None
        Of the mean difference; None where the repeats are too few for a standard error.
    """

    cell: Cell
    covered: bool
    estimate: Estimate | None


def compute_differences(scores: Scores, values: Floats, baseline: Floats) -> Floats:
    """Return how much better the values of each repeat are than the baseline's, free of rounding residues."""
    return scores.sign * subtract_paired(values, baseline)


def subtract_areas(scores: Scores, strategy: str, baseline: str) -> Floats:
    """Return how much better the area of each repeat is than the baseline's; not-a-number where unpaired."""
    return compute_differences(scores, scores.areas[strategy], scores.areas[baseline])


def subtract_paired(values: Floats, baseline: Floats) -> Floats:
    """Return differences, free of rounding residues."""
    return np.round(subtract(values, baseline), _DECIMALS)


def average_differences(differences: Sequence[float]) -> float | None:
    """Return their mean, 0 where it is within rounding of it; None of none."""
    if not len(differences):
        return None
    mean = float(np.mean(differences))
    return mean if abs(mean) > scale_rounding(np.asarray(differences)) else 0.0


def decide_verdict(
    interval: Interval | None, n_paired: int, *, covered: bool, decision: CellDecision | None = None
) -> Verdict:
    """Return win if the interval is above 0, loss if below, else tie; undecided where too few repeats.

    Parameters
    ----------
    decision : CellDecision, optional
        What ended the repeats, or keeps them open: that says it in the place of the interval.
    """
    if interval is None or n_paired < FEWEST_PAIRED or not covered:
        return "undecided"
    if decision is not None:
        # Strategies share the error, which the interval of each of them does not.
        return _VERDICTS.get(decision.reason, "tie")
    if interval.low > 0:
        return "win"
    return "loss" if interval.high < 0 else "tie"


def compare_with_baseline(
    scores: Scores, strategy: str, baseline: str, *, with_intervals: bool, withheld: bool
) -> PairedComparison:
    """Compare a strategy with a baseline over their paired repeats.

    Parameters
    ----------
    strategy, baseline : str
        The same for the baseline's own cell, which is compared with nothing.
    with_intervals : bool
        False leaves out the intervals of the savings and the band, which are what takes time.
    """
    own = strategy == baseline
    deltas = subtract_areas(scores, strategy, baseline)
    paired = np.isfinite(deltas) & (not own)
    n_paired = int(paired.sum())
    units = find_units(scores.panel.splits[paired])
    looks = scores.find_looks(strategy, baseline)
    mean = estimate_mean(deltas[paired], units, looks)
    interval = build_t_interval(mean, units.unit_name)
    covered = scores.is_covered(n_paired, strategy)
    decision = scores.decisions.get(strategy) if baseline == scores.random else None
    verdict = decide_verdict(interval, n_paired, covered=covered, decision=decision)
    curves = compute_differences(scores, scores.curves[strategy], scores.curves[baseline])
    cell = Cell(
        dataset=scores.dataset,
        strategy=strategy,
        n_repeats=int(np.isfinite(scores.areas[strategy]).sum()),
        n_paired=n_paired,
        n_failed=scores.panel.n_failed[strategy],
        area=_average_finite(scores.areas[strategy]),
        difference=average_differences(deltas[paired].tolist()),
        interval=interval,
        verdict="undecided" if withheld else verdict,
        win_rate=_average_finite((np.sign(deltas[paired]) + 1) / 2),
        savings=_estimate_savings(scores, strategy, baseline, paired, with_intervals=with_intervals),
        curve=_estimate_curve(scores, scores.curves[strategy], np.isfinite(scores.areas[strategy])),
        difference_curve=_estimate_curve(scores, curves, paired),
        fit_s=scores.panel.costs[strategy].fit_s,
        query_s=scores.panel.costs[strategy].query_s,
        flat=int((scores.panel.ended_early[strategy] & np.isfinite(scores.arms[strategy])).sum()),
        difference_band=estimate_band(curves[paired], units) if with_intervals else None,
        n_splits=np.unique(scores.panel.splits[paired]).size,
        n_without_area=_count_without_area(scores, strategy),
        shape=describe_shape(average_by_unit(deltas[paired], units), units.unit_name),
        n_asked=scores.count_asked(strategy),
        n_looks=len(looks),
        error=None if mean is None else float(mean.error),
    )
    return PairedComparison(cell, covered, mean)


def _count_without_area(scores: Scores, strategy: str) -> int:
    n_finished = sum(name == strategy for name, _, _ in scores.panel.queried)
    return n_finished - int(np.isfinite(scores.arms[strategy]).sum())


def _average_finite(values: Floats) -> float | None:
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if finite.size else None


def _estimate_curve(scores: Scores, curves: Floats, repeats: NDArray[np.bool_]) -> Curve | None:
    return estimate_mean_curve(scores.n_labels, curves[repeats], scores.panel.splits[repeats])


def _estimate_savings(
    scores: Scores, strategy: str, baseline: str, paired: NDArray[np.bool_], *, with_intervals: bool
) -> tuple[Saving, ...]:
    """Return the savings; none where nothing is paired or the budget allows no query."""
    if not paired.any() or scores.n_labels.size < 2:  # noqa: PLR2004 - a curve has two ends
        return ()
    sign = scores.sign
    pairs = PairedCurves(
        scores.n_labels,
        sign * scores.curves[strategy][paired],
        sign * scores.curves[baseline][paired],
        None if scores.reference is None else sign * scores.reference[paired],
        find_units(scores.panel.splits[paired]),
        carried=any(scores.panel.ended_early[name][:, paired].any() for name in (strategy, baseline)),
    )
    return estimate_savings(pairs, sign=sign, with_intervals=with_intervals)
