"""Every table that albench writes: columns, types, meaning, and which are volatile.

Volatile columns (times, machines) are never compared between runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

Type = Literal["str", "int", "float", "bool", "time", "floats"]


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    name: str
    type: Type
    meaning: str
    volatile: bool = False


TRIALS = (
    Column("key", "str", "identity of the trial: SHA-256 of what determines its trajectory"),
    Column("dataset", "str", "label of the dataset in the spec"),
    Column("model", "str", "label of the task model"),
    Column("query_model", "str", "label of the query model"),
    Column("strategy", "str", "label of the query strategy"),
    Column("arm", "int", "which of the independent random orders; 0 for all other strategies"),
    Column("seed_size", "int", "labels in the seed set"),
    Column("seed_set", "str", "label of the seed set method"),
    Column("batch_size", "int", "labels bought per round"),
    Column("oracle", "str", "label of the oracle"),
    Column("split", "int", "which division into pool and test"),
    Column("start", "int", "which seed set within the split"),
    Column("status", "str", "done, failed, timeout, memory or skipped"),
    Column("reason", "str", "why it is not done, or which numbers are undefined; null if nothing to say"),
    Column("n_pool", "int", "rows of the pool"),
    Column("n_test", "int", "rows of the test part"),
    Column("n_features", "int", "columns after preprocessing"),
    Column("n_classes", "int", "classes of the dataset"),
    Column("n_labels", "int", "labels at the last round, seed set included"),
    Column("rounds", "int", "rounds scored"),
    Column("fit_s", "float", "CPU seconds of all fits", volatile=True),
    Column("query_s", "float", "CPU seconds of all queries, predictions for them included", volatile=True),
    Column("score_s", "float", "CPU seconds of all scoring on the test part", volatile=True),
    Column("wall_s", "float", "wall seconds of the trial", volatile=True),
    Column("peak_mib", "float", "peak resident memory of the worker process, MiB", volatile=True),
    Column("finished_at", "time", "when it finished, UTC", volatile=True),
    Column("environment", "str", "fingerprint of the packages and processor it ran on", volatile=True),
)
CURVES = (
    Column("key", "str", "the trial"),
    Column("round", "int", "0 is the seed set alone"),
    Column("n_labels", "int", "labels the model was fitted on"),
    Column("cost", "float", "what the labels cost so far"),
    Column("n_tied", "int", "candidates tied at the cut of the batch that led to this round; 0 if none"),
    Column("fit_s", "float", "CPU seconds of the fit", volatile=True),
    Column("query_s", "float", "CPU seconds of the query that led to this round", volatile=True),
)
"""Followed by a float column for each metric and each signal."""
QUERIES = (
    Column("key", "str", "the trial"),
    Column("round", "int", "the first round whose fit used the label; 0 for the seed set"),
    Column("rank", "int", "order within the batch, from 0"),
    Column("row", "int", "row of the dataset, from 0"),
    Column("utility", "float", "the strategy's score when it was picked; null for seed rows and random"),
    Column("tied", "bool", "picked by its tie key against an equal candidate that was left out"),
    Column("label_true", "int", "class code in the dataset"),
    Column("label_given", "int", "class code that the oracle gave; -1 where it refused"),
    Column("annotator", "int", "who answered; 0 for a single oracle"),
    Column("cost", "float", "price of the label"),
    Column("proba", "floats", "the query model's class probabilities at that moment, if declared; else null"),
)
REFERENCES = (
    Column("key", "str", "identity of the reference"),
    Column("dataset", "str", "label of the dataset"),
    Column("model", "str", "label of the task model"),
    Column("split", "int", "which division into pool and test"),
    Column("labels", "str", "true: the dataset's labels; oracle: what the oracle would give"),
    Column("oracle", "str", "label of the oracle, or null for true labels"),
    Column("status", "str", "done or failed"),
    Column("reason", "str", "why it failed"),
    Column("n_train", "int", "rows it was trained on"),
    Column("fit_s", "float", "CPU seconds of the fit", volatile=True),
)
"""Followed by a float column for each metric."""

TABLES = {"trials": TRIALS, "curves": CURVES, "queries": QUERIES, "references": REFERENCES}
AXES = ("dataset", "model", "query_model", "strategy", "seed_size", "seed_set", "batch_size", "oracle")
REPEAT = ("split", "start")


def schema(table: str, extra: Iterable[str] = ()) -> pl.Schema:
    """Return the Polars schema of a table, with the metric columns ``extra``."""
    import polars as pl

    types: dict[Type, pl.DataType] = {
        "str": pl.String(),
        "int": pl.Int64(),
        "float": pl.Float64(),
        "bool": pl.Boolean(),
        "time": pl.Datetime("us", "UTC"),
        "floats": pl.List(pl.Float64()),
    }
    columns = {column.name: types[column.type] for column in TABLES[table]}
    return pl.Schema(columns | {name: pl.Float64() for name in extra})


def volatile(table: str) -> tuple[str, ...]:
    """Return the columns of a table that are never compared."""
    return tuple(column.name for column in TABLES[table] if column.volatile)
