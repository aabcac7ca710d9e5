"""A strategy against a baseline across datasets: the dataset is the unit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence import Bayes, Interval, Row
from albench.analysis.stats.bayes import FEWEST_DATASETS, signed_rank
from albench.analysis.stats.intervals import estimate, mean_of, median_interval, t_interval, t_p, units
from albench.analysis.stats.significance import can_be_tested, holm, smallest_p, wilcoxon

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.analysis.evidence import Saving
    from albench.analysis.paired_comparison import Comparison
    from albench.analysis.ranks import Ranks
    from albench.analysis.stats.intervals import Estimate
    from albench.contracts import Floats

    Comparisons = Mapping[str, Sequence[Comparison]]

FEWEST_FOR_LIKE_THESE = 8


@dataclass(frozen=True)
class Field:
    """What the rows of a slice share.

    Attributes
    ----------
    baseline : str
    label_looking : frozenset of str
        Strategies that see hidden labels: shown, never ranked or tested.
    ranks : Ranks
    rope : float
        Half the width of practical equivalence, in units of the metric.
    withheld : bool
        True if the control forbids verdicts.
    """

    baseline: str
    label_looking: frozenset[str]
    ranks: Ranks
    rope: float
    withheld: bool


def rows(
    comparisons: Comparisons, query_s_per_label: Mapping[str, float | None], field: Field
) -> tuple[Row, ...]:
    """Return one row a strategy, the baseline's first.

    Parameters
    ----------
    comparisons : mapping
        Strategy -> its comparison on each dataset.
    query_s_per_label : mapping
        Strategy -> CPU seconds of a query per label bought.
    field : Field
    """
    found = {name: _row(name, comparisons, query_s_per_label.get(name), field) for name in comparisons}
    own = found.pop(field.baseline)
    return (own, *_tested(list(found.values()), comparisons, field))


def _row(strategy: str, comparisons: Comparisons, query_s_per_label: float | None, field: Field) -> Row:
    found = comparisons[strategy]
    own = strategy == field.baseline
    covered = [comparison for comparison in found if comparison.covered]
    cells = [comparison.cell for comparison in (covered or found)]
    areas = [comparison.cell for comparison in found] if own else cells
    deltas = _differences(covered)
    verdicts = [comparison.cell.verdict for comparison in found]
    savings = _savings(covered)
    return Row(
        strategy=strategy,
        label_looking=strategy in field.label_looking,
        n_datasets=sum(cell.area is not None for cell in areas) if own else len(covered),
        mean_rank=field.ranks.mean.get(strategy),
        area=_mean([cell.area for cell in areas]),
        difference=_mean(deltas.tolist()),
        interval_these=t_interval(_these(covered), "the repeats of these datasets"),
        interval_like_these=_like_these(deltas),
        wins=verdicts.count("win"),
        ties=verdicts.count("tie"),
        losses=verdicts.count("loss"),
        undecided=0 if own else verdicts.count("undecided"),
        win_rate=_mean([comparison.cell.win_rate for comparison in covered]),
        median_saving=float(np.median(savings)) if savings.size else None,
        n_censored=sum(_is_censored(_saving(comparison, "95")) for comparison in covered),
        p=None,
        p_holm=None,
        testable=False,
        bayes=_bayes(deltas, field) if not own else None,
        fit_s=_mean([comparison.cell.fit_s for comparison in found]),
        query_s=_mean([comparison.cell.query_s for comparison in found]),
        query_s_per_label=query_s_per_label,
        sensitivity=None if own else _sensitivity(found, comparisons[field.baseline]),
        interval_rank=field.ranks.intervals.get(strategy),
        interval_saving=median_interval(savings, "datasets"),
    )


def _tested(found: Sequence[Row], comparisons: Comparisons, field: Field) -> list[Row]:
    """Fill in the tests; what sees hidden labels or is covered nowhere is not in the family."""
    family = [row.strategy for row in found if not row.label_looking and row.n_datasets]
    deltas = {name: _differences([c for c in comparisons[name] if c.covered]) for name in family}
    ps = [wilcoxon(deltas[name]) for name in family]
    corrected = dict(zip(family, zip(ps, holm(ps), strict=True), strict=True))
    these = _corrected_these({name: [c for c in comparisons[name] if c.covered] for name in family})
    tested = []
    for row in found:
        can = row.strategy in corrected and can_be_tested(row.n_datasets, len(family))
        p, p_holm = corrected[row.strategy] if can and not field.withheld else (None, None)
        p_these = None if field.withheld else these.get(row.strategy)
        tested.append(replace(row, testable=can, p=p, p_holm=p_holm, p_these=p_these))
    return tested


def _corrected_these(covered: Comparisons) -> dict[str, float]:
    """Return Holm's p of each mean on these datasets that has an error."""
    found = {name: _these(one) for name, one in covered.items()}
    ps = {name: t_p(one) for name, one in found.items() if one is not None}
    return dict(zip(ps, holm(list(ps.values())), strict=True))


def smallest(found: Sequence[Row]) -> float | None:
    """Return the smallest p that the signed-rank test can reach with the datasets of these rows."""
    n = max((row.n_datasets for row in found if row.difference is not None), default=0)
    return smallest_p(n) if n else None


def _differences(covered: Sequence[Comparison]) -> Floats:
    return np.array([c.cell.difference for c in covered if c.cell.difference is not None], dtype=np.float64)


def _these(covered: Sequence[Comparison]) -> Estimate | None:
    """Return the mean with the datasets fixed; none if a dataset has too few repeats for an error."""
    estimates = [c.estimate for c in covered if c.estimate is not None]
    if not estimates or len(estimates) < len(covered):
        return None
    return mean_of(estimates)


def _like_these(deltas: Floats) -> Interval | None:
    if deltas.size < FEWEST_FOR_LIKE_THESE:
        return None
    return t_interval(estimate(deltas, units(np.arange(deltas.size))), "datasets")


def _bayes(deltas: Floats, field: Field) -> Bayes | None:
    if deltas.size < FEWEST_DATASETS or field.withheld:
        return None
    return signed_rank(deltas, field.rope)


def _sensitivity(found: Sequence[Comparison], baseline: Sequence[Comparison]) -> float | None:
    """Return the mean difference with the baseline's own value where the strategy has none."""
    pairs = zip(found, baseline, strict=True)
    cells = [(one.cell, other.cell.n_repeats) for one, other in pairs if other.cell.n_repeats]
    return _mean([(cell.difference or 0.0) * cell.n_paired / n for cell, n in cells])


def _saving(comparison: Comparison, target: str) -> Saving | None:
    return next((found for found in comparison.cell.savings if found.target == target), None)


def _savings(covered: Sequence[Comparison]) -> Floats:
    found = [_saving(comparison, "final") for comparison in covered]
    return np.array([one.saving for one in found if one and one.saving is not None], dtype=np.float64)


def _is_censored(saving: Saving | None) -> bool:
    return saving is not None and saving.censored is not None


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
