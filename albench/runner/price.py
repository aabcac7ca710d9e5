"""What the trials that will run cost, by what others took."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from statistics import median
from typing import TYPE_CHECKING

from albench.planning.costs import estimate_trial_work
from albench.runner.executors.choose import choose_executor
from albench.runner.progress import get_cell
from albench.store.folder import TRIAL
from albench.store.parts import COST_COLUMNS, CPU_COLUMNS
from albench.text import format_count, list_quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.contracts import Table
    from albench.planning.decisions import Decision
    from albench.planning.plan import Plan, PlannedTrial
    from albench.store.folder import ResultsFolder

    Seconds = Mapping[str, tuple[float, float]]
    """CPU and wall seconds of trials, by key."""


@dataclass(frozen=True)
class Price:
    """What the rest will cost.

    Attributes
    ----------
    cpu_s : float or None
        CPU seconds of fits, queries and scoring; None where nothing was measured.
    wall_s : float or None
        Seconds on the clock, over the workers.
    source : str
        Where the estimate comes from, in words.
    slowest : tuple of (str, float)
        The most expensive cells and their seconds on the clock a trial.
    trial_s : float
        Seconds on the clock of all trials together, as if one worker ran them.
    """

    cpu_s: float | None
    wall_s: float | None
    source: str
    slowest: tuple[tuple[str, float], ...] = ()
    trial_s: float = 0.0


@dataclass(frozen=True)
class TrialTimes:
    """What some trials of a plan took, or would take.

    Attributes
    ----------
    seconds : mapping of str to (float, float)
        CPU and wall seconds, by key; none where nothing was measured.
    """

    seconds: Seconds
    source: str


def measure_times(
    plan: Plan,
    decisions: Sequence[Decision],
    folder: ResultsFolder,
    tables: Mapping[str, Table],
    *,
    probe: bool,
) -> TrialTimes:
    """Return the times of trials that have finished; of a few that are run now where none has, but some will.

    Parameters
    ----------
    probe : bool
        Whether a whole trial is run for each dataset and model where none has finished.
    """
    seconds = _read_measured_times(plan, folder)
    pending = [decision for decision in decisions if decision.runs]
    if seconds or not pending:
        return TrialTimes(seconds, f"the {len(seconds)} finished trials here")
    if plan.is_stream:
        return _measure_streams(plan, pending, tables, probe=probe)
    if probe:
        from albench.runner.foreground import measure_random_trials

        seconds = measure_random_trials(plan, tables)
        return TrialTimes(seconds, f"{len(seconds)} trials run to measure")
    return _run_short_trials(plan, pending, folder, tables)


def estimate_price(plan: Plan, decisions: Sequence[Decision], times: TrialTimes) -> Price:
    """Price the trials that will run: the cell's own seconds a unit of work, else the model's, else all."""
    pending = [decision.trial for decision in decisions if decision.runs]
    if not pending:
        return Price(0.0, 0.0, "nothing to run")
    if not times.seconds:
        return Price(None, None, times.source)
    costs: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for trial, cost in zip(pending, _estimate_costs(plan, pending, times.seconds), strict=True):
        costs[" x ".join(get_cell(trial))].append(cost)
    cpu_total, wall_total = (sum(each) for each in zip(*chain(*costs.values()), strict=True))
    workers = choose_executor(plan.experiment.execution, len(pending)).n_workers
    walls = ((name, median(wall_s for _, wall_s in values)) for name, values in costs.items())
    slowest = sorted(walls, key=lambda x: -x[1])[:3]
    return Price(cpu_total, wall_total / workers, times.source, tuple(slowest), wall_total)


def estimate_repeat_seconds(plan: Plan, times: TrialTimes) -> dict[str, float]:
    """Return the CPU seconds of one repeat of all cells of each dataset; none where nothing was measured."""
    first = [trial for trial in plan.trials if (trial.identity.split_index, trial.identity.start) == (0, 0)]
    if not times.seconds:
        return {}
    seconds: dict[str, float] = defaultdict(float)
    for trial, (cpu_s, _) in zip(first, _estimate_costs(plan, first, times.seconds), strict=True):
        seconds[trial.dataset] += cpu_s
    return dict(seconds)


def _run_short_trials(
    plan: Plan, pending: list[Decision], folder: ResultsFolder, tables: Mapping[str, Table]
) -> TrialTimes:
    """Measure trials by a few rounds that are run now, where that takes a moment."""
    from albench.runner.short_trials import ROUNDS, estimate_seconds, get_place, run_short_trials

    tried = run_short_trials(plan, tables, folder)
    if not tried.of_random:
        return TrialTimes({}, "no model here is tried unasked; `albench plan --probe` runs a trial of each")
    n_pairs = len({(get_place(decision.trial), decision.trial.model.label) for decision in pending})
    some = "" if len(tried.of_random) >= n_pairs else f"{len(tried.of_random)} of "
    pairs = f"{some}{format_count(n_pairs, 'pair')} of dataset and model"
    source = f"{ROUNDS} rounds on {pairs}, run just now: rough, to a factor of 3"
    slow = f"; more, as {list_quoted(tried.slow, 'and')} took too long to be tried" if tried.slow else ""
    return TrialTimes(estimate_seconds(plan, tried), f"{source}{slow}")


def _measure_streams(
    plan: Plan, pending: list[Decision], tables: Mapping[str, Table], *, probe: bool
) -> TrialTimes:
    """Measure trials on streams by their first rows, or whole ones if that is asked for."""
    from albench.runner.short_streams import ROWS, measure_whole_streams, run_short_streams

    if probe:
        seconds = measure_whole_streams(plan, tables)
        return TrialTimes(seconds, f"{format_count(len(seconds), 'trial')} run to measure")
    seconds = run_short_streams(plan, tables)
    if not seconds:
        return TrialTimes({}, "nothing here is tried unasked; `albench plan --probe` runs a trial of each")
    n_cells = len({get_cell(decision.trial) for decision in pending})
    some = "" if len(seconds) >= n_cells else f"{len(seconds)} of "
    cells = f"{some}{format_count(n_cells, 'cell')}"
    return TrialTimes(seconds, f"{ROWS} rows of {cells}, run just now: rough, to a factor of 3")


def _read_measured_times(plan: Plan, folder: ResultsFolder) -> Seconds:
    """Return CPU and wall seconds of finished trials of this plan, by key."""
    import polars as pl

    if not folder.exists():
        return {}
    keys = {trial.identity.key for trial in plan.trials}
    schema: dict[str, pl.DataType] = {"key": pl.String(), "status": pl.String()}
    schema |= dict.fromkeys(COST_COLUMNS, pl.Float64())
    rows = folder.read_columns(TRIAL, keys, schema).filter(pl.col("status") == "done")
    rows = rows.select("key", pl.sum_horizontal(CPU_COLUMNS), "wall_s")
    return {key: (cpu_s, wall_s) for key, cpu_s, wall_s in rows.iter_rows()}


def _estimate_costs(
    plan: Plan, trials: Sequence[PlannedTrial], seconds: Seconds
) -> list[tuple[float, float]]:
    """Return CPU and wall seconds of each trial."""
    rates: dict[tuple[str, ...], list[tuple[float, float]]] = defaultdict(list)
    work = {
        trial.identity.key: estimate_trial_work(trial, plan.facts[trial.dataset]) for trial in plan.trials
    }
    for trial in plan.trials:
        key = trial.identity.key
        if key in seconds:
            cpu_s, wall_s = seconds[key]
            for level in _relax_cells(*get_cell(trial)):
                rates[level].append((cpu_s / work[key], wall_s / work[key]))
    medians = {level: tuple(map(median, zip(*values, strict=True))) for level, values in rates.items()}
    costs = []
    for trial in trials:
        cpu_rate, wall_rate = next(
            medians[level] for level in _relax_cells(*get_cell(trial)) if level in medians
        )
        units = work[trial.identity.key]
        costs.append((cpu_rate * units, wall_rate * units))
    return costs


def _relax_cells(dataset: str, model: str, strategy: str) -> tuple[tuple[str, ...], ...]:
    return (dataset, model, strategy), (dataset, model), (model,), ()
