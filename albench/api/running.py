"""Running an experiment, or one trial of it."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING

from albench.api.experiment import RESULTS, load_experiment, open_folder, override_execution, plan_experiment
from albench.api.shard import select_part, uses_whole
from albench.errors import FailedTrialsWarning, ResultsError
from albench.runner.session import RunOptions, execute_blocks, lock_folder
from albench.spec.experiment import refuse_streams
from albench.stream_results import choose_results, read_results

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from albench.api.experiment import Backend, Rerun, Spec
    from albench.planning.plan import Plan
    from albench.results import Results
    from albench.runner.progress import Display
    from albench.runner.session import Block
    from albench.store.folder import ResultsFolder
    from albench.trial.records import ReferenceRecord, TrialRecord

    Debugged = TrialRecord | ReferenceRecord


def run(
    spec: Spec,
    *,
    results: str | Path = RESULTS,
    n_jobs: int | None = None,
    rerun: Rerun = "missing",
    only: str | None = None,
    shard: str | None = None,
    backend: Backend | None = None,
    scheduler: str | None = None,
    allow_mixed_environments: bool = False,
    display: Display | None = None,
) -> Results:
    """Run what is missing of an experiment; every finished trial is on disk at once.

    Parameters
    ----------
    spec : path, str, mapping or Experiment
        As for :func:`load_experiment`.
    results : path
        Folder that holds the results folders.
    n_jobs : int, optional
        Worker processes; the spec's unless given, -1 for one per core.
    rerun : {"missing", "failed", "all"}
        ``missing`` keeps what failed before; ``failed`` tries it again; ``all`` runs everything again and
        sees that nothing differs.
    only : str, optional
        Key of the one trial or reference that is run, again if it is there, or the first signs of it.
    shard : str, optional
        ``3/40`` runs the third of forty parts of the experiment, in a results folder of its own,
        ``NAME.shards/03-of-40``, for :func:`merge`. What the results folder of the whole holds is left out.
    backend : {"loky", "dask", "inline"}, optional
        The spec's unless given.
    scheduler : str, optional
        Address of a Dask scheduler; a cluster on this machine unless given.
    allow_mixed_environments : bool
        Whether trials may be computed beside stored ones of another environment.
    display : Display, optional
        Shows the progress; in a notebook there is one unless given, elsewhere nothing is shown.

    Returns
    -------
    Results
        Tables, the answer (``print`` it) and the page, which ``report()`` writes.

    Raises
    ------
    MixedEnvironmentsError
        If trials would be computed beside stored ones of another environment, and that is not allowed.

    Warns
    -----
    FailedTrialsWarning
        If trials failed or are missing, unless a ``display`` was given, which shows them.
    """
    from albench.runner.notebook_display import open_notebook_display

    has_display, display = display is not None, display or open_notebook_display()
    if display is not None:
        display.show_phase("reading data")
    experiment = override_execution(
        load_experiment(spec), n_jobs=n_jobs, backend=backend, scheduler=scheduler
    )
    planned, tables = plan_experiment(experiment)
    whole = folder = open_folder(experiment, results)
    if shard is not None:
        planned, folder = select_part(planned, folder, shard, rerun)
    elif display is not None:
        _show_neighbours(planned, folder, display)
    others = (whole,) if uses_whole(experiment, shard, rerun) else ()
    request = RunOptions("all" if only is not None else rerun, allow_mixed_environments, display)
    with lock_folder(folder, display) as folder:
        new = only is None or read_recorded_keys(folder) is None
        blocks = _iterate_blocks(planned, folder, only, others)
        outcome = execute_blocks(blocks, tables, folder, request, at_most=planned, writes_experiment=new)
    ran = choose_results(experiment).from_run(planned.experiment, folder, outcome)
    if not has_display and (ran.problems or (only is None and ran.n_missing)):
        failures = ran.describe_failures()[0]
        warnings.warn(f"{failures}; print(results) says why", FailedTrialsWarning, stacklevel=2)
    if new:
        return ran
    # The folder keeps the experiment that it was asked for, which the spec may no longer be.
    recorded = read_results(planned.experiment, folder, import_user_code=True)
    return replace(recorded, failed=ran.failed, problems=ran.problems, stopped=ran.stopped)


def _iterate_blocks(
    planned: Plan, folder: ResultsFolder, only: str | None, others: Sequence[ResultsFolder]
) -> Iterable[Block]:
    """Return what is run at a time: all that is needed, or the one trial or reference of a key."""
    from albench.needed_trials import find_needed_trials, iterate_blocks
    from albench.planning.agenda import restrict_to_key
    from albench.runner.session import Block

    if only is None:
        return iterate_blocks(planned, folder, *others)
    return [Block(restrict_to_key(planned, only, folder), find_needed_trials(planned, folder).by_now)]


def _show_neighbours(planned: Plan, folder: ResultsFolder, display: Display) -> None:
    """Say where trials of a plan are stored already under another name."""
    from albench.store.neighbours import describe_neighbours

    for note in describe_neighbours(folder, {trial.identity.key for trial in planned.trials}):
        display.show_note(note)


def run_first_repeats(
    spec: Spec, n_splits: int, *, results: str | Path = RESULTS, display: Display | None = None
) -> Results:
    """Run the first splits of the primary slice alone; they are trials of the experiment, and kept.

    Parameters
    ----------
    spec : path, str, mapping or Experiment
        As for :func:`load_experiment`.
    n_splits : int
    results : path
        Folder that holds the results folders.
    display : Display, optional
        Shows the progress.
    """
    from albench.needed_trials import find_needed_trials, select_first_splits
    from albench.runner.session import Block

    experiment = load_experiment(spec)
    refuse_streams(experiment, "spreads that are measured are", "run it instead")
    planned, tables = plan_experiment(experiment)
    with lock_folder(open_folder(experiment, results), display) as folder:
        block = Block(select_first_splits(planned, n_splits), find_needed_trials(planned, folder).by_now)
        # What follows says the notes of the plan, a run as well as a forecast.
        new, request = read_recorded_keys(folder) is None, RunOptions(display=display, shows_notes=False)
        outcome = execute_blocks([block], tables, folder, request, at_most=planned, writes_experiment=new)
    return choose_results(experiment).from_run(experiment, folder, outcome)


def read_recorded_keys(folder: ResultsFolder) -> set[str] | None:
    """Return the keys that the last run was asked for; None where none was, or it cannot be read any more."""
    try:
        return {key for table in folder.read_plan() for key in table["key"]}
    except ResultsError:
        return None


def debug(spec: Spec, key: str, *, results: str | Path = RESULTS) -> Debugged:
    """Run one trial or reference in this process, within its limits; whatever goes wrong in it is raised.

    Nothing is written.

    Parameters
    ----------
    spec : path, str, mapping or Experiment
        As for :func:`load_experiment`.
    key : str
        Of the trial or the reference, or the first signs of it.
    results : path
        Folder that holds the results folders.

    Raises
    ------
    SpecError
        If the experiment asks for nothing with that key.
    """
    from albench.planning.agenda import restrict_to_key
    from albench.runner.foreground import run_in_foreground

    experiment = load_experiment(spec)
    planned, tables = plan_experiment(experiment)
    folder = open_folder(experiment, results)
    return run_in_foreground(restrict_to_key(planned, key, folder), tables, folder)
