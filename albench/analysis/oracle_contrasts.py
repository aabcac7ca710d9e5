"""Which of two oracles is cheaper for the same level, each with its best strategy."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from albench.analysis.evidence.oracles import CostComparison, OracleContrast
from albench.analysis.label_saving import estimate_savings, find_saving_side
from albench.analysis.labels_needed import PairedCurves
from albench.analysis.oracle_curves import build_oracle_curves, find_best_strategies
from albench.analysis.scores import pair_repeats
from albench.analysis.stats.intervals import average_estimates, build_t_interval, estimate_mean, find_units
from albench.analysis.stats.sign_test import estimate_median_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.analysis.between_slices import ScoredSlice
    from albench.analysis.evidence.cells import Saving
    from albench.analysis.evidence.oracles import OracleCurves
    from albench.analysis.oracle_curves import BestStrategy
    from albench.analysis.panel import CurveArrays
    from albench.contracts import Floats
    from albench.spec.experiment import Size


class OracleComparison(NamedTuple):
    """Every two oracles, the one that is estimated to be cheaper first, and the curves of each."""

    contrasts: tuple[OracleContrast, ...]
    curves: tuple[OracleCurves, ...]


class _Pair(NamedTuple):
    """The best strategies of two oracles on a dataset, and their curves in the repeats that both have."""

    own: BestStrategy
    other: BestStrategy
    curves: PairedCurves


def compare_oracles(by_oracle: Sequence[ScoredSlice], curves: CurveArrays, budget: Size) -> OracleComparison:
    """Compare every two oracles.

    Parameters
    ----------
    by_oracle : sequence of ScoredSlice
        Slices that differ in their oracle alone.
    budget : Size
        Of these slices.
    """
    of_oracles = [(scored, find_best_strategies(scored, curves, budget)) for scored in by_oracle]
    known = [_compare_two(*two) for two in combinations(of_oracles, 2)]
    contrasts = tuple(contrast for contrast in known if contrast is not None)
    compared = order_oracles(contrasts)
    return OracleComparison(
        contrasts,
        tuple(
            build_oracle_curves(scored, best)
            for scored, best in of_oracles
            if scored.evidence.slice.oracle in compared
        ),
    )


def order_oracles(contrasts: Sequence[OracleContrast]) -> list[str]:
    """Return the oracles that are compared, those first that are estimated to be cheaper than most."""
    cheaper = [contrast.oracle for contrast in contrasts]
    names = dict.fromkeys(name for contrast in contrasts for name in (contrast.oracle, contrast.other))
    return sorted(names, key=cheaper.count, reverse=True)


def find_cheapest(contrasts: Sequence[OracleContrast]) -> str | None:
    """Return the oracle that is shown to be cheaper than every other one.

    Against each of the others it takes an interval of its own: nothing is corrected for their number.
    """
    shown = [contrast.oracle for contrast in contrasts if contrast.is_shown]
    names = order_oracles(contrasts)
    return next((name for name in names if shown.count(name) == len(names) - 1), None)


def _pair_datasets(best: Mapping[str, BestStrategy], others: Mapping[str, BestStrategy]) -> dict[str, _Pair]:
    """Return what can be compared, by dataset: enough repeats of both, and money that is spent."""
    pairs = {name: _pair_repeats(best[name], others[name]) for name in best if name in others}
    return {name: pair for name, pair in pairs.items() if pair is not None}


def _pair_repeats(own: BestStrategy, other: BestStrategy) -> _Pair | None:
    left, right = pair_repeats(own.scores, other.scores)
    curves, others = own.curves[left], other.curves[right]
    paired = np.isfinite(curves).all(axis=1) & np.isfinite(others).all(axis=1)
    costs, other_costs = own.scores.n_labels, other.scores.n_labels
    is_covered = any(best.scores.is_covered(int(paired.sum()), best.name) for best in (own, other))
    # A ratio to no money at all says nothing.
    if not is_covered or not min(costs[0], other_costs[0]) > 0:
        return None
    units = find_units(own.scores.panel.splits[left][paired])
    pairs = PairedCurves(costs, curves[paired], others[paired], None, units, baseline_labels=other_costs)
    return _Pair(own, other, pairs)


def _compare_two(
    own: tuple[ScoredSlice, dict[str, BestStrategy]], other: tuple[ScoredSlice, dict[str, BestStrategy]]
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
