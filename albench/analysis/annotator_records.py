"""Who answered the queries of each oracle: how often, at what price, and how often rightly."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from albench.analysis.evidence.oracles import AnnotatorRecord
from albench.analysis.selection import iterate_groups, select_trials
from albench.contracts.returned_answers import NAMELESS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.spec.experiment import Experiment


def describe_annotators(
    experiment: Experiment, trials: pl.DataFrame, queries: pl.DataFrame, annotations: pl.DataFrame
) -> dict[str, tuple[AnnotatorRecord, ...]]:
    """Return what each annotator of each oracle did after the seed set, all else as in the primary slice."""
    if not annotations.height:
        return {}
    primary = next(iterate_groups(experiment))
    records = {}
    for entry in experiment.oracles:
        group = replace(primary, oracle=entry.label)
        chosen = select_trials(trials, group).select("key", "strategy")
        answers = annotations.join(chosen, on="key")
        # Nobody is told apart where an oracle without annotators is asked again.
        if not set(answers["annotator"]) <= set(NAMELESS):
            records[entry.label] = tuple(_describe(answers, queries.join(chosen, on="key")))
    return records


def _describe(answers: pl.DataFrame, queries: pl.DataFrame) -> Iterator[AnnotatorRecord]:
    """Yield the annotators of one oracle, who is asked most first."""
    later = pl.col("round") > 0
    queries = queries.filter(later)
    # A pool may hold copies of a row, which have its class.
    truth = queries.select("key", "row", "label_true").unique()
    rows = answers.filter(later).join(truth, on=["key", "row"], how="left")
    is_label = pl.col("label") >= 0
    rows = rows.with_columns(right=pl.when(is_label).then(pl.col("label") == pl.col("label_true")))
    totals = rows.group_by("annotator").agg(
        asked=pl.len(), refused=(~is_label).mean(), price=pl.col("cost").mean(), paid=pl.col("cost").sum()
    )
    right = rows.group_by("annotator", "strategy").agg(pl.col("right").mean())
    by_annotator: dict[str, dict[str, float | None]] = {}
    for annotator, strategy, share in right.iter_rows():
        by_annotator.setdefault(annotator, {})[strategy] = share
    n_trials, n_queries = queries["key"].n_unique(), queries.height
    for row in totals.sort("asked", "annotator", descending=[True, False]).iter_rows(named=True):
        yield AnnotatorRecord(
            annotator=row["annotator"],
            price=row["price"],
            asked=row["asked"] / n_queries,
            refused=row["refused"],
            paid=row["paid"] / n_trials,
            right=by_annotator[row["annotator"]],
        )
