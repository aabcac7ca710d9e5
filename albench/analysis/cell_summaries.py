"""Mean and spread of every strategy on every dataset, and which are not shown to be worse than the best."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from albench.analysis.needed_repeats import find_needed_repeats
from albench.analysis.paired_comparison import average_differences, compute_differences
from albench.analysis.panel import read_curves
from albench.analysis.score_slices import list_pools, score_slices
from albench.analysis.stats.intervals import compute_t_p, estimate_mean, find_units
from albench.analysis.stats.significance import ALPHA, holm
from albench.errors import ResultsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.analysis.evidence.cells import Slice
    from albench.analysis.scores import Scores
    from albench.contracts import Floats
    from albench.spec.experiment import Experiment

Quantity = Literal["levels", "area"]


@dataclass(frozen=True)
class CellSummary:
    """A strategy on a dataset.

    Attributes
    ----------
    n_repeats : int
        Repeats that the numbers are over; 0 where none is finished.
    n_labels : int or None
        Where a level is taken; None for areas.
    mean : float or None
        Over the repeats, of each the mean over the arms.
    sd : float or None
        Standard deviation of the trials of all arms; None of fewer than two.
    is_covered : bool
        True if at least 80 % of the repeats that the experiment asks for are there.
    is_best : bool
        True of the best mean of the covered strategies that see no hidden labels, and of equal ones.
    p_holm : float or None
        Of the paired t test against the best one, corrected by Holm's method over the strategies of the
        dataset; None where nothing is tested.
    """

    dataset: str
    strategy: str
    n_repeats: int
    n_labels: int | None
    mean: float | None
    sd: float | None
    is_covered: bool
    is_best: bool = False
    p_holm: float | None = None
    n_asked: int = 0

    @property
    def is_equal(self) -> bool:
        """True of one that is tested and not shown to be worse than the best."""
        return not self.is_best and self.p_holm is not None and self.p_holm > ALPHA


def summarise_cells(
    experiment: Experiment,
    trials: pl.DataFrame,
    curves: pl.DataFrame,
    slice_: Slice,
    *,
    quantity: Quantity,
    at: int | None = None,
    withheld: bool = False,
) -> tuple[CellSummary, ...]:
    """Return the summary of each dataset and strategy of a slice, in the order of the experiment.

    Parameters
    ----------
    quantity : {"levels", "area"}
        The metric at a number of labels, or the area under its curve.
    at : int, optional
        Labels at which a level is taken: in the last round that has no more. The budget by default.
    withheld : bool
        True if the control forbids tests.

    Raises
    ------
    ResultsError
        If curves do not reach ``at``.
    """
    arrays = read_curves(curves, [metric.label for metric in experiment.metrics])
    needed = find_needed_repeats(experiment, trials, curves, list_pools(trials))
    (scored,) = score_slices(
        experiment, trials, arrays, pl.DataFrame(), "trapezoid", only=slice_, needed=needed
    )
    summaries: list[CellSummary] = []
    for scores in scored.all_scores:
        values = {
            name: _select_areas(scores, name) if quantity == "area" else _select_levels(scores, name, at)
            for name in scored.settings.strategies
        }
        cells = {name: _summarise(scores, name, own) for name, own in values.items()}
        able = [name for name in scored.settings.rankable if cells[name].is_covered]
        if able:
            repeats = {name: values[name].repeats for name in able}
            cells |= _compare_with_best(scores, cells, repeats, withheld=withheld)
        summaries += cells.values()
    return tuple(summaries)


@dataclass(frozen=True, eq=False)
class _Values:
    """Of each repeat, not-a-number where there is none, and of each trial that these are the means of."""

    repeats: Floats
    trials: Floats
    n_labels: int | None


def _select_areas(scores: Scores, strategy: str) -> _Values:
    areas = scores.arms[strategy]
    return _Values(scores.areas[strategy], areas[np.isfinite(areas)], None)


def _select_levels(scores: Scores, strategy: str, at: int | None) -> _Values:
    has_area = np.isfinite(scores.arms[strategy])
    if not scores.n_labels.size:
        return _Values(np.full(has_area.shape[1], np.nan), np.empty(0), None)
    place = _find_round(scores, at)
    n_labels = scores.n_labels[place]
    levels = scores.values[strategy][:, :, np.searchsorted(scores.panel.n_labels, n_labels)]
    return _Values(scores.curves[strategy][:, place], levels[has_area], int(n_labels))


def _find_round(scores: Scores, at: int | None) -> int:
    """Return the place of the round in which levels are taken."""
    n_labels = scores.n_labels
    if at is None:
        return n_labels.size - 1
    if not n_labels[0] <= at <= n_labels[-1]:
        raise ResultsError(
            f"no levels at {at} labels: the curves on '{scores.dataset}' are from "
            f"{n_labels[0]:g} to {n_labels[-1]:g} labels"
        )
    return int(np.searchsorted(n_labels, at, side="right")) - 1


def _summarise(scores: Scores, strategy: str, values: _Values) -> CellSummary:
    repeats = values.repeats[np.isfinite(values.repeats)]
    return CellSummary(
        dataset=scores.dataset,
        strategy=strategy,
        n_repeats=repeats.size,
        n_labels=values.n_labels,
        mean=float(repeats.mean()) if repeats.size else None,
        sd=float(values.trials.std(ddof=1)) if values.trials.size > 1 else None,
        is_covered=scores.is_covered(repeats.size, strategy),
        n_asked=scores.count_asked(strategy),
    )


def _compare_with_best(
    scores: Scores, cells: Mapping[str, CellSummary], repeats: Mapping[str, Floats], *, withheld: bool
) -> dict[str, CellSummary]:
    """Return the cells of strategies with the best one named, and the others tested against it."""
    means = {name: scores.sign * float(np.nanmean(values)) for name, values in repeats.items()}
    best = max(means, key=means.__getitem__)
    ps: dict[str, float] = {}
    tied = {best}
    for name in (name for name in repeats if name != best):
        differences = compute_differences(scores, repeats[best], repeats[name])
        paired = np.isfinite(differences)
        if not scores.is_covered(int(paired.sum()), best, name):
            continue
        if average_differences(differences[paired].tolist()) == 0:
            tied.add(name)
        units = find_units(scores.panel.splits[paired])
        estimate = estimate_mean(differences[paired], units, scores.find_looks(best, name))
        if estimate is not None and not withheld:
            ps[name] = compute_t_p(estimate)
    corrected = dict(zip(ps, holm(list(ps.values())), strict=True))
    return {name: replace(cells[name], is_best=name in tied, p_holm=corrected.get(name)) for name in repeats}
