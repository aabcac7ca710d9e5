"""Curves over several datasets: their mean, each dataset with the same weight."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence.cells import Curve, CurveSet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.analysis.evidence.cells import Cell
    from albench.contracts import Floats

SHARES = np.linspace(0.0, 1.0, 41)


def average_cells(
    datasets: Sequence[str], cells: Sequence[Cell], spans: Mapping[str, Curve]
) -> tuple[CurveSet | None, CurveSet | None]:
    """Return the means over the datasets of the cells' curves and of their difference curves."""
    levels: dict[str, dict[str, Curve]] = {dataset: {} for dataset in datasets}
    differences: dict[str, dict[str, Curve]] = {dataset: {} for dataset in datasets}
    for cell in cells:
        if cell.curve is not None:
            levels[cell.dataset][cell.strategy] = cell.curve
        if cell.difference_curve is not None:
            differences[cell.dataset][cell.strategy] = cell.difference_curve
    return average_over_datasets(levels, spans), average_over_datasets(differences, spans)


def average_over_datasets(
    by_dataset: Mapping[str, Mapping[str, Curve]], spans: Mapping[str, Curve]
) -> CurveSet | None:
    """Return the mean over the datasets of each strategy that has a curve on all of them.

    Parameters
    ----------
    spans : mapping
        Dataset -> the curve whose ends are the seed set and the budget; datasets without one are left out.

    Returns
    -------
    CurveSet or None
        None unless there are several spans.
    """
    if len(spans) < 2:  # noqa: PLR2004 - the mean over one dataset is that dataset
        return None
    absent = tuple(dataset for dataset in by_dataset if dataset not in spans)
    by_dataset = {dataset: curves for dataset, curves in by_dataset.items() if dataset in spans}
    strategies = list(dict.fromkeys(name for curves in by_dataset.values() for name in curves))
    # A mean over other datasets than those of its neighbours would not be comparable with theirs.
    complete = [name for name in strategies if all(name in curves for curves in by_dataset.values())]
    every = [curves[name] for curves in by_dataset.values() for name in complete]
    shares = not have_same_labels(every) if every else False
    means = {}
    for name in complete:
        curves = {dataset: of[name] for dataset, of in by_dataset.items()}
        if shares:
            curves = {
                dataset: resample_on_shares(curve, spans[dataset].n_labels[0], spans[dataset].n_labels[-1])
                for dataset, curve in curves.items()
            }
        means[name] = average_curves(list(curves.values()))
    return CurveSet(means, tuple(name for name in strategies if name not in complete), absent, shares)


def have_same_labels(curves: Sequence[Curve]) -> bool:
    """Return True if all curves stand at the same numbers of labels."""
    return all(np.array_equal(curve.n_labels, curves[0].n_labels) for curve in curves)


def resample_on_shares(curve: Curve, first: float, last: float) -> Curve:
    """Return a curve at equal shares of the way from ``first`` to ``last`` labels."""
    return replace(resample(curve, first + SHARES * (last - first)), n_labels=100 * SHARES)


def resample(curve: Curve, at: Floats) -> Curve:
    """Return a curve at other numbers of labels: linear between its rounds, flat beyond its ends."""
    mean, low, high = (np.interp(at, curve.n_labels, y) for y in (curve.mean, curve.low, curve.high))
    return Curve(at, mean, low, high, curve.n_repeats)


def average_curves(curves: Sequence[Curve]) -> Curve:
    """Return the mean of one curve per dataset, each dataset with the same weight.

    The datasets are taken as they are: half widths of independent intervals add in quadrature and are
    divided by the number of datasets. Where one dataset has no interval, the mean has none.

    Parameters
    ----------
    curves : sequence of Curve
        All at the same numbers of labels.
    """
    mean = np.mean([curve.mean for curve in curves], axis=0)
    below = _add_in_quadrature([curve.mean - curve.low for curve in curves])
    above = _add_in_quadrature([curve.high - curve.mean for curve in curves])
    n_repeats = min(curve.n_repeats for curve in curves)
    return Curve(curves[0].n_labels, mean, mean - below, mean + above, n_repeats)


def _add_in_quadrature(widths: Sequence[Floats]) -> Floats:
    return np.asarray(np.sqrt(np.sum(np.square(widths), axis=0)) / len(widths))
