"""One run on a results folder: the lock, the refusal to mix environments, the memory of what was asked."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from albench.contracts import Table
    from albench.planning.agenda import Agenda
    from albench.planning.decisions import Rerun
    from albench.planning.grid import Plan
    from albench.runner.driver import Outcome
    from albench.runner.environment import Environments
    from albench.runner.progress import Display
    from albench.store.folder import Folder
    from albench.store.lock import Holder


@dataclass(frozen=True)
class Request:
    """How a plan is carried out.

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
def held(folder: Folder, display: Display | None) -> Iterator[None]:
    """Make a folder and keep other runs off it; while another one is on it, wait and say so."""
    from albench.runner.progress import Silent
    from albench.store.lock import locked

    shown = display or Silent()

    def waits(holder: Holder | None) -> None:
        who = f" ({holder})" if holder else ""
        shown.remark(f"another run works on '{folder.path}'{who}; waiting until it ends")

    with locked(folder.path, waits):
        folder.create()
        if (aside := folder.set_aside()) is not None:
            shown.remark(f"the environments of earlier results could not be read; the file is now '{aside}'")
        yield


def carry_out(
    plan: Plan,
    tables: dict[str, Table],
    folder: Folder,
    request: Request,
    *,
    whole: Plan,
    remembers: bool = True,
) -> Outcome:
    """Run what is missing of a plan in a folder that is held.

    Parameters
    ----------
    plan : Plan
    tables : dict of dataset label to Table
        Emptied once the splits are prepared.
    folder : Folder
    request : Request
    whole : Plan
        Of the experiment, of which ``plan`` may be a part.
    remembers : bool
        Whether the folder remembers the whole as asked for, once it is clear that the run begins.

    Raises
    ------
    MixedEnvironmentsError
        If it would mix environments unasked; nothing is written then.
    """
    from albench.planning.agenda import agenda
    from albench.runner.driver import run_agenda
    from albench.runner.environment import Environments, see_unmixed

    environments = Environments()
    todo = agenda(plan, folder, request.rerun)
    if not request.allow_mixed_environments:
        see_unmixed(todo, whole, environments)
    _describe_again(todo, environments)
    if remembers:
        remember(whole, folder, todo.reasons)
    if request.display is not None:
        for warning in plan.warnings:
            request.display.remark(warning)
    return run_agenda(todo, tables, environments=environments, display=request.display)


def _describe_again(todo: Agenda, environments: Environments) -> None:
    """Describe the environment of stored results that the folder has lost, if it is that of this process."""
    lost = {there.environment for there in todo.stored.values()} - todo.folder.environments().keys()
    for model in todo.plan.experiment.models if lost else ():
        if environments.fingerprint(model) in lost:
            todo.folder.add_environment(environments.described(model))


def remember(plan: Plan, folder: Folder, why: Mapping[str, str]) -> None:
    """Write what the experiment is and asks for, and why trials were to run."""
    import polars as pl

    from albench.spec.resolved import resolved_yaml
    from albench.store.build_tables import LABELS, REFERENCE_LABELS
    from albench.tables import schema

    # Typed, since a shard of a small experiment may be empty.
    of_trials = {name: schema("trials")[name] for name in LABELS}
    of_references = {name: schema("references")[name] for name in REFERENCE_LABELS}
    trials = pl.DataFrame([trial.labels() for trial in plan.trials], schema=of_trials)
    folder.write_text("experiment.yaml", plan.experiment.text)
    folder.write_text("resolved.yaml", resolved_yaml(plan.experiment))
    folder.write_plan(
        trials.with_columns(why=pl.Series([why.get(key) for key in trials["key"]], dtype=pl.String())),
        pl.DataFrame([reference.labels() for reference in plan.references], schema=of_references),
    )
    folder.write_datasets(plan.facts.values())
