"""Which preprocessing is better on a dataset: levels at the budget, paired by repeat."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence import PreprocessingContrast
from albench.analysis.paired_comparison import compute_differences
from albench.analysis.scores import pair_repeats
from albench.analysis.stats.intervals import build_t_interval, estimate_mean, find_units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.scores import Scores
    from albench.analysis.transfer import ScoredSlice
    from albench.contracts import Floats


def compare_preprocessings(slices: Sequence[ScoredSlice]) -> tuple[PreprocessingContrast, ...]:
    """Compare every preprocessing with the first one, by dataset and strategy.

    Parameters
    ----------
    slices : sequence of ScoredSlice
        Slices that differ in their preprocessing alone, the first one first.
    """
    if not slices:
        return ()
    first, *others = slices
    contrasts = []
    for own in first.scores:
        there = [(other, scores) for other in others for scores in other.scores if _is_same(scores, own)]
        contrasts += [
            _contrast(first, own, other, scores, strategy)
            for strategy, (other, scores) in product(first.evidence.strategies, there)
            if strategy in own.areas and strategy in scores.areas
        ]
    return tuple(contrast for contrast in contrasts if contrast is not None)


def _is_same(scores: Scores, other: Scores) -> bool:
    return scores.panel.dataset == other.panel.dataset


def _contrast(
    first: ScoredSlice, own: Scores, other: ScoredSlice, scores: Scores, strategy: str
) -> PreprocessingContrast | None:
    left, right = pair_repeats(own, scores)
    before, after = (_get_last_levels(each, strategy)[rows] for each, rows in ((own, left), (scores, right)))
    differences = compute_differences(own, after, before)
    paired = np.isfinite(differences)
    if not paired.any():
        return None
    units = find_units(own.panel.splits[left][paired])
    looks = min(own.find_looks(strategy), scores.find_looks(strategy), key=len)
    return PreprocessingContrast(
        dataset=own.panel.dataset,
        strategy=strategy,
        first=first.evidence.slice.preprocessing,
        other=other.evidence.slice.preprocessing,
        first_level=float(before[paired].mean()),
        other_level=float(after[paired].mean()),
        difference=float(differences[paired].mean()),
        interval=build_t_interval(estimate_mean(differences[paired], units, looks), units.unit_name),
        n_paired=int(paired.sum()),
    )


def _get_last_levels(scores: Scores, strategy: str) -> Floats:
    """Return the level of each repeat at the last round of all; not-a-number without any such."""
    curves = scores.curves[strategy]
    return curves[:, -1] if curves.shape[1] else np.full(curves.shape[0], np.nan)
