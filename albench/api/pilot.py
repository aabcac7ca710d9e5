"""A pilot of a file or of a table in memory: the experiment that is written for it, and its run."""

from __future__ import annotations

import shlex
import time as clock
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from albench.api.experiment import RESULTS, load_experiment, override_execution
from albench.api.planning import plan
from albench.api.running import run, run_first_repeats
from albench.errors import DatasetError, SpecError
from albench.runner.progress import SilentDisplay
from albench.text import format_duration, quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.contracts import Table
    from albench.pilot.spec_text import LabelledFile, PilotSpec
    from albench.results import Results
    from albench.runner.progress import Display

_FEWEST, _MOST = 3, 20  # repeats: with an interval; beyond, splits are not what is uncertain
_FIRST = 2  # repeats by which the others are priced
_ENOUGH = 5  # repeats that a slow model must leave time for
_PAGE_S = 15.0
_GROWTH = 2
TIME_S = 180.0


def run_pilot(
    data: Any,
    target: str,
    *,
    file: str | Path | None = None,
    spec: str | Path | None = None,
    budget: int | None = None,
    time_s: float = TIME_S,
    read: Mapping[str, Any] | None = None,
    results: str | Path = RESULTS,
    n_jobs: int | None = None,
    display: Display | None = None,
) -> Results:
    """Say what more labels of a table would give, by the rows that have one; an experiment is written for it.

    Parameters
    ----------
    data : path, DataFrame or mapping of str to array
        A file, or a table in memory, which is written into ``file``.
    target : str
        Column that holds the class, and nothing in rows without a label.
    file : path, optional
        Where a table in memory is written, for good: labels are written into it.
    spec : path, optional
        Experiment file that is written; named as the file, in this folder, unless given.
    budget : int, optional
        Labels in all; as ``albench pilot`` chooses them unless given.
    time_s : float
        What it may take.
    read : mapping, optional
        How the file is read, as a dataset of an experiment says it: ``{"drop": ["notes"]}``.
    results : path
        Folder that holds the results folders.
    n_jobs : int, optional
        Worker processes; one per core unless given.
    display : Display, optional
        As for :func:`run`.

    Returns
    -------
    Results
        ``print`` says the answer, and what to do next.

    Raises
    ------
    DatasetError
        If the table cannot be read or written, or its labelled rows allow no pilot.
    SpecError
        If another experiment file is there, or the budget cannot be.
    """
    if not isinstance(data, str | Path):
        if file is None:
            raise DatasetError(
                "a table in memory needs a file, which labels are written into: file='mine.parquet'"
            )
        from albench.datasets.files.frames import write_table

        data = write_table(data, file)
    from albench.runner.notebook_display import open_notebook_display

    # One bar for the first repeats and the others.
    display = display or open_notebook_display()
    path = Path(data)
    spec = name_spec(path) if spec is None else Path(spec)
    write_pilot(
        path,
        target,
        spec,
        budget=budget,
        time_s=time_s,
        read=read,
        results=results,
        n_jobs=n_jobs,
        display=display,
    )
    return run(spec, results=results, n_jobs=n_jobs, display=display)


def name_spec(file: Path) -> Path:
    """Return the experiment file of a pilot of a file."""
    return Path(f"{file.name.removesuffix('.gz').rpartition('.')[0]}.yaml")


def write_pilot(
    file: Path,
    target: str,
    spec: Path,
    *,
    budget: int | None = None,
    time_s: float = TIME_S,
    read: Mapping[str, Any] | None = None,
    results: str | Path = RESULTS,
    n_jobs: int | None = None,
    dry_run: bool = False,
    display: Display | None = None,
) -> None:
    """Write the experiment of a pilot, and run its first repeats, by which the number of repeats is chosen.

    Parameters are those of :func:`run_pilot`; with ``dry_run`` nothing is run. An experiment that is there
    already, and differs in its repeats alone, stays as it is.
    """
    from albench.pilot.read_file import read_labelled_file

    begin, display = clock.monotonic(), display or SilentDisplay()
    display.show_phase(f"reading {file.name}")
    labelled, table = read_labelled_file(file, target, read or {}, spec.parent)
    for column in labelled.columns:
        display.show_note(f"column {quote(column.name)}: {column.reason}, declared under '{column.setting}'")
    display.show_phase("choosing what is run")
    budget = _choose_budget(labelled, table, budget)
    draft = _draft_spec(labelled, table, spec, budget, time_s, results, n_jobs, dry_run=dry_run)
    if _write_spec(draft, spec, display) and not dry_run:
        _fit_repeats(draft, spec, begin, results, n_jobs, display)


