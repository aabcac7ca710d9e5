"""Whether a wider run of a trial begins as the narrower one did: a free check of reproducibility."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.tables import volatile

if TYPE_CHECKING:
    import polars as pl

_VOLATILE = {f"curve.{name}" for name in volatile("curves")}


def differing_columns(old: pl.DataFrame, new: pl.DataFrame) -> list[str]:
    """Return the columns in which two parts of one key disagree on the rounds that they share.

    Scores that only one of them has, and volatile columns, are not compared.
    """
    shared = [name for name in old.columns if "." in name and name in new.columns and name not in _VOLATILE]
    rounds = min(old["rounds"][0], new["rounds"][0])
    bought = min(len(old["query.row"][0]), len(new["query.row"][0]))
    return [name for name in shared if not _same(old[name][0], new[name][0], name, rounds, bought)]


def _same(old: pl.Series, new: pl.Series, name: str, rounds: int, bought: int) -> bool:
    length = bought if name.startswith("query.") else rounds
    return old.head(length).equals(new.head(length), null_equal=True)
