"""From a pilot's curves to what labels more will give, with intervals, a verdict and an advice."""

from __future__ import annotations

from dataclasses import astuple, dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence.cells import Interval
from albench.analysis.evidence.labelling import LabellingForecast, Prediction, RandomLabels, StrategyForecast
from albench.analysis.paired_comparison import ROPE
from albench.errors import AlbenchError
from albench.pilot.evidence import BEST, summarise_pilot
from albench.pilot.notes import list_notes
from albench.pilot.prior import LEVEL, OTHER, Ends, Evidence
from albench.pilot.study import ShiftRule, read_study

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.analysis.evidence.labelling import PilotVerdict
    from albench.datasets.representativeness import Representativeness
    from albench.pilot.evidence import PilotEvidence
    from albench.pilot.pool_curves import PoolCurves
    from albench.pilot.study import MetricStudy, PilotStudy

RANDOM = "random"
MOST_GROWTH = 10
"""Labelled parts up to so many times as large are tried for what could be told with them."""
_NO_SHIFT = ShiftRule(1.0, 1.0, 1.0)
# What is expected so near to the end of what was followed may as well be beyond.
_NEAR_END = 0.95
_METHOD = "leave-one-set-out residuals of a study"


@dataclass(frozen=True)
class _Question:
    """A pilot, what is known of other data sets, and how many labels are to come.

    ``widening`` are factors on the length of intervals; ``names`` are those of the catalogue, by label.
    """

    study: MetricStudy
    evidence: PilotEvidence
    n_labelled: int
    n_more: int
    widening: ShiftRule = _NO_SHIFT
    names: Mapping[str, str] = field(default_factory=dict)

    def get_name(self, label: str) -> str:
        return self.names.get(label, label)

    @property
    def budget(self) -> float:
        """Labels to come, in shares of those of now."""
        return self.n_more / self.n_labelled

    def predict_gain(self, label: str, evidence: Evidence) -> Ends:
        """Return the gain with as many labels again, the interval being as long as the budget needs."""
        below, above = (
            self.widening.gains * float(np.interp(self.budget, self.study.budgets, factors))
            for factors in (self.study.below, self.study.above)
        )
        return self.study.gain.predict(self.get_name(label), evidence, below, above)


def forecast_labelling(
    pools: Sequence[PoolCurves],
    *,
    n_labelled: int,
    n_unlabelled: int,
    n_more: int,
    metric: str = "accuracy",
    model: str | None = None,
    names: Mapping[str, str] | None = None,
    representativeness: Representativeness | None = None,
    study: PilotStudy | None = None,
) -> LabellingForecast:
    """Say what labels more will give, by a pilot and by what the study's data sets gave.

    Parameters
    ----------
    pools : sequence of PoolCurves
        Of nested pools inside the labelled part, the smallest first, as :func:`read_pool_curves` gives them.
    n_more : int
        Labels to come.
    metric : str
        That the curves are of; the study knows accuracy, balanced accuracy and macro F1.
    model : str, optional
        Label of the pilot's model; that of the study unless given.
    names : mapping of str to str, optional
        Label of a strategy -> its name in the catalogue, where they differ.
    representativeness : Representativeness, optional
        Whether the labelled rows are like the others: if they are shown not to be, intervals are longer, and
        where they are far from it the verdict is withheld.
    study : PilotStudy, optional
        The shipped one unless given.

    Raises
    ------
    AlbenchError
        If the study did not measure the metric, or the pilot has random alone.
    """
    if not pools[-1].strategies:
        raise AlbenchError("there is no strategy to compare with random: add one to 'strategies'")
    study = study or read_study()
    is_shifted = representativeness is not None and representativeness.is_shifted
    shift = study.shift if is_shifted else None
    evidence = summarise_pilot(pools, n_labelled)
    question = _Question(study.find(metric), evidence, n_labelled, n_more, shift or _NO_SHIFT, names or {})
    now, random = (_predict_level(question, budget) for budget in (0.0, question.budget))
    forecasts = (_forecast_strategy(question, random, label) for label in evidence.gains)
    strategies = tuple(sorted(forecasts, key=lambda forecast: -forecast.gain.expected))
    first, verdict = strategies[0], decide_verdict(strategies)
    if shift and representativeness and representativeness.auc >= shift.withhold:
        verdict = "withheld"
    forecast = LabellingForecast(
        metric=metric,
        n_labelled=n_labelled,
        n_unlabelled=n_unlabelled,
        n_more=n_more,
        now=_build_prediction(now),
        random=_build_prediction(random),
        strategies=strategies,
        verdict=verdict,
        advised=first.strategy if first.gain.expected > 0 else RANDOM,
        labels_to_tell=_find_labels_to_tell(question, first.strategy) if verdict == "undecided" else None,
    )
    return replace(forecast, notes=tuple(list_notes(forecast, study, model, shift)))


