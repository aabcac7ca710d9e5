"""Two results folders against each other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from albench.errors import ResultsError
from albench.store.compare_rows import find_contradictions, mark_equal_rows
from albench.store.folder import TRIAL, ResultsFolder
from albench.store.segments import MAX_LOOSE_PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from albench.batches import BatchSize
    from albench.comparison.runs import Contradiction, Run, RunComparison


def compare(first: str | Path, second: str | Path, *, metric: str | None = None) -> RunComparison:
    """Compare two runs cell by cell, each over the repeats that both have.

    A cell is one value of every axis, as the specs call it; trials that differ in what the specs do not name
    (another version of a strategy, of scikit-learn, of the data) are compared all the same. Trials of one key
    are the same question: where what they recorded differs, times apart, they contradict each other.

    Parameters
    ----------
    first, second : path
        Results folders: ``results/NAME``.
    metric : str, optional
        Name of a built-in metric; the primary metric of the first run unless given. Of streams, one of
        ``STREAM_METRICS`` over all rows.

    Raises
    ------
    ResultsError
        If a folder holds no run, one of them streams and the other pools, or the metric is not one of both.
    """
    from albench.comparison.runs import compare_runs

    folders = ResultsFolder(Path(first)).examine(), ResultsFolder(Path(second)).examine()
    has_streams = [_has_streams(folder) for folder in folders]
    if has_streams[0] != has_streams[1]:
        raise ResultsError(
            f"'{folders[has_streams.index(True)].path}' holds an experiment on streams, the other folder one "
            "on pools: they have no cell in common"
        )
    name = metric or _get_primary_metric(folders[0])
    greater = True if has_streams[0] else _is_greater_better(name)
    read = _read_streams if has_streams[0] else _read_pools
    first_run, second_run = (read(folder, name) for folder in folders)
    if not has_streams[0]:
        first_run, second_run = _name_growths((first_run, second_run), folders)
    comparison = compare_runs(
        first_run,
        second_run,
        name,
        greater_is_better=greater,
        contradictions=tuple(_find_contradictions(folders, first_run, second_run)),
    )
    return replace(comparison, notes=tuple(_list_notes(folders)))


def _has_streams(folder: ResultsFolder) -> bool:
    """Say whether a folder holds an experiment on streams; without a run it is refused where it is read."""
    return folder.read_planned_keys() is not None and folder.read_resolved().get("scenario") == "stream"


def _list_notes(folders: tuple[ResultsFolder, ResultsFolder]) -> Iterator[str]:
    for folder in folders:
        yield from folder.list_flaws()
        repeats = folder.read_resolved().get("repeats")
        if isinstance(repeats, dict) and repeats.get("until") == "decided":
            yield (
                f"'{folder.path}' went on until its cells were decided: looks at results have ended its "
                "repeats, for which intervals and p values here are not corrected; with a fixed number of "
                "repeats in both runs they hold"
            )
    hashes = [{entry["label"]: entry["hash"] for entry in folder.read_datasets()} for folder in folders]
    for label, first_hash in hashes[0].items():
        if hashes[1].get(label, first_hash) != first_hash:
            yield f"'{label}' holds other data in the second run: its cells compare results of different data"


def _find_contradictions(
    folders: tuple[ResultsFolder, ResultsFolder], first_run: Run, second_run: Run
) -> Iterator[Contradiction]:
    """Yield the trials that both have under one key, and with other numbers."""
    shared = first_run.trials.join(second_run.trials, on="key", how="semi").unique("key").sort("key")
    for chunk in shared.iter_slices(MAX_LOOSE_PARTS):
        rows = [folder.read_rows(TRIAL, chunk["key"]) for folder in folders]
        for place, equal in enumerate(mark_equal_rows(*rows)):
            pair = [of[place] for of in rows]
            if not equal and (columns := find_contradictions(*pair)):
                yield _describe_contradiction(first_run, chunk[place], pair, columns)


def _describe_contradiction(
    run: Run, trial: pl.DataFrame, pair: list[pl.DataFrame], columns: list[str]
) -> Contradiction:
    from albench.comparison.runs import Contradiction

    first_environment, second_environment = (part["environment"][0] for part in pair)
    return Contradiction(
        key=trial["key"][0],
        place=run.build_place(trial.select(run.axes).row(0)),
        repeat=trial.select(run.repeat).row(0),
        columns=tuple(columns),
        environments=(first_environment, second_environment),
    )


def _get_primary_metric(folder: ResultsFolder) -> str:
    resolved = folder.read_resolved()
    if "primary_metric" not in resolved:
        raise ResultsError(f"'{folder.path / 'resolved.yaml'}' has no primary_metric: name one by --metric")
    return str(resolved["primary_metric"])


def _is_greater_better(metric: str) -> bool:
    from albench.registry.catalogue import load_catalogue

    metrics = load_catalogue()["metric"]
    if metric not in metrics:
        names = ", ".join(sorted(metrics))
        raise ResultsError(f"no built-in metric '{metric}' to compare by; there are: {names}")
    return bool(metrics[metric]["greater_is_better"])


def _read_pools(folder: ResultsFolder, metric: str) -> Run:
    from albench.comparison.runs import Run
    from albench.store.build_tables import build_curves_table, build_trials_table
    from albench.tables import SKIPPED

    labels, _ = folder.read_labels()
    keys = frozenset(labels["key"])
    curves = build_curves_table(folder.read_curves(keys, [metric]), [metric])
    if curves.height and curves[metric].is_null().all():
        raise ResultsError(f"no trial in '{folder.path}' has recorded {metric}")
    trials = build_trials_table(labels, folder.read_trials(keys))
    return Run(trials.filter(trials["status"] != SKIPPED), curves)


def _name_growths(runs: tuple[Run, Run], folders: tuple[ResultsFolder, ResultsFolder]) -> tuple[Run, Run]:
    """Return the runs, whose cells are named by the growth of batches, too, where two begin alike."""
    from albench.batches import has_equal_beginnings

    first, second = map(_read_batch_sizes, folders)
    if not has_equal_beginnings((*first, *second)):
        return runs
    return _name_growth(runs[0], first), _name_growth(runs[1], second)


def _read_batch_sizes(folder: ResultsFolder) -> list[BatchSize]:
    from albench.spec.resolved import parse_batch_size

    try:
        return [parse_batch_size(value) for value in folder.read_resolved()["batch_sizes"]]
    except (KeyError, TypeError, ValueError) as error:
        file = folder.path / "resolved.yaml"
        raise ResultsError(f"'{file}' has no batch_sizes: `albench run SPEC` writes it again") from error


def _name_growth(run: Run, batch_sizes: Sequence[BatchSize]) -> Run:
    import polars as pl

    from albench.tables import GROWTH

    trials = run.trials
    if GROWTH.name not in trials.columns:
        # No two of its own begin alike.
        growths = {int(batch_size): batch_size.growth for batch_size in batch_sizes}
        growth = trials["batch_size"].replace_strict(growths, return_dtype=pl.Float64())
        trials = trials.with_columns(growth.alias(GROWTH.name))
    return replace(run, trials=trials, axes=(*run.axes, GROWTH.name))


def _read_streams(folder: ResultsFolder, metric: str) -> Run:
    """Return trials on streams; the curve of each is one point, the metric after its last row."""
    from albench.comparison.runs import Run, StreamPlace
    from albench.store.stream_parts import build_stream_trials_table
    from albench.tables import SKIPPED, STREAM_METRICS

    if metric not in STREAM_METRICS:
        raise ResultsError(f"streams have no metric '{metric}'; they have {', '.join(STREAM_METRICS)}")
    labels, _ = folder.read_stream_labels()
    trials = build_stream_trials_table(labels, folder.read_stream_trials(frozenset(labels["key"])))
    ends = trials.filter(trials["status"] == "done").select("key", metric, n_labels="n_rows")
    return Run(trials.filter(trials["status"] != SKIPPED), ends, StreamPlace._fields, ("repeat",))
