"""What stopping rules cost on average: against hindsight, and by the price of a point of the metric."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence.stopping import PriceRange, RegretCurve, RuleCost, StoppingEvidence
from albench.analysis.selection import iterate_groups, select_trials
from albench.analysis.stats.intervals import (
    Estimate,
    average_estimates,
    build_t_interval,
    compute_t_bounds,
    estimate_mean,
    find_units,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import polars as pl

    from albench.analysis.evidence.cells import Interval
    from albench.analysis.evidence.conclusions import SliceEvidence
    from albench.analysis.judged_trials import JudgedTrial
    from albench.contracts import Floats
    from albench.spec.experiment import Experiment

PRICES: Floats = np.logspace(-1, 3, 81)
"""Labels that a point of the metric may be worth: each is 12 % more than the one before."""
WHOLE_BUDGET = ""
"""Stands for a rule that never stops."""


def compare_rules(
    experiment: Experiment,
    trials: pl.DataFrame,
    slices: Sequence[SliceEvidence],
    judged: Sequence[JudgedTrial],
) -> StoppingEvidence | None:
    """Return what rules cost in the primary slice, with the strategy of its answer; None without rules."""
    primary = next((evidence for evidence in slices if evidence.primary), None)
    if primary is None or not judged:
        return None
    keys = frozenset(select_trials(trials, next(iterate_groups(experiment)))["key"])
    answer = primary.recommendation
    strategy = answer.strategy if answer else primary.strategies[-1]
    return compare_stops([trial for trial in judged if trial.row["key"] in keys], strategy)


def compare_stops(judged: Sequence[JudgedTrial], strategy: str) -> StoppingEvidence | None:
    """Return what rules cost on trials of one slice; regrets are of one strategy. None without any."""
    rules = tuple(judged[0].stops) if judged else ()
    if not rules:
        return None
    ended = [trial for trial in judged if trial.ended_by]
    able = [trial for trial in judged if not trial.unjudged and not ended]
    ended_labels = [float(t.n_labels[-1]) for t in ended if t.row["strategy"] == strategy]
    own = [trial for trial in able if trial.row["strategy"] == strategy]
    regrets = {rule: _average_regrets(own, rule) for rule in (*rules, WHOLE_BUDGET)} if own else {}
    return StoppingEvidence(
        rules=rules,
        strategy=strategy,
        costs=tuple(_list_costs(able, rules)),
        hindsight_labels=_average(own, lambda trial: float(trial.n_labels[trial.hindsight]))[0]
        if own
        else None,
        prices=PRICES,
        regrets=regrets,
        best=tuple(_find_best(_list_candidates(own, regrets))) if own else (),
        n_unjudged=0 if ended else len(judged) - len(able),
        n_ended=len(ended),
        enders=tuple(dict.fromkeys(trial.ended_by for trial in ended)),
        ended_labels=float(np.mean(ended_labels)) if ended_labels else None,
    )


def compute_regrets(trial: JudgedTrial, rule: str) -> Floats:
    """Return what a rule costs more than the best stop of a trial, in labels, for each price of a point."""
    lost = 100 * (trial.gains[-1] - trial.gains)
    least = (trial.n_labels[:, np.newaxis] + np.outer(lost, PRICES)).min(axis=0)
    return np.asarray(trial.count_labels(rule) + PRICES * lost[trial.find_end(rule)] - least)


def _list_costs(judged: Sequence[JudgedTrial], rules: Sequence[str]) -> Iterator[RuleCost]:
    strategies = dict.fromkeys(trial.row["strategy"] for trial in judged)
    datasets = dict.fromkeys(trial.row["dataset"] for trial in judged)
    for strategy in strategies:
        own = [trial for trial in judged if trial.row["strategy"] == strategy]
        for dataset in ("", *datasets):
            there = [trial for trial in own if dataset in ("", trial.row["dataset"])]
            if there:
                yield from (_build_cost(there, rule, strategy, dataset) for rule in rules)


def _build_cost(judged: Sequence[JudgedTrial], rule: str, strategy: str, dataset: str) -> RuleCost:
    too_many = _average(
        judged, lambda trial: trial.count_labels(rule) - float(trial.n_labels[trial.hindsight])
    )
    lost = _average(judged, lambda trial: trial.compute_loss(rule))
    return RuleCost(
        rule=rule,
        strategy=strategy,
        dataset=dataset,
        n_trials=len(judged),
        n_stopped=sum(trial.stops[rule] is not None for trial in judged),
        n_labels=_average(judged, lambda trial: float(trial.count_labels(rule)))[0],
        labels_too_many=too_many[0],
        labels_interval=too_many[1],
        metric_lost=lost[0],
        metric_interval=lost[1],
    )


def _average(
    judged: Sequence[JudgedTrial], measure: Callable[[JudgedTrial], float]
) -> tuple[float, Interval | None]:
    """Return the mean over datasets of the means over repeats, with its interval on these datasets."""
    means, estimates, unit_name = _estimate(judged, lambda trial: np.array(measure(trial)))
    estimate = average_estimates(estimates) if estimates and len(estimates) == len(means) else None
    return float(np.mean(means)), build_t_interval(estimate, unit_name)


def _estimate(
    judged: Sequence[JudgedTrial], measure: Callable[[JudgedTrial], Floats]
) -> tuple[list[Floats], list[Estimate], str]:
    """Return the mean of each dataset, and its estimate where there are enough repeats; what units are."""
    means: list[Floats] = []
    estimates: list[Estimate] = []
    unit_name = ""
    for dataset in dict.fromkeys(trial.row["dataset"] for trial in judged):
        own = [trial for trial in judged if trial.row["dataset"] == dataset]
        repeats = sorted({(trial.row["split"], trial.row["start"]) for trial in own})
        # The arms of random are one repeat.
        values = np.array(
            [
                np.mean([measure(t) for t in own if (t.row["split"], t.row["start"]) == repeat], axis=0)
                for repeat in repeats
            ]
        )
        units = find_units(np.array([split for split, _ in repeats], dtype=np.int64))
        means.append(values.mean(axis=0))
        unit_name = units.unit_name
        if (estimate := estimate_mean(values, units)) is not None:
            estimates.append(estimate)
    return means, estimates, unit_name


def _average_regrets(judged: Sequence[JudgedTrial], rule: str) -> RegretCurve:
    means, estimates, _ = _estimate(judged, lambda trial: compute_regrets(trial, rule))
    mean = np.mean(means, axis=0)
    if len(estimates) < len(means):
        return RegretCurve(mean, None, None)
    # A price at a time: where errors differ, so do the degrees of freedom of their mean.
    bounds = [
        compute_t_bounds(average_estimates([Estimate(e.mean[i], e.error[i], e.df) for e in estimates]))
        for i in range(PRICES.size)
    ]
    low, high = np.array(bounds, dtype=np.float64).T
    return RegretCurve(mean, low, high)


def _list_candidates(judged: Sequence[JudgedTrial], regrets: dict[str, RegretCurve]) -> dict[str, Floats]:
    """Return the regrets of rules that end some trial early, and of the whole budget, which others buy."""
    return {
        rule: curve.mean
        for rule, curve in regrets.items()
        if rule == WHOLE_BUDGET or any(trial.find_end(rule) < trial.n_labels.size - 1 for trial in judged)
    }


def _find_best(regrets: dict[str, Floats]) -> Iterator[PriceRange]:
    """Yield ranges of prices with the rule of the least regret; of equal ones the first of the experiment."""
    rules = list(regrets)
    leaders = np.array([regrets[rule] for rule in rules]).argmin(axis=0)
    edges = [0, *(np.flatnonzero(np.diff(leaders)) + 1), PRICES.size]
    for first, after in pairwise(edges):
        # Between two prices the middle, on a log scale.
        low = PRICES[0] if first == 0 else np.sqrt(PRICES[first - 1] * PRICES[first])
        high = PRICES[-1] if after == PRICES.size else np.sqrt(PRICES[after - 1] * PRICES[after])
        yield PriceRange(rules[leaders[first]], float(low), float(high))
