"""What is there, what will run and why, its price, and what the statistics will be able to decide."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from itertools import chain
from statistics import median
from typing import TYPE_CHECKING

from albench.contracts import Need
from albench.planning.agenda import make_agenda
from albench.planning.costs import estimate_trial_work
from albench.planning.first_fits import find_unfit_models
from albench.planning.sizes import MAX_TRIALS, count_trials
from albench.runner.environment import Environments, find_foreign_references, find_foreign_trials
from albench.runner.executors.choose import choose_executor
from albench.store.folder import TRIAL
from albench.store.neighbours import describe_neighbours
from albench.store.parts import COST_COLUMNS, CPU_COLUMNS
from albench.text import format_count, format_duration, list_quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.contracts import Table
    from albench.planning.decisions import Decision, Rerun
    from albench.planning.grid import Plan
    from albench.spec.experiment import Experiment
    from albench.store.folder import ResultsFolder

    Seconds = Mapping[str, tuple[float, float]]
    """CPU and wall seconds of trials, by key."""

# Beyond this the wait for a plan would be felt.
LARGE_GRID = 200_000
_GUESS_S = 0.1


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
class Forecast:
    """What a run would do.

    Attributes
    ----------
    axes : dict of str to int
        Length of every axis; their product is the number of trials, but for the arms of random.
    reused, kept_failed : int
    reasons : dict of str to int
        Why trials run, and how many for that reason.
    testable : str
        What the statistics will be able to decide, in words.
    warnings : tuple of str
        What a user should know about the data.
    why : mapping of str to str
        The same for each trial that runs, by key.
    foreign : mapping of str to int
        Fingerprints of other environments, and how many stored trials and references were computed
        in each.
    notes : tuple of str
        What a user should know of the results folder.
    skipped : mapping of str to int
        Why trials of the grid are not run, and how many for that reason.
    """

    plan: Plan = field(repr=False)
    axes: dict[str, int]
    n_trials: int
    reused: int
    kept_failed: int
    reasons: dict[str, int]
    price: Price
    testable: str
    warnings: tuple[str, ...] = field(default=())
    why: Mapping[str, str] = field(default_factory=dict, repr=False)
    foreign: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    skipped: Mapping[str, int] = field(default_factory=dict)

    @property
    def to_run(self) -> int:
        """Trials that would run."""
        return sum(self.reasons.values())


def forecast(
    plan: Plan,
    folder: ResultsFolder,
    tables: Mapping[str, Table],
    *,
    rerun: Rerun = "missing",
    probe: bool = False,
) -> Forecast:
    """Hold a plan against what a folder has.

    Parameters
    ----------
    plan : Plan
    folder : Folder
        Need not exist.
    tables : mapping of dataset label to Table
        If nothing was measured yet, a few rounds of random are run on them.
    rerun : {"missing", "failed", "all"}
    probe : bool
        Whether that is a whole trial for each dataset and model.
    """
    todo = make_agenda(plan, folder, rerun)
    decisions = todo.decisions
    environments = Environments()
    foreign = Counter[str]()
    for by_name in (
        find_foreign_trials(plan, todo.stored, environments),
        find_foreign_references(plan, folder, environments),
    ):
        foreign.update({name: len(keys) for name, keys in by_name.items()})
    return Forecast(
        plan=plan,
        axes=_count_axes(plan),
        n_trials=len(plan.trials) + len(plan.skipped),
        skipped=plan.count_skipped(),
        reused=sum(decision.action == "reuse" for decision in decisions),
        kept_failed=sum(decision.action == "keep_failed" for decision in decisions),
        reasons=todo.count_reasons(),
        why=todo.reasons,
        price=_price(plan, decisions, folder, tables, probe=probe),
        testable=find_testable(plan),
        warnings=(*plan.warnings, *find_unfit_models(plan, (d.trial for d in todo.pending.values()))),
        foreign=dict(sorted(foreign.items())),
        notes=(
            *folder.list_flaws(),
            *todo.notes,
            *describe_neighbours(folder, {trial.identity.key for trial in plan.trials}),
        ),
    )


def forecast_by_repeat(
    experiment: Experiment,
    plan: Plan,
    folder: ResultsFolder,
    tables: Mapping[str, Table],
    *,
    probe: bool = False,
) -> Forecast:
    """Price a grid that is too large to be expanded: as if all of its repeats were run, by the first of them.

    Parameters
    ----------
    experiment : Experiment
    plan : Plan
        Of the same experiment with one repeat.
    folder : Folder
        Where finished trials tell the price. The rest of them is not compared with the plan.
    tables : mapping of dataset label to Table
    probe : bool
        As for :func:`forecast`.
    """
    once = forecast(plan, folder, tables, rerun="all", probe=probe)
    whole = replace(plan, experiment=experiment)
    n, n_repeats = count_trials(experiment), experiment.repeats.total
    workers = choose_executor(experiment.execution, n).n_workers
    price = replace(
        once.price,
        cpu_s=None if once.price.cpu_s is None else once.price.cpu_s * n_repeats,
        wall_s=None if once.price.wall_s is None else once.price.trial_s * n_repeats / workers,
    )
    notes = [f"more than {LARGE_GRID:,} trials: priced by one repeat, and not compared with what is stored"]
    if price.cpu_s is None:
        notes.append(f"if a trial takes {_GUESS_S} s, it is {format_duration(n * _GUESS_S)} of CPU")
    if n > MAX_TRIALS:
        notes.append(f"`run` takes at most {MAX_TRIALS:,} trials")
    return replace(
        once,
        plan=whole,
        axes=_count_axes(whole),
        n_trials=n,
        reused=0,
        kept_failed=0,
        reasons={"not compared with what is stored": n},
        why={},
        price=price,
        warnings=(*once.warnings, *notes),
    )


def find_testable(plan: Plan) -> str:
    """Say whether contrasts to random can be significant with so many datasets."""
    from albench.analysis.stats.significance import can_be_tested, compute_smallest_p

    n = len(plan.experiment.datasets)
    components = [entry.component for entry in plan.experiment.strategies]
    m = sum(not component.arms and Need.TRUTH not in component.required() for component in components)
    if m == 0:
        return "nothing to test: there is no strategy to compare with random"
    contrasts = f"{format_count(m, 'contrast')} to random over {format_count(n, 'dataset')}"
    reachable = min(compute_smallest_p(n) * m, 1)
    if can_be_tested(n, m):
        return f"{contrasts}: smallest reachable Holm p = {reachable:.2g}"
    needed = next(k for k in range(n, 64) if can_be_tested(k, m))
    bar = f"smallest reachable Holm p = {reachable:.2g}; {needed} datasets are needed"
    return (
        f"{contrasts}: cannot be tested with {format_count(n, 'dataset')} ({bar}). "
        "Each dataset still gets its own interval over the repeats."
    )


def _count_axes(plan: Plan) -> dict[str, int]:
    experiment = plan.experiment
    return {
        "datasets": len(experiment.datasets),
        "models": len(experiment.models),
        "strategies": len(experiment.strategies),
        "seed sizes": len(experiment.seed_sizes),
        "seed sets": len(experiment.seed_sets),
        "batch sizes": len(experiment.batch_sizes),
        "oracles": len(experiment.oracles),
        "preprocessings": len(experiment.preprocessing_labels),
        "repeats": experiment.repeats.total,
    }


def _price(
    plan: Plan,
    decisions: tuple[Decision, ...],
    folder: ResultsFolder,
    tables: Mapping[str, Table],
    *,
    probe: bool,
) -> Price:
    pending = [decision for decision in decisions if decision.runs]
    if not pending:
        return Price(0.0, 0.0, "nothing to run")
    seconds = _read_measured_times(plan, folder)
    source = f"the {len(seconds)} finished trials here"
    if seconds:
        return _estimate_price(plan, pending, seconds, source)
    if probe:
        from albench.runner.foreground import measure_random_trials

        seconds = measure_random_trials(plan, tables)
        return _estimate_price(plan, pending, seconds, f"{len(seconds)} trials run to measure")
    return _estimate_first_price(plan, pending, folder, tables)


def _estimate_first_price(
    plan: Plan, pending: list[Decision], folder: ResultsFolder, tables: Mapping[str, Table]
) -> Price:
    """Price trials by a few rounds that are run now, where that takes a moment."""
    from albench.runner.short_trials import ROUNDS, estimate_seconds, run_short_trials

    tried = run_short_trials(plan, tables, folder)
    if not tried.of_random:
        return Price(
            None, None, "no model here is tried unasked; `albench plan --probe` runs a trial of each"
        )
    n_pairs = len({(decision.trial.dataset, decision.trial.model.label) for decision in pending})
    some = "" if len(tried.of_random) >= n_pairs else f"{len(tried.of_random)} of "
    pairs = f"{some}{format_count(n_pairs, 'pair')} of dataset and model"
    source = f"{ROUNDS} rounds on {pairs}, run just now: rough, to a factor of 3"
    slow = f"; more, as {list_quoted(tried.slow, 'and')} took too long to be tried" if tried.slow else ""
    return _estimate_price(plan, pending, estimate_seconds(plan, tried), f"{source}{slow}")


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


def _estimate_price(plan: Plan, pending: list[Decision], seconds: Seconds, source: str) -> Price:
    """Price every pending trial: the cell's own seconds a unit of work, else the model's, else all."""
    rates: dict[tuple[str, ...], list[tuple[float, float]]] = defaultdict(list)
    work = {
        trial.identity.key: estimate_trial_work(trial, plan.facts[trial.dataset]) for trial in plan.trials
    }
    for trial in plan.trials:
        key = trial.identity.key
        if key in seconds:
            cpu_s, wall_s = seconds[key]
            for level in _relax_cells(trial.dataset, trial.model.label, trial.strategy.label):
                rates[level].append((cpu_s / work[key], wall_s / work[key]))
    medians = {level: tuple(map(median, zip(*values, strict=True))) for level, values in rates.items()}
    costs: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for decision in pending:
        names = (decision.trial.dataset, decision.trial.model.label, decision.trial.strategy.label)
        cpu_rate, wall_rate = next(medians[level] for level in _relax_cells(*names) if level in medians)
        units = work[decision.trial.identity.key]
        costs[" x ".join(names)].append((cpu_rate * units, wall_rate * units))
    cpu_total, wall_total = (sum(each) for each in zip(*chain(*costs.values()), strict=True))
    workers = choose_executor(plan.experiment.execution, len(pending)).n_workers
    walls = ((name, median(wall_s for _, wall_s in values)) for name, values in costs.items())
    slowest = sorted(walls, key=lambda x: -x[1])[:3]
    return Price(cpu_total, wall_total / workers, source, tuple(slowest), wall_total)


def _relax_cells(dataset: str, model: str, strategy: str) -> tuple[tuple[str, ...], ...]:
    return (dataset, model, strategy), (dataset, model), (model,), ()
