"""Answers of annotators that stand in a dataset beside its true classes."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from albench.datasets.files.columns import encode_values
from albench.datasets.mistakes import Mistakes
from albench.errors import DatasetError
from albench.text import find_closest, format_count, list_quoted, quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import polars as pl
    from numpy.typing import NDArray

    from albench.contracts import Rows, Table
    from albench.datasets.where import Where

_SHOWN = 5
TARGET = "target"
"""Stands for the hash of the target, which is part of the dataset's own."""


def encode_answers(
    frame: pl.DataFrame, columns: Sequence[str], classes: Sequence[str], missing: Sequence[str], where: Where
) -> NDArray[np.int32]:
    """Return the answers in some columns as codes of shape (n_rows, n_columns); -1 where a cell is empty.

    Raises
    ------
    DatasetError
        If an answer is no class of the target; all such columns are told.
    """
    answers = np.full((frame.height, len(columns)), -1, np.int32)
    mistakes = Mistakes()
    for place, column in enumerate(columns):
        coded = encode_values(frame[column], missing)
        with mistakes.collect():
            _refuse_unknown(coded.codes, coded.names, column, classes, where)
            # A missing value is the code -1, hence the last one.
            lookup = np.array([*map(classes.index, coded.names), -1], np.int32)
            answers[:, place] = lookup[coded.codes]
    mistakes.raise_all()
    return answers


def _refuse_unknown(
    codes: NDArray[np.int32], names: Sequence[str], column: str, classes: Sequence[str], where: Where
) -> None:
    unknown = [code for code, name in enumerate(names) if name not in classes]
    if not unknown:
        return
    is_unknown = np.isin(codes, unknown)
    shown = list_quoted([names[code] for code in unknown[:_SHOWN]], "and")
    more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
    close = find_closest(names[unknown[0]], classes)
    hint = f"did you mean {quote(close)}?" if close else f"there are {list_quoted(classes[:_SHOWN], 'and')}."
    verb = "is no class" if len(unknown) == 1 else "are no classes"
    raise where.error(
        f"{shown}{more} {verb} of the target, in {format_count(int(is_unknown.sum()), 'row')}: {hint}"
        " An empty cell is no answer",
        column=column,
        row=int(is_unknown.argmax()),
    )


def select_answers(table: Table, columns: Sequence[str]) -> Rows:
    """Return the answers in some columns of a dataset that has them, of shape (n_rows, n_columns)."""
    answers = table.labels[:, np.newaxis] if table.answers is None else table.answers
    places = [table.answer_names.index(name) if name in table.answer_names else None for name in columns]
    return np.column_stack(
        [table.labels if place is None else answers[:, place].astype(np.intp) for place in places]
    )


def hash_answers(table: Table, columns: Iterable[str], dataset: str) -> tuple[tuple[str, str], ...]:
    """Return the columns that a dataset has, each with a hash of its answers.

    Raises
    ------
    DatasetError
        If one of them is a feature: models would see the answers.
    """
    features = {*table.numeric_names, *table.categorical_names, *table.sparse_names, *table.text_names}
    hashes = []
    for column in dict.fromkeys(columns):
        if column in features:
            raise DatasetError(
                f"dataset {quote(dataset)}: column {quote(column)} holds what an oracle answers, and is a"
                f" feature: models would see the answers; declare 'answers: [{column}]' of the dataset"
            )
        if column in table.answer_names:
            answers = select_answers(table, [column]).astype("<i8")
            hashes.append((column, sha256(answers.tobytes()).hexdigest()))
        elif column and column == table.target_name:
            hashes.append((column, TARGET))
    return tuple(hashes)
