"""The Python door: everything that the command line does, without printing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from albench.errors import ResultsError
from albench.results import Results
from albench.store.folder import Folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.contracts import Table
    from albench.datasets.gathering import Fetched
    from albench.forecast import Forecast
    from albench.planning import Plan
    from albench.runner.display import Display
    from albench.spec.experiment import Experiment

Rerun = Literal["missing", "failed", "all"]
RESULTS = Path("results")


def load_experiment(path: str | Path) -> Experiment:
    """Read an experiment file, with the modules that it names.

    Raises
    ------
    SpecError
        With all mistakes at once, each at its line and column.
    """
    from albench.spec.read import load_experiment as load

    return load(Path(path), import_user_code=True)


def plan(
    spec: Experiment | str | Path,
    *,
    results: str | Path = RESULTS,
    rerun: Rerun = "missing",
    probe: bool = False,
) -> Forecast:
    """Say what a run would do, why, for what price, and what its statistics could decide.

    Parameters
    ----------
    spec : Experiment or path
    results : path
        Folder that holds the results folders.
    rerun : {"missing", "failed", "all"}
    probe : bool
        Measure one fit of every model on every dataset for the price.
    """
    from albench.forecast import forecast

    experiment = _experiment(spec)
    planned, tables = _planned(experiment)
    return forecast(planned, _folder(experiment, results), rerun=rerun, tables=tables if probe else None)


def run(
    spec: Experiment | str | Path,
    *,
    results: str | Path = RESULTS,
    n_jobs: int | None = None,
    rerun: Rerun = "missing",
    display: Display | None = None,
) -> Results:
    """Run what is missing of an experiment; every finished trial is on disk at once.

    Parameters
    ----------
    spec : Experiment or path
    results : path
        Folder that holds the results folders.
    n_jobs : int, optional
        Worker processes; the spec's unless given, -1 for one per core.
    rerun : {"missing", "failed", "all"}
        ``missing`` keeps what failed before; ``failed`` tries it again; ``all`` runs everything again and
        sees that nothing differs.
    display : Display, optional
        Shows the progress.
    """
    import polars as pl

    from albench.runner.run import run_plan
    from albench.spec.resolved import resolved_yaml

    experiment = _experiment(spec)
    if n_jobs is not None:
        experiment = replace(experiment, execution=replace(experiment.execution, n_jobs=n_jobs))
    planned, tables = _planned(experiment)
    folder = _folder(experiment, results)
    folder.create()
    folder.write_text("experiment.yaml", experiment.text)
    folder.write_text("resolved.yaml", resolved_yaml(experiment))
    folder.write_plan(
        pl.DataFrame([trial.labels() for trial in planned.trials], infer_schema_length=None),
        pl.DataFrame([reference.labels() for reference in planned.references], infer_schema_length=None),
    )
    folder.write_datasets(planned.facts.values())
    if display is not None:
        for warning in planned.warnings:
            display.remark(warning)
    outcome = run_plan(planned, tables, folder, rerun=rerun, display=display)
    return Results(experiment, folder, outcome.failed, tuple(outcome.problems))


def fetch(spec: Experiment | str | Path) -> Iterator[Fetched]:
    """Download the datasets of an experiment that are not in the cache, one after the other.

    Parameters
    ----------
    spec : Experiment or path

    Yields
    ------
    Fetched
        One a dataset: its label, and whether it was downloaded just now.

    Raises
    ------
    DatasetError
        At the end, if downloads failed, with all of them.
    """
    from albench.datasets.gathering import fetch_datasets

    yield from fetch_datasets(_experiment(spec))


def open_results(spec: Experiment | str | Path, *, results: str | Path = RESULTS) -> Results:
    """Open what a run has left, finished or not.

    Raises
    ------
    ResultsError
        If nothing was run.
    """
    experiment = _experiment(spec)
    folder = _folder(experiment, results)
    if not folder.exists():
        raise ResultsError(f"nothing was run yet: '{folder.path}' is not there; `albench run` makes it")
    return Results(experiment, folder)


def _experiment(spec: Experiment | str | Path) -> Experiment:
    return load_experiment(spec) if isinstance(spec, str | Path) else spec


def _folder(experiment: Experiment, results: str | Path) -> Folder:
    return Folder(Path(results) / experiment.name)


def _planned(experiment: Experiment) -> tuple[Plan, dict[str, Table]]:
    from albench.datasets.gathering import known_facts, load_tables
    from albench.planning import make_plan

    tables = load_tables(experiment)
    return make_plan(experiment, known_facts(experiment, tables)), tables
