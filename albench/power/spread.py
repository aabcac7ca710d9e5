"""How much differences between a strategy and random vary: measured by finished trials, or by a study."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.stats.intervals import compute_t_quantile

if TYPE_CHECKING:
    from albench.analysis.evidence.cells import Cell, Curve
    from albench.analysis.evidence.conclusions import SliceEvidence

SHARES = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Label savings at which the area that they are worth is known."""
FEWEST_CELLS = 3
PROBE_REPEATS = 3
"""That are run to measure how differences vary: the fewest with a standard error."""


@dataclass(frozen=True)
class Spread:
    """How differences in area vary on one dataset, or on a typical one.

    Attributes
    ----------
    sd : float
        Standard deviation of the paired difference of one repeat, in units of the metric.
    area_by_saving : tuple of float
        Difference in area that a label saving of each of ``SHARES`` is worth, along random's curve.
    source : str
        Where it comes from, in words.
    """

    dataset: str
    sd: float
    area_by_saving: tuple[float, ...] = field(default=(), repr=False)
    source: str = ""

    def convert_to_saving(self, difference: float) -> float | None:
        """Return the label saving that is worth a difference in area; None beyond 90 %."""
        if not self.area_by_saving or difference > self.area_by_saving[-1]:
            return None
        return float(np.interp(difference, (0.0, *self.area_by_saving), (0.0, *SHARES)))

    def convert_to_difference(self, saving: float) -> float | None:
        """Return the difference in area that a label saving is worth; None where the curve is not known."""
        if not self.area_by_saving:
            return None
        return float(np.interp(saving, (0.0, *SHARES), (0.0, *self.area_by_saving)))


@dataclass(frozen=True)
class Study:
    """What experiments of ours have measured, for grids of which nothing has finished yet.

    Attributes
    ----------
    typical : Spread
        The median over cells of datasets and strategies.
    between : float
        Standard deviation of a strategy's true gains over datasets, median over strategies.
    """

    typical: Spread
    between: float
    source: str


def read_study(metric: str) -> Study | None:
    """Return the study of a metric; None if it was not studied."""
    record = json.loads(files("albench.power").joinpath("study.json").read_text(encoding="utf-8"))
    if metric not in record["metrics"]:
        return None
    values, source = record["metrics"][metric], record["source"]
    areas = tuple(values["area_by_saving"])
    return Study(Spread("a typical dataset", values["sd_median"], areas, source), values["between"], source)


def measure_spreads(evidence: SliceEvidence) -> dict[str, Spread]:
    """Return dataset -> spread, from the paired repeats of finished trials; datasets without any left out."""
    spreads = {}
    for dataset in evidence.datasets:
        cells = [cell for cell in evidence.cells if cell.dataset == dataset]
        sds = [sd for cell in cells if (sd := _measure_sd(cell)) is not None]
        curve = evidence.random_curves.get(dataset)
        if sds and curve is not None:
            n = min(cell.n_paired for cell in cells if _measure_sd(cell) is not None)
            source = f"{n} paired repeats"
            sd = float(np.sqrt(np.mean(np.square(sds))))
            spreads[dataset] = Spread(dataset, sd, compute_area_by_saving(curve, evidence.sign), source)
    return spreads


def measure_between(evidence: SliceEvidence) -> float | None:
    """Return the spread of true gains over datasets, that of the repeats taken off; None below 3 datasets."""
    sds = []
    for row in evidence.rows[1:]:
        cells = [cell for cell in evidence.cells if cell.strategy == row.strategy]
        gains = [cell.difference for cell in cells if cell.difference is not None]
        errors = [sd**2 / cell.n_paired for cell in cells if (sd := _measure_sd(cell)) is not None]
        if len(gains) >= FEWEST_CELLS and errors:
            variance = float(np.var(gains, ddof=1) - np.mean(errors))
            sds.append(float(np.sqrt(max(variance, 0.0))))
    return float(np.median(sds)) if sds else None


def measure_cell_spreads(evidence: SliceEvidence) -> list[float]:
    """Return the standard deviation of each cell of dataset and strategy that has an interval."""
    return [sd for cell in evidence.cells if (sd := _measure_sd(cell)) is not None]


def _measure_sd(cell: Cell) -> float | None:
    """Return the standard deviation that the interval of a mean difference rests on."""
    n = cell.n_splits if 1 < cell.n_splits < cell.n_paired else cell.n_paired
    if cell.error:
        return cell.error * float(np.sqrt(n))
    if cell.interval is None:
        return None
    half = (cell.interval.high - cell.interval.low) / 2
    return half / compute_t_quantile(n - 1, cell.interval.level) * float(np.sqrt(n))


def compute_area_by_saving(curve: Curve, sign: int = 1) -> tuple[float, ...]:
    """Return the difference in area of a curve that needs so many percent fewer labels than a given one.

    The strategy is where random is with ``labels / (1 - saving)``; beyond its end random is taken to be flat.
    """
    labels, mean = curve.n_labels, np.maximum.accumulate(sign * curve.mean)
    width = labels[-1] - labels[0]
    if not width:
        return ()
    grid = np.linspace(labels[0], labels[-1], 201)
    own = np.interp(grid, labels, mean)
    areas = [
        np.trapezoid(np.interp(grid / (1 - share), labels, mean) - own, grid) / width for share in SHARES
    ]
    return tuple(float(area) for area in np.maximum.accumulate(areas))
