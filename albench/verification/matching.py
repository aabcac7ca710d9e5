"""The trials and references of an experiment that published numbers speak of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from albench.errors import DatasetError, SpecError
from albench.tables import REPEAT
from albench.text import quote, suggest_word
from albench.verification.published import CELL, LINE, WITHOUT, read_published

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from albench.planning.plan import Plan
    from albench.spec.experiment import Experiment
    from albench.verification.published import Published

_TOLD = 10


def check_known(published: Published, experiment: Experiment) -> None:
    """See that the experiment has what a file of published numbers names.

    Numbers of other datasets may stand beside those of the experiment: a part of a table is replayed.

    Raises
    ------
    DatasetError
        With every label that the experiment lacks and the line where it first stands.
    """
    unknown = sorted(_check_labels_known(published, experiment))
    if unknown:
        more = f"\n... and {len(unknown) - _TOLD} more" if len(unknown) > _TOLD else ""
        raise DatasetError("\n".join(text for _, text in unknown[:_TOLD]) + more)


def _check_labels_known(published: Published, experiment: Experiment) -> Iterator[tuple[int, str]]:
    for column, labels in _get_labels(experiment).items():
        if column not in published.rows.columns:
            continue
        named = published.rows.drop_nulls(column).unique(column, keep="first", maintain_order=True)
        lacking = [(line, label) for line, label in named.select(LINE, column).rows() if label not in labels]
        if column == "dataset" and len(lacking) < named.height:
            similar = {name.casefold() for name in labels}
            lacking = [(line, label) for line, label in lacking if label.casefold() in similar]
        for line, label in lacking:
            text = f"no {column.replace('_', ' ')} {quote(label)} in '{experiment.name}'"
            hint = suggest_word(label, labels)
            yield line, f"{published.expected.file}: line {line}: {text}" + (f": {hint}" if hint else "")


def _get_labels(experiment: Experiment) -> dict[str, list[str]]:
    return {
        "dataset": [entry.label for entry in experiment.datasets],
        "model": [entry.task.label for entry in experiment.models],
        "query_model": [entry.query.label for entry in experiment.models],
        "strategy": [entry.label for entry in experiment.strategies],
        "seed_set": [entry.label for entry in experiment.seed_sets],
        "oracle": [entry.label for entry in experiment.oracles],
    }


def match_published(files: Sequence[Published], planned: Plan) -> tuple[list[pl.DataFrame], Plan]:
    """Return what published numbers are of.

    Returns
    -------
    rows : list of DataFrame
        One a file: its rows that lie in the grid, each with the ``key`` of a trial or reference; for
        ``means`` one row a repeat that the published mean is over.
    chosen : Plan
        Only the trials and references that a number is of.

    Raises
    ------
    DatasetError
        If a row speaks of more than one cell, trial or reference.
    """
    trials, references = (
        pl.DataFrame([each.to_row() for each in those], infer_schema_length=None)
        for those in (planned.trials, planned.references)
    )
    rows = [_match_row(published, references if published.of_references else trials) for published in files]
    keys = {key for frame in rows for key in frame["key"]}
    chosen = replace(
        planned,
        trials=tuple(trial for trial in planned.trials if trial.identity.key in keys),
        references=tuple(ref for ref in planned.references if ref.identity.key in keys),
    )
    return rows, chosen


def _match_row(published: Published, labels: pl.DataFrame) -> pl.DataFrame:
    distinct = [name for name in (*CELL, *REPEAT) if name in labels.columns]
    named = labels.select("key", *distinct)
    joined = (
        published.rows.join(
            named, on=published.place, how="inner", nulls_equal=True, coalesce=True, maintain_order="left"
        )
        if published.place
        else published.rows.join(named, how="cross")
    )
    averaged = published.expected.kind == "means"
    other = [name for name in distinct if name not in (*published.place, *(REPEAT if averaged else ()))]
    several = joined.group_by(LINE).agg(pl.col(other).n_unique()).sort(LINE)
    for row in several.iter_rows(named=True):
        lacking = [name for name in other if row[name] > 1]
        if lacking:
            what = "references" if published.of_references else "trials"
            text = f"{published.expected.file}: line {row[LINE]} speaks of several {what}"
            raise DatasetError(f"{text}: the experiment has more than one {lacking[0]}; add a column for it")
    return _average_over_arms(joined) if averaged else joined


def _average_over_arms(joined: pl.DataFrame) -> pl.DataFrame:
    """Return of each line the repeats that its mean is over: the first ``n``, ``without`` those left out."""
    if WITHOUT in joined.columns:
        joined = joined.filter(~pl.col(WITHOUT).list.contains(pl.col("split")))
    if "n" not in joined.columns:
        return joined
    ordered = joined.sort(LINE, *REPEAT)
    return ordered.filter(pl.int_range(pl.len()).over(LINE) < pl.col("n"))


def load_published(experiment: Experiment) -> tuple[tuple[Published, ...], Experiment]:
    """Return the published numbers of an experiment, and the experiment on the datasets that they speak of.

    Raises
    ------
    SpecError
        If the experiment expects nothing.
    DatasetError
        If a file cannot be read, or names what the experiment lacks.
    """
    if not experiment.expected:
        raise SpecError(
            f"'{experiment.name}' has nothing to verify: 'expected' names no published numbers; "
            "`albench run SPEC --rerun all` shows whether its own numbers come out again"
        )
    files = read_published(experiment)
    for published in files:
        check_known(published, experiment)
    return files, _restrict_to_datasets(experiment, files)


def _restrict_to_datasets(experiment: Experiment, files: tuple[Published, ...]) -> Experiment:
    named = [published.datasets for published in files]
    if None in named:
        return experiment
    wanted: set[str] = set().union(*(labels for labels in named if labels is not None))
    entries = tuple(entry for entry in experiment.datasets if entry.label in wanted)
    return replace(experiment, datasets=entries)
