"""From a pilot's curves to what labels more will give, with intervals, a verdict and an advice."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from albench.analysis.evidence import Interval
from albench.analysis.paired_comparison import ROPE
from albench.pilot.evidence import BEST, summarise_pilot
from albench.pilot.notes import list_notes
from albench.pilot.power_law import PowerLaw
from albench.pilot.prior import LEVEL, OTHER, Evidence
from albench.pilot.study import read_study
from albench.pilot.types import LabellingForecast, Prediction, RandomLabels, StrategyForecast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.pilot.evidence import PilotEvidence
    from albench.pilot.pool_curves import PoolCurves
    from albench.pilot.study import MetricStudy, PilotStudy
    from albench.pilot.types import PilotVerdict

RANDOM = "random"
MOST_GROWTH = 10
"""Labelled parts up to so many times as large are tried for what could be told with them."""
_METHOD = "leave-one-set-out residuals of a study"


class _Ends(NamedTuple):
    """An expected number and both ends of its interval."""

    expected: float
    low: float
    high: float


def forecast_labelling(
    pools: Sequence[PoolCurves],
    *,
    n_labelled: int,
    n_unlabelled: int,
    n_more: int,
    metric: str = "accuracy",
    names: Mapping[str, str] | None = None,
    study: PilotStudy | None = None,
) -> LabellingForecast:
    """Say what labels more will give, by a pilot and by what the study's data sets gave.

    Parameters
    ----------
    pools : sequence of PoolCurves
        Of nested pools inside the labelled part, the smallest first, as :func:`read_pool_curves` gives them.
    n_labelled, n_unlabelled : int
    n_more : int
        Labels to come.
    metric : str
        That the curves are of; the study knows accuracy, balanced accuracy and macro F1.
    names : mapping of str to str, optional
        Label of a strategy -> its name in the catalogue, where they differ.
    study : PilotStudy, optional
        The shipped one unless given.
    """
    study = study or read_study()
    constants = study.find(metric)
    evidence = summarise_pilot(pools, n_labelled)
    rise = _predict_rise(constants, evidence, n_labelled, n_more)
    now, random = (_predict_level(constants, evidence, n_labelled, n) for n in (0, n_more))
    strategies = sorted(
        (
            _forecast_strategy(
                label,
                (names or {}).get(label, label),
                constants,
                evidence,
                (rise, random),
                n_labelled,
                n_more,
            )
            for label in evidence.gains
        ),
        key=lambda forecast: -forecast.gain.expected,
    )
    first = strategies[0]
    verdict = decide_verdict(strategies)
    return LabellingForecast(
        metric=metric,
        n_labelled=n_labelled,
        n_unlabelled=n_unlabelled,
        n_more=n_more,
        now=_build_prediction(now),
        random=_build_prediction(random),
        strategies=tuple(strategies),
        verdict=verdict,
        advised=first.strategy if first.gain.expected > 0 else RANDOM,
        labels_to_tell=_find_labels_to_tell(
            constants,
            (names or {}).get(first.strategy, first.strategy),
            evidence.gains[first.strategy],
            n_labelled,
        )
        if verdict == "undecided"
        else None,
        notes=tuple(
            list_notes(
                study,
                constants,
                [forecast.strategy for forecast in strategies if not forecast.known],
                n_labelled=n_labelled,
                n_unlabelled=n_unlabelled,
                n_more=n_more,
            )
        ),
    )


def decide_verdict(strategies: Sequence[StrategyForecast]) -> PilotVerdict:
    """Return what the intervals of the gains say, the highest expected gain first."""
    if strategies[0].gain.interval.low > 0:
        return "pays_off"
    if all(forecast.gain.interval.high < ROPE for forecast in strategies):
        return "no_gain"
    return "no_gain" if strategies[0].gain.expected <= 0 else "undecided"


def _predict_level(study: MetricStudy, evidence: PilotEvidence, n_labelled: int, n_more: int) -> _Ends:
    """Return random's level with labels more; its errors go from those of now to those of a doubling.

    They are counted in standard errors of the share that a model gets right on all labelled rows.
    """
    error = float(np.sqrt(evidence.error * (BEST - evidence.error) / n_labelled))
    growth = compute_growth(study.rate, n_more / n_labelled)
    level = evidence.now + _predict_rise(study, evidence, n_labelled, n_more)
    bias, low, high = (
        level + error * (now + growth * (later - now))
        for now, later in zip(astuple(study.now), astuple(study.later), strict=True)
    )
    return _Ends(min(bias, BEST), low, min(high, BEST))


def _predict_rise(study: MetricStudy, evidence: PilotEvidence, n_labelled: int, n_more: int) -> float:
    """Return how far random rises with labels more: a power law of the study's rate through the doubling."""
    share = study.rise.predict(RANDOM, evidence.rise).expected
    return share * evidence.error * compute_growth(study.rate, n_more / n_labelled)


