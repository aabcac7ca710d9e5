"""Two results of one key made one: equal where they overlap, then whatever either of them recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.store.parts import COUNTS
from albench.tables import volatile

if TYPE_CHECKING:
    import polars as pl

_VOLATILE = {
    "traceback",
    *volatile("trials"),
    *volatile("references"),
    *(f"curve.{name}" for name in volatile("curves")),
}
# How far a run went, not what it found.
_EXTENT = {"n_labels", "rounds"}


def equal_rows(one: pl.DataFrame, other: pl.DataFrame) -> list[bool]:
    """Say of each row of two frames with the same keys whether all that is not volatile is the same."""
    import polars as pl

    names = [name for name in dict.fromkeys([*one.columns, *other.columns]) if name not in _VOLATILE]
    same = pl.repeat(value=True, n=one.height, eager=True)
    for name in names:
        if name in one.columns and name in other.columns:
            same &= one[name].eq_missing(other[name])
        else:
            same &= (one if name in one.columns else other)[name].is_null()
    return same.to_list()


def differences(one: pl.DataFrame, other: pl.DataFrame) -> list[str]:
    """Return the columns in which two rows of one key contradict each other; none unless both are done.

    Times and machines are not compared, nor what only one of the rows has.
    """
    if not (_done(one) and _done(other)):
        return []
    names = ("n_train", *(name for name in COUNTS if name not in _EXTENT))
    scalars = [name for name in (*names, *_scalar_scores(one)) if _both_have(one, other, name)]
    found = [name for name in scalars if not one[name].equals(other[name], null_equal=True)]
    return found + (differing_columns(_recorded(one), _recorded(other)) if "rounds" in one.columns else [])


def union(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """Return one row with what two rows that agree have recorded.

    What is done comes before what failed, more labels before fewer. Rows of as many labels are put together;
    of a shorter one nothing is taken over, since its scores do not reach the end.
    """
    if not (_done(one) and _done(other)):
        return max((one, other), key=lambda row: (_done(row), row["finished_at"][0]))
    extent = [row["n_labels"][0] if "n_labels" in row.columns else 0 for row in (one, other)]
    if extent[0] != extent[1]:
        return one if extent[0] > extent[1] else other
    return _together(_recorded(one), _recorded(other))


def _together(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    lacking = [name for name in other.columns if name not in one.columns]
    lists = [name for name in ("metrics", "signals") if name in one.columns]
    merged = [
        pl.Series(name, [sorted({*one[name][0], *other[name][0]})], pl.List(pl.String())) for name in lists
    ]
    notes = dict.fromkeys(row["reason"][0] for row in (one, other) if row["reason"][0])
    merged.append(pl.Series("reason", ["; ".join(notes) or None], pl.String()))
    row = one.with_columns(*merged, *(other[name] for name in lacking))
    return row.with_columns(audit=pl.lit("probabilities")) if "query.proba" in lacking else row


def _recorded(row: pl.DataFrame) -> pl.DataFrame:
    """Leave out columns of rounds, queries and scores that belong to other trials."""
    return row.select(column for column in row if not ("." in column.name and column.null_count()))


def _scalar_scores(row: pl.DataFrame) -> list[str]:
    """Return the scores of a reference; those of a trial are lists."""
    return [name for name in row.columns if name.startswith("score.") and not row[name].dtype.is_nested()]


def _both_have(one: pl.DataFrame, other: pl.DataFrame, name: str) -> bool:
    if name not in one.columns or name not in other.columns:
        return False
    metric = name.removeprefix("score.")
    return metric == name or all(metric in row["metrics"][0] for row in (one, other))


def _done(row: pl.DataFrame) -> bool:
    return bool(row["status"][0] == "done")


_VOLATILE_CURVES = {f"curve.{name}" for name in volatile("curves")}


def differing_columns(old: pl.DataFrame, new: pl.DataFrame) -> list[str]:
    """Return the columns in which two parts of one key disagree on the rounds that they share.

    Scores that only one of them has, and volatile columns, are not compared.
    """
    shared = [
        name for name in old.columns if "." in name and name in new.columns and name not in _VOLATILE_CURVES
    ]
    rounds = min(old["rounds"][0], new["rounds"][0])
    bought = min(len(old["query.row"][0]), len(new["query.row"][0]))
    return [name for name in shared if not _same(old[name][0], new[name][0], name, rounds, bought)]


def _same(old: pl.Series, new: pl.Series, name: str, rounds: int, bought: int) -> bool:
    length = bought if name.startswith("query.") else rounds
    return old.head(length).equals(new.head(length), null_equal=True)
