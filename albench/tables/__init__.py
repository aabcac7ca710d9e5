"""Every table that albench writes: columns, types, meaning, and which are volatile.

Volatile columns (times, machines) are never compared between runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.tables.column import Column, Form, LeaderboardColumn, Type
from albench.tables.leaderboard import COST_LEADERBOARD, IN_PAPERS, LEADERBOARD, ON_PAGE
from albench.tables.pools import (
    AGREEMENT,
    ANNOTATIONS,
    CURVES,
    GROWTH,
    QUERIES,
    REFERENCES,
    REPEATS,
    SKIPPED,
    STOPS,
    TRIALS,
)
from albench.tables.streams import (
    HOLDOUT_METRICS,
    RECOVERY_LEADERBOARD,
    STREAM_CURVES,
    STREAM_LEADERBOARD,
    STREAM_METRICS,
    STREAM_REPEATS,
    STREAM_TRIALS,
    WINDOW_METRICS,
    pair_with_random,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

__all__ = [
    "AGREEMENT",
    "ANNOTATIONS",
    "AXES",
    "COST_LEADERBOARD",
    "CURVES",
    "GROWTH",
    "HOLDOUT_METRICS",
    "IN_PAPERS",
    "LEADERBOARD",
    "ON_PAGE",
    "QUERIES",
    "RECOVERY_LEADERBOARD",
    "REFERENCES",
    "REPEAT",
    "REPEATS",
    "SKIPPED",
    "STOPS",
    "STREAM_CURVES",
    "STREAM_LEADERBOARD",
    "STREAM_METRICS",
    "STREAM_REPEATS",
    "STREAM_TRIALS",
    "TABLES",
    "TRIALS",
    "WINDOW_METRICS",
    "Column",
    "Form",
    "LeaderboardColumn",
    "Type",
    "build_schema",
    "list_volatile",
    "pair_with_random",
]

TABLES: dict[str, tuple[Column, ...]] = {
    "trials": TRIALS,
    "curves": CURVES,
    "queries": QUERIES,
    "annotations": ANNOTATIONS,
    "references": REFERENCES,
    "stops": STOPS,
    "repeats": REPEATS,
    "leaderboard": LEADERBOARD,
    "stream_trials": STREAM_TRIALS,
    "stream_curves": STREAM_CURVES,
    "stream_repeats": STREAM_REPEATS,
    "stream_leaderboard": STREAM_LEADERBOARD,
}
AXES = ("dataset", "model", "query_model", "strategy", "seed_size", "seed_set", "batch_size", "oracle")
REPEAT = ("split", "start")


def build_schema(table: str, extra: Iterable[str] = (), further: Iterable[Column] = ()) -> pl.Schema:
    """Return the Polars schema of a table, with the metric columns ``extra``, and ``further`` ones."""
    import polars as pl

    types: dict[Type, pl.DataType] = {
        "str": pl.String(),
        "int": pl.Int64(),
        "float": pl.Float64(),
        "bool": pl.Boolean(),
        "time": pl.Datetime("us", "UTC"),
        "floats": pl.List(pl.Float64()),
        "ints": pl.List(pl.Int64()),
    }
    columns, others = ({column.name: types[column.type] for column in of} for of in (TABLES[table], further))
    return pl.Schema(columns | {name: pl.Float64() for name in extra} | others)


def list_volatile(table: str) -> tuple[str, ...]:
    """Return the columns of a table that are never compared."""
    return tuple(column.name for column in TABLES[table] if column.volatile)
