"""What the same level costs under each oracle: a crowd, a language model, an expert."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence.oracles import OracleCost
from albench.analysis.labels_needed import find_labels_needed
from albench.analysis.stats.isotonic import fit_monotone
from albench.analysis.stats.significance import ROUNDING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from albench.analysis.between_slices import ScoredSlice
    from albench.analysis.evidence.cells import Curve
    from albench.analysis.evidence.conclusions import SliceEvidence
    from albench.analysis.panel import CurveArrays
    from albench.analysis.scores import Scores
    from albench.contracts import Floats


def compare_oracle_costs(by_oracle: Sequence[ScoredSlice], curves: CurveArrays) -> tuple[OracleCost, ...]:
    """Return what each strategy needs under each oracle for a level that all oracles allow.

    The level is the lowest, over the oracles, of the best final level of a strategy that is ranked.

    Parameters
    ----------
    by_oracle : sequence of ScoredSlice
        Slices that differ in their oracle alone; nothing is returned unless there are several.
    """
    if len(by_oracle) < 2:  # noqa: PLR2004 - one is compared with nothing
        return ()
    datasets = by_oracle[0].evidence.datasets
    return tuple(cost for dataset in datasets for cost in _compare_on_dataset(by_oracle, curves, dataset))


def _compare_on_dataset(
    by_oracle: Sequence[ScoredSlice], curves: CurveArrays, dataset: str
) -> Iterator[OracleCost]:
    pairs = [(of.evidence, scores) for of in by_oracle for scores in of.scores]
    places = [(evidence, scores) for evidence, scores in pairs if scores.panel.dataset == dataset]
    levels = [_list_levels(evidence, dataset) for evidence, _ in places]
    if len(levels) < len(by_oracle) or not all(levels):
        return
    level = min(max(monotone[-1] for _, monotone in of.values()) for of in levels)
    for (evidence, scores), of in zip(places, levels, strict=True):
        for strategy, (curve, monotone) in of.items():
            costs = _average_costs(scores, curves, strategy, curve.n_labels)
            needed = float(find_labels_needed(curve.n_labels, monotone[np.newaxis], np.array([level]))[0])
            is_reached = np.isfinite(needed)
            yield OracleCost(
                dataset=dataset,
                oracle=evidence.slice.oracle,
                strategy=strategy,
                level=evidence.sign * level,
                n_labels=needed if is_reached else None,
                cost=float(np.interp(needed, curve.n_labels, costs)) if is_reached else None,
                final_level=float(curve.mean[-1]),
                final_cost=float(costs[-1]),
                share_reached=_find_share_reached(scores, strategy, level),
            )


def _find_share_reached(scores: Scores, strategy: str, level: float) -> float | None:
    """Return the share of the repeats whose own curve has a level, higher being better."""
    own = scores.sign * scores.curves[strategy]
    own = own[np.isfinite(own).all(axis=1)]
    return float(np.mean(fit_monotone(own)[:, -1] >= level - ROUNDING)) if own.size else None


def _list_levels(evidence: SliceEvidence, dataset: str) -> dict[str, tuple[Curve, Floats]]:
    """Return the mean curve of each ranked strategy, and the same made monotone, higher being better."""
    looking = {row.strategy for row in evidence.rows if row.label_looking}
    curves = {
        cell.strategy: cell.curve
        for cell in evidence.cells
        if cell.dataset == dataset and cell.curve is not None and cell.strategy not in looking
    }
    return {
        name: (curve, fit_monotone(evidence.sign * curve.mean[np.newaxis])[0])
        for name, curve in curves.items()
    }


def _average_costs(scores: Scores, curves: CurveArrays, strategy: str, n_labels: Floats) -> Floats:
    """Return what so many labels cost a strategy, mean over its trials."""
    keys = [key for (name, _, _), (key, _) in scores.panel.queried.items() if name == strategy]
    spans = [slice(*curves.span[key]) for key in keys]
    costs = [np.interp(n_labels, curves.n_labels[rows], curves.costs[rows]) for rows in spans]
    return np.asarray(np.mean(costs, axis=0))
