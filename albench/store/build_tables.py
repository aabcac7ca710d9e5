"""From parts to the tables that people read: labels from the plan, numbers from the parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from albench.store.parts import ANSWER_COLUMNS, REFERENCE_LABELS, TRIAL_LABELS
from albench.tables import CURVES, GROWTH, QUERIES, REFERENCES, SKIPPED, TRIALS, build_schema

if TYPE_CHECKING:
    from collections.abc import Sequence


def build_trials_table(labels: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """Return one row a stored trial of the plan, and one a trial that is skipped.

    Parameters
    ----------
    labels : DataFrame
        The plan: one row a trial with the columns ``TRIAL_LABELS``, and the growth of batches where that is
        needed.
    parts : DataFrame
        Of the folder.
    """
    numbers = [column.name for column in TRIALS if column.name not in TRIAL_LABELS]
    further = [GROWTH] if GROWTH.name in labels.columns else []
    schema = build_schema("trials", further=further)
    labels, skipped = split_skipped(labels, schema)
    rows = labels.select(*TRIAL_LABELS, *(column.name for column in further)).join(
        parts.select("key", *numbers), on="key", how="inner"
    )
    return pl.concat([rows.select(schema.keys()).cast(schema), *skipped]).sort("key")


def split_skipped(labels: pl.DataFrame, schema: pl.Schema) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the trials of a plan that run, and, if it has others, the rows of these in a table."""
    # A column of a plan that has such trials: why.
    if SKIPPED not in labels.columns:
        return labels, []
    rows = labels.filter(pl.col(SKIPPED).is_not_null())
    rows = rows.with_columns(pl.lit(SKIPPED).alias("status"), pl.col(SKIPPED).alias("reason"))
    empty = [pl.lit(None).alias(name) for name in schema if name not in rows.columns]
    skipped = rows.with_columns(empty).select(schema.keys()).cast(schema)
    return labels.filter(pl.col(SKIPPED).is_null()), [skipped]


def build_curves_table(parts: pl.DataFrame, scores: Sequence[str]) -> pl.DataFrame:
    """Return one row a round of every finished trial."""
    names = [column.name for column in CURVES if column.name != "key"]
    columns = {f"curve.{name}": name for name in names} | {f"score.{name}": name for name in scores}
    rows = _explode_rounds(parts.filter(pl.col("status") == "done"), columns)
    return rows.cast(build_schema("curves", scores)).with_columns(pl.col(list(scores)).fill_nan(None))


def build_queries_table(parts: pl.DataFrame) -> pl.DataFrame:
    """Return one row a queried label of every finished trial, seed sets included."""
    names = [column.name for column in QUERIES if column.name not in ("key", "proba")]
    done = parts.filter(pl.col("status") == "done")
    columns = {f"query.{name}": name for name in names}
    has_proba = pl.col("query.proba").is_not_null()
    rows_without_proba = _explode_rounds(done.filter(~has_proba), columns)
    rows_with_proba = _explode_rounds(done.filter(has_proba), columns | {"query.proba": "proba"})
    rows = pl.concat(
        [rows_without_proba.with_columns(proba=pl.lit(None, pl.List(pl.Float64()))), rows_with_proba]
    )
    return (
        rows.cast(build_schema("queries"))
        .with_columns(pl.col("utility").fill_nan(None))
        .sort("key", "round", "rank")
    )


def build_annotations_table(parts: pl.DataFrame) -> pl.DataFrame:
    """Return one row an answer of every finished trial in which several annotators answered, or one again."""
    columns = {f"answer.{name}": name for name in ANSWER_COLUMNS}
    done = parts.filter(pl.col("status") == "done", pl.col("answer.row").is_not_null())
    names = done.select("key", "annotators")
    rows = _explode_rounds(done, columns).join(names, on="key", how="left", maintain_order="left")
    annotator = pl.col("annotators").list.get(pl.col("annotator"))
    schema = build_schema("annotations")
    return rows.with_columns(annotator=annotator).select(schema.keys()).cast(schema)


def build_references_table(labels: pl.DataFrame, parts: pl.DataFrame, scores: Sequence[str]) -> pl.DataFrame:
    """Return one row a stored reference of the plan."""
    numbers = [column.name for column in REFERENCES if column.name not in REFERENCE_LABELS]
    metrics = [pl.col(f"score.{name}").alias(name) for name in scores]
    rows = labels.join(parts.select("key", *numbers, *metrics), on="key", how="inner")
    schema = build_schema("references", scores)
    return rows.cast(schema).select(schema.keys()).sort("key")


def _explode_rounds(parts: pl.DataFrame, columns: dict[str, str]) -> pl.DataFrame:
    """Return one row an element of the list columns; a score that a part lacks is null in all its rounds."""
    expressions = [
        pl.when(pl.col(old).is_null())
        .then(pl.col(next(iter(columns))).list.eval(pl.lit(None, pl.Float64())))
        .otherwise(pl.col(old))
        .alias(new)
        if old.startswith("score.")
        else pl.col(old).alias(new)
        for old, new in columns.items()
    ]
    return parts.select("key", *expressions).explode(list(columns.values()))
