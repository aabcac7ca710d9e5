"""Rows that a file itself declares: which are the test part, which identify others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from albench.contracts import Rows
    from albench.datasets.where import Where

Divisions = tuple[tuple["Rows", "Rows"], ...]

POOL = ("train", "pool")
TEST = ("test",)
NEITHER = ("dev", "valid", "validation")


def get_parts_of_files(heights: Sequence[int]) -> Divisions:
    """Return the one split of a file and a test file that were read one after the other."""
    if len(heights) == 1:
        return ()
    first, second = heights
    return ((np.arange(first), np.arange(first, first + second)),)


def read_parts_of_column(column: pl.Series, missing: Sequence[str], where: Where) -> Divisions:
    """Return the split that a column of ``train`` and ``test`` declares; validation rows are in neither."""
    from albench.datasets.files.columns import clean_values

    words = [text.lower() if text is not None else None for text in clean_values(column, missing).to_list()]
    return convert_words_to_parts(words, column.name, where)


def convert_words_to_parts(words: Sequence[str | None], name: str, where: Where) -> Divisions:
    """Return the one split that a word a row declares, as :func:`read_parts_of_column`."""
    is_pool = np.array([word in POOL for word in words], dtype=bool)
    is_test = np.array([word in TEST for word in words], dtype=bool)
    is_neither = np.array([word in NEITHER for word in words], dtype=bool)
    wrong = np.flatnonzero(~(is_pool | is_test | is_neither))
    if wrong.size:
        word = words[int(wrong[0])]
        problem = "nothing is said" if word is None else f"'{word}' is said"
        raise where.error(
            f"{problem} where train, test or validation is needed", column=name, row=int(wrong[0])
        )
    for part, rows in (("train", is_pool), ("test", is_test)):
        if not rows.any():
            raise where.error(f"no row is '{part}'", column=name)
    return ((np.flatnonzero(is_pool), np.flatnonzero(is_test)),)


def check_ids(frame: pl.DataFrame, columns: Sequence[str], where: Where) -> None:
    """See that no two rows have the same identifier."""
    import polars as pl

    if not columns:
        return
    keys = frame.select(columns).with_row_index("row")
    repeats = keys.filter(~pl.struct(columns).is_first_distinct())
    if repeats.is_empty():
        return
    again = repeats.row(0, named=True)
    same = keys.filter(pl.all_horizontal(*(pl.col(name).eq_missing(again[name]) for name in columns)))
    value = ", ".join(str(again[name]) for name in columns)
    raise where.error(
        f"the id {value} is that of {where.row(int(same['row'][0]))} already "
        f"({repeats.height} row{'s repeat' if repeats.height > 1 else ' repeats'} an id)",
        column=", ".join(columns),
        row=int(again["row"]),
    )
