"""One Parquet file a finished trial, written atomically under its key.

A part is one row. Scalars stand in columns of their own; rounds, scores and queries in list columns whose
names start with ``curve.``, ``score.`` and ``query.``: a flat list a column, so that parts with other metrics
can be read together.
"""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING, Any

from albench.coverage import ENDED_BY_RULE
from albench.files import write_file
from albench.store.checksum import add_checksum
from albench.store.stream_parts import STREAM_COSTS, STREAM_COUNTS, get_stream_schema

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    import polars as pl

    from albench.coverage import Coverage
    from albench.identity import TrialIdentity
    from albench.trial.records import ReferenceRecord, TrialRecord

TRIAL_LABELS = (
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
    "preprocessing",
    "split",
    "start",
)
REFERENCE_LABELS = ("key", "dataset", "model", "split", "labels", "oracle", "preprocessing")
CURVE_COLUMNS = ("round", "n_labels", "cost", "n_tied", "fit_s", "query_s")
QUERY_COLUMNS = ("round", "rank", "row", "utility", "tied", "label_true", "label_given", "annotator", "cost")
ANSWER_COLUMNS = ("round", "row", "annotator", "k", "label", "cost")
REPEATED_COLUMNS = ("round", "row", "k")
COUNT_COLUMNS = ("n_pool", "n_test", "n_features", "n_classes", "n_labels", "rounds")
CPU_COLUMNS = ("fit_s", "query_s", "score_s")
COST_COLUMNS = (*CPU_COLUMNS, "wall_s", "peak_mib")


def build_trial_part(
    record: TrialRecord,
    identity: TrialIdentity,
    coverage: Coverage,
    *,
    environment: str,
    finished_at: datetime,
) -> pl.DataFrame:
    """Return the part of a trial: one row."""
    import polars as pl

    scalars: dict[str, Any] = {
        "key": record.key,
        "identity": json.dumps(identity.to_dict(), sort_keys=True),
        "status": record.status,
        "reason": record.notes,
        "traceback": record.traceback,
        "metrics": sorted(coverage.metrics),
        "signals": sorted(coverage.signals),
        "definitions": sorted(coverage.definitions | ({ENDED_BY_RULE} if record.is_ended else set())),
        "audit": coverage.audit,
        **{name: record.facts.get(name) for name in (*COUNT_COLUMNS, *COST_COLUMNS)},
        "finished_at": finished_at,
        "environment": environment,
    }
    schema = get_scalar_schema()
    lists = {
        **{f"curve.{name}": record.curve.get(name) for name in CURVE_COLUMNS},
        **{f"score.{name}": values for name, values in record.curve.items() if name not in CURVE_COLUMNS},
        **{f"query.{name}": record.queries.get(name) for name in QUERY_COLUMNS},
        "query.proba": None if record.proba is None else record.proba.tolist(),
    }
    if record.answers is not None:
        lists |= {f"answer.{name}": record.answers[name] for name in ANSWER_COLUMNS}
        lists["annotators"] = list(record.annotators)
    if record.repeated is not None:
        lists |= {f"repeated.{name}": record.repeated[name] for name in REPEATED_COLUMNS}
    if record.stream_columns is not None:
        lists |= record.stream_columns
        schema |= get_stream_schema()
        scalars |= {name: record.facts[name] for name in (*STREAM_COUNTS, *STREAM_COSTS)}
    # Series by series: an expression a column would start the query engine twenty times.
    return pl.DataFrame(
        [pl.Series(name, [value], dtype=schema[name]) for name, value in scalars.items()]
        + [pl.Series(name, [pl.Series(values)]) for name, values in lists.items() if values is not None]
    )


