"""One run on a results folder: the lock, the refusal to mix environments, the experiment that is stored."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from albench.errors import ResultsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from albench.contracts import Table
    from albench.planning.agenda import Agenda
    from albench.planning.decisions import Rerun
    from albench.planning.grid import Plan
    from albench.runner.driver import Outcome
    from albench.runner.environment import Environments
    from albench.runner.progress import Display
    from albench.spec.experiment import Experiment
    from albench.store.declarations import Declaration
    from albench.store.folder import ResultsFolder
    from albench.store.lock import LockHolder


@dataclass(frozen=True)
class RunOptions:
    """How a plan is executed.

    Attributes
    ----------
    rerun : {"missing", "failed", "all"}
    allow_mixed_environments : bool
        Whether trials may be computed beside stored ones of another environment.
    display : Display or None
    """

    rerun: Rerun = "missing"
    allow_mixed_environments: bool = False
    display: Display | None = field(default=None, compare=False)


@contextmanager
def lock_folder(folder: ResultsFolder, display: Display | None) -> Iterator[ResultsFolder]:
    """Make a folder and keep other runs off it; while another one is on it, wait and say so.

    Parameters
    ----------
    folder : ResultsFolder
    display : Display or None

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
        for note in folder.create():
            active_display.show_note(note)
        if (file := folder.set_aside_damaged_environments()) is not None:
            note = f"the environments of earlier results could not be read; the file is now '{file}'"
            active_display.show_note(note)
        yield replace(folder, flaws={})


def execute_plan(
    plan: Plan,
    tables: dict[str, Table],
    folder: ResultsFolder,
    options: RunOptions,
    *,
    whole: Plan,
    writes_experiment: bool = True,
) -> Outcome:
    """Run what is missing of a plan in a folder that is locked.

    Parameters
    ----------
    plan : Plan
    tables : dict of dataset label to Table
        Emptied once the splits are prepared.
    folder : ResultsFolder
    options : RunOptions
    whole : Plan
        Of the experiment, of which ``plan`` may be a part.
    writes_experiment : bool
        Whether the whole is stored as what the folder is asked for, once it is clear that the run begins.

    Raises
    ------
    MixedEnvironmentsError
        If it would mix environments unasked; nothing is written then.
    """
    from albench.planning.agenda import make_agenda
    from albench.runner.driver import run_agenda
    from albench.runner.environment import Environments, refuse_mixed_environments

    environments = Environments()
    agenda = make_agenda(plan, folder, options.rerun)
    if not options.allow_mixed_environments:
        refuse_mixed_environments(agenda, whole, environments)
    _restore_environments(agenda, environments)
    agenda.file_under_code()
    if writes_experiment:
        n_finished = sum(trial.status == "done" for trial in agenda.stored.values())
        declarations = _list_declarations(folder, n_finished)
        write_experiment(whole, folder, agenda.reasons)
        _add_declaration(whole.experiment, folder, declarations, n_finished)
    if options.display is not None:
        skipped = [f"{n:,} trials are skipped: {reason}" for reason, n in plan.count_skipped().items()]
        for note in (*plan.warnings, *skipped, *agenda.notes):
            options.display.show_note(note)
    return run_agenda(agenda, tables, environments=environments, display=options.display)


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

    new = declare(
        resolve_experiment(experiment),
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

    from albench.spec.resolved import render_resolved
    from albench.store.parts import REFERENCE_LABELS, TRIAL_LABELS
    from albench.tables import SKIPPED, build_schema

    # Typed, since a shard of a small experiment may be empty.
    trial_schema = {name: build_schema("trials")[name] for name in TRIAL_LABELS}
    reference_schema = {name: build_schema("references")[name] for name in REFERENCE_LABELS}
    trials = pl.DataFrame([trial.to_row() for trial in plan.trials], schema=trial_schema)
    if plan.skipped:
        rows = [
            {
                **trial.to_row(),
                SKIPPED: trial.skipped,
                "n_pool": trial.n_pool,
                "n_classes": len(trial.classes),
            }
            for trial in plan.skipped
        ]
        trials = pl.concat([trials, pl.DataFrame(rows)], how="diagonal_relaxed")
    folder.write_text("experiment.yaml", plan.experiment.text)
    folder.write_text("resolved.yaml", render_resolved(plan.experiment))
    folder.write_plan(
        trials.with_columns(why=pl.Series([reasons.get(key) for key in trials["key"]], dtype=pl.String())),
        pl.DataFrame([reference.to_row() for reference in plan.references], schema=reference_schema),
    )
    folder.write_datasets(plan.facts.values())
