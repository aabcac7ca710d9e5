"""Which of two oracles is cheaper for the same level, each with its best strategy."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from albench.analysis.cost_axis import exchange_axis
from albench.analysis.evidence.oracles import CostComparison, OracleContrast
from albench.analysis.label_saving import estimate_savings, find_saving_side
from albench.analysis.labels_needed import PairedCurves
from albench.analysis.paired_comparison import COVERAGE
from albench.analysis.scores import pair_repeats, score_panel
from albench.analysis.stats.intervals import average_estimates, build_t_interval, estimate_mean, find_units
from albench.analysis.stats.sign_test import estimate_median_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.analysis.between_slices import ScoredSlice
    from albench.analysis.evidence.cells import Saving
    from albench.analysis.panel import CurveArrays
    from albench.analysis.scores import Scores
    from albench.contracts import Floats
    from albench.spec.experiment import Size


class _BestStrategy(NamedTuple):
    """The best strategy of an oracle on a dataset, its scores along its own money, the repeats it needs."""

    name: str
    scores: Scores
    n_asked: int

    @property
    def curves(self) -> Floats:
        """One a repeat, higher being better; not-a-number where there is none."""
        return self.scores.sign * self.scores.curves[self.name]


class _Pair(NamedTuple):
    """The best strategies of two oracles on a dataset, and their curves in the repeats that both have."""

    own: _BestStrategy
    other: _BestStrategy
    curves: PairedCurves


def compare_oracles(
    by_oracle: Sequence[ScoredSlice], curves: CurveArrays, budget: Size, n_repeats: int
) -> tuple[OracleContrast, ...]:
    """Return every two oracles, the one that is estimated to be cheaper first.

    Parameters
    ----------
    by_oracle : sequence of ScoredSlice
        Slices that differ in their oracle alone.
    budget : Size
        Of these slices.
    n_repeats : int
        Repeats that the experiment asks for.
    """
    of_oracles = [(scored, _find_best_strategies(scored, curves, budget, n_repeats)) for scored in by_oracle]
    contrasts = (_compare_two(*two) for two in combinations(of_oracles, 2))
    return tuple(contrast for contrast in contrasts if contrast is not None)


def _find_best_strategies(
    scored: ScoredSlice, curves: CurveArrays, budget: Size, n_repeats: int
) -> dict[str, _BestStrategy]:
    """Return the strategy with the largest mean area along the money, by dataset."""
    ranked = [row.strategy for row in scored.evidence.rows if not row.label_looking]
    metric = curves.metrics.index(scored.evidence.slice.metric)
    best: dict[str, _BestStrategy] = {}
    for scores in scored.scores:
        areas = _read_along_costs(scores, ranked, curves, budget, metric).areas
        known = {name: scores.sign * own[np.isfinite(own)] for name, own in areas.items()}
        asked = {name: scores.count_asked(n_repeats, name) for name in ranked}
        means = {
            name: float(own.mean())
            for name, own in known.items()
            if own.size >= max(1, COVERAGE * asked[name])
        }
        if means:
            name = max(means, key=lambda name: means[name])
            own_scores = _read_along_costs(scores, [name], curves, budget, metric)
            best[scores.panel.dataset] = _BestStrategy(name, own_scores, asked[name])
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
    return score_panel(along_costs, metric, sign=scores.sign, references={}, variant="trapezoid")


def _pair_datasets(
    best: Mapping[str, _BestStrategy], others: Mapping[str, _BestStrategy]
) -> dict[str, _Pair]:
    """Return what can be compared, by dataset: enough repeats of both, and money that is spent."""
    pairs = {name: _pair_repeats(best[name], others[name]) for name in best if name in others}
    return {name: pair for name, pair in pairs.items() if pair is not None}


def _pair_repeats(own: _BestStrategy, other: _BestStrategy) -> _Pair | None:
    left, right = pair_repeats(own.scores, other.scores)
    curves, others = own.curves[left], other.curves[right]
    paired = np.isfinite(curves).all(axis=1) & np.isfinite(others).all(axis=1)
    costs, other_costs = own.scores.n_labels, other.scores.n_labels
    # A ratio to no money at all says nothing.
    if (
        paired.sum() < max(1, COVERAGE * min(own.n_asked, other.n_asked))
        or not min(costs[0], other_costs[0]) > 0
    ):
        return None
    units = find_units(own.scores.panel.splits[left][paired])
    pairs = PairedCurves(costs, curves[paired], others[paired], None, units, baseline_labels=other_costs)
    return _Pair(own, other, pairs)


def _compare_two(
    own: tuple[ScoredSlice, dict[str, _BestStrategy]], other: tuple[ScoredSlice, dict[str, _BestStrategy]]
) -> OracleContrast | None:
    """Return the contrast of two oracles; None where nothing can be compared."""
    pairs = _pair_datasets(own[1], other[1])
    if not pairs:
        return None
    points = [estimate_savings(pair.curves, with_intervals=False)[0] for pair in pairs.values()]
    if (_find_median(points) or 0.0) < 0:
        own, other = other, own
        pairs = _pair_datasets(own[1], other[1])
    cells = tuple(_compare_on_dataset(dataset, pair) for dataset, pair in pairs.items())
    savings = [cell.saving for cell in cells]
    known = np.array([of.saving for of in savings if of.saving is not None])
    interval = savings[0].interval if len(cells) == 1 else estimate_median_interval(known, "datasets")
    slices = own[0].evidence, other[0].evidence
    is_judged = len(cells) == len(slices[0].datasets) and not any(of.control.fired for of in slices)
    ends = [estimate_mean(_subtract_ends(pair), pair.curves.units) for pair in pairs.values()]
    complete = [end for end in ends if end is not None]
    return OracleContrast(
        oracle=slices[0].slice.oracle,
        other=slices[1].slice.oracle,
        cells=cells,
        saving=_find_median(savings),
        interval=interval,
        is_shown=is_judged and find_saving_side(savings, interval) > 0,
        end_difference=float(np.mean([cell.end_difference for cell in cells])),
        end_interval=build_t_interval(average_estimates(complete), "the repeats of these datasets")
        if len(complete) == len(ends)
        else None,
    )


def _find_median(savings: Sequence[Saving]) -> float | None:
    known = [of.saving for of in savings if of.saving is not None]
    return float(np.median(known)) if known else None


def _compare_on_dataset(dataset: str, pair: _Pair) -> CostComparison:
    ends, units = _subtract_ends(pair), pair.curves.units
    return CostComparison(
        dataset=dataset,
        strategy=pair.own.name,
        other_strategy=pair.other.name,
        saving=estimate_savings(pair.curves, sign=pair.own.scores.sign)[0],
        end_difference=float(ends.mean()),
        end_interval=build_t_interval(estimate_mean(ends, units), units.unit_name),
    )


def _subtract_ends(pair: _Pair) -> Floats:
    """Return the level of the other one at the end of its money, less that of the one, by repeat."""
    return np.asarray(pair.curves.baseline[:, -1] - pair.curves.strategy[:, -1])