def decide_verdict(strategies: Sequence[StrategyForecast]) -> PilotVerdict:
    """Return what the intervals of the gains say, the highest expected gain first."""
    if strategies[0].gain.interval.low > 0:
        return "pays_off"
    if all(forecast.gain.interval.high < ROPE for forecast in strategies):
        return "no_gain"
    return "no_gain" if strategies[0].gain.expected <= 0 else "undecided"


def compute_growth(rate: float, budget: float) -> float:
    """Return a power law's rise over ``budget`` times the labels, in shares of that over as many again."""
    return float((1 - (1 + budget) ** -rate) / (1 - 2.0**-rate))


def _predict_level(question: _Question, budget: float) -> Ends:
    """Return random's level with labels more; its errors go from those of now to those of a doubling.

    They are counted in standard errors of the share that a model gets right on all labelled rows.
    """
    study, evidence = question.study, question.evidence
    error = float(np.sqrt(evidence.error * (BEST - evidence.error) / question.n_labelled))
    growth = compute_growth(study.rate, budget)
    bias, low, high = (
        error * (now + growth * (later - now))
        for now, later in zip(astuple(study.now), astuple(study.later), strict=True)
    )
    level = evidence.now + _predict_rise(question, budget) + bias
    below, above = (question.widening.levels * (end - bias) for end in (low, high))
    return Ends(min(level, BEST), level + below, min(level + above, BEST))


def _predict_rise(question: _Question, budget: float) -> float:
    """Return how far random rises with labels more: a power law of the study's rate through the doubling."""
    share = question.study.rise.predict(RANDOM, question.evidence.rise).expected
    return share * question.evidence.error * compute_growth(question.study.rate, budget)


def _forecast_strategy(question: _Question, random: Ends, label: str) -> StrategyForecast:
    """Return what a strategy gives; ``random`` is random's level at the end."""
    study, evidence, name = question.study, question.evidence, question.get_name(label)
    profile = float(np.interp(question.budget, (0.0, *study.budgets), (0.0, *study.profile)))
    shares = question.predict_gain(label, evidence.gains[label])
    gain = Ends(*(share * evidence.error * profile for share in shares))
    return StrategyForecast(
        strategy=label,
        level=_build_prediction(_add(random, gain)),
        gain=_build_prediction(gain),
        random_labels=_predict_random_labels(question, label),
        pilot_gain=evidence.pilot_gains[label],
        known=name in study.gain.strategies and name != OTHER,
    )


def _predict_random_labels(question: _Question, label: str) -> RandomLabels:
    """Return what random needs, from what it needed on the study's sets; None beyond what was run there."""
    study = question.study
    factor, name = question.widening.gains, question.get_name(label)
    shares = study.labels.predict(name, question.evidence.gains[label], factor, factor)
    most = (_NEAR_END * study.most_labels, study.most_labels, study.most_labels)
    expected, low, high = (
        None if 1 + share >= end else max(1 + share, 0.0) * question.n_more
        for share, end in zip(shares, most, strict=True)
    )
    return RandomLabels(expected, low, high, LEVEL, int(study.most_labels * question.n_more))


def _find_labels_to_tell(question: _Question, label: str) -> int | None:
    """Return how many labels more would show the expected gain; None if ten times as many would not.

    The pilot's own error falls with the root of the labelled rows; what differs from set to set stays.
    """
    evidence = question.evidence.gains[label]
    for size in np.geomspace(1.05, MOST_GROWTH, 60) * question.n_labelled:
        noise = evidence.noise * float(np.sqrt(question.n_labelled / size))
        if question.predict_gain(label, Evidence(evidence.share, noise)).low > 0:
            return int(np.ceil(size)) - question.n_labelled
    return None


def _add(level: Ends, step: Ends) -> Ends:
    """Return their sum; half-lengths of independent intervals add as their squares do."""
    expected = level.expected + step.expected
    below = np.hypot(level.expected - level.low, step.expected - step.low)
    above = np.hypot(level.high - level.expected, step.high - step.expected)
    return Ends(min(expected, BEST), float(expected - below), float(min(expected + above, BEST)))


def _build_prediction(ends: Ends) -> Prediction:
    return Prediction(ends.expected, Interval(ends.low, ends.high, LEVEL, _METHOD))