def build_reference_part(
    record: ReferenceRecord,
    canonical: dict[str, Any],
    *,
    definitions: frozenset[str],
    environment: str,
    finished_at: datetime,
) -> pl.DataFrame:
    """Return the part of a reference: one row, a ``score.`` column a metric."""
    import polars as pl

    row = pl.DataFrame(
        {
            "key": [record.key],
            "identity": [json.dumps(canonical, sort_keys=True)],
            "status": [record.status],
            "reason": [record.notes],
            "traceback": [record.traceback],
            "metrics": [sorted(record.scores)],
            "definitions": [sorted(definitions)],
            "n_train": [record.n_train],
            "fit_s": [record.fit_s],
            "finished_at": [finished_at],
            "environment": [environment],
        },
        schema_overrides={
            "reason": pl.String(),
            "traceback": pl.String(),
            "definitions": pl.List(pl.String()),
            "finished_at": pl.Datetime("us", "UTC"),
        },
    )
    return row.with_columns(
        [pl.lit(value, dtype=pl.Float64()).alias(f"score.{name}") for name, value in record.scores.items()]
    )


def get_scalar_schema() -> dict[str, pl.DataType]:
    """Return the types of a trial part's scalar columns."""
    import polars as pl

    texts = ("key", "identity", "status", "reason", "traceback", "audit", "environment")
    return {
        **{name: pl.String() for name in texts[:-1]},
        **{name: pl.Int64() for name in COUNT_COLUMNS},
        **{name: pl.Float64() for name in COST_COLUMNS},
        "metrics": pl.List(pl.String()),
        "signals": pl.List(pl.String()),
        "definitions": pl.List(pl.String()),
        "finished_at": pl.Datetime("us", "UTC"),
        "environment": pl.String(),
    }


def get_reference_schema() -> dict[str, pl.DataType]:
    """Return the types of a reference part's columns, but for the scores."""
    import polars as pl

    texts = ("key", "identity", "status", "reason", "traceback", "environment")
    return {
        **dict.fromkeys(texts, pl.String()),
        "metrics": pl.List(pl.String()),
        "definitions": pl.List(pl.String()),
        "n_train": pl.Int64(),
        "fit_s": pl.Float64(),
        "finished_at": pl.Datetime("us", "UTC"),
    }


def get_list_schema() -> dict[str, pl.DataType]:
    """Return the types of a trial part's list columns, but for the scores and probabilities."""
    import polars as pl

    integers = {"round", "n_labels", "n_tied", "rank", "row", "label_true", "label_given", "annotator"}

    def get_type(name: str) -> pl.DataType:
        inner = pl.Int64() if name in integers else pl.Boolean() if name == "tied" else pl.Float64()
        return pl.List(inner)

    return {f"curve.{name}": get_type(name) for name in CURVE_COLUMNS} | {
        f"query.{name}": get_type(name) for name in QUERY_COLUMNS
    }


def get_answer_schema() -> dict[str, pl.DataType]:
    """Return the types of the columns that a trial part has where there are several answers to a query."""
    import polars as pl

    inner = {name: pl.Float64() if name == "cost" else pl.Int64() for name in ANSWER_COLUMNS}
    types: dict[str, pl.DataType] = {f"answer.{name}": pl.List(dtype) for name, dtype in inner.items()}
    return types | {"annotators": pl.List(pl.String())}


def get_repeated_schema() -> dict[str, pl.DataType]:
    """Return the types of the columns that a trial part has where rows were asked again."""
    import polars as pl

    return {f"repeated.{name}": pl.List(pl.Int64()) for name in REPEATED_COLUMNS}


def write_part(
    frame: pl.DataFrame, file: Path, *, is_checked: bool = False, rows_per_group: int | None = None
) -> None:
    """Write a part so that it is there whole or not at all, also after a crash of the machine.

    Parameters
    ----------
    is_checked : bool
        Whether every row is one that tables can be made of: then no reader needs to look.
    rows_per_group : int, optional
        Rows that are read together, with the bounds of their values; all if not given, without bounds.
    """
    content = BytesIO()
    frame.write_parquet(
        content, compression="zstd", statistics=rows_per_group is not None, row_group_size=rows_per_group
    )
    with write_file(file) as handle:
        handle.write(add_checksum(content.getvalue(), file.stem if is_checked else ""))
