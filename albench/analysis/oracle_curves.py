"""What each oracle gives for its money: the curves of its best strategy, and what one level costs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from albench.analysis.cost_axis import exchange_axis
from albench.analysis.evidence.oracles import LevelCosts, OracleCurves
from albench.analysis.labels_needed import SAME, find_labels_needed
from albench.analysis.mean_curves import average_curves, resample
from albench.analysis.scores import keep_repeats, score_panel
from albench.analysis.stats.bands import estimate_mean_curve
from albench.analysis.stats.isotonic import fit_monotone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from albench.analysis.between_slices import ScoredSlice
    from albench.analysis.evidence.cells import Curve
    from albench.analysis.evidence.oracles import CostComparison
    from albench.analysis.panel import CurveArrays
    from albench.analysis.scores import Scores
    from albench.contracts import Floats
    from albench.spec.experiment import Size


class BestStrategy(NamedTuple):
    """The best strategy of an oracle on a dataset, and its scores along its own money."""

    name: str
    scores: Scores

    @property
    def curves(self) -> Floats:
        """One a repeat, higher being better; not-a-number where there is none."""
        return self.scores.sign * self.scores.curves[self.name]


def find_best_strategies(scored: ScoredSlice, curves: CurveArrays, budget: Size) -> dict[str, BestStrategy]:
    """Return the strategy with the largest mean area along the money, by dataset."""
    ranked = [row.strategy for row in scored.evidence.rows if not row.label_looking]
    metric = curves.metrics.index(scored.evidence.slice.metric)
    best: dict[str, BestStrategy] = {}
    for scores in scored.scores:
        areas = _read_along_costs(scores, ranked, curves, budget, metric).areas
        known = {name: scores.sign * own[np.isfinite(own)] for name, own in areas.items()}
        means = {name: float(own.mean()) for name, own in known.items() if scores.is_covered(own.size, name)}
        if means:
            name = max(means, key=means.__getitem__)
            along_costs = _read_along_costs(scores, [name], curves, budget, metric)
            best[scores.dataset] = BestStrategy(name, along_costs)
    return best


def _read_along_costs(
    scores: Scores, strategies: Sequence[str], curves: CurveArrays, budget: Size, metric: int
) -> Scores:
    """Return scores along the costs that all trials of some strategies have in common."""
    panel = replace(
        scores.panel,
        queried={cell: of for cell, of in scores.panel.queried.items() if cell[0] in strategies},
        values={name: scores.panel.values[name] for name in strategies},
    )
    along_costs = exchange_axis(panel, curves, budget, strategies[0])
    own = score_panel(along_costs, metric, sign=scores.sign, random=scores.random, n_repeats=scores.n_repeats)
    return keep_repeats(own, scores)


def build_oracle_curves(scored: ScoredSlice, best: Mapping[str, BestStrategy]) -> OracleCurves:
    """Return the mean curves of an oracle along its money, on each dataset and over all of them."""
    curves = {dataset: _average_repeats(of) for dataset, of in best.items()}
    known = {dataset: curve for dataset, curve in curves.items() if curve is not None}
    is_complete = len(known) == len(scored.evidence.datasets)
    return OracleCurves(
        scored.evidence.slice.oracle,
        {dataset: best[dataset].name for dataset in known},
        known,
        _average_datasets(list(known.values())) if is_complete else None,
    )


def _average_repeats(best: BestStrategy) -> Curve | None:
    scores, curves = best.scores, best.scores.curves[best.name]
    is_known = np.isfinite(curves).all(axis=1)
    return estimate_mean_curve(scores.n_labels, curves[is_known], scores.panel.splits[is_known])


def _average_datasets(curves: Sequence[Curve]) -> Curve | None:
    """Return the mean of one curve per dataset at the money that all have; None without such a range."""
    low = max(curve.n_labels[0] for curve in curves)
    high = min(curve.n_labels[-1] for curve in curves)
    if not low < high:
        return None
    costs = np.unique(np.concatenate([curve.n_labels for curve in curves]))
    costs = costs[(costs >= low) & (costs <= high)]
    return average_curves([resample(curve, costs) for curve in curves])


def find_level_costs(
    curves: Mapping[str, Curve],
    pairs: Iterable[tuple[str, str, CostComparison]] = (),
    *,
    greater_is_better: bool,
) -> LevelCosts | None:
    """Return what the worst of the final levels costs, of mean curves made monotone.

    Parameters
    ----------
    curves : mapping
        Oracle -> mean curve along its money.
    pairs : iterable of (str, str, CostComparison)
        The cheaper oracle, the other one and their comparison. At that level its money is taken: it corrects
        that of a curve which has its own final level by chance long before its end.

    Returns
    -------
    LevelCosts or None
        None of fewer than two curves, and where one of them begins at that level: no money is spent for it.
    """
    if len(curves) < 2:  # noqa: PLR2004 - one is compared with nothing
        return None
    sign = 1 if greater_is_better else -1
    monotone = {name: fit_monotone(sign * curve.mean[np.newaxis]) for name, curve in curves.items()}
    level = min(float(of[0, -1]) for of in monotone.values())
    if level <= max(float(of[0, 0]) for of in monotone.values()):
        return None
    costs = {
        name: float(find_labels_needed(curves[name].n_labels, of, np.array([level]))[0])
        for name, of in monotone.items()
    }
    return LevelCosts(sign * level, costs | _read_paired_costs(pairs, sign * level))


def _read_paired_costs(pairs: Iterable[tuple[str, str, CostComparison]], level: float) -> dict[str, float]:
    """Return the money of the comparisons at a level, of each oracle the largest."""
    costs: dict[str, float] = {}
    for oracle, other, comparison in pairs:
        saving = comparison.saving
        if saving.saving is None or saving.level is None or abs(saving.level - level) > SAME:
            continue
        for name, cost in ((oracle, saving.labels_strategy), (other, saving.labels_random)):
            costs[name] = max(costs.get(name, 0.0), cost or 0.0)
    return costs
