"""Comparing an experiment with published numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.api.experiment import (
    RESULTS,
    fetch,
    load_experiment,
    open_folder,
    override_execution,
    plan_experiment,
)
from albench.api.running import read_recorded_keys
from albench.runner.session import RunOptions, execute_blocks, lock_folder
from albench.stream_results import choose_results

if TYPE_CHECKING:
    from pathlib import Path

    from albench.api.experiment import Rerun, Spec
    from albench.planning.plan import Plan
    from albench.runner.progress import Display
    from albench.store.folder import ResultsFolder
    from albench.verification.outcome import Verification


def verify(
    spec: Spec,
    *,
    results: str | Path = RESULTS,
    n_jobs: int | None = None,
    rerun: Rerun = "missing",
    allow_mixed_environments: bool = False,
    display: Display | None = None,
) -> Verification:
    """Compare published numbers with what an experiment gives; only what they speak of is run.

    Datasets that are not in the cache are downloaded.

    Parameters
    ----------
    spec : path, str, mapping or Experiment
        As for :func:`load_experiment`.
        With ``expected``, which names the files of published numbers and how close they must be.
    results : path
        Folder that holds the results folders.
    n_jobs : int, optional
        Worker processes; the spec's unless given, -1 for one per core.
    rerun : {"missing", "failed", "all"}
        As for :func:`run`.
    allow_mixed_environments : bool
        As for :func:`run`.
    display : Display, optional
        Shows the progress.

    Raises
    ------
    SpecError
        If the spec expects nothing.
    DatasetError
        If a file of published numbers cannot be read, names what the experiment lacks, or a row of it speaks
        of several trials.
    """
    from albench.runner.session import Block
    from albench.verification.matching import load_published, match_published
    from albench.verification.outcome import Verification
    from albench.verification.verify import compare_with_published

    files, experiment = load_published(override_execution(load_experiment(spec), n_jobs=n_jobs))
    for _ in fetch(experiment):
        pass
    planned, tables = plan_experiment(experiment)
    rows, chosen = match_published(files, planned)
    folder = open_folder(experiment, results)
    request = RunOptions(rerun, allow_mixed_environments, display)
    with lock_folder(folder, display) as folder:
        new = not was_run_before(chosen, folder)
        block = Block(chosen, planned)
        outcome = execute_blocks([block], tables, folder, request, at_most=planned, writes_experiment=new)
    ran = choose_results(experiment).from_run(chosen.experiment, folder, outcome)
    comparisons = tuple(
        compare_with_published(published, frame, ran) for published, frame in zip(files, rows, strict=True)
    )
    return Verification(comparisons, ran.problems)


def was_run_before(planned: Plan, folder: ResultsFolder) -> bool:
    """Return whether the last run was asked for all of a plan."""
    before = read_recorded_keys(folder)
    keys = {trial.identity.key for trial in planned.trials} | {ref.identity.key for ref in planned.references}
    return before is not None and keys <= before
