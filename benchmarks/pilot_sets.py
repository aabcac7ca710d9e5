"""The data sets of `benchmarks/pilot_study.py`; constants are fitted on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from pilot_prior import GainCase, fit_gain_prior, measure_stretch, take_conformal_ends

from albench.pilot.evidence import summarise_pilot
from albench.pilot.labelling_forecast import compute_growth
from albench.pilot.pool_curves import PoolCurves, read_pool_curves
from albench.pilot.prior import LEVEL, GainPrior
from albench.pilot.study import LevelErrors, MetricStudy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


STRATEGIES = ("margin", "entropy", "badge", "k_center", "typiclust")
BUDGETS = (0.25, 0.5, 1.0, 2.0, 3.0)
LEAST_RISE = 0.002
RATES = np.geomspace(0.1, 2, 40)


@dataclass(frozen=True)
class StudySet:
    """A data set of the study with one labelled part.

    Attributes
    ----------
    pools : tuple of PoolCurves
        Of the pilot.
    rest : PoolCurves
        What the hidden rest gives, from the labelled part on.
    longer : PoolCurves or None
        Random and margin up to four times the labels.
    """

    name: str
    n_labelled: int
    n_rows: int
    pools: tuple[PoolCurves, ...]
    rest: PoolCurves
    longer: PoolCurves | None

    @cached_property
    def evidence(self) -> Any:
        """What the pilot says."""
        return summarise_pilot(self.pools, self.n_labelled)

    def find_gain(self, strategy: str, budget: float = 1.0) -> float:
        """Return how far a strategy is above random with so many times the labels more, if it was run."""
        curves = self.rest if budget <= 1 else self.longer
        if curves is None or strategy not in curves.strategies:
            return np.nan
        difference = (curves.strategies[strategy] - curves.random).mean(axis=0)
        # A last batch is only bought whole.
        n = min((1 + budget) * self.n_labelled, curves.n_labels[-1])
        return float(np.interp(n, curves.n_labels, difference))

    def find_random_labels(self, strategy: str) -> float:
        """Return what random needs for the level of a strategy with as many labels again, in shares of those.

        Where that is more than was run, it is what was run.
        """
        if self.longer is None:
            return np.nan
        curve = np.maximum.accumulate(self.longer.random.mean(axis=0))
        # The gain is paired; levels of different runs are not.
        level = np.interp(2 * self.n_labelled, self.longer.n_labels, curve) + self.find_gain(strategy)
        if curve[-1] < level:
            return BUDGETS[-1]
        needed = float(np.interp(level, curve, self.longer.n_labels)) / self.n_labelled - 1
        return min(max(needed, 0.0), BUDGETS[-1])

    def find_random(self, budget: float) -> float:
        """Return random's level with so many times the labels more, if it was run.

        Beyond as many again it is that of the longer run, by how far it rises there.
        """
        level = _read_level(self.rest, (1 + min(budget, 1)) * self.n_labelled)
        if budget <= 1:
            return level
        if self.longer is None:
            return np.nan
        ends = (_read_level(self.longer, times * self.n_labelled) for times in (1 + budget, 2))
        return level + next(ends) - next(ends)


def _read_level(curves: PoolCurves, n_labels: float) -> float:
    # A last batch is only bought whole.
    n_labels = min(n_labels, curves.n_labels[-1])
    return float(np.interp(n_labels, curves.n_labels, curves.random.mean(axis=0)))


def read_sets(study: Path, variant: str, metric: str) -> list[StudySet]:
    """Return the data sets whose curves are there."""
    return [
        _read_set(path, study / "raw" / path.name.replace(f".{variant}.", ".long."), metric, variant)
        for path in sorted((study / "raw").glob(f"*.{variant}.parquet"))
    ]


def _read_set(path: Path, long_path: Path, metric: str, variant: str) -> StudySet:
    frame = pl.read_parquet(path)
    name, n_labelled, n_rows = (frame[column][0] for column in ("set", "n_labelled", "n_rows"))
    *pools, rest = _read_curves(frame, metric)
    longer = None
    if variant == "random" and long_path.exists():
        (longer,) = _read_curves(pl.read_parquet(long_path), metric)
    return StudySet(name, n_labelled, n_rows, tuple(pools), rest, longer)


def _read_curves(frame: pl.DataFrame, metric: str) -> tuple[PoolCurves, ...]:
    key = pl.concat_str(
        "dataset", "strategy", pl.col("arm").cast(pl.String), pl.col("split").cast(pl.String), separator="|"
    )
    curves = frame.filter(pl.col("strategy") != "reference").with_columns(key.alias("key"), start=pl.lit(0))
    references = frame.filter(pl.col("strategy") == "reference").with_columns(
        status=pl.lit("done"), labels=pl.lit("true")
    )
    trials = curves.unique("key")
    return read_pool_curves(trials, curves.select("key", "n_labels", metric), references, metric)


def fit_metric(sets: Sequence[StudySet]) -> MetricStudy:
    """Return the constants of a metric, fitted on these data sets alone."""
    gains = [
        GainCase(of.name, strategy, of.evidence.gains[strategy], of.find_gain(strategy) / of.evidence.error)
        for of in sets
        for strategy in STRATEGIES
    ]
    rises = [
        GainCase(
            of.name,
            "random",
            of.evidence.rise,
            (of.find_random(1) - of.find_random(0)) / of.evidence.error,
        )
        for of in sets
    ]
    gain, profile = fit_gain_prior(gains), tuple(_fit_profile(sets, budget) for budget in BUDGETS)
    below, above = zip(
        *(
            measure_stretch(
                gain,
                gains,
                [
                    of.find_gain(strategy, budget) / of.evidence.error / share
                    for of in sets
                    for strategy in STRATEGIES
                ],
            )
            for budget, share in zip(BUDGETS, profile, strict=True)
        ),
        strict=True,
    )
    rise, rate = fit_gain_prior(rises), _fit_rate(sets)
    return MetricStudy(
        gain=gain,
        rise=rise,
        labels=_fit_labels(sets),
        most_labels=BUDGETS[-1],
        rate=rate,
        budgets=BUDGETS,
        profile=profile,
        below=below,
        above=above,
        now=_measure_errors(sets, [of.find_random(0) - of.evidence.now for of in sets]),
        later=_measure_errors(
            sets,
            [
                of.find_random(1)
                - of.evidence.now
                - of.evidence.error * rise.predict("random", of.evidence.rise).expected
                for of in sets
            ],
        ),
    )


def _fit_labels(sets: Sequence[StudySet]) -> GainPrior:
    cases = [
        GainCase(of.name, strategy, of.evidence.gains[strategy], of.find_random_labels(strategy) - 1)
        for of in sets
        for strategy in STRATEGIES
        if of.longer is not None
    ]
    return fit_gain_prior(cases, is_cut=True)


def _measure_errors(sets: Sequence[StudySet], differences: Sequence[float]) -> LevelErrors:
    """Return median and interval of differences, in standard errors of a share of all labelled rows."""
    errors = [of.evidence.error for of in sets]
    units = [np.sqrt(error * (1 - error) / of.n_labelled) for error, of in zip(errors, sets, strict=True)]
    ratios = np.asarray(differences) / units
    return LevelErrors(float(np.median(ratios)), *take_conformal_ends(ratios, LEVEL))


def _fit_rate(sets: Sequence[StudySet]) -> float:
    """Return the rate of the power law that is nearest to how random rises beyond a doubling, by medians.

    Without curves beyond a doubling it is 1/2.
    """
    curves = [of.longer for of in sets if of.longer is not None]
    levels = np.array(
        [
            np.interp((1 + np.arange(4)) * curve.n_labels[0], curve.n_labels, curve.random.mean(axis=0))
            for curve in curves
        ]
    ).reshape(-1, 4)
    rises = levels[:, 1:] - levels[:, :1]
    rises = rises[rises[:, 0] > LEAST_RISE] / rises[rises[:, 0] > LEAST_RISE, :1]
    if not rises.size:
        return 0.5
    middle = np.median(rises[:, 1:], axis=0)
    return float(
        min(RATES, key=lambda rate: np.sum((middle - [compute_growth(rate, b) for b in (2, 3)]) ** 2))
    )


def _fit_profile(sets: Sequence[StudySet], budget: float) -> float:
    """Return the slope through the origin of gains with a budget on those with as many labels again."""
    pairs = np.array(
        [
            (
                of.find_gain(strategy) / of.evidence.error,
                of.find_gain(strategy, budget) / of.evidence.error,
            )
            for of in sets
            for strategy in STRATEGIES
        ]
    )
    x, y = pairs[np.isfinite(pairs).all(axis=1)].T
    return float(x @ y / (x @ x)) if x.size else 1.0
