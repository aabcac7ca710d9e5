"""A strategy against a baseline across datasets: the dataset is the unit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence.rows import Bayes, Row
from albench.analysis.paired_comparison import average_differences
from albench.analysis.stats.bayes import FEWEST_DATASETS, compute_signed_rank_probabilities
from albench.analysis.stats.intervals import (
    THESE_DATASETS,
    add_corrected_ps,
    average_all,
    build_chosen_interval,
    build_t_interval,
    estimate_mean,
    find_units,
)
from albench.analysis.stats.sign_test import describe_shape, estimate_median_interval
from albench.analysis.stats.significance import (
    can_be_tested,
    compute_smallest_p,
    find_signed_rank_side,
    holm,
    wilcoxon,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.analysis.evidence.cells import Interval, Saving
    from albench.analysis.paired_comparison import PairedComparison
    from albench.analysis.ranks import MeanRanks
    from albench.analysis.stats.intervals import Estimate
    from albench.contracts import Floats

    Comparisons = Mapping[str, Sequence[PairedComparison]]

FEWEST_FOR_LIKE_THESE = 8


@dataclass(frozen=True)
class RowContext:
    """What the rows of a slice share.

    Attributes
    ----------
    label_looking : frozenset of str
        Strategies that see hidden labels: shown, never ranked or tested.
    rope : float
        Half the width of practical equivalence, in units of the metric.
    withheld : bool
        True if the control forbids verdicts.
    """

    baseline: str
    label_looking: frozenset[str]
    ranks: MeanRanks
    rope: float
    withheld: bool


def build_rows(
    comparisons: Comparisons, query_s_per_label: Mapping[str, float | None], context: RowContext
) -> tuple[Row, ...]:
    """Return one row a strategy, the baseline's first, from its comparison on each dataset."""
    rows = {name: _build_row(name, comparisons, query_s_per_label.get(name), context) for name in comparisons}
    own = rows.pop(context.baseline)
    return (own, *_add_tests(list(rows.values()), comparisons, context))


def _build_row(
    strategy: str, comparisons: Comparisons, query_s_per_label: float | None, context: RowContext
) -> Row:
    compared = comparisons[strategy]
    own = strategy == context.baseline
    covered = [comparison for comparison in compared if comparison.covered]
    # Covered nowhere, a strategy still has an area to show, if no difference.
    cells = [comparison.cell for comparison in (covered or compared)]
    areas = [comparison.cell for comparison in compared] if own else cells
    deltas = _get_differences(covered)
    verdicts = [comparison.cell.verdict for comparison in compared]
    finals = [saving.saving for saving in _list_savings(covered, "final") if saving.saving is not None]
    savings = np.array(finals, dtype=np.float64)
    return Row(
        strategy=strategy,
        label_looking=strategy in context.label_looking,
        n_datasets=sum(cell.area is not None for cell in areas) if own else len(covered),
        mean_rank=context.ranks.mean.get(strategy),
        area=_average_known([cell.area for cell in areas]),
        difference=average_differences(deltas.tolist()),
        interval_these=build_t_interval(_estimate_these(covered), THESE_DATASETS),
        interval_like_these=_estimate_like_these(deltas),
        wins=verdicts.count("win"),
        ties=verdicts.count("tie"),
        losses=verdicts.count("loss"),
        undecided=0 if own else verdicts.count("undecided"),
        win_rate=_average_known([comparison.cell.win_rate for comparison in covered]),
        median_saving=float(np.median(savings)) if savings.size else None,
        n_censored=sum(saving.censored is not None for saving in _list_savings(covered, "95")),
        p=None,
        p_holm=None,
        testable=False,
        bayes=_compute_bayes(deltas, context) if not own else None,
        fit_s=_average_known([comparison.cell.fit_s for comparison in compared]),
        query_s=_average_known([comparison.cell.query_s for comparison in compared]),
        query_s_per_label=query_s_per_label,
        sensitivity=None if own else _compute_sensitivity(compared, comparisons[context.baseline]),
        interval_rank=context.ranks.intervals.get(strategy),
        interval_saving=estimate_median_interval(savings, "datasets"),
        shape=describe_shape(deltas, "datasets"),
    )


def _add_tests(rows: Sequence[Row], comparisons: Comparisons, context: RowContext) -> list[Row]:
    """Fill in the tests; strategies that see hidden labels or are covered nowhere are not in the family."""
    family = [row.strategy for row in rows if not row.label_looking and row.n_datasets]
    covered = {name: [c for c in comparisons[name] if c.covered] for name in family}
    deltas = {name: _get_differences(compared) for name, compared in covered.items()}
    ps = [wilcoxon(deltas[name]) for name in family]
    corrected = dict(zip(family, zip(ps, holm(ps), strict=True), strict=True))
    means = add_corrected_ps({name: _estimate_these(compared) for name, compared in covered.items()})
    tested = []
    for row in rows:
        can = row.strategy in corrected and can_be_tested(row.n_datasets, len(family))
        p, p_holm = corrected[row.strategy] if can and not context.withheld else (None, None)
        mean, p_these = means.get(row.strategy, (None, None))
        tested.append(
            replace(
                row,
                testable=can,
                p=p,
                p_holm=p_holm,
                p_these=None if context.withheld else p_these,
                p_side=0 if p is None else find_signed_rank_side(deltas[row.strategy]),
                interval_chosen=build_chosen_interval(mean, len(means), THESE_DATASETS),
            )
        )
    return tested


def find_smallest_p(rows: Sequence[Row]) -> float | None:
    """Return the smallest p that the signed-rank test can reach with the datasets of these rows."""
    n = max((row.n_datasets for row in rows if row.difference is not None), default=0)
    return compute_smallest_p(n) if n else None


def _get_differences(covered: Sequence[PairedComparison]) -> Floats:
    return np.array([c.cell.difference for c in covered if c.cell.difference is not None], dtype=np.float64)


def _estimate_these(covered: Sequence[PairedComparison]) -> Estimate | None:
    """Return the mean with the datasets fixed; none if a dataset has too few repeats for an error."""
    return average_all([comparison.estimate for comparison in covered])


def _estimate_like_these(deltas: Floats) -> Interval | None:
    if deltas.size < FEWEST_FOR_LIKE_THESE:
        return None
    return build_t_interval(estimate_mean(deltas, find_units(np.arange(deltas.size))), "datasets")


def _compute_bayes(deltas: Floats, context: RowContext) -> Bayes | None:
    if deltas.size < FEWEST_DATASETS or context.withheld:
        return None
    return compute_signed_rank_probabilities(deltas, context.rope)


def _compute_sensitivity(
    compared: Sequence[PairedComparison], baseline: Sequence[PairedComparison]
) -> float | None:
    """Return the mean difference with the baseline's own value where the strategy has none."""
    pairs = zip(compared, baseline, strict=True)
    cells = [(own.cell, other.cell.n_repeats) for own, other in pairs if other.cell.n_repeats]
    # A cell may be asked for fewer repeats than the baseline has.
    counts = [(cell, n if cell.n_asked is None else min(n, cell.n_asked)) for cell, n in cells]
    return _average_known([(cell.difference or 0.0) * cell.n_paired / n for cell, n in counts])


def _list_savings(covered: Sequence[PairedComparison], target: str) -> list[Saving]:
    savings = (comparison.cell.find_saving(target) for comparison in covered)
    return [saving for saving in savings if saving is not None]


def _average_known(values: Sequence[float | None]) -> float | None:
    numbers = [value for value in values if value is not None]
    return float(np.mean(numbers)) if numbers else None