def compute_growth(rate: float, budget: float) -> float:
    """Return a power law's rise over ``budget`` times the labels, in shares of that over as many again."""
    return float((1 - (1 + budget) ** -rate) / (1 - 2.0**-rate))


def find_random_labels(rise: float, rate: float, n_labelled: int, n_more: int, gain: float) -> float:
    """Return the labels more with which random is ``gain`` above where it is with ``n_more``.

    Parameters
    ----------
    rise : float
        Of random with ``n_more`` labels.
    rate : float
        Of its power law.
    n_labelled, n_more : int
    gain : float

    Returns
    -------
    float
        Infinite where the law's limit is below; 0 where random is there now.
    """
    if rise <= 0:
        return float(n_more) if gain == 0 else (np.inf if gain > 0 else 0.0)
    height = rise / (1 - (1 + n_more / n_labelled) ** -rate)
    law = PowerLaw(height, height * n_labelled**rate, rate)
    return max(law.find_labels(rise + gain) - n_labelled, 0.0)


def _forecast_strategy(
    label: str,
    name: str,
    study: MetricStudy,
    evidence: PilotEvidence,
    random: tuple[float, _Ends],
    n_labelled: int,
    n_more: int,
) -> StrategyForecast:
    """Return what a strategy gives; ``random`` is random's rise and its level at the end."""
    rise, level = random
    profile = float(np.interp(n_more / n_labelled, (0.0, *study.budgets), (0.0, *study.profile)))
    shares = study.gain.predict(name, evidence.gains[label])
    gain = _Ends(*(share * evidence.error * profile for share in shares))
    return StrategyForecast(
        strategy=label,
        level=_build_prediction(_add(level, gain)),
        gain=_build_prediction(gain),
        random_labels=_predict_random_labels(rise, study.rate, n_labelled, n_more, gain),
        pilot_gain=evidence.pilot_gains[label],
        known=name in study.gain.strategies and name != OTHER,
    )


def _predict_random_labels(
    rise: float, rate: float, n_labelled: int, n_more: int, gain: _Ends
) -> RandomLabels:
    expected, low, high = (
        labels if np.isfinite(labels) else None
        for labels in (find_random_labels(rise, rate, n_labelled, n_more, end) for end in gain)
    )
    return RandomLabels(expected, low, high, LEVEL)


def _find_labels_to_tell(study: MetricStudy, name: str, evidence: Evidence, n_labelled: int) -> int | None:
    """Return how many labels more would show the expected gain; None if ten times as many would not.

    The pilot's own error falls with the root of the labelled rows; what differs from set to set stays.
    """
    expected, _, _ = study.gain.predict(name, evidence)
    for size in np.geomspace(1.05, MOST_GROWTH, 60) * n_labelled:
        noise = evidence.noise * float(np.sqrt(n_labelled / size))
        centre, low, _ = study.gain.predict(name, Evidence(evidence.share, noise))
        if expected - (centre - low) > 0:
            return int(np.ceil(size)) - n_labelled
    return None


def _add(level: _Ends, step: _Ends) -> _Ends:
    """Return their sum; half-lengths of independent intervals add as their squares do."""
    expected = level.expected + step.expected
    below = np.hypot(level.expected - level.low, step.expected - step.low)
    above = np.hypot(level.high - level.expected, step.high - step.expected)
    return _Ends(min(expected, BEST), float(expected - below), float(min(expected + above, BEST)))


def _build_prediction(ends: _Ends) -> Prediction:
    return Prediction(ends.expected, Interval(ends.low, ends.high, LEVEL, _METHOD))
