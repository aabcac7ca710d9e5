"""From parts to the tables that people read: labels from the plan, numbers from the parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from albench.tables import CURVES, QUERIES, REFERENCES, TRIALS, schema

if TYPE_CHECKING:
    from collections.abc import Sequence

LABELS = (
    "key",
    "dataset",
    "model",
    "query_model",
    "strategy",
    "arm",
    "seed_size",
    "seed_set",
    "batch_size",
    "oracle",
    "split",
    "start",
)
REFERENCE_LABELS = ("key", "dataset", "model", "split", "labels", "oracle")


def trials_table(labels: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """Return one row a stored trial of the plan.

    Parameters
    ----------
    labels : DataFrame
        The plan: one row a trial with the columns ``LABELS``.
    parts : DataFrame
        Of the folder.
    """
    numbers = [column.name for column in TRIALS if column.name not in LABELS]
    joined = labels.select(LABELS).join(parts.select("key", *numbers), on="key", how="inner")
    return joined.cast(schema("trials")).select(schema("trials").keys()).sort("key")


def curves_table(parts: pl.DataFrame, scores: Sequence[str]) -> pl.DataFrame:
    """Return one row a round of every finished trial."""
    names = [column.name for column in CURVES if column.name != "key"]
    renamed = {f"curve.{name}": name for name in names} | {f"score.{name}": name for name in scores}
    rows = _exploded(parts.filter(pl.col("status") == "done"), renamed)
    return rows.cast(schema("curves", scores)).with_columns(pl.col(list(scores)).fill_nan(None))


def queries_table(parts: pl.DataFrame) -> pl.DataFrame:
    """Return one row a bought label of every finished trial, seed sets included."""
    names = [column.name for column in QUERIES if column.name not in ("key", "proba")]
    done = parts.filter(pl.col("status") == "done")
    renamed = {f"query.{name}": name for name in names}
    without = _exploded(done.filter(pl.col("query.proba").is_null()), renamed)
    audited = _exploded(done.filter(pl.col("query.proba").is_not_null()), renamed | {"query.proba": "proba"})
    rows = pl.concat([without.with_columns(proba=pl.lit(None, pl.List(pl.Float64()))), audited])
    return (
        rows.cast(schema("queries"))
        .with_columns(pl.col("utility").fill_nan(None))
        .sort("key", "round", "rank")
    )


def references_table(labels: pl.DataFrame, parts: pl.DataFrame, scores: Sequence[str]) -> pl.DataFrame:
    """Return one row a stored reference of the plan."""
    numbers = [column.name for column in REFERENCES if column.name not in REFERENCE_LABELS]
    metrics = [pl.col(f"score.{name}").alias(name) for name in scores]
    joined = labels.join(parts.select("key", *numbers, *metrics), on="key", how="inner")
    return joined.cast(schema("references", scores)).select(schema("references", scores).keys()).sort("key")


def _exploded(parts: pl.DataFrame, renamed: dict[str, str]) -> pl.DataFrame:
    filled = [
        pl.when(pl.col(old).is_null())
        .then(pl.col(next(iter(renamed))).list.eval(pl.lit(None, pl.Float64())))
        .otherwise(pl.col(old))
        .alias(new)
        if old.startswith("score.")
        else pl.col(old).alias(new)
        for old, new in renamed.items()
    ]
    return parts.select("key", *filled).explode(list(renamed.values()))
