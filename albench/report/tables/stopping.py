"""Tables of stopping rules: what they cost, as the page prints it, and where each stops in each trial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.narrative.stopping import format_price
from albench.report.figures.stopping import build_regret_panels
from albench.report.html.numbers import format_level, format_signed
from albench.tables import build_schema
from albench.text import MINUS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import polars as pl

    from albench.analysis.evidence.cells import Interval
    from albench.analysis.evidence.stopping import RuleCost, StoppingEvidence
    from albench.analysis.judged_trials import JudgedTrial
    from albench.report.figures.common import FigurePanel


@dataclass(frozen=True)
class StopLine:
    """A rule on the page.

    Attributes
    ----------
    stops : str
        In how many of the trials it stops.
    best_at : str
        Prices at which it has the least regret; empty if there are none.
    """

    cost: RuleCost
    stops: str
    n_labels: str
    too_many: str
    too_many_span: str
    lost: str
    lost_span: str
    best_at: str


@dataclass(frozen=True)
class StoppingContext:
    """What the section on stopping is filled with.

    Attributes
    ----------
    stop_lines : tuple of StopLine
        With the strategy of the answer, means over the datasets.
    stop_groups : tuple of (str, tuple of StopLine)
        The same for every strategy and dataset, under its words.
    """

    stop_lines: tuple[StopLine, ...]
    stop_groups: tuple[tuple[str, tuple[StopLine, ...]], ...]
    stop_panels: tuple[FigurePanel, ...]


def build_stopping_context(stopping: StoppingEvidence, metric: str) -> StoppingContext:
    """Return what the section is filled with."""
    return StoppingContext(
        stop_lines=build_stop_lines(stopping, stopping.strategy),
        stop_groups=build_stop_groups(stopping),
        stop_panels=build_regret_panels(stopping, metric),
    )


def build_stop_lines(stopping: StoppingEvidence, strategy: str, dataset: str = "") -> tuple[StopLine, ...]:
    """Return a line for each rule with a strategy, on one dataset or over all of them."""
    costs = (stopping.find_cost(rule, strategy, dataset) for rule in stopping.rules)
    is_main = strategy == stopping.strategy and not dataset
    return tuple(
        _build_line(cost, _describe_best(stopping, cost.rule) if is_main else "") for cost in costs if cost
    )


def build_stop_groups(stopping: StoppingEvidence) -> tuple[tuple[str, tuple[StopLine, ...]], ...]:
    """Return the lines of every strategy, over the datasets and on each of them."""
    keys = dict.fromkeys((cost.strategy, cost.dataset) for cost in stopping.costs)
    n_datasets = len({cost.dataset for cost in stopping.costs}) - 1
    return tuple(
        (f"{strategy} on {dataset}" if dataset else f"{strategy}, mean over {n_datasets} datasets", lines)
        for strategy, dataset in keys
        if dataset or n_datasets > 1
        if (lines := build_stop_lines(stopping, strategy, dataset))
    )


def _describe_best(stopping: StoppingEvidence, rule: str) -> str:
    ranges = [each for each in stopping.best if each.rule == rule]
    return ", ".join(f"{format_price(each.low)} to {format_price(each.high)}" for each in ranges)


def _build_line(cost: RuleCost, best_at: str) -> StopLine:
    return StopLine(
        cost=cost,
        stops=f"{cost.n_stopped} of {cost.n_trials}",
        n_labels=f"{cost.n_labels:,.0f}",
        too_many=_format_labels(cost.labels_too_many),
        too_many_span=_format_span(cost.labels_interval, _format_labels),
        lost=format_level(cost.metric_lost) if cost.metric_lost >= 0 else format_signed(cost.metric_lost),
        lost_span=_format_span(cost.metric_interval, format_level),
        best_at=best_at,
    )


def _format_span(interval: Interval | None, form: Callable[[float], str]) -> str:
    return f"[{form(interval.low)}, {form(interval.high)}]" if interval else "no interval"


def _format_labels(number: float) -> str:
    return f"{number:+,.0f}".replace("-", MINUS) if round(number) else "0"


def build_stops_table(judged: Sequence[JudgedTrial]) -> pl.DataFrame:
    """Return one row a trial and a rule."""
    import polars as pl

    rows = [row for trial in judged for row in _list_rows(trial)]
    return pl.DataFrame(rows, schema=build_schema("stops"), orient="row").sort("key", "rule")


def _list_rows(trial: JudgedTrial) -> Iterator[tuple[Any, ...]]:
    for rule, stop in trial.stops.items():
        at_stop: tuple[Any, ...] = (None, None, None)
        if stop is not None:
            level = float(trial.levels[stop])
            at_stop = int(trial.rounds[stop]), int(trial.n_labels[stop]), None if np.isnan(level) else level
        hindsight: tuple[Any, ...] = (None, None)
        against: tuple[Any, ...] = (None, None)
        if not trial.unjudged:
            best = trial.hindsight
            hindsight = int(trial.n_labels[best]), float(trial.levels[best])
            if stop is not None:
                against = trial.count_labels(rule) - hindsight[0], trial.compute_loss(rule)
        reason = "; ".join(filter(None, (trial.unmet.get(rule), trial.unjudged))) or None
        paid = trial.n_validation[rule]
        yield (trial.row["key"], rule, *at_stop, paid, *hindsight, *against, reason)
