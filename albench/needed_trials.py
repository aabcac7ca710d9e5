"""The trials of a plan that are needed by now: all, or as many repeats as it takes to decide each cell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from albench.planning.agenda import make_agenda
from albench.planning.decisions import decide
from albench.planning.labels import build_trial_labels
from albench.runner.session import Block
from albench.spec.repeats import UntilDecided
from albench.store.folder import ResultsFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    import polars as pl

    from albench.analysis.needed_repeats import CellRepeats
    from albench.planning.plan import Plan, PlannedTrial
    from albench.planning.stream_grid import PlannedStreamTrial, StreamPlan
    from albench.spec.stream_experiment import StreamExperiment

    _Place = tuple[Any, ...]


@dataclass(frozen=True)
class NeededTrials:
    """What of a plan is needed by the results that are there.

    Attributes
    ----------
    by_now : Plan
        Closed cells with their repeats, open ones up to their next look.
    at_most : Plan
        Open cells with all the repeats that they may take.
    cells : tuple of CellRepeats
        Empty where the number of repeats is fixed.
    """

    by_now: Plan
    at_most: Plan
    cells: tuple[CellRepeats, ...] = ()

    def leave_out(self, others: Sequence[ResultsFolder]) -> NeededTrials:
        """Return the same without what need not be run, since other folders have it."""
        keys: set[str] = set()
        for agenda in (make_agenda(self.at_most, other) for other in others):
            keys.update(d.trial.identity.key for d in agenda.decisions if not d.runs)
            references = {reference.identity.key for reference in self.at_most.references}
            keys |= references - {reference.identity.key for reference in agenda.references}
        return replace(self, by_now=_leave_out(self.by_now, keys), at_most=_leave_out(self.at_most, keys))


def find_needed_trials(plan: Plan, *folders: ResultsFolder) -> NeededTrials:
    """Return what of a plan is needed by the results in some folders.

    Parameters
    ----------
    plan : Plan
        With as many repeats as there may be.
    *folders : ResultsFolder
        Each trial is read from the first one that has it.
    """
    if not isinstance(plan.experiment.repeats, UntilDecided):
        return NeededTrials(plan, plan)
    cells = _decide_stream_cells(plan, folders) if plan.is_stream else _decide_cells(plan, folders)
    return NeededTrials(
        _select_splits(plan, {_locate_cell(cell): cell.n_splits for cell in cells}),
        _select_splits(plan, {_locate_cell(cell): cell.n_most for cell in cells}),
        cells,
    )


def select_first_splits(plan: Plan, n_splits: int) -> Plan:
    """Return the first splits of the slice with the first value of each axis."""
    first = plan.trials[0]
    trials = tuple(
        trial
        for trial in plan.trials
        if trial.identity.split_index < n_splits
        and (trial.model, trial.seed_set, trial.oracle) == (first.model, first.seed_set, first.oracle)
        and trial.identity.batches == first.identity.batches
        and trial.preprocessing == first.preprocessing
    )
    smallest: dict[str, int] = {}
    for trial in trials:
        smallest.setdefault(trial.dataset, trial.identity.seed_size)
    trials = tuple(trial for trial in trials if trial.identity.seed_size == smallest[trial.dataset])
    return replace(plan, trials=trials, references=(), skipped=())


def iterate_blocks(plan: Plan, folder: ResultsFolder, *others: ResultsFolder) -> Iterator[Block]:
    """Yield what is needed by now, then what the results of that show to be needed; at last nothing new.

    Where the number of repeats is fixed, all of it is one block.

    Parameters
    ----------
    plan : Plan
        With as many repeats as there may be.
    folder : ResultsFolder
        Where blocks are run.
    *others : ResultsFolder
        Whose results count, too, and are not run again.
    """
    if not isinstance(plan.experiment.repeats, UntilDecided):
        yield Block(plan, plan)
        return
    from albench.narrative.repeats import describe_next_look

    yielded: set[str] = set()
    while True:
        needed = find_needed_trials(plan, folder, *others).leave_out(others)
        whole = needed.by_now
        new = _leave_out(whole, yielded)
        yield Block(new, whole, describe_next_look(needed.cells))
        if not new.trials:
            return
        yielded.update(trial.identity.key for trial in new.trials)
        yielded.update(reference.identity.key for reference in new.references)


def _decide_cells(plan: Plan, folders: Sequence[ResultsFolder]) -> tuple[CellRepeats, ...]:
    """Decide by the trials of a plan that need not be run, and their curves in the primary metric."""
    import polars as pl

    from albench.analysis.needed_repeats import find_needed_repeats
    from albench.store.build_tables import build_curves_table, build_trials_table

    scores = [plan.experiment.primary_metric]
    trials = build_trials_table(
        build_trial_labels(plan), _read_tried(plan, folders, ResultsFolder.read_trials)
    )
    keys = set(trials["key"])
    there = (folder for folder in folders if folder.exists())
    rounds = [folders[0].read_curves((), scores), *(of.read_curves(keys, scores) for of in there)]
    curves = build_curves_table(pl.concat(rounds).unique("key", keep="first"), scores)
    pools = [*{(trial.n_pool, len(trial.classes)): None for trial in plan.trials}]
    return find_needed_repeats(plan.experiment, trials, curves, pools)


def _decide_stream_cells(plan: Plan, folders: Sequence[ResultsFolder]) -> tuple[CellRepeats, ...]:
    from albench.analysis.streams.needed_repeats import find_needed_stream_repeats
    from albench.store.stream_parts import build_stream_trials_table

    parts = _read_tried(plan, folders, ResultsFolder.read_stream_trials)
    trials = build_stream_trials_table(build_trial_labels(plan), parts)
    return find_needed_stream_repeats(cast("StreamExperiment", plan.experiment), trials)


def _read_tried(
    plan: Plan,
    folders: Sequence[ResultsFolder],
    read: Callable[[ResultsFolder, AbstractSet[str]], pl.DataFrame],
) -> pl.DataFrame:
    """Return what of a plan need not be run, each trial from the first folder that has it."""
    import polars as pl

    there = (folder for folder in folders if folder.exists())
    # An empty one gives the columns where nothing was run.
    parts = [read(folders[0], set()), *(read(of, _list_tried(plan, of)) for of in there)]
    return pl.concat(parts).unique("key", keep="first")


def _list_tried(plan: Plan, folder: ResultsFolder) -> set[str]:
    """Return the trials that a run on a folder would not run: those that are done, and those that failed."""
    decisions = decide(plan.trials, folder.read_stored_trials())
    return {decision.trial.identity.key for decision in decisions if not decision.runs}


def _select_splits(plan: Plan, n_splits: Mapping[_Place, int]) -> Plan:
    """Return the first splits of each cell, with their references; of what is skipped, the first one."""
    places = _locate_trials(plan)
    trials = tuple(trial for trial in plan.trials if trial.identity.split_index < n_splits[next(places)])
    splits = {(t.dataset, t.preprocessing, t.model.task.label, t.identity.split_index) for t in trials}
    references = tuple(
        ref
        for ref in plan.references
        if (ref.dataset, ref.preprocessing, ref.model.task.label, ref.identity.split_index) in splits
    )
    skipped = tuple(trial for trial in plan.skipped if trial.identity.split_index == 0)
    return replace(plan, trials=trials, references=references, skipped=skipped)


def _name_seed_sizes(plan: Plan) -> dict[tuple[str, int], str]:
    """Return what the spec calls a seed size, by dataset and labels."""
    pools: dict[str, PlannedTrial] = {}
    for trial in plan.trials:
        smallest = pools.setdefault(trial.dataset, trial)
        if trial.n_pool < smallest.n_pool:
            pools[trial.dataset] = trial
    return {
        (dataset, size.count_labels(trial.n_pool, len(trial.classes))): str(size)
        for dataset, trial in pools.items()
        for size in plan.experiment.seed_sizes
    }


def _locate_trials(plan: Plan) -> Iterator[_Place]:
    """Yield the place of each trial: dataset, strategy, and the labels of its group."""
    if plan.is_stream:
        yield from _locate_stream_trials(cast("StreamPlan", plan))
        return
    sizes = _name_seed_sizes(plan)
    for trial in plan.trials:
        yield (
            trial.dataset,
            trial.strategy.label,
            trial.model.task.label,
            trial.model.query.label,
            sizes[trial.dataset, trial.identity.seed_size],
            trial.seed_set.label,
            trial.identity.batches,
            trial.oracle.label,
            trial.preprocessing,
        )


def _locate_stream_trials(plan: StreamPlan) -> Iterator[_Place]:
    from albench.analysis.streams.evidence.design import describe_design

    design = describe_design(cast("StreamExperiment", plan.experiment))
    names = {pair: design.name_pair(*pair) for pair in design.pairs}
    for trial in cast("tuple[PlannedStreamTrial, ...]", plan.trials):
        yield (
            trial.dataset,
            names[trial.strategy.label, trial.manager.label],
            trial.model.task.label,
            trial.identity.share,
            trial.oracle.label,
            trial.drift.label,
        )


def _locate_cell(cell: CellRepeats) -> _Place:
    return (cell.dataset, cell.strategy, *cell.group.labels.values())


def _leave_out(plan: Plan, keys: AbstractSet[str]) -> Plan:
    return replace(
        plan,
        trials=tuple(trial for trial in plan.trials if trial.identity.key not in keys),
        references=tuple(ref for ref in plan.references if ref.identity.key not in keys),
    )
