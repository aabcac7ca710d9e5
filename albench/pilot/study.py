"""What the study of `docs/pilot.md` has measured: the constants that a forecast rests on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from albench.errors import AlbenchError
from albench.pilot.prior import GainPrior, StrategyPrior

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class LevelErrors:
    """A true level less the forecast one, in standard errors of a share that all labelled rows measure.

    Attributes
    ----------
    bias, low, high : float
        Median over data sets, and ends of the interval.
    """

    bias: float
    low: float
    high: float


@dataclass(frozen=True)
class MetricStudy:
    """Constants of one metric.

    Attributes
    ----------
    gain : GainPrior
        Of strategies over random with as many labels again, in shares of the error that is left.
    rise : GainPrior
        Of random's own curve over as many labels again, likewise.
    labels : GainPrior
        Of the labels that random needs for what a strategy has with as many labels again, less those, in
        shares of them; cut at ``most_labels - 1``.
    most_labels : float
        As far as random was followed: so many times the labels of the strategy.
    rate : float
        Of random's curve beyond the labelled part: ``level(n) = limit - height * n^-rate``.
    budgets, profile : tuple of float
        Gain with ``budgets * n_labelled`` labels more, in shares of that with as many again.
    below, above : tuple of float
        Factors on the interval's parts below and above the expected gain, for each budget.
    now, later : LevelErrors
        Of random's level with the labels of now, and with as many again.
    """

    gain: GainPrior
    rise: GainPrior
    labels: GainPrior
    most_labels: float
    rate: float
    budgets: tuple[float, ...]
    profile: tuple[float, ...]
    below: tuple[float, ...]
    above: tuple[float, ...]
    now: LevelErrors
    later: LevelErrors


@dataclass(frozen=True)
class ShiftRule:
    """What follows where labelled rows are shown not to be like the others.

    Attributes
    ----------
    gains, levels : float
        Factors on the length of intervals.
    withhold : float
        AUC of the two-sample test from which there is no verdict.
    """

    gains: float
    levels: float
    withhold: float


@dataclass(frozen=True)
class PilotStudy:
    """The study as it is shipped: where it comes from, and its constants by metric.

    Attributes
    ----------
    model : str
        Label of the model.
    labelled : tuple of int
        Fewest and most rows of a labelled part.
    """

    source: str
    design: str
    datasets: tuple[str, ...]
    model: str
    labelled: tuple[int, int]
    shift: ShiftRule
    metrics: Mapping[str, MetricStudy]

    def find(self, metric: str) -> MetricStudy:
        """Return the constants of a metric."""
        if metric not in self.metrics:
            known = ", ".join(self.metrics)
            raise AlbenchError(
                f"the data sets that forecasts rest on were measured in {known}, not in {metric}; "
                "make one of these the primary_metric"
            )
        return self.metrics[metric]


def read_study() -> PilotStudy:
    """Return the shipped study."""
    record = json.loads(files("albench.pilot").joinpath("study.json").read_text(encoding="utf-8"))
    return PilotStudy(
        record["source"],
        record["design"],
        tuple(record["datasets"]),
        record["model"],
        tuple(record["labelled"]),
        ShiftRule(**record["shift"]),
        {name: _read_metric(values) for name, values in record["metrics"].items()},
    )


def _read_metric(values: dict[str, Any]) -> MetricStudy:
    priors = {name: _read_prior(values[name]) for name in ("gain", "rise", "labels")}
    grids = {name: tuple(values[name]) for name in ("budgets", "profile", "below", "above")}
    errors = {name: LevelErrors(**values[name]) for name in ("now", "later")}
    return MetricStudy(**{**values, **priors, **grids, **errors})


def _read_prior(values: dict[str, Any]) -> GainPrior:
    strategies = {name: StrategyPrior(**prior) for name, prior in values["strategies"].items()}
    return GainPrior(strategies, values["loading"], values["mismatch"])
