"""What is there, what will run and why, its price, and what the statistics will be able to decide."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from albench.contracts import Need
from albench.planning.agenda import make_agenda
from albench.planning.costs import estimate_trial_work
from albench.runner.environment import Environments, find_foreign_references, find_foreign_trials
from albench.runner.executors.choose import choose_executor
from albench.store.folder import TRIAL
from albench.text import format_count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.contracts import Table
    from albench.planning.decisions import Decision, Rerun
    from albench.planning.grid import Plan
    from albench.store.folder import ResultsFolder


@dataclass(frozen=True)
class Price:
    """What the rest will cost.

    Attributes
    ----------
    cpu_s : float or None
        CPU seconds; None where nothing was measured.
    wall_s : float or None
        The same over the workers.
    source : str
        Where the estimate comes from, in words.
    slowest : tuple of (str, float)
        The most expensive cells and their seconds a trial.
    """

    cpu_s: float | None
    wall_s: float | None
    source: str
    slowest: tuple[tuple[str, float], ...] = ()


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

    @property
    def to_run(self) -> int:
        """Trials that would run."""
        return sum(self.reasons.values())


def forecast(
    plan: Plan, folder: ResultsFolder, *, rerun: Rerun = "missing", tables: Mapping[str, Table] | None = None
) -> Forecast:
    """Hold a plan against what a folder has.

    Parameters
    ----------
    plan : Plan
    folder : Folder
        Need not exist.
    rerun : {"missing", "failed", "all"}
    tables : mapping of dataset label to Table, optional
        If given and nothing was measured yet, one trial of random is run for each dataset and model.
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
        n_trials=len(plan.trials),
        reused=sum(decision.action == "reuse" for decision in decisions),
        kept_failed=sum(decision.action == "keep_failed" for decision in decisions),
        reasons=todo.count_reasons(),
        why=todo.reasons,
        price=_price(plan, decisions, folder, tables),
        testable=find_testable(plan),
        warnings=plan.warnings,
        foreign=dict(sorted(foreign.items())),
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
        "repeats": experiment.repeats.total,
    }


def _price(
    plan: Plan, decisions: tuple[Decision, ...], folder: ResultsFolder, tables: Mapping[str, Table] | None
) -> Price:
    pending = [decision for decision in decisions if decision.runs]
    if not pending:
        return Price(0.0, 0.0, "nothing to run")
    seconds = _read_measured_times(plan, folder)
    source = f"the {len(seconds)} finished trials here"
    if not seconds and tables is not None:
        from albench.runner.foreground import measure_random_trials

        seconds = measure_random_trials(plan, tables)
        source = f"{len(seconds)} trials run to measure"
    if not seconds:
        return Price(
            None, None, "nothing was measured yet; `albench plan --probe` runs one trial a dataset and model"
        )
    return _estimate_price(plan, pending, seconds, source)


def _read_measured_times(plan: Plan, folder: ResultsFolder) -> dict[str, float]:
    """Return wall seconds of finished trials of this plan, by key."""
    import polars as pl

    if not folder.exists():
        return {}
    keys = {trial.identity.key for trial in plan.trials}
    schema = {"key": pl.String(), "status": pl.String(), "wall_s": pl.Float64()}
    rows = folder.read_columns(TRIAL, keys, schema).filter(pl.col("status") == "done")
    return dict(zip(rows["key"], rows["wall_s"], strict=True))


def _estimate_price(plan: Plan, pending: list[Decision], seconds: dict[str, float], source: str) -> Price:
    """Price every pending trial: the cell's own seconds a unit of work, else the model's, else all."""
    rates: dict[tuple[str, ...], list[float]] = defaultdict(list)
    work = {
        trial.identity.key: estimate_trial_work(trial, plan.facts[trial.dataset]) for trial in plan.trials
    }
    for trial in plan.trials:
        if trial.identity.key in seconds:
            rate = seconds[trial.identity.key] / work[trial.identity.key]
            for level in _relax_cells(trial.dataset, trial.model.label, trial.strategy.label):
                rates[level].append(rate)
    medians = {level: median(values) for level, values in rates.items()}
    cost: dict[str, list[float]] = defaultdict(list)
    for decision in pending:
        names = (decision.trial.dataset, decision.trial.model.label, decision.trial.strategy.label)
        rate = next(medians[level] for level in _relax_cells(*names) if level in medians)
        cost[" x ".join(names)].append(rate * work[decision.trial.identity.key])
    total = sum(sum(values) for values in cost.values())
    workers = choose_executor(plan.experiment.execution, len(pending)).n_workers
    slowest = sorted(((name, median(values)) for name, values in cost.items()), key=lambda x: -x[1])[:3]
    return Price(total, total / workers, source, tuple(slowest))


def _relax_cells(dataset: str, model: str, strategy: str) -> tuple[tuple[str, ...], ...]:
    return (dataset, model, strategy), (dataset, model), (model,), ()
