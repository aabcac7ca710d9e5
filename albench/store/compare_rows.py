"""Two results of one key merged: equal where they overlap, then whatever either of them recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.coverage import OBSERVED_PREFIX
from albench.store.parts import COUNT_COLUMNS
from albench.store.stream_parts import STREAM_COUNTS
from albench.tables import list_volatile

if TYPE_CHECKING:
    import polars as pl

_VOLATILE = {
    "traceback",
    *list_volatile("trials"),
    *list_volatile("references"),
    *(f"curve.{name}" for name in list_volatile("curves")),
    *list_volatile("stream_trials"),
}
# How far a run went, not what it computed.
_EXTENT = {"n_labels", "rounds"}


def mark_equal_rows(left: pl.DataFrame, right: pl.DataFrame) -> list[bool]:
    """Say of each row of two frames with the same keys whether all that is not volatile is the same."""
    import polars as pl

    names = [name for name in dict.fromkeys([*left.columns, *right.columns]) if name not in _VOLATILE]
    is_equal = pl.repeat(value=True, n=left.height, eager=True)
    for name in names:
        if name in left.columns and name in right.columns:
            is_equal &= left[name].eq_missing(right[name])
        else:
            is_equal &= (left if name in left.columns else right)[name].is_null()
    return is_equal.to_list()


def find_contradictions(left: pl.DataFrame, right: pl.DataFrame) -> list[str]:
    """Return the columns in which two rows of one key contradict each other; none unless both are done.

    Times and machines are not compared, nor columns that only one of the rows has.
    """
    if not (_is_done(left) and _is_done(right)):
        return []
    names = ("n_train", *(name for name in (*COUNT_COLUMNS, *STREAM_COUNTS) if name not in _EXTENT))
    scores = [name for name in _list_scalar_scores(left) if name not in _list_redefined(left, right)]
    scalars = [name for name in (*names, *scores) if _is_in_both(left, right, name)]
    columns = [name for name in scalars if not left[name].equals(right[name], null_equal=True)]
    return columns + (
        find_differing_columns(drop_empty_columns(left), drop_empty_columns(right))
        if "rounds" in left.columns
        else []
    )


def merge_rows(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Merge two rows that do not contradict each other.

    A finished row comes before a failed one, more labels before fewer. Rows of as many labels are combined;
    of a shorter one nothing is taken over, since its scores do not reach the end.
    """
    if not (_is_done(left) and _is_done(right)):
        return max((left, right), key=lambda row: (_is_done(row), row["finished_at"][0]))
    extent = [row["n_labels"][0] if "n_labels" in row.columns else 0 for row in (left, right)]
    if extent[0] != extent[1]:
        return left if extent[0] > extent[1] else right
    return _combine_rows(drop_empty_columns(left), drop_empty_columns(right))


def _combine_rows(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    new_columns = [name for name in right.columns if name not in left.columns]
    lists: dict[str, set[str]] = {
        name: {*left[name][0], *right[name][0]} for name in ("metrics", "signals") if name in left.columns
    }
    definitions = {**_read_definitions(right), **_read_definitions(left)}
    lists["definitions"] = {f"{name}={digits}" for name, digits in definitions.items()}
    columns = [pl.Series(name, [sorted(texts)], pl.List(pl.String())) for name, texts in lists.items()]
    notes = dict.fromkeys(row["reason"][0] for row in (left, right) if row["reason"][0])
    columns.append(pl.Series("reason", ["; ".join(notes) or None], pl.String()))
    row = left.with_columns(*columns, *(right[name] for name in new_columns))
    return row.with_columns(audit=pl.lit("probabilities")) if "query.proba" in new_columns else row


def drop_empty_columns(row: pl.DataFrame) -> pl.DataFrame:
    """Leave out columns of rounds, queries and scores that belong to other trials."""
    return row.select(column for column in row if not ("." in column.name and column.null_count()))


def _list_scalar_scores(row: pl.DataFrame) -> list[str]:
    """Return the score columns of a reference; those of a trial are lists."""
    return [name for name in row.columns if name.startswith("score.") and not row[name].dtype.is_nested()]


def _is_in_both(left: pl.DataFrame, right: pl.DataFrame, name: str) -> bool:
    if name not in left.columns or name not in right.columns:
        return False
    metric = name.removeprefix("score.")
    return metric == name or all(metric in row["metrics"][0] for row in (left, right))


def _list_redefined(left: pl.DataFrame, right: pl.DataFrame) -> set[str]:
    """Return the score columns in which metrics of one name computed different things."""
    own, other = _read_definitions(left), _read_definitions(right)
    names = [name for name in {**own, **other} if own.get(name) != other.get(name)]
    return {f"score.{prefix}{name}" for name in names for prefix in ("", "validation_")}


def _read_definitions(row: pl.DataFrame) -> dict[str, str]:
    """Return what scores of a row compute whose names do not say it; of early versions nothing is known."""
    texts = row["definitions"][0] if "definitions" in row.columns else None
    if texts is None:
        return {}
    return {name: digits for name, _, digits in (text.rpartition("=") for text in texts)}


def _is_done(row: pl.DataFrame) -> bool:
    return bool(row["status"][0] == "done")


def find_differing_columns(old: pl.DataFrame, new: pl.DataFrame) -> list[str]:
    """Return the columns in which two parts of one key disagree on the rounds that they share.

    Not compared are volatile columns, and scores that one of them lacks or that metrics of one name computed
    otherwise.
    """
    left_out = _VOLATILE | _list_redefined(old, new)
    columns = [name for name in old.columns if "." in name and name in new.columns and name not in left_out]
    n_rounds = min(old["rounds"][0], new["rounds"][0])
    lengths = {
        start: min(len(old[f"{start}.row"][0]), len(new[f"{start}.row"][0]))
        for start in ("query", "answer", "bought")
        if f"{start}.row" in columns
    }

    def is_equal(name: str) -> bool:
        length = lengths.get(name.partition(".")[0], n_rounds)
        # A stopping rule may look at what is queried next, which the last round does not know.
        if name.startswith(f"score.{OBSERVED_PREFIX}") and old["rounds"][0] != new["rounds"][0]:
            length -= 1
        return bool(old[name][0].head(length).equals(new[name][0].head(length), null_equal=True))

    return [name for name in columns if not is_equal(name)]
