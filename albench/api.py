"""The Python door: everything that the command line does, without printing."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from albench.errors import FailedTrialsWarning, ResultsError
from albench.runner.session import RunOptions, execute_blocks, lock_folder
from albench.spec.experiment import StreamExperiment, refuse_streams
from albench.spec.repeats import Repeats, UntilDecided
from albench.store.folder import ResultsFolder
from albench.stream_results import choose_results

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from albench.contracts import Strategy, Table
    from albench.datasets.of_experiment import Fetched
    from albench.forecast import Forecast
    from albench.labelling.answers import CheckedAnswers
    from albench.labelling.proposal import Proposal
    from albench.planning.plan import Plan
    from albench.results import Results
    from albench.runner.progress import Display
    from albench.spec.experiment import Experiment
    from albench.trial.records import ReferenceRecord, TrialRecord
    from albench.verification import Verification

    Debugged = TrialRecord | ReferenceRecord
    Spec = Experiment | str | Path | Mapping[str, Any]

Rerun = Literal["missing", "failed", "all"]
Backend = Literal["loky", "dask", "inline"]
RESULTS = Path("results")


def load_experiment(spec: Spec) -> Experiment:
    """Read an experiment, with the modules that it names.

    Parameters
    ----------
    spec : path, str, mapping or Experiment
        The path of a YAML file, its text, or a dict of the same shape. A ``str`` of several lines, or one
        that begins with ``{``, is text. Relative paths in a file start from its folder, others from the
        working directory. An experiment without a ``name`` is called as its file, or else ``experiment``:
        that is its folder within ``results``, where what is the same for a changed spec is found again.

    Raises
    ------
    SpecError
        With all mistakes at once, each at its line and column; in a dict, at its key (``strategies[2]``).
    """
    from albench.spec.experiment import Experiment
    from albench.spec.read import load_experiment as load_file
    from albench.spec.read import load_experiment_text

    if isinstance(spec, Experiment):
        return spec
    if isinstance(spec, Path) or (isinstance(spec, str) and not _is_yaml(spec)):
        return load_file(Path(spec), import_user_code=True)
    return load_experiment_text(spec)


def _is_yaml(text: str) -> bool:
    """Say whether a text is that of a spec rather than a path."""
    return "\n" in text or text.lstrip().startswith("{")


def plan(
    spec: Spec,
    *,
    results: str | Path = RESULTS,
    rerun: Rerun = "missing",
    probe: bool = False,
    shard: str | None = None,
) -> Forecast:
    """Say what a run would do, why, for what price, and what its statistics could decide.

    A grid of more than 200,000 trials is not expanded: its price is that of one repeat, times the repeats.

    Parameters
    ----------
    spec : path, str, mapping or Experiment
        As for :func:`load_experiment`.
    results : path
        Folder that holds the results folders.
    rerun : {"missing", "failed", "all"}
    probe : bool
        Run one trial of random for every dataset and model, and keep nothing of it, to measure the price,
        instead of a few rounds; where trials have finished here, the price comes from them.
    shard : str, optional
        As for :func:`run`.
    """
    from albench.forecast import LARGE_GRID, forecast, forecast_by_repeat
    from albench.needed_trials import find_needed_trials
    from albench.planning.sizes import count_trials

    experiment = load_experiment(spec)
    if shard is None and count_trials(experiment) > LARGE_GRID:
        once = replace(experiment, repeats=Repeats(splits=1))
        planned, tables = _make_plan(once)
        folder = _open_folder(experiment, results)
        return forecast_by_repeat(experiment, planned, folder, tables, probe=probe)
    planned, tables = _make_plan(experiment)
    whole = folder = _open_folder(experiment, results)
    if shard is not None:
        planned, folder = _select_shard(planned, folder, shard, rerun)
    others = (whole,) if _uses_whole(experiment, shard, rerun) else ()
    needed = find_needed_trials(planned, folder, *others).leave_out(others)
    return forecast(needed, folder, tables, rerun=rerun, probe=probe)


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
    from albench.needed_trials import find_needed_trials, iterate_blocks
    from albench.planning.agenda import restrict_to_key as chosen_from
    from albench.runner.blocks import Block
    from albench.runner.notebook_display import open_notebook_display

    has_display, display = display is not None, display or open_notebook_display()
    if display is not None:
        display.show_phase("reading data")
    experiment = _override_execution(
        load_experiment(spec), n_jobs=n_jobs, backend=backend, scheduler=scheduler
    )
    planned, tables = _make_plan(experiment)
    whole = folder = _open_folder(experiment, results)
    if shard is not None:
        planned, folder = _select_shard(planned, folder, shard, rerun)
    request = RunOptions(rerun, allow_mixed_environments, display)
    if shard is None and display is not None:
        from albench.store.neighbours import describe_neighbours

        for note in describe_neighbours(folder, {trial.identity.key for trial in planned.trials}):
            display.show_note(note)
    with lock_folder(folder, display) as folder:
        new = only is None or _read_asked_keys(folder) is None
        if only is None:
            others = (whole,) if _uses_whole(experiment, shard, rerun) else ()
            blocks = iterate_blocks(planned, folder, *others)
            outcome = execute_blocks(blocks, tables, folder, request, at_most=planned)
        else:
            block = Block(chosen_from(planned, only), find_needed_trials(planned, folder).by_now)
            again = replace(request, rerun="all")
            outcome = execute_blocks([block], tables, folder, again, at_most=planned, writes_experiment=new)
    ran = choose_results(experiment).from_run(planned.experiment, folder, outcome)
    if not has_display and (ran.problems or (only is None and ran.n_missing)):
        failures = ran.describe_failures()[0]
        warnings.warn(f"{failures}; print(results) says why", FailedTrialsWarning, stacklevel=2)
    if new:
        return ran
    # The folder keeps the experiment that it was asked for, which the spec may no longer be.
    recorded = choose_results(experiment).from_folder(planned.experiment, folder, import_user_code=True)
    return replace(ran, experiment=recorded.experiment, differences=recorded.differences)


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
    from albench.runner.blocks import Block

    experiment = load_experiment(spec)
    refuse_streams(experiment, "spreads that are measured are")
    planned, tables = _make_plan(experiment)
    with lock_folder(_open_folder(experiment, results), display) as folder:
        block = Block(select_first_splits(planned, n_splits), find_needed_trials(planned, folder).by_now)
        new, request = _read_asked_keys(folder) is None, RunOptions(display=display)
        outcome = execute_blocks([block], tables, folder, request, at_most=planned, writes_experiment=new)
    return choose_results(experiment).from_run(experiment, folder, outcome)


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
    planned, tables = _make_plan(experiment)
    return run_in_foreground(restrict_to_key(planned, key), tables, _open_folder(experiment, results))


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
    from albench.runner.blocks import Block
    from albench.verification import Verification, compare_with_published, load_published, match_published

    files, experiment = load_published(_override_execution(load_experiment(spec), n_jobs=n_jobs))
    for _ in fetch(experiment):
        pass
    planned, tables = _make_plan(experiment)
    rows, chosen = match_published(files, planned)
    folder = _open_folder(experiment, results)
    request = RunOptions(rerun, allow_mixed_environments, display)
    with lock_folder(folder, display) as folder:
        new = not _was_asked_before(chosen, folder)
        block = Block(chosen, planned)
        outcome = execute_blocks([block], tables, folder, request, at_most=planned, writes_experiment=new)
    ran = choose_results(experiment).from_run(chosen.experiment, folder, outcome)
    comparisons = tuple(
        compare_with_published(published, frame, ran) for published, frame in zip(files, rows, strict=True)
    )
    return Verification(comparisons, ran.problems)


def fetch(spec: Spec) -> Iterator[Fetched]:
    """Download the datasets of an experiment that are not in the cache, one after the other.

    Parameters
    ----------
    spec : path, str, mapping or Experiment
        As for :func:`load_experiment`.

    Yields
    ------
    Fetched
        One a dataset: its label, and whether it was downloaded just now.

    Raises
    ------
    DatasetError
        At the end, if downloads failed, with all of them.
    """
    from albench.datasets.of_experiment import fetch_datasets

    yield from fetch_datasets(load_experiment(spec))


def open_results(spec: Spec, *, results: str | Path = RESULTS, import_user_code: bool = True) -> Results:
    """Open what a run has left, finished or not, of the experiment that was run: the spec may have changed.

    Parameters
    ----------
    spec : path, str, mapping or Experiment
        As for :func:`load_experiment`.
    results : path
        Folder that holds the results folders.
    import_user_code : bool
        Whether modules that the spec of that run names may be imported: without them there is no page.

    Raises
    ------
    ResultsError
        If nothing was run.
    """
    experiment = load_experiment(spec)
    folder = _open_folder(experiment, results)
    if not folder.exists():
        from albench.store.neighbours import find_folder_of_spec

        other = find_folder_of_spec(folder, experiment.text)
        hint = f"; '{other}' holds a run of the same spec under another name" if other else ""
        raise ResultsError(f"nothing was run yet: '{folder.path}' is not there; `albench run` makes it{hint}")
    return choose_results(experiment).from_folder(experiment, folder, import_user_code=import_user_code)


def propose(
    spec: Spec,
    strategy: Strategy | str,
    n: int,
    *,
    dataset: str | None = None,
    model: str | None = None,
    by: str = "",
) -> Proposal:
    """Propose the next rows of a partly labelled file to label, and note them in its log.

    They are those that the simulated trial of the strategy would query in this state: the same for the same
    labels.

    Parameters
    ----------
    spec : path, str, mapping or Experiment
        As for :func:`load_experiment`; its dataset says ``unlabelled: keep``.
    strategy : Strategy or str
        Or the label of one of the experiment's.
    n : int
    dataset, model : str, optional
        Labels, needed where the experiment has several.
    by : str
        Who asks, for the log.

    Raises
    ------
    DatasetError
        If the file cannot be used, or does not go with its log.
    SpecError
        If the strategy cannot propose rows here, or is not known.
    """
    from albench.labelling.record import propose_and_record

    experiment = load_experiment(spec)
    refuse_streams(experiment, "rows to label next are")
    return propose_and_record(experiment, strategy, n, dataset=dataset, model=model, by=by)


def record_answers(
    spec: Spec,
    answers: str | Path,
    *,
    dataset: str | None = None,
    allow_new_classes: bool = False,
    by: str = "",
) -> CheckedAnswers:
    """Write answers to proposed rows into the file, all of them or none; the file before is kept beside it.

    Parameters
    ----------
    spec : path, str, mapping or Experiment
        As for :func:`propose`.
    answers : path
        CSV, TSV, JSON lines, or JSON that Label Studio or Argilla exported.
    dataset : str, optional
        Label, needed where the experiment has several.
    allow_new_classes : bool
        Whether a class may come that no row has yet.
    by : str
        Who answered, for the log.

    Raises
    ------
    DatasetError
        With everything that is wrong with the answers; nothing was written.
    """
    from albench.labelling.record import read_and_record

    experiment = load_experiment(spec)
    refuse_streams(experiment, "answers of people are")
    return read_and_record(
        experiment, Path(answers), dataset=dataset, allow_new_classes=allow_new_classes, by=by
    )


def _override_execution(experiment: Experiment, **settings: Any) -> Experiment:
    """Return the experiment with what is told of its execution; None leaves what the spec says."""
    changes = {name: value for name, value in settings.items() if value is not None}
    return replace(experiment, execution=experiment.execution.model_copy(update=changes))


def _open_folder(experiment: Experiment, results: str | Path) -> ResultsFolder:
    return ResultsFolder(Path(results) / experiment.name).examine()


def _make_plan(experiment: Experiment) -> tuple[Plan, dict[str, Table]]:
    from albench.datasets.of_experiment import load_tables, read_known_facts
    from albench.planning.grid import make_plan
    from albench.planning.sizes import check_size

    check_size(experiment)
    tables = load_tables(experiment)
    facts = read_known_facts(experiment, tables)
    if isinstance(experiment, StreamExperiment):
        from albench.planning.stream_grid import make_stream_plan

        return make_stream_plan(experiment, facts), tables
    return make_plan(experiment, facts), tables


def _was_asked_before(planned: Plan, folder: ResultsFolder) -> bool:
    """Return whether the last run was asked for all of a plan."""
    before = _read_asked_keys(folder)
    keys = {trial.identity.key for trial in planned.trials} | {ref.identity.key for ref in planned.references}
    return before is not None and keys <= before


def _read_asked_keys(folder: ResultsFolder) -> set[str] | None:
    """Return the keys that the last run was asked for; None where none was, or it cannot be read any more."""
    try:
        return {key for table in folder.read_plan() for key in table["key"]}
    except ResultsError:
        return None


def _uses_whole(experiment: Experiment, shard: str | None, rerun: Rerun) -> bool:
    """Say whether a shard looks at what the whole has: it may be what decides a cell."""
    return shard is not None and rerun == "missing" and isinstance(experiment.repeats, UntilDecided)


def _select_shard(
    planned: Plan, whole: ResultsFolder, shard: str, rerun: Rerun
) -> tuple[Plan, ResultsFolder]:
    """Return what a shard has to do beside what the whole has, and where."""
    from albench.planning.agenda import make_agenda
    from albench.planning.shards import Shard, select_shard

    mine = Shard.parse(shard)
    part = select_shard(planned, mine)
    if rerun == "missing" and not _uses_whole(planned.experiment, shard, rerun):
        todo = make_agenda(part, whole)
        trials = tuple(decision.trial for decision in todo.decisions if decision.runs)
        part = replace(part, trials=trials, references=todo.references)
    return part, ResultsFolder(mine.get_folder(whole.path)).examine()
