"""What is there, what will run and why, its price, and what the statistics will be able to decide."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from albench.contracts import Need
from albench.needed_trials import NeededTrials
from albench.planning.agenda import make_agenda
from albench.planning.first_fits import find_unfit_models
from albench.planning.grid_size import MAX_TRIALS, count_trials
from albench.planning.seed_rows import find_scarce_seeds
from albench.runner.environment import Environments, find_foreign_references, find_foreign_trials
from albench.runner.executors.choose import choose_executor
from albench.runner.price import Price, estimate_price, estimate_repeat_seconds, measure_times
from albench.store.neighbours import describe_neighbours
from albench.text import format_count, format_duration

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.contracts import Table
    from albench.planning.agenda import Agenda
    from albench.planning.decisions import Decision, Rerun
    from albench.planning.plan import Plan
    from albench.runner.price import TrialTimes
    from albench.spec.experiment import Experiment
    from albench.store.folder import ResultsFolder

# Beyond this the wait for a plan would be felt.
LARGE_GRID = 200_000
_GUESS_S = 0.1


@dataclass(frozen=True)
class FewestTrials:
    """What is run before the next look at open cells.

    Attributes
    ----------
    look : str
        Which look it is for, in words.
    """

    n_trials: int
    to_run: int
    price: Price
    look: str


@dataclass(frozen=True)
class Forecast:
    """What a run would do.

    Attributes
    ----------
    axes : dict of str to int
        Length of every axis; their product is the number of trials, but for the arms of random.
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
    at_least : FewestTrials or None
        What is run in any case, where repeats go on until cells are decided; the rest says what is at most.
    repeat_s : mapping of str to float
        CPU seconds of one repeat of all cells of a dataset, by its label; empty where nothing was measured.
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
    at_least: FewestTrials | None = None
    repeat_s: Mapping[str, float] = field(default_factory=dict)

    @property
    def to_run(self) -> int:
        """Trials that would run."""
        return sum(self.reasons.values())


def forecast(
    needed: NeededTrials,
    folder: ResultsFolder,
    tables: Mapping[str, Table],
    *,
    rerun: Rerun = "missing",
    probe: bool = False,
) -> Forecast:
    """Hold what is needed of a plan against what a folder has.

    Parameters
    ----------
    folder : Folder
        Need not exist.
    tables : mapping of dataset label to Table
        If nothing was measured yet, a few rounds of random are run on them.
    probe : bool
        Whether that is a whole trial for each dataset and model.
    """
    plan = needed.at_most
    todo = make_agenda(plan, folder, rerun)
    decisions, pending = todo.decisions, [decision.trial for decision in todo.pending.values()]
    times = measure_times(plan, decisions, folder, tables, probe=probe)
    return Forecast(
        plan=plan,
        axes=plan.experiment.axis_lengths,
        n_trials=len(plan.trials) + len(plan.skipped),
        skipped=plan.count_skipped(),
        reused=sum(decision.action == "reuse" for decision in decisions),
        kept_failed=sum(decision.action == "keep_failed" for decision in decisions),
        reasons=todo.count_reasons(),
        why=todo.reasons,
        price=estimate_price(plan, decisions, times),
        repeat_s=estimate_repeat_seconds(plan, times),
        testable=find_testable(plan),
        warnings=(*plan.warnings, *find_unfit_models(plan, pending), *find_scarce_seeds(plan, pending)),
        foreign=_count_foreign(plan, folder, todo),
        notes=(
            *folder.list_flaws(),
            *todo.notes,
            *describe_neighbours(folder, {trial.identity.key for trial in plan.trials}),
        ),
        at_least=_count_fewest(needed, decisions, times),
    )


def _count_foreign(plan: Plan, folder: ResultsFolder, todo: Agenda) -> dict[str, int]:
    """Count trials and references of other environments, by what differs."""
    environments = Environments()
    foreign = Counter[str]()
    for by_name in (
        find_foreign_trials(plan, todo.stored, environments),
        find_foreign_references(plan, folder, environments),
    ):
        foreign.update({name: len(keys) for name, keys in by_name.items()})
    return dict(sorted(foreign.items()))


def _count_fewest(
    needed: NeededTrials, decisions: Sequence[Decision], times: TrialTimes
) -> FewestTrials | None:
    """Count the trials that are needed whatever comes out; None where the number of repeats is fixed."""
    if not needed.cells:
        return None
    # Most experiments need no sentences here.
    from albench.narrative.repeats import describe_next_look

    plan, keys = needed.at_most, {trial.identity.key for trial in needed.by_now.trials}
    fewest = [decision for decision in decisions if decision.trial.identity.key in keys]
    return FewestTrials(
        n_trials=len(fewest) + len(plan.skipped),
        to_run=sum(decision.runs for decision in fewest),
        price=estimate_price(plan, fewest, times),
        look=describe_next_look(needed.cells),
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
    plan : Plan
        Of the same experiment with one repeat.
    folder : Folder
        Where finished trials tell the price. The rest of them is not compared with the plan.
    probe : bool
        As for :func:`forecast`.
    """
    once = forecast(NeededTrials(plan, plan), folder, tables, rerun="all", probe=probe)
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
        axes=whole.experiment.axis_lengths,
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

    if plan.is_stream:
        return "each strategy with random sampling of as many labels, in the same repeats"
    n = len(plan.experiment.leave_out_pilot_pools().datasets)
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
