"""The part of a trial on a stream, and the tables that are made of such parts.

A part is one row of the kind ``trial``, as of a trial on a pool, with other list columns: ``stream.*`` and
``score.*`` at the checkpoints, ``bought.row`` the rows whose labels were bought, ``drift.*`` one value a
change. In ``drift.recovery`` -1 says that the accuracy was not regained.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.tables import (
    HOLDOUT_METRICS,
    STREAM_METRICS,
    STREAM_TRIALS,
    WINDOW_METRICS,
    build_schema,
    pair_with_random,
)

if TYPE_CHECKING:
    import polars as pl

STREAM_LABELS = (*("key", "dataset", "model", "strategy", "manager", "budget", "oracle", "drift", "repeat"),)
STREAM_COUNTS = ("n_start", "excess")
STREAM_COSTS = ("random_cpu_s",)
CHECKPOINT_COLUMNS = ("stream.n_rows", "stream.n_bought", "stream.random_n_bought")
STREAM_LISTS = (*CHECKPOINT_COLUMNS, "bought.row", "drift.mark", "drift.recovery", "drift.random_recovery")
FINAL_SCORES = pair_with_random(STREAM_METRICS)
SCORES = (*FINAL_SCORES, *pair_with_random(WINDOW_METRICS))
HOLDOUT_SCORES = pair_with_random(HOLDOUT_METRICS)


def get_stream_schema() -> dict[str, pl.DataType]:
    """Return the types of the columns that only parts of streams have, but for the scores."""
    import polars as pl

    return {
        **dict.fromkeys(STREAM_COUNTS, pl.Int64()),
        **dict.fromkeys(STREAM_COSTS, pl.Float64()),
        **dict.fromkeys(STREAM_LISTS, pl.List(pl.Int64())),
    }


def get_table_columns() -> dict[str, pl.DataType]:
    """Return the types of the columns of parts that the table of trials is made of."""
    import polars as pl

    from albench.store.parts import get_scalar_schema

    names = (
        *("key", "status", "reason", "n_pool", "n_features", "n_classes", "n_labels", "fit_s"),
        *("wall_s", "peak_mib", "finished_at", "environment"),
    )
    scores = {f"score.{name}": pl.List(pl.Float64()) for name in FINAL_SCORES}
    lists = {name: dtype for name, dtype in get_stream_schema().items() if name != "bought.row"}
    return {**{name: get_scalar_schema()[name] for name in names}, **lists, **scores}


def get_curve_columns(scores: tuple[str, ...] = SCORES) -> dict[str, pl.DataType]:
    """Return the types of the columns of parts that the table of checkpoints is made of."""
    import polars as pl

    lists: dict[str, pl.DataType] = dict.fromkeys(CHECKPOINT_COLUMNS, pl.List(pl.Int64()))
    columns = {f"score.{name}": pl.List(pl.Float64()) for name in scores}
    return {"key": pl.String(), "status": pl.String(), **lists, **columns}


def build_stream_trials_table(labels: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """Return one row a stored trial of the plan, and one a trial that is skipped.

    Parameters
    ----------
    labels : DataFrame
        The plan: one row a trial with the columns ``STREAM_LABELS``.
    parts : DataFrame
        With the columns of :func:`get_table_columns`.
    """
    import polars as pl

    from albench.store.build_tables import split_skipped

    schema = build_schema("stream_trials", FINAL_SCORES)
    numbers = parts.select(
        "key",
        "status",
        "reason",
        pl.col("n_pool").alias("n_rows"),
        *("n_start", "n_features", "n_classes"),
        pl.col("n_labels").alias("n_bought"),
        "excess",
        pl.col("drift.mark").alias("marks"),
        *_summarise_recovery(""),
        *_summarise_recovery("random_"),
        (pl.col("fit_s") - pl.col("random_cpu_s")).alias("cpu_s"),
        "random_cpu_s",
        *(column.name for column in STREAM_TRIALS[-4:]),
        *(pl.col(f"score.{name}").list.last().fill_nan(None).alias(name) for name in FINAL_SCORES),
    )
    labels, skipped = split_skipped(labels, schema)
    rows = labels.select(STREAM_LABELS).join(numbers, on="key", how="inner")
    allowed = (pl.col("budget") * pl.col("n_rows")).ceil().cast(pl.Int64())
    rows = rows.with_columns(n_allowed=allowed).select(schema.keys()).cast(schema)
    return pl.concat([rows, *skipped]).sort("key")


def _summarise_recovery(who: str) -> tuple[pl.Expr, pl.Expr]:
    """Return the mean over changes, null unless the accuracy is regained after each; and after how many."""
    import polars as pl

    rows = pl.col(f"drift.{who}recovery")
    regained = rows.list.eval((pl.element() >= 0).cast(pl.Int64())).list.sum()
    is_regained = (rows.list.len() > 0) & (regained == rows.list.len())
    return (
        pl.when(is_regained).then(rows.list.mean()).alias(f"{who}recovery"),
        regained.alias(f"{who}n_recovered"),
    )


def build_stream_curves_table(parts: pl.DataFrame, scores: tuple[str, ...] = SCORES) -> pl.DataFrame:
    """Return one row a checkpoint of every finished trial."""
    import polars as pl

    columns = {name: name.removeprefix("stream.") for name in CHECKPOINT_COLUMNS}
    columns |= {f"score.{name}": name for name in scores}
    done = parts.filter(pl.col("status") == "done")
    rows = done.select("key", *(pl.col(old).alias(new) for old, new in columns.items()))
    schema = build_schema("stream_curves", scores)
    return (
        rows.explode(list(columns.values()))
        .select(schema.keys())
        .cast(schema)
        .with_columns(pl.col(list(scores)).fill_nan(None))
    )
