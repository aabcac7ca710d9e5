"""What a row of a part must be, so that every table can be made of it: types, lengths, what must be there.

Columns that are not known are left alone: another version may have added them.
"""

from __future__ import annotations

import json
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any

from albench.identity import KEY_VERSION, STREAM, STREAM_FIELDS, ReferenceIdentity, TrialIdentity
from albench.store.parts import (
    COUNT_COLUMNS,
    get_answer_schema,
    get_list_schema,
    get_reference_schema,
    get_repeated_schema,
    get_scalar_schema,
)
from albench.store.stream_parts import STREAM_COUNTS, STREAM_LISTS, get_stream_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import polars as pl

TRIAL, REFERENCE = "trial", "reference"
_SCALARS = ("key", "identity", "status", "environment", "audit", *COUNT_COLUMNS, *STREAM_COUNTS)
_NAMES = ("metrics", "signals")
_LISTS = (*_NAMES, "definitions")
_REQUIRED = {
    TRIAL: ("key", "identity", "status", "environment", "audit", *_NAMES),
    REFERENCE: ("key", "identity", "status", "environment", "metrics"),
}
_STREAM_COLUMNS = (*STREAM_COUNTS, *STREAM_LISTS)
_WORDS = {
    "query": "queries",
    "answer": "answers",
    "repeated": "repeated queries",
    "stream": "checkpoints",
    "drift": "changes",
}
_STATUSES = frozenset({"done", "failed", "timeout", "memory", "skipped"})
_AUDITS = frozenset({"picks", "probabilities"})
_OPTIONAL = frozenset({"rules", "budget", "ties", "money", "prices", "growth", "repeated_share"})


@cache
def get_known_types(kind: str) -> dict[str, pl.DataType]:
    """Return the types of the columns of a kind, but for the scores."""
    import polars as pl

    if kind == REFERENCE:
        return get_reference_schema()
    proba = {"query.proba": pl.List(pl.List(pl.Float64()))}
    return {
        **get_scalar_schema(),
        **get_list_schema(),
        **get_answer_schema(),
        **get_repeated_schema(),
        **get_stream_schema(),
        **proba,
    }


@cache
def _get_score_type(kind: str) -> pl.DataType:
    import polars as pl

    return pl.List(pl.Float64()) if kind == TRIAL else pl.Float64()


def is_known_column(name: str, kind: str) -> bool:
    """Say whether a column is one of those that tables are made of."""
    return name.startswith("score.") or name in get_known_types(kind)


def find_wrong_column(schema: Mapping[str, pl.DataType], kind: str) -> str | None:
    """Say which column has another type than parts of a kind have; None if none has."""
    known, score_type = get_known_types(kind), _get_score_type(kind)
    for name, dtype in schema.items():
        expected = score_type if name.startswith("score.") else known.get(name)
        if expected is not None and dtype != expected:
            return f"its column '{name}' is {str(dtype)[:100]}, not {expected}"
    return None


def is_sound(frame: pl.DataFrame, kind: str) -> bool:
    """Say whether tables can be made of every row."""
    # Not its schema, which takes longer to make than to look at.
    types = dict(zip(frame.columns, frame.dtypes, strict=True))
    return find_wrong_column(types, kind) is None and not find_flawed_rows(frame, kind)


def find_flawed_rows(frame: pl.DataFrame, kind: str) -> dict[int, str]:
    """Say of rows, by their position, why no table can be made of them; the types of columns are right."""
    import polars as pl

    names = frame.columns
    scalars = [name for name in (*_SCALARS, *_LISTS) if name in names]
    lists = [name for name in names if "." in name] if kind == TRIAL else []
    if frame.height == 1:
        # As each trial is written: without the query engine, which takes longer than the checks.
        columns = dict(zip(names, frame.iter_columns(), strict=True))
        values = {name: columns[name][0] for name in lists}
        lengths = {name: None if value is None else len(value) for name, value in values.items()}
        rows: Iterable[dict[str, Any]] = [{name: columns[name].to_list()[0] for name in scalars} | lengths]
    else:
        rows = frame.select(*scalars, *(pl.col(name).list.len() for name in lists)).iter_rows(named=True)
    flaws = ((position, next(_list_flaws(row, kind), None)) for position, row in enumerate(rows))
    return {position: flaw for position, flaw in flaws if flaw is not None}


def _list_flaws(row: Mapping[str, Any], kind: str) -> Iterator[str]:
    """Yield what is wrong with a row, of whose lists of rounds and queries it has the lengths."""
    missing = [name for name in _REQUIRED[kind] if row.get(name) is None]
    if missing:
        yield f"it has no {missing[0]}"
        return
    if row["status"] not in _STATUSES:
        yield "its status is unknown"
    if any(None in (row.get(name) or ()) for name in _LISTS):
        yield "a metric or a signal has no name"
    job, flaw = _examine_identity(row["identity"], kind)
    if flaw is not None:
        yield flaw
    if kind == TRIAL and row["audit"] not in _AUDITS:
        yield "its audit is unknown"
    if kind == TRIAL and row["status"] == "done":
        yield from _list_flaws_of_lists(row, (*get_list_schema(),) if job == TRIAL else _STREAM_COLUMNS)


def _list_flaws_of_lists(row: Mapping[str, Any], required: Iterable[str]) -> Iterator[str]:
    lengths = {"curve": row.get("rounds"), "score": row.get("rounds"), "query": row.get("query.row")}
    lengths |= {"answer": row.get("answer.row"), "repeated": row.get("repeated.row")}
    lengths |= {"stream": row.get("rounds"), "drift": row.get("drift.mark")}
    recorded = [f"score.{name}" for names in _NAMES for name in row[names]]
    for name in (*COUNT_COLUMNS, *required, *recorded):
        if row.get(name) is None:
            yield f"it is done and has no {name}"
    for name, length in row.items():
        start, is_list, _ = name.partition(".")
        if is_list and length is not None and length != lengths.get(start, length):
            words = _WORDS.get(start, "rounds")
            yield f"its column '{name}' has {length} values for {lengths[start]} {words}"


def _examine_identity(text: str, kind: str) -> tuple[str, str | None]:
    """Return the job of an identity, and what is wrong with it."""
    try:
        identity: Any = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return kind, "its identity is no JSON"
    if not isinstance(identity, dict):
        return kind, "its identity is no mapping"
    job = identity.get("job", kind)
    if job not in ((TRIAL, STREAM) if kind == TRIAL else (kind,)):
        return kind, f"it is no {kind}"
    is_current = identity.get("key_version") == KEY_VERSION
    is_complete = _get_required_names(job) <= identity.keys()
    return job, "its identity is incomplete" if is_current and not is_complete else None


@cache
def _get_required_names(job: str) -> frozenset[str]:
    if job == STREAM:
        return frozenset({"repeat", *STREAM_FIELDS})
    names = {field.name for field in fields(TrialIdentity if job == TRIAL else ReferenceIdentity)}
    return frozenset(names - _OPTIONAL)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
