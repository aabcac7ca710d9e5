"""A/A control: the arms of random against each other, through the pipeline that compares strategies."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence.rows import Control
from albench.analysis.label_saving import estimate_savings
from albench.analysis.labels_needed import PairedCurves
from albench.analysis.paired_comparison import compute_differences
from albench.analysis.stats.intervals import (
    FEWEST_UNITS,
    Estimate,
    average_estimates,
    build_t_interval,
    compute_t_p,
    estimate_mean,
    find_units,
)
from albench.analysis.stats.sign_test import estimate_median_interval
from albench.analysis.stats.significance import ALPHA, holm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.evidence.cells import Interval, Saving
    from albench.analysis.evidence.rows import Unavailable
    from albench.analysis.scores import Scores
    from albench.contracts import Floats


def compare_arms(all_scores: Sequence[Scores]) -> Control:
    """Compare the first arm of random with the mean of the others.

    Fires if, after Holm's correction over the datasets and their mean together, any difference is significant
    at 5 %: of sound experiments one in twenty fires by chance.
    """
    if not all_scores or len(_get_arms(all_scores[0])) < 2:  # noqa: PLR2004 - one arm has no other
        return Control(False, {}, {}, None, 0, unavailable="one_arm")
    means: dict[str, float] = {}
    estimates: dict[str, Estimate] = {}
    intervals: dict[str, Interval] = {}
    for scores in all_scores:
        mean, error, interval = _compare_first_arm(scores)
        if mean is not None:
            means[scores.dataset] = mean
        if error is not None and interval is not None:
            estimates[scores.dataset], intervals[scores.dataset] = error, interval
    if not estimates:
        return Control(False, {}, {}, None, 0, unavailable=_explain_unavailable(all_scores))
    # A difference that all datasets share shows in their mean before it does in any one of them.
    together = [average_estimates(list(estimates.values()))] if len(estimates) > 1 else []
    ps = holm([compute_t_p(error) for error in [*estimates.values(), *together]])
    return Control(min(ps) <= ALPHA, means, intervals, min(ps), n_tests=len(ps))


def _get_arms(scores: Scores) -> Floats:
    return scores.arms[scores.random]


def _explain_unavailable(all_scores: Sequence[Scores]) -> Unavailable:
    paired = [(s, np.isfinite(_get_arms(s)).all(axis=0)) for s in all_scores]
    if any(of.sum() >= FEWEST_UNITS and np.unique(s.panel.splits[of]).size == 2 for s, of in paired):  # noqa: PLR2004
        return "few_splits"
    finished = any(name == scores.random for scores in all_scores for name, _, _ in scores.panel.queried)
    return "no_area" if finished and not any(of.any() for _, of in paired) else "few_repeats"


def _compare_first_arm(scores: Scores) -> tuple[float | None, Estimate | None, Interval | None]:
    arms = _get_arms(scores)
    paired = np.isfinite(arms).all(axis=0)
    if not scores.is_covered(int(paired.sum()), scores.random):
        return None, None, None
    deltas = compute_differences(scores, arms[0], arms[1:].mean(axis=0))[paired]
    units = find_units(scores.panel.splits[paired])
    error = estimate_mean(deltas, units)
    return float(deltas.mean()), error, build_t_interval(error, units.unit_name)


def add_arm_savings(control: Control, all_scores: Sequence[Scores]) -> Control:
    """Return the control with the labels that the first arm saves against the mean of the others."""
    by_dataset = {scores.dataset: scores for scores in all_scores}
    savings = {name: _estimate_arm_saving(by_dataset[name]) for name in control.intervals}
    known = {name: saving for name, saving in savings.items() if saving is not None}
    numbers = np.array([saving.saving for saving in known.values()], dtype=np.float64)
    return replace(control, savings=known, interval_saving=estimate_median_interval(numbers, "datasets"))


def _estimate_arm_saving(scores: Scores) -> Saving | None:
    paired = np.isfinite(_get_arms(scores)).all(axis=0)
    if scores.n_labels.size < 2:  # noqa: PLR2004 - a curve has two ends
        return None
    common = np.searchsorted(scores.panel.n_labels, scores.n_labels)
    curves = scores.sign * scores.values[scores.random][:, paired][:, :, common]
    units = find_units(scores.panel.splits[paired])
    pairs = PairedCurves(scores.n_labels, curves[0], curves[1:].mean(axis=0), None, units)
    final = estimate_savings(pairs)[0]
    return final if final.saving is not None else None
