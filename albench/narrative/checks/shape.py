"""Checks of what intervals of means rest on: differences without skew and without outliers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence.cells import Cell
from albench.analysis.stats.significance import ALPHA
from albench.narrative.checks.check import CheckSpec
from albench.narrative.wording import format_difference
from albench.text import list_first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.evidence.cells import Shape
    from albench.analysis.evidence.rows import Row
    from albench.narrative.checks.check import Check, Compared

_ROUNDING = 1e-9
_SIZES = (6, 7, 8, 10, 12, 15, 20, 30, 50, 100, 200)
_ONE_IN_20 = (1.237, 1.230, 1.208, 1.160, 1.107, 1.037, 0.941, 0.805, 0.646, 0.470, 0.336)
_ONE_IN_1000 = (1.705, 1.853, 1.942, 2.019, 2.017, 1.951, 1.806, 1.541, 1.217, 0.852, 0.583)
"""Sizes that the skewness of so many normal values exceeds so often: a million simulated samples each."""
_LISTED = 8
_FEW = (
    "Fewer than 6 repeats cannot show whether differences are skewed: intervals of means take it that they "
    "are not, and hold about 92 % instead of 95 if the skewness is 1.4."
)
_ENOUGH = 12
_UNSEEN = "; in so few cells a skewness of 1.4, at which intervals of means hold 92 %, would mostly go unseen"
_MANY_DATASETS = 20
_UNSEEN_OVER_DATASETS = (
    "; over so few datasets a skewness of 1.5, which gains often have, would mostly go unseen, and intervals "
    "of means on datasets like these then hold 91 %"
)
_REPEATS = (
    "Differences of single repeats are skewed or hold outliers, so that intervals of their means hold less "
    "than 95 % (92 % at a skewness of 1.4, 78 % where one repeat in ten fails badly); those of medians hold "
    "it: "
)
_DATASETS = (
    "Over the datasets, gains are skewed or hold outliers: the interval of a mean on datasets like these "
    "holds less than 95 % (91 % of 8 to 10 datasets at a skewness of 1.5), that of a median holds it: "
)


def find_skewed(shapes: Sequence[Shape]) -> tuple[bool, ...]:
    """Say which samples are skewed or hold outliers.

    A sample by itself shows little, and where it shows nothing its interval is the worse. All of them are
    called skewed if more exceed what one normal sample in 20 exceeds than chance would give in 5 % of
    experiments; else those alone that exceed what one in 1,000 does.
    """
    sizes = np.abs([shape.skewness for shape in shapes])
    n_beyond = int((sizes > _interpolate(shapes, _ONE_IN_20)).sum())
    if _compute_chance(n_beyond, len(shapes)) < ALPHA + _ROUNDING:
        return (True,) * len(shapes)
    return tuple((sizes > _interpolate(shapes, _ONE_IN_1000)).tolist())


def _compute_chance(n_beyond: int, n: int) -> float:
    """Return how often at least so many of n normal samples are beyond what one in 20 exceeds."""
    from scipy.special import bdtrc

    return float(bdtrc(n_beyond - 1, n, ALPHA)) if n_beyond else 1.0


def _interpolate(shapes: Sequence[Shape], limits: Sequence[float]) -> np.ndarray:
    return np.interp(np.log([shape.n for shape in shapes]), np.log(_SIZES), limits)


def find_skewed_cells(evidence: Compared) -> tuple[Cell, ...]:
    """Return the cells whose differences are skewed or hold outliers."""
    looking = {row.strategy for row in evidence.rows if row.label_looking}
    cells = [cell for cell in evidence.cells if cell.shape is not None and cell.strategy not in looking]
    skewed = find_skewed([cell.shape for cell in cells if cell.shape is not None])
    return tuple(cell for cell, is_skewed in zip(cells, skewed, strict=True) if is_skewed)


def describe_median(shape: Shape) -> str:
    """Return ``median +0.012 [0.009, 0.016]``."""
    return f"median {format_difference(shape.median, shape.interval)}"


def find_skewed_rows(evidence: Compared) -> tuple[Row, ...]:
    """Return the rows whose gains are skewed over the datasets, or hold outliers."""
    able = [row for row in evidence.rows[1:] if row.interval_like_these and not row.label_looking]
    rows = [row for row in able if row.shape is not None]
    skewed = find_skewed([row.shape for row in rows if row.shape is not None])
    return tuple(row for row, is_skewed in zip(rows, skewed, strict=True) if is_skewed)


def list_skewed(evidence: Compared) -> set[tuple[str, str]]:
    """Return dataset and strategy of skewed cells, and rows, with an empty dataset."""
    cells = {(cell.dataset, cell.strategy) for cell in find_skewed_cells(evidence)}
    return cells | {("", row.strategy) for row in find_skewed_rows(evidence)}


def check_shape(evidence: Compared) -> Check:
    """ALB016: are differences free of skew and outliers, over the repeats and over the datasets."""
    check = CheckSpec("ALB016", "no skew, no outliers")
    if not any(cell.n_paired for cell in evidence.cells):
        return check.not_applicable("There is nothing to pair yet.")
    if not any(cell.shape for cell in evidence.cells):
        return check.not_applicable(_FEW)
    cells, rows = find_skewed_cells(evidence), find_skewed_rows(evidence)
    if not cells and not rows:
        n = sum(cell.shape is not None for cell in evidence.cells)
        unseen = _UNSEEN if n < _ENOUGH else ""
        if any(row.interval_like_these for row in evidence.rows) and len(evidence.datasets) < _MANY_DATASETS:
            unseen += _UNSEEN_OVER_DATASETS
        return check.passed(f"Differences show no skew and no outliers{unseen}.")
    sentences = []
    if cells:
        names = [f"{cell.strategy} on {cell.dataset}{_compare(cell)}" for cell in cells]
        sentences.append(_REPEATS + list_first(names, _LISTED))
    if rows:
        sentences.append(_DATASETS + list_first([f"{row.strategy}{_compare(row)}" for row in rows], _LISTED))
    todo = "Read the medians beside the means, and look at what stands apart from the rest."
    return check.issue(f"{'. '.join(sentences)}.", todo)


def _compare(of: Cell | Row) -> str:
    interval = of.interval if isinstance(of, Cell) else of.interval_like_these
    mean = format_difference(of.difference or 0.0, interval)
    return f" (mean {mean}, {describe_median(of.shape)})" if of.shape else ""