def _choose_budget(file: LabelledFile, table: Table, budget: int | None) -> int:
    n_labelled, rest = table.n_rows, table.unlabelled
    n_rows = n_labelled + (0 if rest is None else rest.n_rows)
    # What the study of the method followed: as many labels again, of at most half of the rows without one.
    advised = n_labelled + min(n_labelled, max((n_rows - n_labelled) // 2, 1))
    if budget is None:
        return advised
    if budget <= n_labelled:
        text = f"{n_labelled:,} rows of {file.path} have a label already: {budget:,} in all are no more"
    elif budget > n_rows:
        text = f"{file.path} has {n_rows:,} rows: there cannot be {budget:,} labels in all"
    else:
        return budget
    raise SpecError(f"{text}; a budget can be {advised:,}")


def _draft_spec(
    file: LabelledFile,
    table: Table,
    spec: Path,
    budget: int,
    time_s: float,
    results: str | Path,
    n_jobs: int | None,
    *,
    dry_run: bool,
) -> PilotSpec:
    """Return the spec for a file, with the first model that leaves time for enough repeats."""
    from albench.pilot.choices import choose_models
    from albench.pilot.design import design_pilot
    from albench.pilot.spec_text import PilotSpec

    repeats = design_pilot(table.n_rows, len(table.classes)).repeats
    models = choose_models(table)
    for model in models:
        # As many as in the study of the method, until the first ones have told what they take.
        draft = PilotSpec(spec.stem, file, table, budget, model, repeats, time_s)
        if not dry_run and model is models[-1]:
            break
        affordable = int((time_s - _PAGE_S) / _price_repeat(draft, spec, results, n_jobs))
        draft = replace(draft, repeats=min(max(affordable, _FEWEST), _MOST))
        if affordable >= _ENOUGH:
            break
    return draft


def _price_repeat(draft: PilotSpec, spec: Path, results: str | Path, n_jobs: int | None) -> float:
    """Return about how many seconds on the clock a repeat takes, by a few rounds that are run now."""
    from albench.pilot.spec_text import render_spec
    from albench.runner.executors.choose import choose_executor
    from albench.spec.read import load_experiment_text

    text = render_spec(draft)
    experiment = override_execution(
        load_experiment_text(text, folder=spec.parent, name=spec.stem), n_jobs=n_jobs
    )
    forecast = plan(experiment, results=results)
    workers = choose_executor(experiment.execution, forecast.n_trials).n_workers
    return sum(forecast.repeat_s.values()) / workers


def _write_spec(draft: PilotSpec, spec: Path, display: Display) -> bool:
    """Write the spec, unless it is there; say whether it is new."""
    from albench.pilot.spec_text import is_same_but_repeats, render_spec
    from albench.spec.template import write_schema

    text = render_spec(draft)
    if spec.exists():
        if is_same_but_repeats(spec.read_text(encoding="utf-8"), text):
            return False
        raise SpecError(
            f"'{spec}' is there already, and is another experiment: "
            f"`{shlex.join(['albench', 'run', str(spec)])}` runs it; "
            "to write this one, name another file for it (--output, or spec=)"
        )
    spec.parent.mkdir(parents=True, exist_ok=True)
    spec.write_text(text, encoding="utf-8")
    write_schema(spec.parent)
    display.show_note(f"wrote {spec}: {draft.describe()}")
    return True


def _fit_repeats(
    draft: PilotSpec, spec: Path, begin: float, results: str | Path, n_jobs: int | None, display: Display
) -> None:
    """Run the first repeats, and let the spec ask for as many as the rest of the time allows."""
    from albench.pilot.spec_text import write_repeats

    start = clock.monotonic()
    experiment = override_execution(load_experiment(spec), n_jobs=n_jobs)
    run_first_repeats(experiment, _FIRST, results=results, display=display)
    repeat_s = (clock.monotonic() - start) / _FIRST
    left = draft.time_s - (clock.monotonic() - begin) - _PAGE_S
    repeats = min(max(_FIRST + int(left / repeat_s), _FEWEST), _MOST)
    text = spec.read_text(encoding="utf-8")
    spec.write_text(write_repeats(text, repeats, draft.time_s), encoding="utf-8")
    display.show_note(f"{repeats} repeats, {format_duration(repeat_s)} each")
