"""A first price of trials on streams: the first rows of each dataset, for as many cells as a second allows.

What is tried unasked is what :mod:`albench.runner.short_trials` tries, and classifiers of River.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np

from albench.errors import OverTimeError
from albench.planning.costs import estimate_trial_work
from albench.runner.process_state import isolate_state
from albench.runner.progress import get_cell
from albench.runner.short_trials import is_known
from albench.runner.stream_jobs import build_stream_task
from albench.stream.data import make_stream_data
from albench.stream.trial import run_stream_trial
from albench.trial.limits import NO_LIMITS, Limits, enforce_limits
from albench.trial.warning_records import record_warnings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from albench.contracts import Table
    from albench.planning.plan import Plan
    from albench.planning.stream_grid import PlannedStreamTrial
    from albench.runner.progress import Cell

ROWS = 150
_CPU_S = 1.0
_TRIAL_S = 1.5


def run_short_streams(plan: Plan, tables: Mapping[str, Table]) -> dict[str, tuple[float, float]]:
    """Return what a trial of each cell would take, by key, from its first rows, until the time is used up."""
    seconds: dict[str, tuple[float, float]] = {}
    begin = time.process_time()
    for trial in _iterate_cells(plan):
        if seconds and time.process_time() - begin > _CPU_S:
            break
        if is_known([trial.model.task.component.identity(), *_list_identities(trial)]):
            short = replace(trial, n_pool=min(trial.n_pool, ROWS))
            measured = _measure(short, tables[trial.dataset], Limits(timeout=_TRIAL_S))
            if measured is not None:
                facts = plan.facts[trial.dataset]
                scale = estimate_trial_work(trial, facts) / estimate_trial_work(short, facts)
                seconds[trial.identity.key] = measured[0] * scale, measured[1] * scale
    return seconds


def measure_whole_streams(plan: Plan, tables: Mapping[str, Table]) -> dict[str, tuple[float, float]]:
    """Run one trial for every dataset and model; return their CPU and wall seconds, by key."""
    chosen: dict[tuple[str, str], PlannedStreamTrial] = {}
    for trial in _iterate_cells(plan):
        chosen.setdefault((trial.dataset, trial.model.label), trial)
    measured = {
        trial.identity.key: _measure(trial, tables[trial.dataset], NO_LIMITS) for trial in chosen.values()
    }
    return {key: seconds for key, seconds in measured.items() if seconds is not None}


def _iterate_cells(plan: Plan) -> Iterator[PlannedStreamTrial]:
    """Yield a trial of each dataset, model and strategy, what is least work first, each model in turn."""
    first: dict[Cell, PlannedStreamTrial] = {}
    for trial in plan.trials:
        first.setdefault(get_cell(trial), cast("PlannedStreamTrial", trial))
    turns: dict[str, int] = {}
    places = {}
    for cell, trial in sorted(
        first.items(), key=lambda item: estimate_trial_work(item[1], plan.facts[item[1].dataset])
    ):
        turns[trial.model.label] = turns.get(trial.model.label, -1) + 1
        places[cell] = turns[trial.model.label]
    yield from (first[cell] for cell in sorted(places, key=places.__getitem__))


def _list_identities(trial: PlannedStreamTrial) -> list[dict[str, object]]:
    components = (trial.strategy, trial.manager, trial.oracle, trial.drift)
    return [entry.component.identity() for entry in components]


def _measure(trial: PlannedStreamTrial, table: Table, limits: Limits) -> tuple[float, float] | None:
    """Return the CPU and wall seconds of a trial on its first rows; None where it fails: a run says why."""
    n_rows = trial.identity.n_start + trial.n_pool
    if n_rows < table.n_rows:
        table = table.select_rows(np.arange(n_rows))
    started = time.perf_counter()
    try:
        with isolate_state(), record_warnings(), enforce_limits(limits):
            data = make_stream_data(table, trial.identity.dataset)
            outcome = run_stream_trial(data, build_stream_task(trial).make_trial())
    except (Exception, OverTimeError):  # noqa: BLE001 - a plan must be there for any data
        return None
    return outcome.cpu_s + outcome.random_cpu_s, time.perf_counter() - started
