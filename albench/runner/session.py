"""One run on a results folder: the lock, the refusal to mix environments, the experiment that is stored."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from albench.errors import ResultsError
from albench.spec.repeats import UntilDecided
from albench.text import limit_notes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from albench.contracts import Table
    from albench.planning.agenda import Agenda
    from albench.planning.decisions import Rerun
    from albench.planning.plan import Plan
    from albench.runner.environment import Environments
    from albench.runner.outcome import Outcome
    from albench.runner.progress import Display
    from albench.spec.experiment import Experiment
    from albench.store.declarations import Declaration
    from albench.store.folder import ResultsFolder
    from albench.store.lock import LockHolder


@dataclass(frozen=True)
class Block:
    """Trials that are run together.

    Attributes
    ----------
    plan : Plan
        What is looked at, and run as far as it is missing.
    whole : Plan
        What the experiment asks for by now, which the folder keeps as its plan.
    look : str
        Which look at open cells it is for, in words; empty where the number of repeats is fixed.
    """

    plan: Plan
    whole: Plan
    look: str = ""


@dataclass(frozen=True)
class RunOptions:
    """How a plan is executed.

    Attributes
    ----------
    allow_mixed_environments : bool
        Whether trials may be computed beside stored ones of another environment.
    shows_notes : bool
        Whether the display says what a user should know of the plan.
    """

    rerun: Rerun = "missing"
    allow_mixed_environments: bool = False
    display: Display | None = field(default=None, compare=False)
    shows_notes: bool = field(default=True, compare=False)


@contextmanager
def lock_folder(folder: ResultsFolder, display: Display | None) -> Iterator[ResultsFolder]:
    """Make a folder and keep other runs off it; while another one is on it, wait and say so.

    Yields
    ------
    ResultsFolder
        The same without what cannot be used, which is set aside.
    """
    from albench.runner.progress import SilentDisplay
    from albench.store.lock import hold_lock

    active_display = display or SilentDisplay()

    def report_wait(holder: LockHolder | None) -> None:
        process = f" ({holder})" if holder else ""
        active_display.show_note(f"another run works on '{folder.path}'{process}; waiting until it ends")

    with hold_lock(folder.path, report_wait):
        for note in limit_notes(folder.create()):
            active_display.show_note(note)
        if (file := folder.set_aside_damaged_environments()) is not None:
            note = f"the environments of earlier results could not be read; the file is now '{file}'"
            active_display.show_note(note)
        yield replace(folder, flaws={})


def execute_blocks(
    blocks: Iterable[Block],
    tables: dict[str, Table],
    folder: ResultsFolder,
    options: RunOptions,
    *,
    at_most: Plan,
    writes_experiment: bool = True,
) -> Outcome:
    """Run what is missing of some blocks, one after the other, in a folder that is locked.

    Parameters
    ----------
    blocks : iterable of Block
        The next one is asked for when the results of the last one are on disk.
    tables : dict of dataset label to Table
        Emptied once the splits are prepared, where the number of repeats is fixed.
    at_most : Plan
        With all trials that the experiment may come to ask for.
    writes_experiment : bool
        Whether the whole is stored as what the folder is asked for, once it is clear that the run begins.

    Raises
    ------
    MixedEnvironmentsError
        If it would mix environments unasked; nothing is written then.
    """
    from albench.runner.driver import run_agendas
    from albench.runner.environment import Environments

    environments, n_jobs = Environments(), None
    if isinstance(at_most.experiment.repeats, UntilDecided):
        n_jobs = len(at_most.trials) + len(at_most.references)
    agendas = _iterate_agendas(
        blocks, folder, options, environments, at_most=at_most, writes_experiment=writes_experiment
    )
    return run_agendas(agendas, tables, n_jobs=n_jobs, environments=environments, display=options.display)


def _iterate_agendas(
    blocks: Iterable[Block],
    folder: ResultsFolder,
    options: RunOptions,
    environments: Environments,
    *,
    at_most: Plan,
    writes_experiment: bool,
) -> Iterator[Agenda]:
    """Yield the agenda of each block, with the experiment as it then is on disk."""
    from albench.planning.agenda import make_agenda
    from albench.runner.environment import refuse_mixed_environments

    reasons: dict[str, str] = {}
    for n, block in enumerate(blocks):
        agenda = replace(make_agenda(block.plan, folder, options.rerun), look=block.look)
        reasons |= agenda.reasons
        is_first = n == 0
        if is_first and not options.allow_mixed_environments:
            refuse_mixed_environments(agenda, at_most, environments)
        _restore_environments(agenda, environments)
        agenda.file_under_code()
        if writes_experiment:
            n_finished = sum(trial.status == "done" for trial in agenda.stored.values())
            declarations = _list_declarations(folder, n_finished) if is_first else []
            write_experiment(block.whole, folder, reasons)
            if is_first:
                _add_declaration(block.whole.experiment, folder, declarations, n_finished)
        if is_first and options.shows_notes and options.display is not None:
            _show_notes(agenda, options.display)
        yield agenda


def _show_notes(agenda: Agenda, display: Display) -> None:
    skipped = [f"{n:,} trials are skipped: {reason}" for reason, n in agenda.plan.count_skipped().items()]
    for note in (*agenda.plan.warnings, *skipped, *agenda.notes):
        display.show_note(note)


def _restore_environments(agenda: Agenda, environments: Environments) -> None:
    """Describe the environment of stored results that the folder has lost, if it is that of this process."""
    fingerprints = {trial.environment for trial in agenda.stored.values()}
    lost_fingerprints = fingerprints - agenda.folder.read_environments().keys()
    described = [environments.describe_job(trial) for trial in agenda.plan.trials if lost_fingerprints]
    by_fingerprint = {str(environment["fingerprint"]): environment for environment in described}
    for fingerprint in sorted(lost_fingerprints & by_fingerprint.keys()):
        agenda.folder.add_environment(by_fingerprint[fingerprint])


def _list_declarations(folder: ResultsFolder, n_finished: int) -> list[Declaration]:
    """Return what earlier runs have declared; nothing if it cannot be read any more."""
    from albench.store.declarations import declare

    try:
        declarations = folder.read_declarations()
        if declarations or not n_finished:
            return declarations
        # A run of an early version: what it declared is there, but not when.
        labels = folder.read_labels()[0]
        return [declare(folder.read_resolved(), strategies=labels["strategy"], datasets=labels["dataset"])]
    except ResultsError:
        return []


def _add_declaration(
    experiment: Experiment, folder: ResultsFolder, declarations: list[Declaration], n_finished: int
) -> None:
    """Keep what the spec declares of its analysis, and how many results were there by then."""
    from albench.spec.resolved import resolve_experiment
    from albench.store.declarations import add_declaration, declare

    resolved = resolve_experiment(experiment)
    if experiment.pilot.budget:
        # As many as there is time for, by the first of them: no choice that was made after a look at results.
        resolved = {**resolved, "repeats": None}
    new = declare(
        resolved,
        strategies=(entry.label for entry in experiment.strategies),
        datasets=(entry.label for entry in experiment.datasets),
        since=datetime.now(UTC).isoformat(sep=" ", timespec="seconds"),
        n_finished=n_finished,
    )
    every = add_declaration(declarations, new)
    if every != declarations:
        folder.write_declarations(every)


def write_experiment(plan: Plan, folder: ResultsFolder, reasons: Mapping[str, str]) -> None:
    """Write what the experiment is and asks for, and why trials were to run."""
    import polars as pl

    from albench.planning.labels import build_reference_labels, build_trial_labels
    from albench.spec.resolved import render_resolved

    trials = build_trial_labels(plan)
    folder.write_text("experiment.yaml", plan.experiment.text)
    folder.write_text("resolved.yaml", render_resolved(plan.experiment))
    folder.write_plan(
        trials.with_columns(why=pl.Series([reasons.get(key) for key in trials["key"]], dtype=pl.String())),
        build_reference_labels(plan),
    )
    folder.write_datasets(plan.facts.values())
